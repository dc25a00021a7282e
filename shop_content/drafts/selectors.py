"""Reads of drafts."""

from __future__ import annotations

from django.db.models import QuerySet

from shop_content.accounts.models import Merchant
from shop_content.drafts.models import Draft, DraftCandidate, DraftVersion


def draft_list(*, merchant: Merchant) -> QuerySet[Draft]:
    """Return the merchant's drafts with their products and models."""
    return Draft.objects.filter(merchant=merchant).select_related("product", "model_version")


def draft_versions(*, draft: Draft) -> QuerySet[DraftVersion]:
    """Return every text of a draft, the newest first, with who wrote it."""
    return draft.versions.select_related("author").order_by("-number")


def newest_version(*, draft: Draft) -> DraftVersion:
    """Return the newest text of a draft.

    Raises:
        DraftVersion.DoesNotExist: the draft has none, which no service leaves behind.
    """
    return draft_versions(draft=draft)[:1].get()


def is_candidate(*, version: DraftVersion) -> bool:
    """Tell whether the model wrote this text, among others, word for word."""
    return DraftCandidate.objects.filter(draft_id=version.draft_id, text=version.text).exists()
