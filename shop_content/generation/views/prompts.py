"""The page of prompts: what each asks for a product, side by side, and a way to try one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shop_content.accounts.decorators import merchant_required
from shop_content.accounts.http import AppRequest
from shop_content.accounts.models import Merchant, Role
from shop_content.catalogue.models import ContentField, Product
from shop_content.catalogue.selectors.products import product_details, product_list
from shop_content.generation.models import GenerationJob
from shop_content.generation.prompts import PromptStyle, build_messages, prompt_version
from shop_content.generation.prompts.planning import (
    plain_sentence,
    rule_text,
    sentence_inputs,
    subject_for,
)
from shop_content.generation.services.jobs import GenerationLimitError, job_ask_again
from shop_content.generation.services.prompt_rules import prompt_rules, rule_for
from shop_content.generation.services.prompting import prompt_input
from shop_content.keywords.models import KeywordBrief
from shop_content.keywords.selectors import brief_snapshot

MAX_MATCHES = 10
MAX_ID_DIGITS = 18  # Below 2**63, the largest id.


@require_GET
@merchant_required(Role.ADMIN)
def prompts(request: AppRequest) -> HttpResponse:
    """Show what each prompt would ask for one product; the one in use is marked."""
    query = request.GET.get("q", "")[:200]
    rows = product_list(merchant=request.merchant, query=query).order_by("title", "id")
    if not query:
        # A prompt without a fact in it shows nothing.
        rows = rows.filter(facts__isnull=False).distinct()
    matches = list(rows[:MAX_MATCHES])
    product = _product(request, matches)
    field = _field(request.GET.get("field", ""))
    context: dict[str, Any] = {
        "query": query,
        "matches": matches,
        "product": product,
        "field": field,
        "fields": ContentField,
        "prompts": _prompts(product, field) if product else [],
    }
    return render(request, "generation/prompts.html", context)


@require_POST
@merchant_required(Role.ADMIN)
def prompt_try(request: AppRequest) -> HttpResponse:
    """Have a draft written with a prompt, whichever is in use; it comes into the queue."""
    sent = request.POST.get("product", "")
    pk = int(sent) if sent.isascii() and sent.isdecimal() and len(sent) <= MAX_ID_DIGITS else 0
    product = get_object_or_404(product_details(merchant=request.merchant), pk=pk)
    style = request.POST.get("style", "")
    if style not in {known.value for known in PromptStyle}:
        messages.error(request, _("There is no such prompt."))
        return redirect("generation:prompts")
    field = _field(request.POST.get("field", ""))
    try:
        job = job_ask_again(
            product=product,
            field=field.value,
            brief=_brief(product, field),
            actor=request.user,
            prompt_style=style,
        )
    except GenerationLimitError as error:
        messages.error(request, str(error))
        return redirect("generation:prompts")
    messages.success(
        request, _("A draft is being written with this prompt. It comes into the queue.")
    )
    return redirect("generation:run", job.run_id)


def _product(request: AppRequest, matches: list[Product]) -> Product | None:
    sent = request.GET.get("product", "")
    if sent.isascii() and sent.isdecimal() and len(sent) <= MAX_ID_DIGITS:
        return get_object_or_404(product_details(merchant=request.merchant), pk=int(sent))
    if not matches:
        return None
    return product_details(merchant=request.merchant).get(pk=matches[0].pk)


def _field(name: str) -> ContentField:
    return ContentField(name) if name in ContentField.values else ContentField.DESCRIPTION


def _brief(product: Product, field: ContentField) -> dict[str, Any]:
    """Return the wishes of the last draft of the field; those of nobody where there is none."""
    last = GenerationJob.objects.filter(product=product, field=field).order_by("-id").first()
    if last is not None:
        return dict(last.brief)
    merchant = Merchant.objects.get(pk=product.merchant_id)
    return brief_snapshot(
        brief=KeywordBrief(merchant=merchant, fields=[field.value]), product=product
    )


def _prompts(product: Product, field: ContentField) -> list[dict[str, Any]]:
    rules = prompt_rules(merchant_ids=[product.merchant_id])[product.merchant_id]
    rule = rule_for(rules, product, field.value)
    source = prompt_input(
        product=product,
        field=field.value,
        brief=_brief(product, field),
        shop_wish=rule.wish if rule else "",
    )
    used = (rule.prompt_style if rule else "") or settings.SHOP_CONTENT_LM_PROMPT
    rows = []
    for style in PromptStyle:
        parts = sentence_inputs(source) if style is PromptStyle.SENTENCES else ()
        subject = subject_for(source)
        asked = [
            (build_messages(part, PromptStyle.FACT_SHEET), plain_sentence(part, subject))
            for part in parts
        ]
        rows.append(
            {
                "style": style.value,
                "version": prompt_version(style),
                "is_used": style.value == used,
                "conversations": asked or [(build_messages(source, style), "")],
                "ending": rule_text(source) if parts else "",
            }
        )
    return rows
