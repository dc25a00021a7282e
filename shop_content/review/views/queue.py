"""The queue: saved views, search, take next, and decisions on many drafts at once."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shop_content.accounts.decorators import merchant_required
from shop_content.accounts.http import AppRequest
from shop_content.accounts.models import Role
from shop_content.catalogue.models import ContentField
from shop_content.core.database import database_now
from shop_content.core.pagination import keyset_page
from shop_content.publication.services import approve_and_publish
from shop_content.review import selectors
from shop_content.review.forms import RejectForm
from shop_content.review.models import ReviewItem
from shop_content.review.services import (
    ReviewBlockedError,
    ReviewConflictError,
    item_reject,
    item_take_next,
    reasons_ensure,
)
from shop_content.review.views.undo import undo_offered

PAGE_SIZE = 50
MAX_BULK = 500  # One request decides on so many; the next page is the next request.


def state_labels() -> dict[str, str]:
    """Return the views by what the checks found, in the order of their tabs."""
    return {
        "": _("All"),
        "clean": _("Nothing found"),
        "warnings": _("Warnings"),
        "blocked": _("Blocked"),
        "stale": _("Product changed"),
    }


def queue_url(view: str = "") -> str:
    """Return the address of a saved view."""
    url = reverse("review:queue")
    return f"{url}?{urlencode({'view': view})}" if view else url


@require_GET
@merchant_required(Role.EDITOR, Role.ADMIN)
def queue(request: AppRequest) -> HttpResponse:
    """Show what waits."""
    view = selectors.view_or_all(request.GET.get("view", ""))
    query = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    rows = selectors.review_queue(merchant=request.merchant, view=view, query=query)
    page = keyset_page(
        selectors.queue_rows(rows),
        order=["id"],
        cursor=request.GET.get("cursor", ""),
        size=PAGE_SIZE,
    )
    counted = selectors.view_counts(merchant=request.merchant)
    counts = counted.by_view
    context = {
        "page": page,
        "view": view,
        "query": query,
        "list_query": urlencode(
            {name: value for name, value in (("view", view), ("q", query)) if value}
        ),
        "tabs": [
            (label, queue_url(name), name == view, {**counts, "stale": counted.stale}[name])
            for name, label in state_labels().items()
        ],
        "fields": [
            (label, queue_url(f"field:{field}"), f"field:{field}" == view, num)
            for field, label in ContentField.choices
            if (num := counts.get(f"field:{field}", 0)) or f"field:{field}" == view
        ],
        "num_waiting": counts[""],
        "reasons": reasons_ensure(merchant=request.merchant),
        "now": database_now(),
        "undo": undo_offered(request),
        "num_newly_failing": selectors.newly_failing(merchant=request.merchant).count(),
        "refused": request.session.pop("review_refused", []),
    }
    return render(request, "review/queue.html", context)


@require_POST
@merchant_required(Role.EDITOR, Role.ADMIN)
def take_next(request: AppRequest) -> HttpResponse:
    """Lease the draft that waits longest and open it."""
    view = selectors.view_or_all(request.POST.get("view", ""))
    item = item_take_next(
        merchant=request.merchant, actor=request.user, among=selectors.VIEWS[view]
    )
    if item is None:
        messages.info(request, _("Nothing waits here that no other editor is reading."))
        return redirect(queue_url(view))
    return redirect(item_url(item.pk, view))


def item_url(pk: int, view: str) -> str:
    """Return the address of an item, opened from a saved view."""
    url = reverse("review:item", args=[pk])
    return f"{url}?{urlencode({'view': view})}" if view else url


@require_POST
@merchant_required(Role.EDITOR, Role.ADMIN)
def bulk(request: AppRequest) -> HttpResponse:
    """Approve or reject the ticked drafts, each in a transaction of its own (C7)."""
    view = selectors.view_or_all(request.POST.get("view", ""))
    chosen = _ticked(request.POST.getlist("item"))
    rows = ReviewItem.objects.select_related("merchant", "product", "draft", "current_version")
    items = rows.filter(merchant=request.merchant).in_bulk(list(chosen))
    action = request.POST.get("action", "")
    reject = RejectForm(
        {"version": 1, "reason": request.POST.get("reason", "")}, merchant=request.merchant
    )
    if not items or action not in {"approve", "reject"}:
        messages.info(request, _("Tick the drafts first."))
    elif action == "reject" and not reject.is_valid():
        messages.error(request, _("Choose a reason to reject."))
    else:
        reason = reject.cleaned_data["reason"] if action == "reject" else None
        refused = []
        for pk, item in items.items():
            problem = _decide(request, item, chosen[pk], reason)
            if problem:
                refused.append({"pk": pk, "title": item.product.title, "problem": problem})
        request.session["review_refused"] = refused
        num = len(items) - len(refused)
        done = (_("%(num)s approved and live.") if reason is None else _("%(num)s rejected.")) % {
            "num": num
        }
        messages.success(request, done)
    return redirect(queue_url(view))


def _decide(request: AppRequest, item: ReviewItem, version: int, reason: Any) -> str:
    """Decide on one draft; return why it could not be done, "" when it was."""
    try:
        if reason is None:
            approve_and_publish(item=item, expected_version=version, actor=request.user)
        else:
            item_reject(item=item, expected_version=version, actor=request.user, reason=reason)
    except ReviewConflictError:
        return _("Somebody else changed or decided it meanwhile.")
    except ReviewBlockedError as error:
        return str(error)
    return ""


def _ticked(values: list[str]) -> dict[int, int]:
    """Return id -> version of the ticked boxes, whose values are "id:version"."""
    chosen = {}
    for value in values[:MAX_BULK]:
        pk, _colon, version = value.partition(":")
        if pk.isdecimal() and version.isdecimal() and len(pk) < 19 and len(version) < 10:
            chosen[int(pk)] = int(version)
    return chosen
