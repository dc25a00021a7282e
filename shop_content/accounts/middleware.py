"""Find the merchant for whom the person is working."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from shop_content.accounts.selectors import current_membership


class CurrentMerchantMiddleware:
    """Set `request.membership` (or None), chosen in the session, else the first by name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request with the membership set."""
        request.membership = current_membership(request)  # type: ignore[attr-defined]  # AppRequest declares it.
        return self.get_response(request)
