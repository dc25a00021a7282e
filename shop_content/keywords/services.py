"""Writes of briefs and questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from shop_content.accounts.models import Merchant, User
from shop_content.accounts.services import audit_record
from shop_content.catalogue.models import FactSource, Product
from shop_content.catalogue.services.products import FactData, fact_add
from shop_content.keywords.models import (
    BLOCKING,
    BrandVoice,
    CategoryNeed,
    FactQuestion,
    KeywordBrief,
    Length,
    Tone,
)
from shop_content.keywords.selectors import brief_snapshot

__all__ = [
    "Asked",
    "BriefData",
    "QuestionClosedError",
    "brief_delete",
    "brief_save",
    "brief_snapshot",
    "need_delete",
    "need_save",
    "question_answer",
    "question_dismiss",
    "questions_ask",
    "voice_save",
]


class QuestionClosedError(Exception):
    """The question was answered or dismissed already; `question` is as it is now."""

    def __init__(self, question: FactQuestion) -> None:
        super().__init__(f"question {question.pk} is {question.status}")
        self.question = question


@dataclass(frozen=True, slots=True)
class BriefData:
    """A brief as a form gives it."""

    fields: tuple[str, ...]  # ids of ContentField
    keywords: tuple[str, ...] = ()
    must_use: tuple[str, ...] = ()
    must_not_use: tuple[str, ...] = ()
    audience: str = ""
    tone: str = Tone.PLAIN.value
    language: str = "en"
    length: str = Length.MEDIUM.value
    name: str = ""
    is_template: bool = False


@transaction.atomic
def brief_save(
    *, merchant: Merchant, actor: User | None, data: BriefData, brief: KeywordBrief | None = None
) -> KeywordBrief:
    """Make a brief, or change the template given.

    Runs keep a brief of their own, so a changed template changes no run.
    """
    saved = brief or KeywordBrief(merchant=merchant, created_by=actor)
    saved.name = data.name
    saved.is_template = data.is_template
    saved.fields = list(data.fields)
    saved.keywords = list(data.keywords)
    saved.must_use = list(data.must_use)
    saved.must_not_use = list(data.must_not_use)
    saved.audience = data.audience
    saved.tone = data.tone
    saved.language = data.language
    saved.length = data.length
    saved.save()
    audit_record(
        merchant=merchant,
        actor=actor,
        action="keywords.brief_change" if brief else "keywords.brief_add",
        target=saved,
        data={"is_template": saved.is_template},
    )
    return saved


@transaction.atomic
def brief_delete(*, brief: KeywordBrief, actor: User | None) -> None:
    """Take a template off the list. A brief from which a run was made stays for its history."""
    audit_record(merchant=brief.merchant, actor=actor, action="keywords.brief_delete", target=brief)
    if brief.runs.exists():
        KeywordBrief.objects.filter(pk=brief.pk).update(is_template=False)
    else:
        brief.delete()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a product, and what its answer is good for."""

    product: Product
    fact_name: str  # under which the answer is kept
    text: str
    usefulness: int = BLOCKING


@transaction.atomic
def questions_ask(*, brief: KeywordBrief, asked: Sequence[Asked], asked_by: User | None) -> int:
    """Ask many questions in three statements; return how many are open for it now.

    One that is open is not asked twice. One that the merchant has dismissed is asked again only
    where nothing can be written without it.
    """
    old = FactQuestion.objects.filter(product__in={one.product.pk for one in asked})
    status: dict[tuple[int, str], str] = {}
    for product_id, name, state in old.values_list("product_id", "fact_name", "status"):
        if status.get((product_id, name)) != FactQuestion.Status.OPEN:
            status[product_id, name] = state
    wanted = [one for one in asked if not _is_unwelcome(one, status)]
    FactQuestion.objects.bulk_create(
        (
            FactQuestion(
                merchant_id=one.product.merchant_id,
                product=one.product,
                brief=brief,
                fact_name=one.fact_name,
                text=one.text,
                usefulness=one.usefulness,
                asked_by=asked_by,
            )
            for one in wanted
            if status.get((one.product.pk, one.fact_name)) != FactQuestion.Status.OPEN
        ),
        ignore_conflicts=True,  # Asked by another run at this moment.
    )
    return len(wanted)


def _is_unwelcome(one: Asked, status: dict[tuple[int, str], str]) -> bool:
    state = status.get((one.product.pk, one.fact_name))
    return state == FactQuestion.Status.DISMISSED and one.usefulness < BLOCKING


@transaction.atomic
def need_save(
    *, merchant: Merchant, actor: User, category: str, fact_name: str, question: str = ""
) -> CategoryNeed:
    """Keep that products of a category need a fact; said twice, the newer question stands."""
    need, _made = CategoryNeed.objects.update_or_create(
        merchant=merchant,
        category=category,
        fact_name=fact_name,
        defaults={"question": question},
    )
    audit_record(merchant=merchant, actor=actor, action="keywords.need_save", target=need)
    return need


@transaction.atomic
def need_delete(*, need: CategoryNeed, actor: User) -> None:
    """Ask no more for the fact; questions that are open stay."""
    audit_record(merchant=need.merchant, actor=actor, action="keywords.need_delete", target=need)
    need.delete()


@transaction.atomic
def question_answer(*, question: FactQuestion, answer: str, actor: User) -> FactQuestion:
    """Keep the answer as a verified fact of the product, and close the question.

    Raises:
        QuestionClosedError: it was answered or dismissed already.
    """
    _close(question, FactQuestion.Status.ANSWERED, actor, answer)
    fact_add(
        product=question.product,
        data=FactData(
            name=question.fact_name,
            value=answer,
            source=FactSource.ANSWER.value,
            is_verified=True,
        ),
        actor=actor,
    )
    return question


@transaction.atomic
def question_dismiss(*, question: FactQuestion, actor: User) -> FactQuestion:
    """Close the question without an answer.

    Raises:
        QuestionClosedError: it was answered or dismissed already.
    """
    _close(question, FactQuestion.Status.DISMISSED, actor, "")
    return question


def _close(question: FactQuestion, status: FactQuestion.Status, actor: User, answer: str) -> None:
    still_open = FactQuestion.objects.filter(pk=question.pk, status=FactQuestion.Status.OPEN)
    now = timezone.now()
    closed = still_open.update(
        status=status, answer=answer, answered_by=actor, answered_at=now, updated_at=now
    )
    question.refresh_from_db()
    if not closed:
        raise QuestionClosedError(question)
    audit_record(
        merchant=question.merchant,
        actor=actor,
        action=f"keywords.question_{status}",
        target=question,
        data={"product": question.product_id},
    )


@transaction.atomic
def voice_save(*, merchant: Merchant, actor: User, data: dict[str, Any]) -> BrandVoice:
    """Keep how the merchant's copy speaks; drafts asked for from now on follow it."""
    voice, _made = BrandVoice.objects.update_or_create(merchant=merchant, defaults=data)
    audit_record(merchant=merchant, actor=actor, action="keywords.voice_save", target=voice)
    return voice
