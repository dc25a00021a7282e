"""Addresses of what went live."""

from __future__ import annotations

from django.urls import URLPattern, path

from shop_content.publication import views

app_name = "publication"
urlpatterns: list[URLPattern] = [
    path("published/", views.published, name="published"),
    path("products/<int:pk>/history/", views.history, name="history"),
    path("products/<int:pk>/roll-back/", views.roll_back, name="roll_back"),
]
