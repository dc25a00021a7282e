"""Reads of people and merchants."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest

from shop_content.accounts.models import Membership, Merchant

SESSION_KEY = "merchant_id"


def own_memberships(request: HttpRequest) -> list[Membership]:
    """Return the person's memberships, that of the chosen merchant first, then by name.

    A membership that ended, or the number of a stranger's merchant in the session, finds nothing;
    then the first by name is first.
    """
    if not request.user.is_authenticated:
        return []
    rows = Membership.objects.select_related("merchant", "user").filter(user_id=request.user.pk)
    chosen = request.session.get(SESSION_KEY)
    return sorted(rows, key=lambda row: (row.merchant_id != chosen, row.merchant.name))


def merchant_people(*, merchant: Merchant) -> QuerySet[Membership]:
    """Return the memberships of a merchant by the person's name."""
    return merchant.memberships.select_related("user").order_by("user__name", "user__email")
