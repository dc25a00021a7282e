"""Texts that newer rules stop: how far the re-check is, and the list to work off."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from shop_content.accounts.decorators import merchant_required
from shop_content.accounts.http import AppRequest
from shop_content.accounts.models import Role
from shop_content.checks.services import finding_text
from shop_content.core.pagination import keyset_page
from shop_content.review import selectors
from shop_content.review.models import RecheckedItem
from shop_content.review.services import rechecked_item_look

PAGE_SIZE = 50
MAX_REASONS = 3  # What stops a text; the rest is on its own page.


@require_GET
@merchant_required(Role.EDITOR, Role.ADMIN)
def rechecks(request: AppRequest) -> HttpResponse:
    """Show the texts that newly fail."""
    rows = selectors.newly_failing(merchant=request.merchant).select_related(
        "item__product", "item__current_version__check_result"
    )
    rows = rows.defer("item__product__search_text")
    page = keyset_page(rows, order=["id"], cursor=request.GET.get("cursor", ""), size=PAGE_SIZE)
    context = {
        "page": page,
        "texts": [(row, _reasons(row)) for row in page.rows],
        "progress": selectors.recheck_progress(merchant=request.merchant),
    }
    return render(request, "review/rechecks.html", context)


@require_GET
@merchant_required(Role.EDITOR, Role.ADMIN)
def progress(request: AppRequest) -> HttpResponse:
    """Show how far the re-check is; asked for again and again while it runs."""
    context = {"progress": selectors.recheck_progress(merchant=request.merchant)}
    return render(request, "review/_recheck_progress.html", context)


@require_POST
@merchant_required(Role.EDITOR, Role.ADMIN)
def look(request: AppRequest, pk: int) -> HttpResponse:
    """Take a text off the list."""
    if not rechecked_item_look(merchant=request.merchant, actor=request.user, pk=pk):
        raise Http404
    return redirect("review:rechecks")


def _reasons(row: RecheckedItem) -> list[str]:
    findings = row.item.current_version.check_result.findings
    blocking = [finding for finding in findings if finding.get("severity") == "B"]
    return [finding_text(finding) for finding in blocking[:MAX_REASONS]]
