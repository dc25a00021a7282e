"""One draft: read it beside the facts and the live text, check while typing."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from shop_content.accounts.decorators import merchant_required
from shop_content.accounts.http import AppRequest
from shop_content.accounts.models import Role
from shop_content.catalogue.models import Product
from shop_content.catalogue.selectors.products import facts_snapshot
from shop_content.checks.services import finding_text, text_check, text_evidence
from shop_content.core.pagination import keyset_page
from shop_content.review import selectors
from shop_content.review.confidence import confidence_map
from shop_content.review.diff import word_diff
from shop_content.review.evidence import evidence_rows
from shop_content.review.facts import fact_changes, facts_shown
from shop_content.review.forms import ApproveForm, EditForm, SendBackForm
from shop_content.review.highlight import marked_sentences
from shop_content.review.models import ReviewItem
from shop_content.review.preview import copy_preview
from shop_content.review.services import reasons_ensure
from shop_content.review.views.queue import queue_url
from shop_content.review.views.undo import undo_offered

PANELS = ("evidence", "difference", "live", "preview", "confidence", "history")


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
    version = {"version": row.version}
    text = row.current_version.text
    # A draft that came some other way than by the worker may not have been checked yet.
    result = getattr(row.current_version, "check_result", None)
    return {
        "item": row,
        "view": view,
        "back_url": queue_url(view),
        "facts": facts_shown(row.draft.facts),
        "siblings": selectors.sibling_items(product=row.product),
        "place": selectors.neighbours(item=row, view=view),
        "candidates": selectors.other_candidates(draft=row.draft, text=text),
        "reasons": reasons_ensure(merchant=request.merchant),
        # Who else is reading is a hint: this machine's clock is good enough for it.
        "now": timezone.now(),
        "undo": undo_offered(request),
        "approve_form": ApproveForm(initial=version),
        "send_back_form": SendBackForm(initial=version),
        "edit_form": EditForm(initial={**version, "text": text}),
        "is_editing": request.GET.get("edit") == "1",
        **_stale_context(row),
        **_panel_context(request.GET.get("panel", ""), row),
        **findings_context(row, text, result.findings if result else []),
        **forms,
    }


def _stale_context(row: ReviewItem) -> dict[str, Any]:
    is_stale = row.draft.facts_fingerprint != row.product.facts_fingerprint
    return {
        "is_stale": is_stale,
        "needs_reason": bool(row.num_blocking or is_stale),
        "fact_changes": (
            fact_changes(row.draft.facts, facts_snapshot(row.product)) if is_stale else []
        ),
    }


def _panel_context(panel: str, row: ReviewItem) -> dict[str, Any]:
    """Return what stands beside the draft: only the panel that is shown costs anything."""
    if panel == "history":
        return {"panel": panel, "decisions": selectors.decisions_of(item=row)}
    if panel == "confidence":
        logprobs = selectors.token_logprobs(draft=row.draft)
        return {"panel": panel, "confidence": confidence_map(logprobs)}
    live = selectors.live_contents(product=row.product)
    own = live.get(row.field)
    text = row.current_version.text
    has_before = bool(own and own.text) or row.current_version.number > 1
    if panel not in PANELS:
        panel = "difference" if has_before else "evidence"
    context: dict[str, Any] = {"panel": panel, "live": own}
    if panel == "difference" and has_before:
        # Where nothing is live, an edited draft is compared with what the model wrote.
        before = own.text if own and own.text else selectors.first_text(draft=row.draft)
        context["difference"] = word_diff(before, text)
    elif panel == "preview":
        texts = {field: content.text for field, content in live.items()} | {row.field: text}
        context["preview"] = copy_preview(product=row.product, field=row.field, texts=texts)
    return context


def findings_context(row: ReviewItem, text: str, findings: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the text in marked sentences, and the findings with their words."""
    evidence = text_evidence(draft=row.draft, text=text)
    sentences = marked_sentences(text, findings, evidence)
    # Findings that begin at one place share the mark, which has the number of the first.
    marks = {
        number: piece.first_of
        for sentence in sentences
        for piece in sentence.pieces
        if piece.first_of
        for number in piece.numbers
        if findings[number - 1]["start"] == findings[piece.first_of - 1]["start"]
    }
    rows = [
        {
            **finding,
            "mark": marks.get(number, 0),
            "text": finding_text(finding),
            "number": number,
            "can_be_dismissed": finding["severity"] != "B" and "dismissed" not in finding,
        }
        for number, finding in enumerate(findings, start=1)
    ]
    return {
        "sentences": sentences,
        "findings": rows,
        "evidence": evidence_rows(text, evidence, facts_shown(row.draft.facts)),
    }


@require_POST
@merchant_required(Role.EDITOR, Role.ADMIN)
def check(request: AppRequest, pk: int) -> HttpResponse:
    """Check the text that is being typed; nothing is stored."""
    row = item_or_404(request, pk)
    form = EditForm({"version": row.version, "text": request.POST.get("text", "")})
    context: dict[str, Any] = {"item": row, "form": form}
    if form.is_valid():
        text = form.cleaned_data["text"]
        findings = text_check(draft=row.draft, text=text)
        context |= {"num_chars": len(text), **findings_context(row, text, findings)}
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
