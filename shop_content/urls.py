"""Addresses of all stages."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("shop_content.dashboard.urls")),
    path("", include("shop_content.accounts.urls")),
    path("", include("shop_content.catalogue.urls")),
    path("", include("shop_content.keywords.urls")),
    path("", include("shop_content.generation.urls")),
    path("", include("shop_content.checks.urls")),
    path("", include("shop_content.review.urls")),
    path("", include("shop_content.publication.urls")),
    path("", include("shop_content.training.urls")),
    path("admin/", admin.site.urls),
]
