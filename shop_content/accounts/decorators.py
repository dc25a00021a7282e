"""Who may open a view."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

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
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            membership = getattr(request, "membership", None)
            if membership is None or (roles and membership.role not in roles):
                raise PermissionDenied
            request.merchant = membership.merchant  # type: ignore[attr-defined]  # AppRequest declares it.
            return view(request, *args, **kwargs)  # type: ignore[arg-type]

        return guarded

    return decorate
