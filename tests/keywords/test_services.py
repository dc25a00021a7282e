"""Briefs and questions: what is written, and that a second caller changes nothing."""

from __future__ import annotations

import pytest

from shop_content.accounts.models import AuditEvent
from shop_content.keywords.models import FactQuestion, KeywordBrief
from shop_content.keywords.selectors import (
    brief_snapshot,
    brief_templates,
    product_questions,
    questions_open,
)
from shop_content.keywords.services import (
    Asked,
    BriefData,
    QuestionClosedError,
    brief_delete,
    brief_save,
    question_answer,
    question_dismiss,
    questions_ask,
)
from tests import factories
from tests.factories import (
    make_brief,
    make_member,
    make_merchant,
    make_product,
    make_question,
    make_run,
)

pytestmark = pytest.mark.django_db

DATA = BriefData(
    fields=("description", "bullets"),
    keywords=("mug", "{brand} cup"),
    must_use=("stoneware",),
    must_not_use=("cheap",),
    audience="people who cook",
    tone="friendly",
    length="short",
    name="Kitchen",
    is_template=True,
)


def test_brief_keeps_everything():
    merchant = make_merchant()
    actor = make_member(merchant)
    pk = brief_save(merchant=merchant, actor=actor, data=DATA).pk
    brief = KeywordBrief.objects.get(pk=pk)
    for name in BriefData.__slots__:
        kept, given = getattr(brief, name), getattr(DATA, name)
        assert kept == (list(given) if isinstance(given, tuple) else given), name
    assert (brief.merchant, brief.created_by) == (merchant, actor)
    assert AuditEvent.objects.get(object_id=pk).action == "keywords.brief_add"


def test_changed_template_stays_the_same_row():
    merchant = make_merchant()
    brief = make_brief(merchant, is_template=True)
    assert brief_save(merchant=merchant, actor=None, data=DATA, brief=brief).pk == brief.pk
    assert KeywordBrief.objects.get().name == "Kitchen"


def test_template_is_deleted():
    brief = make_brief(is_template=True)
    brief_delete(brief=brief, actor=None)
    assert not KeywordBrief.objects.exists()


def test_template_with_a_run_only_leaves_the_list():
    merchant = make_merchant()
    brief = make_brief(merchant, is_template=True)
    make_run(merchant, brief=brief)
    brief_delete(brief=brief, actor=None)
    assert not brief_templates(merchant=merchant).exists()
    assert KeywordBrief.objects.filter(pk=brief.pk).exists()


def test_templates_are_the_merchants_own():
    merchant = make_merchant()
    make_brief(merchant)
    make_brief(is_template=True)
    mine = make_brief(merchant, is_template=True)
    assert list(brief_templates(merchant=merchant)) == [mine]


def test_snapshot_has_the_shape_that_jobs_keep():
    product = make_product(brand="Tidewater")
    brief = make_brief(product.merchant, keywords=["stoneware mug"])
    snapshot = brief_snapshot(brief=brief, product=product)
    assert snapshot == factories.brief_snapshot()


def test_snapshot_is_filled_for_its_product_without_doubles():
    product = make_product(brand="Tidewater", category="Kitchen > Mugs")
    brief = make_brief(
        product.merchant,
        keywords=["{brand} mug", "tidewater MUG", "{category}"],
        must_use=["{brand}"],
        must_not_use=["cheap"],
    )
    snapshot = brief_snapshot(brief=brief, product=product)
    assert snapshot["keywords"] == ["Tidewater mug", "Mugs"]
    assert snapshot["must_use"] == ["Tidewater"]


def test_snapshot_leaves_out_what_the_product_does_not_have():
    product = make_product(brand="")
    brief = make_brief(product.merchant, keywords=["{brand}"], must_use=["{brand} mug"])
    snapshot = brief_snapshot(brief=brief, product=product)
    assert (snapshot["keywords"], snapshot["must_use"]) == ([], ["mug"])


def ask(product, fact_name="Material", text="Which material?"):
    asked = [Asked(product, fact_name, text)]
    questions_ask(brief=make_brief(product.merchant), asked=asked, asked_by=None)
    return FactQuestion.objects.get(product=product, fact_name=fact_name, status="open")


def test_the_same_question_is_open_once():
    product = make_product()
    assert ask(product) == ask(product, text="Which material is it made of?")
    assert questions_open(merchant=product.merchant).count() == 1


def test_other_facts_and_other_products_are_other_questions():
    product = make_product()
    questions = {ask(product), ask(product, "Size"), ask(make_product(product.merchant))}
    assert len(questions) == 3


def test_an_answered_question_can_be_asked_again():
    product = make_product()
    question_dismiss(question=ask(product), actor=make_member(product.merchant))
    assert ask(product).status == FactQuestion.Status.OPEN
    assert product_questions(product=product).count() == 2


def test_answer_becomes_a_verified_fact():
    product = make_product(facts=[])
    actor = make_member(product.merchant)
    before = product.facts_fingerprint
    question = question_answer(question=ask(product), answer="Stoneware", actor=actor)
    fact = product.facts.get()
    assert (fact.name, fact.value) == ("Material", "Stoneware")
    assert (fact.source, fact.is_verified) == ("answer", True)
    assert (question.status, question.answer) == ("answered", "Stoneware")
    assert question.answered_by == actor
    assert question.answered_at is not None
    product.refresh_from_db()
    assert product.facts_fingerprint != before


def test_second_answer_changes_nothing():
    product = make_product(facts=[])
    actor = make_member(product.merchant)
    question = ask(product)
    late = FactQuestion.objects.get(pk=question.pk)
    question_answer(question=question, answer="Stoneware", actor=actor)
    with pytest.raises(QuestionClosedError) as error:
        question_answer(question=late, answer="Porcelain", actor=actor)
    assert error.value.question.answer == "Stoneware"
    assert product.facts.get().value == "Stoneware"


@pytest.mark.parametrize("status", ["answered", "dismissed"])
def test_closed_question_cannot_be_dismissed(status):
    question = make_question(status=status)
    with pytest.raises(QuestionClosedError):
        question_dismiss(question=question, actor=make_member(question.merchant))
    question.refresh_from_db()
    assert question.status == status


def test_dismissed_question_makes_no_fact_and_is_in_the_trail():
    product = make_product(facts=[])
    actor = make_member(product.merchant)
    question_dismiss(question=ask(product), actor=actor)
    assert not product.facts.exists()
    assert AuditEvent.objects.get(actor=actor).action == "keywords.question_dismissed"


def test_open_questions_are_the_merchants_own():
    question = make_question()
    make_question()
    make_question(make_product(question.merchant), status="answered")
    assert list(questions_open(merchant=question.merchant)) == [question]
