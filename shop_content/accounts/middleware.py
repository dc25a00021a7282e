"""Find the merchant for whom the person works, and the language that they chose."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from shop_content.accounts.selectors import own_memberships


class CurrentMerchantMiddleware:
    """Set `request.memberships`, the current one (or None), and the language of the profile."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request with the membership and the language set."""
        memberships = own_memberships(request)
        request.memberships = memberships  # type: ignore[attr-defined]  # AppRequest declares it.
        request.membership = next(iter(memberships), None)  # type: ignore[attr-defined]  # As above.
        language = getattr(request.user, "language", "")
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)
