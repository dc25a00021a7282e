"""Addresses of runs."""

from __future__ import annotations

from django.urls import URLPattern, path

from shop_content.generation.views import prompt_rules, prompts, runs

app_name = "generation"
urlpatterns: list[URLPattern] = [
    path("runs/", runs.runs, name="runs"),
    path("runs/<int:pk>/", runs.run, name="run"),
    path("runs/<int:pk>/progress/", runs.progress, name="progress"),
    path("runs/<int:pk>/pause/", runs.pause, name="pause"),
    path("runs/<int:pk>/resume/", runs.resume, name="resume"),
    path("runs/<int:pk>/cancel/", runs.cancel, name="cancel"),
    path("runs/<int:pk>/retry/", runs.retry, name="retry"),
    path("prompts/", prompts.prompts, name="prompts"),
    path("prompts/try/", prompts.prompt_try, name="prompt_try"),
    path("prompts/rules/", prompt_rules.rules, name="prompt_rules"),
    path("prompts/rules/<int:pk>/delete/", prompt_rules.rule_delete, name="prompt_rule_delete"),
]
