"""The start page of each role."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from shop_content.accounts.decorators import merchant_required
from shop_content.accounts.http import AppRequest
from shop_content.accounts.models import Membership
from shop_content.dashboard import selectors
from shop_content.generation.selectors import live_workers


@require_GET
@login_required
def home(request: HttpRequest) -> HttpResponseBase:
    """Show what waits for the person, what runs, and what went live."""
    if getattr(request, "membership", None) is None:
        return render(request, "dashboard/no_merchant.html")
    return role_home(request)


@merchant_required()
def role_home(request: AppRequest) -> HttpResponse:
    """Show the parts of the start page that belong to the person's role."""
    context = {
        "workers": live_workers(),
        "published": selectors.recent_publications(merchant=request.merchant),
        **_writing(request.membership),
        **_reviewing(request),
    }
    return render(request, "dashboard/home.html", context)


def _writing(membership: Membership) -> dict[str, Any]:
    """Return what a merchant or an admin sees of the catalogue and of runs."""
    if not membership.can_write:
        return {}
    merchant = membership.merchant
    return {
        "catalogue": selectors.catalogue_counts(merchant=merchant),
        "runs": selectors.runs_in_progress(merchant=merchant),
        "questions": selectors.open_questions(merchant=merchant),
        "num_dead": selectors.dead_jobs(merchant=merchant),
    }


def _reviewing(request: AppRequest) -> dict[str, Any]:
    """Return what an editor or an admin sees of the queue, here and at the other merchants."""
    if not request.membership.can_review:
        return {}
    queues = selectors.queue_counts(memberships=request.memberships)
    return {
        "queue": next(row for row in queues if row.merchant == request.merchant),
        "other_queues": [row for row in queues if row.merchant != request.merchant and row.waiting],
        "num_decided": selectors.decisions_today(user=request.user),
    }
