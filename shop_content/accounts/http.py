"""The request as our views see it."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from shop_content.accounts.models import Membership, Merchant, User


class AppRequest(HttpRequest):
    """A request of a person who is logged in and works for a merchant."""

    user: User
    htmx: HtmxDetails
    membership: Membership
    memberships: list[Membership]
    merchant: Merchant
