"""What can be taken back: the person's last decision, for some minutes, kept in the session."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from shop_content.accounts.http import AppRequest
from shop_content.review.models import ReviewItem
from shop_content.review.services.decisions import UNDO_MINUTES

SESSION_KEY = "review_undo"


def undo_remember(request: AppRequest, decided: ReviewItem) -> None:
    """Offer to take this decision back on the pages that follow."""
    request.session[SESSION_KEY] = {
        "merchant": decided.merchant_id,
        "item": decided.pk,
        "version": decided.version,
        "title": decided.product.title,
        "at": timezone.now().isoformat(),
    }


def undo_forget(request: AppRequest) -> None:
    """Offer nothing any more."""
    request.session.pop(SESSION_KEY, None)


def undo_offered(request: AppRequest) -> dict[str, object] | None:
    """Return what can be taken back now in this shop, or None."""
    kept = request.session.get(SESSION_KEY)
    if not kept or kept["merchant"] != request.merchant.pk:
        return None
    if timezone.now() - datetime.fromisoformat(kept["at"]) > timedelta(minutes=UNDO_MINUTES):
        return None
    return dict(kept)
