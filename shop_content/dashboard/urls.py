"""Address of the start page."""

from __future__ import annotations

from django.urls import URLPattern, path

from shop_content.dashboard import views

app_name = "dashboard"
urlpatterns: list[URLPattern] = [path("", views.home, name="home")]
