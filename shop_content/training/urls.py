"""Addresses of the stage."""

from __future__ import annotations

from django.urls import URLPattern, path

from shop_content.training import views

app_name = "training"
urlpatterns: list[URLPattern] = [
    path("evaluations/", views.evaluations, name="evaluations"),
    path("evaluations/<int:pk>/", views.evaluation, name="evaluation"),
]
