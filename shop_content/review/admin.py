"""Django admin of the queue: items and decisions to read only, reasons to change."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from shop_content.review.models import RejectionReason, ReviewDecision, ReviewItem


class _History:
    """Refuse every write: items change by decisions, and decisions never."""

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse: the checks put drafts into the queue, editors decide on its pages."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse: publications bind to these rows."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse: who decided what is not forgotten."""
        return False


class ReviewDecisionInline(_History, admin.TabularInline[ReviewDecision, ReviewItem]):
    """What was done to an item."""

    model = ReviewDecision
    extra = 0
    fields = [
        "action",
        "draft_version",
        "reason",
        "note",
        "override_reason",
        "decided_by",
        "decided_at",
    ]
    readonly_fields = [
        "action",
        "draft_version",
        "reason",
        "note",
        "override_reason",
        "decided_by",
        "decided_at",
    ]


@admin.register(ReviewItem)
class ReviewItemAdmin(_History, admin.ModelAdmin[Any]):
    """The queue and what became of it."""

    list_display = [
        "id",
        "product",
        "field",
        "status",
        "num_blocking",
        "num_warnings",
        "leased_by",
        "decided_by",
        "decided_at",
        "created_at",
    ]
    list_filter = ["status", "field", "decided_at", "created_at"]
    list_select_related = ["product", "leased_by", "decided_by"]
    search_fields = ["=id", "=draft__id", "product__title", "product__sku", "merchant__name"]
    ordering = ["-id"]
    date_hierarchy = "created_at"
    show_full_result_count = False
    inlines = [ReviewDecisionInline]


@admin.register(ReviewDecision)
class ReviewDecisionAdmin(_History, admin.ModelAdmin[Any]):
    """Every decision, with its reason and the fingerprint of the text that was judged."""

    list_display = [
        "id",
        "item",
        "action",
        "reason",
        "has_override",
        "decided_by",
        "decided_at",
        "fingerprint",
    ]
    list_filter = ["action", "decided_at"]
    list_select_related = ["item", "reason", "decided_by"]
    search_fields = ["=id", "=item__id", "fingerprint", "decided_by__email", "note"]
    ordering = ["-id"]
    date_hierarchy = "decided_at"
    show_full_result_count = False

    @admin.display(boolean=True, description=_("override"))
    def has_override(self, row: ReviewDecision) -> bool:
        """Tell whether a finding or a changed product was overridden."""
        return bool(row.override_reason)


@admin.register(RejectionReason)
class RejectionReasonAdmin(admin.ModelAdmin[Any]):
    """The merchants' lists of reasons."""

    list_display = ["label", "merchant", "position", "is_active"]
    list_filter = ["is_active"]
    list_select_related = ["merchant"]
    search_fields = ["label", "merchant__name"]
    ordering = ["merchant", "position", "id"]
    autocomplete_fields = ["merchant"]
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse: old decisions name their reason; switch it off instead."""
        return False
