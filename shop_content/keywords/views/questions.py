"""Questions to the merchant: answered in one field each."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shop_content.accounts.decorators import merchant_required
from shop_content.accounts.http import AppRequest
from shop_content.accounts.models import Role
from shop_content.catalogue.models import Product
from shop_content.core.pagination import keyset_page
from shop_content.generation.services.answers import answer_write
from shop_content.keywords import selectors
from shop_content.keywords.forms import AnswerForm
from shop_content.keywords.models import FactQuestion
from shop_content.keywords.services import (
    QuestionClosedError,
    question_answer,
    question_dismiss,
)

PAGE_SIZE = 25


@require_GET
@merchant_required(Role.MERCHANT, Role.ADMIN)
def questions(request: AppRequest) -> HttpResponse:
    """List the questions that wait for an answer."""
    page = keyset_page(
        selectors.questions_open(merchant=request.merchant),
        order=["-usefulness", "-id"],
        cursor=request.GET.get("cursor", ""),
        size=PAGE_SIZE,
    )
    context = {"page": page, "can_write": True, "shows_product": True}
    return render(request, "keywords/questions.html", context)


@require_GET
@merchant_required()
def product_questions(request: AppRequest, pk: int) -> HttpResponse:
    """List all questions about one product, with their answers."""
    product = get_object_or_404(Product, pk=pk, merchant=request.merchant)
    page = keyset_page(
        selectors.product_questions(product=product),
        order=["-id"],
        cursor=request.GET.get("cursor", ""),
        size=PAGE_SIZE,
    )
    context = {"product": product, "page": page, "can_write": request.membership.can_write}
    return render(request, "keywords/product_questions.html", context)


@require_POST
@merchant_required(Role.MERCHANT, Role.ADMIN)
def answer(request: AppRequest, pk: int) -> HttpResponse:
    """Keep an answer as a fact of the product."""
    question = _question(request, pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _answer_refused(request, question, form)
    try:
        # Together: an answer that is kept leads to its draft, whatever breaks in between.
        with transaction.atomic():
            question_answer(
                question=question, answer=form.cleaned_data["answer"], actor=request.user
            )
            run = answer_write(question=question, actor=request.user)
    except QuestionClosedError as error:
        return _closed(request, error.question)
    if not request.htmx:
        kept = _("Kept as a fact of %(product)s.") % {"product": question.product}
        more = _("A draft is being written from it.") if run else ""
        messages.success(request, f"{kept} {more}".strip())
    return _answered(request, question, status=200, run_id=run.pk if run else None)


@require_POST
@merchant_required(Role.MERCHANT, Role.ADMIN)
def dismiss(request: AppRequest, pk: int) -> HttpResponse:
    """Close a question without an answer."""
    question = _question(request, pk)
    try:
        question_dismiss(question=question, actor=request.user)
    except QuestionClosedError as error:
        return _closed(request, error.question)
    return _answered(request, question, status=200)


def _question(request: AppRequest, pk: int) -> FactQuestion:
    return get_object_or_404(selectors.questions(merchant=request.merchant), pk=pk)


def _answer_refused(request: AppRequest, question: FactQuestion, form: AnswerForm) -> HttpResponse:
    """Show the question again with what was typed and why it is refused."""
    context = {"question": question, "form": form, "can_write": True, "shows_product": True}
    template = "keywords/_question.html" if request.htmx else "keywords/question.html"
    return render(request, template, context, status=422)


def _closed(request: AppRequest, question: FactQuestion) -> HttpResponse:
    """Say that somebody else was first; a plain form goes back to the list with a message."""
    if not request.htmx:
        messages.error(request, _("Somebody has answered this question already."))
    return _answered(request, question, status=409)


def _answered(
    request: AppRequest, question: FactQuestion, *, status: int, run_id: int | None = None
) -> HttpResponse:
    if request.htmx:
        context = {"question": question, "can_write": True, "shows_product": True, "run_id": run_id}
        return render(request, "keywords/_question.html", context, status=status)
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = reverse("keywords:questions")
    return redirect(back)
