"""Django admin of publications: to read only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from shop_content.publication.models import Publication


@admin.register(Publication)
class PublicationAdmin(admin.ModelAdmin[Any]):
    """What went live, by whose approval."""

    list_display = [
        "id",
        "product",
        "field",
        "is_machine_text",
        "published_by",
        "published_at",
        "fingerprint",
    ]
    list_filter = ["field", "is_machine_text", "published_at"]
    list_select_related = ["product", "published_by"]
    search_fields = ["=id", "product__title", "product__sku", "merchant__name", "fingerprint"]
    date_hierarchy = "published_at"
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: only an approval makes text live."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse: what went live is history."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse: a text is taken down by rolling it back."""
        return False
