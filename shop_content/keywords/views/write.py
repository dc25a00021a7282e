"""The page on which a merchant asks for copy: keywords in, a run out."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from shop_content.accounts.decorators import merchant_required
from shop_content.accounts.http import AppRequest
from shop_content.accounts.models import Role
from shop_content.catalogue.models import ContentField, Product
from shop_content.catalogue.selectors.products import product_details
from shop_content.catalogue.suspicions import suspicion_rows, suspicions_in
from shop_content.generation.prompts import has_enough_to_write, missing_questions
from shop_content.generation.selectors import live_workers, run_estimate
from shop_content.generation.services.prompting import prompt_input
from shop_content.generation.services.runs import RunStartError, run_start
from shop_content.keywords.forms import WORD_LISTS, BriefForm, blocking_messages, problem_text
from shop_content.keywords.models import KeywordBrief
from shop_content.keywords.scope import MAX_ID_DIGITS, WriteScope, write_scope
from shop_content.keywords.selectors import brief_snapshot, brief_templates
from shop_content.keywords.services import brief_save
from shop_content.keywords.words import MAX_TOTAL_CHARS, PLACEHOLDERS

STARTED_KEY = "started-runs"  # form key -> run: a form that is sent twice starts one run
MAX_STARTED = 20
MAX_KEY_CHARS = 36


@require_http_methods(["GET", "POST"])
@merchant_required(Role.MERCHANT, Role.ADMIN)
def write(request: AppRequest) -> HttpResponse:
    """Ask for copy: check and preview while typing, save as a template, or start the run."""
    data = request.POST if request.method == "POST" else request.GET
    scope = write_scope(request, data)
    if scope.is_missing:
        raise Http404
    action = request.POST.get("action", "")
    form = _brief_form(request, needs_name=action == "template")
    if request.htmx and request.method == "POST" and action not in {"start", "template"}:
        return render(request, "keywords/_write_side.html", _side(request, form, scope, data))
    if action == "start" and form.is_valid():
        response = _start(request, form, scope)
        if response is not None:
            return response
    if action == "template" and form.is_valid():
        brief_save(
            merchant=request.merchant, actor=request.user, data=form.brief_data(is_template=True)
        )
        messages.success(request, _("Saved as a template. It is offered above from now on."))
    has_failed = action in {"start", "template"} and bool(form.errors)
    return _write_page(request, form, scope, data, status=422 if has_failed else 200)


def _brief_form(request: AppRequest, *, needs_name: bool) -> BriefForm:
    if request.method == "POST":
        return BriefForm(request.POST, merchant=request.merchant, needs_name=needs_name)
    return BriefForm(merchant=request.merchant, brief=_chosen_template(request))


def _chosen_template(request: AppRequest) -> KeywordBrief | None:
    number = request.GET.get("template", "")
    if not (number.isascii() and number.isdecimal() and len(number) <= MAX_ID_DIGITS):
        return None
    return brief_templates(merchant=request.merchant).filter(pk=int(number)).first()


def _start(request: AppRequest, form: BriefForm, scope: WriteScope) -> HttpResponse | None:
    """Start the run and go to it; None when nothing can be started, said in the form."""
    key = request.POST.get("key", "")[:MAX_KEY_CHARS]
    started: dict[str, int] = request.session.get(STARTED_KEY, {})
    if key in started:
        return redirect("generation:run", started[key])
    if not scope.product_ids:
        form.add_error(None, _("Choose the products to write for first."))
        return None
    try:
        # Together, so that a run that cannot start leaves no brief behind.
        with transaction.atomic():
            brief = brief_save(
                merchant=request.merchant,
                actor=request.user,
                data=form.brief_data(is_template=False),
            )
            run = run_start(
                brief=brief,
                product_ids=scope.product_ids,
                actor=request.user,
                name=brief.name or _run_name(scope),
            )
    except RunStartError as error:
        form.add_error(None, str(error))
        return None
    if key:
        kept = dict([*started.items(), (key, run.pk)][-MAX_STARTED:])
        request.session[STARTED_KEY] = kept
    return redirect("generation:run", run.pk)


def _run_name(scope: WriteScope) -> str:
    num = len(scope.product_ids)
    if num == 1:
        return Product.objects.values_list("title", flat=True).get(pk=scope.product_ids[0])
    return ngettext("%(num)s product", "%(num)s products", num) % {"num": num}


def _write_page(
    request: AppRequest, form: BriefForm, scope: WriteScope, data: QueryDict, *, status: int
) -> HttpResponse:
    context = {
        "form": form,
        "scope": scope,
        "templates": list(brief_templates(merchant=request.merchant)[:100]),
        "key": request.POST.get("key", "")[:MAX_KEY_CHARS] or str(uuid.uuid4()),
        "placeholders": [f"{{{name}}}" for name in PLACEHOLDERS],
        "products_url": reverse("catalogue:products"),
        **_side(request, form, scope, data),
    }
    return render(request, "keywords/write.html", context, status=status)


def _side(
    request: AppRequest, form: BriefForm, scope: WriteScope, data: QueryDict
) -> dict[str, Any]:
    """Return what stands beside the form: what the model will see, what is amiss, how long."""
    if form.is_bound:
        form.is_valid()
    index = _index(data.get("preview", ""), len(scope.product_ids))
    num_texts = len(scope.product_ids) * len(form.wanted())
    return {
        "scope": scope,
        "num_products": len(scope.product_ids),
        "num_texts": num_texts,
        "estimate": _estimate_text(num_texts),
        "num_chars": form.num_chars(),
        "max_chars": MAX_TOTAL_CHARS,
        "counts": [(form.fields[name].label, len(form.words(name))) for name in WORD_LISTS],
        "errors": blocking_messages(form) if form.is_bound else [],
        "warnings": [
            problem_text(problem) for problem in form.problems() if not problem.is_blocking
        ],
        "num_without_facts": _num_without_facts(request, scope),
        "preview": _preview(request, form, scope, index),
    }


def _index(text: str, num_products: int) -> int:
    """Return which product is previewed, from 0; anything else than a number is the first."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else 0
    return max(0, min(number, num_products - 1))


