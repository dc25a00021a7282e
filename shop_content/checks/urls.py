"""Addresses of the stage."""

from __future__ import annotations

from django.urls import URLPattern, path

from shop_content.checks import views

app_name = "checks"
urlpatterns: list[URLPattern] = [
    path("rules/", views.rules, name="rules"),
    path("rules/save/", views.rules_save, name="rules_save"),
    path("rules/<slug:rule_id>/", views.rule, name="rule"),
]
