"""Addresses of runs."""

from __future__ import annotations

from django.urls import URLPattern, path

from shop_content.generation import views

app_name = "generation"
urlpatterns: list[URLPattern] = [
    path("runs/", views.runs, name="runs"),
    path("runs/<int:pk>/", views.run, name="run"),
    path("runs/<int:pk>/progress/", views.progress, name="progress"),
    path("runs/<int:pk>/pause/", views.pause, name="pause"),
    path("runs/<int:pk>/resume/", views.resume, name="resume"),
    path("runs/<int:pk>/cancel/", views.cancel, name="cancel"),
    path("runs/<int:pk>/retry/", views.retry, name="retry"),
]
