"""Verdicts in the admin: to look at, never to change."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from shop_content.checks.models import CheckResult


@admin.register(CheckResult)
class CheckResultAdmin(admin.ModelAdmin[CheckResult]):
    """Read-only list of verdicts."""

    list_display = (
        "id",
        "version",
        "num_blocking",
        "num_warnings",
        "num_notes",
        "rules_version",
        "checked_at",
    )
    list_filter = ("rules_version", "checked_at")
    search_fields = ("=version__draft__id", "version__draft__product__sku", "fingerprint")
    ordering = ("-id",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[CheckResult]:
        """Fetch what the list shows in one query."""
        return super().get_queryset(request).select_related("version")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only the rules write verdicts."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: CheckResult | None = None) -> bool:
        """Verdicts are history."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CheckResult | None = None) -> bool:
        """Verdicts are history."""
        return False
