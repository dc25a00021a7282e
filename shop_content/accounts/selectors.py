"""Reads of people and merchants."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest

from shop_content.accounts.models import Membership, Merchant

SESSION_KEY = "merchant_id"


def current_membership(request: HttpRequest) -> Membership | None:
    """Return the membership that the person chose, else the first by the merchant's name.

    A membership that ended, or the number of a stranger's merchant in the session, finds nothing
    and falls back to the first.
    """
    if not request.user.is_authenticated:
        return None
    rows = Membership.objects.select_related("merchant", "user").filter(user_id=request.user.pk)
    chosen = request.session.get(SESSION_KEY)
    memberships = sorted(rows, key=lambda row: (row.merchant_id != chosen, row.merchant.name))
    return memberships[0] if memberships else None


def merchant_people(*, merchant: Merchant) -> QuerySet[Membership]:
    """Return the memberships of a merchant by the person's name."""
    return merchant.memberships.select_related("user").order_by("user__name", "user__email")
