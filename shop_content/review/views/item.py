"""One draft: read it beside the facts and the live text, check while typing."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from shop_content.accounts.decorators import merchant_required
from shop_content.accounts.http import AppRequest
from shop_content.accounts.models import Role
from shop_content.catalogue.models import Product
from shop_content.checks.findings import finding_data
from shop_content.checks.services import finding_text, text_check
from shop_content.core.database import database_now
from shop_content.core.pagination import keyset_page
from shop_content.review import selectors
from shop_content.review.diff import word_diff
from shop_content.review.forms import ApproveForm, EditForm, SendBackForm
from shop_content.review.highlight import marked_pieces
from shop_content.review.models import ReviewItem
from shop_content.review.services import reasons_ensure
from shop_content.review.views.queue import queue_url

UNDO_KEY = "review_undo"  # {"item": pk, "version": …} of one's last decision
PANELS = ("difference", "live", "history")


def item_or_404(request: AppRequest, pk: int) -> ReviewItem:
    """Return an item of the person's merchant."""
    return get_object_or_404(selectors.review_item(merchant=request.merchant, pk=pk))


@require_GET
@merchant_required(Role.EDITOR, Role.ADMIN)
def item(request: AppRequest, pk: int) -> HttpResponse:
    """Show one draft with all that is needed to decide."""
    row = item_or_404(request, pk)
    return render(request, "review/item.html", item_context(request, row))


def item_context(request: AppRequest, row: ReviewItem, **forms: Any) -> dict[str, Any]:
    """Return what the page of a draft shows; `forms` takes the place of empty ones."""
    view = selectors.view_or_all(request.GET.get("view", request.POST.get("view", "")))
    panel = request.GET.get("panel", "difference")
    version = {"version": row.version}
    live = selectors.live_text(product=row.product, field=row.field)
    text = row.current_version.text
    is_stale = row.draft.facts_fingerprint != row.product.facts_fingerprint
    return {
        "item": row,
        "view": view,
        "back_url": queue_url(view),
        "panel": panel if panel in PANELS else "difference",
        "live": live,
        "difference": word_diff(live.text if live else "", text),
        "facts": row.draft.facts.get("facts", []),
        "is_stale": is_stale,
        "needs_reason": bool(row.num_blocking or is_stale),
        "siblings": selectors.sibling_items(product=row.product),
        "place": selectors.neighbours(item=row, view=view),
        "decisions": selectors.decisions_of(item=row),
        "reasons": reasons_ensure(merchant=request.merchant),
        "now": database_now(),
        "undo": request.session.get(UNDO_KEY),
        "approve_form": ApproveForm(initial=version),
        "send_back_form": SendBackForm(initial=version),
        "edit_form": EditForm(initial={**version, "text": text}),
        "is_editing": request.GET.get("edit") == "1",
        **findings_context(text, row.current_version.check_result.findings),
        **forms,
    }


def findings_context(text: str, findings: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the text cut at its findings, and the findings with their words."""
    rows = [
        {**finding, "number": number, "text": finding_text(finding)}
        for number, finding in enumerate(findings, start=1)
    ]
    return {"pieces": marked_pieces(text, findings), "findings": rows}


@require_POST
@merchant_required(Role.EDITOR, Role.ADMIN)
def check(request: AppRequest, pk: int) -> HttpResponse:
    """Check the text that is being typed; nothing is stored."""
    row = item_or_404(request, pk)
    form = EditForm({"version": row.version, "text": request.POST.get("text", "")})
    context: dict[str, Any] = {"item": row, "form": form}
    if form.is_valid():
        text = form.cleaned_data["text"]
        findings = [finding_data(finding) for finding in text_check(draft=row.draft, text=text)]
        context |= {"num_chars": len(text), **findings_context(text, findings)}
    return render(request, "review/_typed_findings.html", context)


@require_GET
@merchant_required()
def product_drafts(request: AppRequest, pk: int) -> HttpResponse:
    """List all drafts that a product ever had."""
    product = get_object_or_404(Product, pk=pk, merchant=request.merchant)
    page = keyset_page(
        selectors.product_review_items(product=product),
        order=["-id"],
        cursor=request.GET.get("cursor", ""),
        size=25,
    )
    context = {"product": product, "page": page, "can_review": request.membership.can_review}
    return render(request, "review/product_drafts.html", context)
