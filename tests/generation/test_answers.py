"""An answer leads to the draft that waited for it."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from shop_content.accounts.models import AuditEvent, Role
from shop_content.generation.models import GenerationJob, GenerationRun
from shop_content.generation.services.answers import answer_write
from shop_content.generation.services.runs import run_start
from shop_content.keywords.models import FactQuestion
from shop_content.keywords.services import question_answer
from tests.factories import make_brief, make_member, make_merchant, make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor():
    return make_member(make_merchant(), Role.MERCHANT)


@pytest.fixture
def merchant(actor):
    return actor.memberships.get().merchant


def asked_run(merchant, actor, *, fields=("description",), facts=()):
    product = make_product(merchant, facts=list(facts), brand="", category="Mugs")
    brief = make_brief(merchant, keywords=[], fields=list(fields))
    return run_start(brief=brief, product_ids=[product.pk], actor=actor)


def answer(question, actor, text="oak"):
    question_answer(question=question, answer=text, actor=actor)
    return answer_write(question=question, actor=actor)


def test_draft_is_queued_as_soon_as_there_is_enough_to_write_from(merchant, actor):
    run = asked_run(merchant, actor, fields=("description", "bullets"))
    first, second, *_rest = FactQuestion.objects.order_by("-usefulness")

    assert answer(first, actor) is None  # One fact is too little.
    assert answer(second, actor, "350 ml") == run

    run.refresh_from_db()
    assert (run.status, run.num_jobs) == (GenerationRun.Status.RUNNING, 2)
    jobs = GenerationJob.objects.filter(run=run)
    assert {(job.field, job.status) for job in jobs} == {
        ("description", "queued"),
        ("bullets", "queued"),
    }
    assert AuditEvent.objects.filter(action="generation.answer_write").count() == 1


def test_further_answers_wait_for_the_same_draft(merchant, actor):
    asked_run(merchant, actor)
    for question in FactQuestion.objects.order_by("-usefulness"):
        answer(question, actor)

    assert GenerationJob.objects.count() == 1


def test_draft_that_is_being_written_was_read_before_the_answer(merchant, actor):
    asked_run(merchant, actor, facts=[("Use", "tea", ""), ("Handle", "one", "")])
    GenerationJob.objects.update(status=GenerationJob.Status.RUNNING, claim_token=uuid.uuid4())
    first, second = FactQuestion.objects.all()
    answer(first, actor)

    assert answer(second, actor, "350 ml") is not None
    assert GenerationJob.objects.filter(status="queued").count() == 1


def test_written_product_is_written_again_after_the_last_answer_only(merchant, actor):
    facts = [("Use", "tea", ""), ("Handle", "one", "")]
    run = asked_run(merchant, actor, facts=facts)
    GenerationJob.objects.update(status=GenerationJob.Status.SUCCEEDED)
    first, second = FactQuestion.objects.all()

    assert answer(first, actor) is None
    assert answer(second, actor, "350 ml") == run
    assert GenerationJob.objects.filter(status="queued").count() == 1


def test_cancelled_run_is_not_taken_up_again(merchant, actor):
    run = asked_run(merchant, actor)
    GenerationRun.objects.filter(pk=run.pk).update(status=GenerationRun.Status.CANCELLED)
    first, second, *_rest = FactQuestion.objects.order_by("-usefulness")
    answer(first, actor)

    other = answer(second, actor)

    assert other is not None
    assert other != run
    assert other.jobs.count() == 1


def test_answer_on_the_page_leads_to_the_run(merchant, actor):
    run = asked_run(merchant, actor, facts=[("Use", "tea", "")])
    client = Client()
    client.force_login(actor)
    question = FactQuestion.objects.order_by("-usefulness").first()
    address = reverse("keywords:answer", args=[question.pk])

    page = client.post(address, {"answer": "oak"}, headers={"HX-Request": "true"})

    assert reverse("generation:run", args=[run.pk]) in page.content.decode()
    assert run.jobs.get().status == GenerationJob.Status.QUEUED
