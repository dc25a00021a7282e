"""Runs: started in one transaction, paused, resumed, cancelled, retried, finished."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from shop_content.accounts.models import AuditEvent
from shop_content.generation.models import GenerationJob, GenerationRun
from shop_content.generation.services import runs
from shop_content.generation.services.runs import RunStartError, RunStateError
from shop_content.keywords.models import FactQuestion, KeywordBrief
from tests.factories import (
    brief_snapshot,
    make_brief,
    make_job,
    make_member,
    make_merchant,
    make_need,
    make_product,
    make_question,
    make_run,
)

pytestmark = pytest.mark.django_db

Status = GenerationRun.Status
JobStatus = GenerationJob.Status


def start(num_products: int = 2, **brief: object) -> GenerationRun:
    merchant = make_merchant()
    products = [make_product(merchant) for _number in range(num_products)]
    return runs.run_start(
        brief=make_brief(merchant, **brief),
        product_ids=[product.pk for product in products],
        actor=make_member(merchant),
    )


def test_run_has_one_job_per_product_and_field():
    run = start(3, fields=["description", "meta_title"])

    assert (run.status, run.num_products, run.num_jobs) == ("running", 3, 6)
    pairs = set(run.jobs.values_list("product", "field"))
    assert len(pairs) == 6
    assert set(run.jobs.values_list("status", flat=True)) == {JobStatus.QUEUED}


def test_jobs_keep_the_brief_with_its_placeholders_filled():
    run = start(1, keywords=["{title} for winter"], tone="friendly")

    job = run.jobs.get()
    assert job.brief["keywords"] == [f"{job.product.title} for winter"]
    assert set(job.brief) >= set(brief_snapshot())
    assert job.brief["tone"] == "friendly"


def test_every_job_has_its_own_seed():
    run = start(5)

    assert run.jobs.values("seed").distinct().count() == 5


def test_attempts_come_from_the_settings(settings):
    settings.SHOP_CONTENT_JOB_MAX_ATTEMPTS = 7

    assert start(1).jobs.get().max_attempts == 7


def test_product_with_too_little_to_write_from_gets_questions_and_no_job():
    merchant = make_merchant()
    bare = make_product(merchant, facts=[], brand="", category="", title="Thing")
    full = make_product(merchant)

    run = runs.run_start(
        brief=make_brief(merchant, keywords=[]),
        product_ids=[bare.pk, full.pk],
        actor=make_member(merchant),
    )

    assert [job.product_id for job in run.jobs.all()] == [full.pk]
    questions = FactQuestion.objects.filter(product=bare)
    assert run.num_questions == FactQuestion.objects.count()
    assert all(question.is_blocking for question in questions)
    assert "Material" in questions.values_list("fact_name", flat=True)


def test_run_that_has_only_questions_is_finished_at_once():
    merchant = make_merchant()
    bare = make_product(merchant, facts=[], brand="", category="")

    run = runs.run_start(
        brief=make_brief(merchant, keywords=[]), product_ids=[bare.pk], actor=make_member(merchant)
    )

    assert (run.status, run.num_jobs) == (Status.FINISHED, 0)
    assert run.finished_at is not None


def test_product_with_enough_is_written_and_asked_about_what_would_help_most():
    merchant = make_merchant()
    mug = make_product(merchant, category="Mugs", facts=[("Material", "oak", "")])
    make_need(merchant, category="mugs", fact_name="Glaze", question="Which glaze has it?")
    make_need(merchant, category="Plates", fact_name="Rim")

    run = runs.run_start(
        brief=make_brief(merchant), product_ids=[mug.pk], actor=make_member(merchant)
    )

    asked = FactQuestion.objects.order_by("-usefulness")
    assert [row.fact_name for row in asked] == ["Glaze", "Size"]
    assert asked[0].text == "Which glaze has it?"
    assert not any(row.is_blocking for row in asked)
    assert (run.num_jobs, run.num_questions) == (1, 2)


def test_full_product_is_asked_only_what_the_merchant_wants_to_know():
    merchant = make_merchant()
    facts = [(f"Fact {number}", "yes", "") for number in range(6)]
    mug = make_product(merchant, category="Mugs", facts=facts)
    brief = make_brief(merchant)

    assert runs.run_start(brief=brief, product_ids=[mug.pk], actor=None).num_questions == 0
    make_need(merchant, category="", fact_name="Glaze")
    assert runs.run_start(brief=brief, product_ids=[mug.pk], actor=None).num_questions == 1


def test_dismissed_question_comes_again_only_where_nothing_can_be_written_without_it():
    merchant = make_merchant()
    for number, facts in enumerate([[], [("Use", "tea", ""), ("Size", "2", "l")]]):
        product = make_product(merchant, facts=facts, category="Jugs")
        make_question(product, fact_name="Material", status="dismissed")
        runs.run_start(
            brief=make_brief(merchant, keywords=[]), product_ids=[product.pk], actor=None
        )
        again = product.questions.filter(status="open", fact_name="Material")
        assert again.exists() is (number == 0)


def test_starting_takes_as_many_queries_for_20_products_with_questions_as_for_2(
    django_assert_num_queries,
):
    merchant = make_merchant()
    few = [make_product(merchant, facts=[]).pk for _number in range(2)]
    many = [make_product(merchant, facts=[]).pk for _number in range(20)]
    briefs = [KeywordBrief.objects.get(pk=make_brief(merchant).pk) for _number in range(2)]
    with CaptureQueriesContext(connection) as first:
        runs.run_start(brief=briefs[0], product_ids=few, actor=None)
    with django_assert_num_queries(len(first)):
        runs.run_start(brief=briefs[1], product_ids=many, actor=None)


def test_products_of_another_merchant_are_left_out():
    merchant = make_merchant()
    own, foreign = make_product(merchant), make_product()

    run = runs.run_start(
        brief=make_brief(merchant), product_ids=[own.pk, foreign.pk], actor=make_member(merchant)
    )

    assert [job.product_id for job in run.jobs.all()] == [own.pk]


def test_same_product_twice_is_one_job():
    merchant = make_merchant()
    product = make_product(merchant)

    run = runs.run_start(
        brief=make_brief(merchant), product_ids=[product.pk] * 2, actor=make_member(merchant)
    )

    assert run.num_jobs == 1


def test_run_without_a_product_is_refused_and_leaves_nothing():
    with pytest.raises(RunStartError, match="product"):
        start(0)

    assert not GenerationRun.objects.exists()


def test_run_without_a_field_is_refused():
    with pytest.raises(RunStartError, match="field"):
        start(1, fields=[])


def test_start_is_audited():
    run = start(2)

    event = AuditEvent.objects.get(action="generation.run_start")
    assert (event.object_id, event.actor_id) == (run.pk, run.created_by_id)
    assert event.data == {"num_jobs": 2, "num_products": 2}


def test_bell_rings_after_the_commit_only(bells, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        start(2)
        assert bells == []

    assert [bell["queue"] for bell in bells] == ["generate"]


class BoomError(Exception):
    """What happens after the run was started, in the same transaction."""


def start_and_fail() -> None:
    with transaction.atomic():
        start(2)
        raise BoomError


def test_rollback_leaves_no_job_and_no_bell(bells, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(BoomError):
        start_and_fail()

    assert bells == []
    assert not GenerationJob.objects.exists()
    assert not GenerationRun.objects.exists()


def test_queries_do_not_grow_with_the_products():
    merchant = make_merchant()
    products = [make_product(merchant).pk for _number in range(20)]
    brief, actor = make_brief(merchant), make_member(merchant)
    nums = []
    for num in (2, 40):
        found = KeywordBrief.objects.get(pk=brief.pk)  # As a request reads it, nothing at hand.
        with CaptureQueriesContext(connection) as queries:
            runs.run_start(brief=found, product_ids=products[:num], actor=actor)
        nums.append(len(queries))

    assert nums[0] == nums[1]


def run_in(status: Status) -> GenerationRun:
    run = make_run(status=status)
    make_job(run)
    return run


ALLOWED = {
    runs.run_pause: ({Status.RUNNING}, Status.PAUSED),
    runs.run_resume: ({Status.PAUSED}, Status.RUNNING),
    runs.run_cancel: ({Status.RUNNING, Status.PAUSED}, Status.CANCELLED),
}


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("service", list(ALLOWED), ids=lambda service: service.__name__)
def test_transition_from_each_state(service, status):
    before, after = ALLOWED[service]
    run = run_in(status)
    actor = make_member(run.merchant)

    if status in before:
        service(run=run, actor=actor)
        assert GenerationRun.objects.get(pk=run.pk).status == after == run.status
        assert AuditEvent.objects.filter(action=f"generation.{service.__name__}").exists()
    else:
        with pytest.raises(RunStateError, match=str(status.label)):
            service(run=run, actor=actor)
        assert GenerationRun.objects.get(pk=run.pk).status == status


@pytest.mark.parametrize("service", list(ALLOWED), ids=lambda service: service.__name__)
def test_second_caller_loses(service):
    before, _after = ALLOWED[service]
    run = run_in(next(iter(before)))
    stale = GenerationRun.objects.get(pk=run.pk)
    actor = make_member(run.merchant)
    service(run=run, actor=actor)

    with pytest.raises(RunStateError):
        service(run=stale, actor=actor)


def test_cancel_takes_out_what_waits_and_leaves_what_is_being_written():
    run = make_run()
    waiting, running = make_job(run), make_job(run, status=JobStatus.RUNNING)
    written = make_job(run, status=JobStatus.SUCCEEDED)

    assert runs.run_cancel(run=run, actor=make_member(run.merchant)) == 1

    states = {job.pk: job.status for job in run.jobs.all()}
    assert states == {
        waiting.pk: JobStatus.CANCELLED,
        running.pk: JobStatus.RUNNING,
        written.pk: JobStatus.SUCCEEDED,
    }
    assert GenerationRun.objects.get(pk=run.pk).finished_at is not None


def test_resume_rings(bells, django_capture_on_commit_callbacks):
    run = run_in(Status.PAUSED)

    with django_capture_on_commit_callbacks(execute=True):
        runs.run_resume(run=run, actor=make_member(run.merchant))

    assert len(bells) == 1


def test_retry_gives_failed_jobs_all_their_attempts_and_opens_the_run(
    bells, django_capture_on_commit_callbacks
):
    run = make_run(status=Status.FINISHED)
    dead = make_job(run, status=JobStatus.DEAD, attempts=3, error_code="engine_error")
    make_job(run, status=JobStatus.SUCCEEDED)

    with django_capture_on_commit_callbacks(execute=True):
        assert runs.run_retry_failed(run=run, actor=make_member(run.merchant)) == 1

    dead.refresh_from_db()
    assert (dead.status, dead.attempts, dead.finished_at) == (JobStatus.QUEUED, 0, None)
    assert GenerationRun.objects.get(pk=run.pk).status == Status.RUNNING
    assert len(bells) == 1


def test_retry_leaves_a_paused_run_paused():
    run = make_run(status=Status.PAUSED)
    make_job(run, status=JobStatus.DEAD)

    runs.run_retry_failed(run=run, actor=make_member(run.merchant))

    assert GenerationRun.objects.get(pk=run.pk).status == Status.PAUSED


def test_retry_of_a_cancelled_run_is_refused():
    run = make_run(status=Status.CANCELLED)
    job = make_job(run, status=JobStatus.DEAD)

    with pytest.raises(RunStateError, match="cancelled"):
        runs.run_retry_failed(run=run, actor=make_member(run.merchant))
    assert GenerationJob.objects.get(pk=job.pk).status == JobStatus.DEAD


def test_second_retry_finds_nothing():
    run = make_run()
    make_job(run, status=JobStatus.DEAD)
    actor = make_member(run.merchant)
    runs.run_retry_failed(run=run, actor=actor)

    with pytest.raises(RunStateError, match="failed"):
        runs.run_retry_failed(run=run, actor=actor)


@pytest.mark.parametrize("status", [Status.RUNNING, Status.PAUSED])
@pytest.mark.parametrize("open_status", [JobStatus.QUEUED, JobStatus.RUNNING])
def test_run_with_an_open_job_is_not_finished(status, open_status):
    run = make_run(status=status)
    make_job(run, status=open_status)

    assert runs.run_finish_if_done(run_id=run.pk) is False


@pytest.mark.parametrize("status", list(Status))
def test_run_without_an_open_job_is_finished_once(status):
    run = make_run(status=status)
    make_job(run, status=JobStatus.SUCCEEDED)
    make_job(run, status=JobStatus.DEAD)

    is_open = status in (Status.RUNNING, Status.PAUSED)
    assert runs.run_finish_if_done(run_id=run.pk) is is_open
    assert runs.run_finish_if_done(run_id=run.pk) is False


def test_run_that_is_gone_is_not_finished():
    assert runs.run_finish_if_done(run_id=10**9) is False
