"""Django admin of drafts and their versions: to read only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from shop_content.drafts.models import Draft, DraftCandidate, DraftVersion


class _History:
    """Refuse every write: drafts and versions are never changed."""

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse: workers and editors make these rows."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse: verdicts and approvals bind to these texts."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse: what was written is not forgotten."""
        return False


class DraftVersionInline(_History, admin.TabularInline[DraftVersion, Draft]):
    """The texts of a draft."""

    model = DraftVersion
    extra = 0
    fields = ["number", "text", "author", "fingerprint", "created_at"]
    readonly_fields = ["number", "text", "author", "fingerprint", "created_at"]


class DraftCandidateInline(_History, admin.TabularInline[DraftCandidate, Draft]):
    """What else the model wrote for a draft, as it was ranked."""

    model = DraftCandidate
    extra = 0
    fields = ["rank", "text", "score", "scores", "mean_logprob", "finish_reason"]
    readonly_fields = ["rank", "text", "score", "scores", "mean_logprob", "finish_reason"]


@admin.register(Draft)
class DraftAdmin(_History, admin.ModelAdmin[Any]):
    """What jobs wrote, with model, prompt, parameters, seed and facts."""

    list_display = [
        "id",
        "product",
        "field",
        "model_version",
        "prompt_version",
        "seed",
        "seconds",
        "created_at",
    ]
    list_filter = ["field", "model_version", "prompt_version", "finish_reason", "created_at"]
    list_select_related = ["product", "model_version"]
    search_fields = ["=id", "product__title", "product__sku", "merchant__name"]
    date_hierarchy = "created_at"
    show_full_result_count = False
    inlines = [DraftVersionInline, DraftCandidateInline]


@admin.register(DraftVersion)
class DraftVersionAdmin(_History, admin.ModelAdmin[Any]):
    """Every text, by its fingerprint."""

    list_display = ["id", "draft", "number", "author", "fingerprint", "created_at"]
    list_filter = ["created_at"]
    list_select_related = ["draft", "author"]
    search_fields = ["=id", "=draft__id", "fingerprint", "text"]
    show_full_result_count = False
