"""Verdicts in the admin: to look at, never to change."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from shop_content.checks.models import CheckResult, FindingDismissal, RuleSettings


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


@admin.register(RuleSettings)
class RuleSettingsAdmin(admin.ModelAdmin[RuleSettings]):
    """How merchants want the rules; changed on their own page, which checks all texts again."""

    list_display = ("merchant", "channels", "version", "updated_at")
    list_select_related = ("merchant",)
    search_fields = ("merchant__name",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Settings are made on the merchant's page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: RuleSettings | None = None) -> bool:
        """A change here would leave old verdicts standing."""
        return False


@admin.register(FindingDismissal)
class FindingDismissalAdmin(admin.ModelAdmin[FindingDismissal]):
    """Read-only list of what editors dismissed: where many agree, a rule is wrong."""

    list_display = ("rule", "said", "reason", "draft", "dismissed_by", "dismissed_at")
    list_filter = ("rule", "dismissed_at")
    list_select_related = ("draft", "dismissed_by")
    search_fields = ("said", "reason")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Editors dismiss on the review page."""
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: FindingDismissal | None = None
    ) -> bool:
        """Dismissals are history."""
        return False
