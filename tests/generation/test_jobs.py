"""Single jobs: another draft, queued again, cancelled."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from shop_content.accounts.models import AuditEvent, User
from shop_content.catalogue.models import Product
from shop_content.generation.models import GenerationJob, GenerationRun
from shop_content.generation.services.jobs import (
    MAX_REPEATS_AN_HOUR,
    GenerationLimitError,
    JobStateError,
    job_ask_again,
    job_cancel,
    job_requeue,
)
from shop_content.generation.services.outcomes import jobs_finish
from shop_content.keywords.models import KeywordBrief
from tests.factories import (
    brief_snapshot,
    make_draft,
    make_job,
    make_member,
    make_product,
    make_run,
)

pytestmark = pytest.mark.django_db

Status = GenerationJob.Status
RunStatus = GenerationRun.Status


def ask(product: Product, actor: User, **fields: str) -> GenerationJob:
    return job_ask_again(
        product=product,
        field="description",
        brief=brief_snapshot(keywords=["winter"]),
        actor=actor,
        **fields,
    )


def written() -> tuple[Product, GenerationRun, User]:
    """Make a product with a draft, from a run that is over."""
    draft = make_draft()
    GenerationRun.objects.update(status=RunStatus.FINISHED, num_jobs=1)
    return draft.product, draft.job.run, make_member(draft.merchant)


def test_another_draft_joins_the_run_of_the_one_before_and_opens_it():
    product, run, actor = written()

    job = ask(product, actor, editor_note="Shorter.", previous_text="Long text.")

    assert job.run_id == run.pk
    assert (job.status, job.is_repeat) == (Status.QUEUED, True)
    assert (job.editor_note, job.previous_text) == ("Shorter.", "Long text.")
    assert job.brief["keywords"] == ["winter"]
    run.refresh_from_db()
    assert (run.status, run.num_jobs, run.finished_at) == (RunStatus.RUNNING, 2, None)


@pytest.mark.parametrize("status", [RunStatus.PAUSED, RunStatus.CANCELLED])
def test_another_draft_does_not_wait_in_a_run_that_stands_still(status):
    product, run, actor = written()
    GenerationRun.objects.filter(pk=run.pk).update(status=status)

    job = ask(product, actor)

    assert job.run_id != run.pk
    assert job.run.brief_id == run.brief_id
    assert job.run.status == RunStatus.RUNNING
    assert GenerationRun.objects.get(pk=job.run_id).num_jobs == 1


def test_another_draft_without_any_before_stores_its_wishes():
    product = make_product()

    job = ask(product, make_member(product.merchant))

    brief = KeywordBrief.objects.get()
    assert job.run.brief == brief
    assert (brief.keywords, brief.fields) == (["winter"], ["description"])


def test_another_draft_rings_and_is_audited(bells, django_capture_on_commit_callbacks):
    product, _run, actor = written()

    with django_capture_on_commit_callbacks(execute=True):
        job = ask(product, actor)

    assert len(bells) == 1
    event = AuditEvent.objects.get(action="generation.ask_again")
    assert (event.object_id, event.actor) == (job.pk, actor)


def test_same_wish_while_the_first_waits_is_one_job():
    product, _run, actor = written()

    assert ask(product, actor) == ask(product, actor)


def test_another_wish_while_the_first_waits_is_another_job():
    product, _run, actor = written()

    assert ask(product, actor) != ask(product, actor, editor_note="Shorter.")


def repeat(product: Product, actor: User, num: int) -> None:
    for _number in range(num):
        job = ask(product, actor)
        GenerationJob.objects.filter(pk=job.pk).update(status=Status.SUCCEEDED)


def test_sixth_wish_within_an_hour_is_refused_with_words():
    product, _run, actor = written()
    repeat(product, actor, MAX_REPEATS_AN_HOUR)

    with pytest.raises(GenerationLimitError, match="5 times an hour"):
        ask(product, actor)
    assert GenerationJob.objects.filter(is_repeat=True).count() == MAX_REPEATS_AN_HOUR


def test_limit_is_for_each_field_of_each_product():
    product, _run, actor = written()
    repeat(product, actor, MAX_REPEATS_AN_HOUR)
    other = make_product(product.merchant)

    assert ask(other, actor).pk
    assert job_ask_again(
        product=product, field="meta_title", brief=brief_snapshot(), actor=actor
    ).pk


def test_limit_ends_after_an_hour():
    product, _run, actor = written()
    repeat(product, actor, MAX_REPEATS_AN_HOUR)
    GenerationJob.objects.update(created_at=timezone.now() - timedelta(minutes=61))

    assert ask(product, actor).pk


def test_jobs_of_runs_do_not_count_against_the_limit():
    product, run, actor = written()
    for _number in range(MAX_REPEATS_AN_HOUR):
        make_job(run, product=product, status=Status.SUCCEEDED)

    assert ask(product, actor).pk


@pytest.mark.parametrize("status", list(Status))
def test_requeue_from_each_state(status):
    job = make_job(status=status, attempts=3)
    actor = make_member(job.merchant)

    if status in (Status.DEAD, Status.CANCELLED):
        job_requeue(job=job, actor=actor)
        job.refresh_from_db()
        assert (job.status, job.attempts) == (Status.QUEUED, 0)
    else:
        with pytest.raises(JobStateError):
            job_requeue(job=job, actor=actor)
        assert GenerationJob.objects.get(pk=job.pk).status == status


@pytest.mark.parametrize("status", [RunStatus.FINISHED, RunStatus.CANCELLED])
def test_requeued_job_opens_its_run(status):
    job = make_job(make_run(status=status), status=Status.DEAD)

    job_requeue(job=job, actor=make_member(job.merchant))

    assert GenerationRun.objects.get().status == RunStatus.RUNNING


def test_second_requeue_loses():
    job = make_job(status=Status.DEAD)
    actor = make_member(job.merchant)
    job_requeue(job=job, actor=actor)

    with pytest.raises(JobStateError):
        job_requeue(job=job, actor=actor)


@pytest.mark.parametrize("status", list(Status))
def test_cancel_from_each_state(status):
    job = make_job(status=status)
    actor = make_member(job.merchant)

    if status in (Status.QUEUED, Status.RUNNING):
        job_cancel(job=job, actor=actor)
        assert GenerationJob.objects.get(pk=job.pk).status == Status.CANCELLED
    else:
        with pytest.raises(JobStateError):
            job_cancel(job=job, actor=actor)
        assert GenerationJob.objects.get(pk=job.pk).status == status


def test_draft_of_a_job_that_was_cancelled_meanwhile_is_dropped():
    job = make_job(status=Status.RUNNING)
    job_cancel(job=job, actor=make_member(job.merchant))

    assert not jobs_finish(job_ids=[job.pk], claim_token=job.claim_token)
