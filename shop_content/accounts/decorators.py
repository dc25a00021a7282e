"""Who may open a view."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from shop_content.accounts.http import AppRequest
from shop_content.accounts.models import Role

Params = ParamSpec("Params")
View = Callable[Concatenate[AppRequest, Params], HttpResponseBase]


def merchant_required(
    *roles: Role,
) -> Callable[[View[Params]], Callable[..., HttpResponseBase]]:
    """Let in people who work for a merchant in one of the roles (none named: in any).

    Sets `request.merchant`. Anonymous people are sent to the log-in; the wrong role is a 403. Rows
    of another merchant are a 404, which is for the view: look them up through `request.merchant`.
    """

    def decorate(view: View[Params]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return log_in_first(request)
            membership = getattr(request, "membership", None)
            if membership is None or (roles and membership.role not in roles):
                raise PermissionDenied
            request.merchant = membership.merchant  # type: ignore[attr-defined]  # AppRequest declares it.
            return view(request, *args, **kwargs)  # type: ignore[arg-type]  # As above.

        return guarded

    return decorate


def log_in_first(request: HttpRequest) -> HttpResponseBase:
    """Send somebody whose log-in has expired to the log-in, and from there back to their page.

    Where a form is sent to cannot be opened, so the way back from there is the form's own page,
    which brings back what was typed. htmx gets a 401 that app.js explains: it would put the whole
    log-in page into a part of theirs.
    """
    if request.headers.get("HX-Request"):
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    if request.method in {"GET", "HEAD"}:
        return redirect_to_login(request.get_full_path())
    page = urlsplit(request.headers.get("Referer", ""))
    if page.netloc != request.get_host():
        return redirect_to_login("/")
    return redirect_to_login(page._replace(scheme="", netloc="", fragment="").geturl())