def _preview(
    request: AppRequest, form: BriefForm, scope: WriteScope, index: int
) -> dict[str, Any] | None:
    """Return one product with the facts and words as the model will see them."""
    if not scope.product_ids:
        return None
    product = product_details(merchant=request.merchant).get(pk=scope.product_ids[index])
    words = brief_snapshot(brief=form.unsaved_brief(request.merchant), product=product)
    field = next(iter(form.wanted()), ContentField.DESCRIPTION.value)
    asked = prompt_input(product=product, field=field, brief=words)
    is_enough = has_enough_to_write(asked)
    return {
        "product": product,
        "words": words,
        "number": index + 1,
        "previous": index - 1,
        "has_previous": index > 0,
        "next": index + 1,
        "has_next": index + 1 < len(scope.product_ids),
        "is_enough": is_enough,
        "suspicions": suspicion_rows(suspicions_in(_typed_words(words))),
        "questions": [] if is_enough else [_(text) for text in missing_questions(asked)],
    }


def _typed_words(words: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what was typed, word list by word list, each with the name of its field."""
    labels = {
        "keywords": _("Keywords"),
        "must_use": _("Must be used"),
        "must_not_use": _("Must not be used"),
    }
    for name, label in labels.items():
        for word in words.get(name, []):
            yield label, str(word)
    yield _("Readers"), str(words.get("audience", ""))


def _num_without_facts(request: AppRequest, scope: WriteScope) -> int:
    """Return how many of several products have no fact: there we will mostly have to ask."""
    if len(scope.product_ids) < 2:
        return 0
    rows = Product.objects.filter(merchant=request.merchant, pk__in=scope.product_ids)
    return rows.filter(facts__isnull=True).count()


def _estimate_text(num_texts: int) -> str:
    """Return in words how long the texts take, or why nobody knows."""
    if not num_texts:
        return ""
    workers = live_workers()
    seconds = run_estimate(num_jobs=num_texts, workers=workers)
    texts = ngettext("%(num)s text", "%(num)s texts", num_texts) % {"num": num_texts}
    if not workers:
        return _("%(texts)s. No worker is running; writing begins when one is started.") % {
            "texts": texts
        }
    if seconds is None:
        return _("%(texts)s. How long it takes is known after the first.") % {"texts": texts}
    return _("%(texts)s, ready in about %(time)s.") % {
        "texts": texts,
        "time": duration_text(seconds),
    }


def duration_text(seconds: float) -> str:
    """Return a duration as people say it: 40 seconds, 12 minutes, 3 hours."""
    if seconds < 90:
        num = max(1, math.ceil(seconds))
        return ngettext("%(num)s second", "%(num)s seconds", num) % {"num": num}
    if seconds < 90 * 60:
        num = math.ceil(seconds / 60)
        return ngettext("%(num)s minute", "%(num)s minutes", num) % {"num": num}
    num = math.ceil(seconds / 3600)
    return ngettext("%(num)s hour", "%(num)s hours", num) % {"num": num}
