"""Texts while they are written: whose are reported, how they are kept, when they are forgotten."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from shop_content.generation.models import FailureReason, GenerationJob, GenerationRun
from shop_content.generation.services.claims import jobs_claim, jobs_release
from shop_content.generation.services.outcomes import job_fail, jobs_finish, leases_expire
from shop_content.generation.services.streaming import (
    MAX_PARTIAL_CHARS,
    MAX_STREAMED_PER_CLAIM,
    partial_texts_write,
    wants_stream,
)
from tests.factories import make_job, make_product, make_run
from tests.naughty import NAUGHTY_STRINGS

pytestmark = pytest.mark.django_db

Status = GenerationJob.Status


def claimed(num: int, **fields: object) -> list[GenerationJob]:
    """Return running jobs of one claim."""
    run, token = make_run(), uuid.uuid4()
    product = make_product(run.merchant)
    return [
        make_job(run, product=product, status=Status.RUNNING, claim_token=token, **fields)
        for _number in range(num)
    ]


def token_of(job: GenerationJob) -> uuid.UUID:
    assert job.claim_token is not None
    return job.claim_token


def text_of(job: GenerationJob) -> str:
    return GenerationJob.objects.get(pk=job.pk).partial_text


# --- Whose texts are reported ---


def in_runs(*run_ids: int) -> list[GenerationJob]:
    return [GenerationJob(pk=pk, run_id=run_id) for pk, run_id in enumerate(run_ids, start=1)]


@pytest.mark.parametrize(
    ("run_ids", "wanted"),
    [
        ((), set()),
        ((7,), {1}),
        ((7, 7, 7), {1, 2, 3}),
        ((7, 7, 7, 7, 7, 7, 7, 7), {1, 2, 3, 4}),
        ((7, 7, 7, 7, 7, 7, 7, 9), {1, 2, 3, 8}),
        ((7, 7, 7, 7, 8, 9, 9, 9), {1, 2, 5, 6}),
        ((1, 2, 3, 4, 5, 6), {1, 2, 3, 4}),
    ],
)
def test_first_few_jobs_of_a_claim_are_reported_and_its_runs_take_turns(run_ids, wanted):
    assert wants_stream(in_runs(*run_ids)) == wanted
    assert len(wanted) <= MAX_STREAMED_PER_CLAIM


# --- How they are kept ---


def test_texts_of_a_claim_are_kept_by_one_query(django_assert_num_queries):
    jobs = claimed(4)
    texts = {job.pk: f"Text of {job.pk}" for job in jobs}

    with django_assert_num_queries(1):
        assert partial_texts_write(claim_token=token_of(jobs[0]), texts=texts) == 4

    assert {job.pk: text_of(job) for job in jobs} == texts


def test_longer_text_takes_the_place_of_the_one_before():
    [job] = claimed(1)
    for text in ("A mug", "A mug of stoneware", "A mug of stoneware."):
        partial_texts_write(claim_token=token_of(job), texts={job.pk: text})
        assert text_of(job) == text


def test_jobs_of_the_claim_that_are_not_named_keep_their_text():
    first, second = claimed(2, partial_text="Before.")

    assert partial_texts_write(claim_token=token_of(first), texts={first.pk: "After."}) == 1

    assert (text_of(first), text_of(second)) == ("After.", "Before.")


def test_nothing_to_keep_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert partial_texts_write(claim_token=uuid.uuid4(), texts={}) == 0


def test_job_that_another_worker_has_is_left_alone():
    [job] = claimed(1)

    assert partial_texts_write(claim_token=uuid.uuid4(), texts={job.pk: "Mine."}) == 0
    assert text_of(job) == ""


@pytest.mark.parametrize("status", [status for status in Status if status != "running"])
def test_job_that_is_not_running_is_left_alone(status):
    [job] = claimed(1)
    GenerationJob.objects.update(status=status)

    assert partial_texts_write(claim_token=token_of(job), texts={job.pk: "Late."}) == 0
    assert text_of(job) == ""


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("A\x00 mug\x00", "A mug"),
        ("A \ud83dmug\udc00", "A mug"),
        ("x" * (MAX_PARTIAL_CHARS + 1), "x" * MAX_PARTIAL_CHARS),
        ("\x00" + "x" * MAX_PARTIAL_CHARS, "x" * MAX_PARTIAL_CHARS),
        ("🦄" * MAX_PARTIAL_CHARS, "🦄" * MAX_PARTIAL_CHARS),
        ("", ""),
    ],
)
def test_text_is_kept_as_far_as_it_can_be_stored(text, kept):
    [job] = claimed(1)

    partial_texts_write(claim_token=token_of(job), texts={job.pk: text})

    assert text_of(job) == kept


def test_naughty_texts_are_kept_byte_for_byte():
    jobs = claimed(len(NAUGHTY_STRINGS))
    texts = {job.pk: text for job, text in zip(jobs, NAUGHTY_STRINGS, strict=True)}

    partial_texts_write(claim_token=token_of(jobs[0]), texts=texts)

    assert dict(GenerationJob.objects.values_list("pk", "partial_text")) == texts


# --- When they are forgotten ---


def finish(job: GenerationJob) -> None:
    assert jobs_finish(job_ids=[job.pk], claim_token=token_of(job))


def fail(job: GenerationJob) -> None:
    code = FailureReason.ENGINE_ERROR
    assert job_fail(job_id=job.pk, claim_token=token_of(job), code=code)


def release(job: GenerationJob) -> None:
    assert jobs_release(claim_token=token_of(job)) == 1


def expire(job: GenerationJob) -> None:
    past = timezone.now() - timedelta(seconds=60)
    GenerationJob.objects.filter(pk=job.pk).update(lease_until=past)
    assert leases_expire() == 1


@pytest.mark.parametrize("num_claimed_together", [1, 8])
@pytest.mark.parametrize("attempts", [1, 3])
@pytest.mark.parametrize("leave", [finish, fail, release, expire])
def test_text_is_forgotten_when_the_job_leaves_its_claim(
    leave: Callable[[GenerationJob], None], attempts: int, num_claimed_together: int
):
    [job] = claimed(
        1,
        partial_text="Half a sen",
        attempts=attempts,
        num_claimed_together=num_claimed_together,
    )

    leave(job)

    assert text_of(job) == ""


def test_job_of_a_cancelled_run_forgets_its_text_when_it_fails():
    [job] = claimed(1, partial_text="Half a sen", attempts=1)
    GenerationRun.objects.update(status=GenerationRun.Status.CANCELLED)

    fail(job)

    assert text_of(job) == ""


def test_claim_begins_without_the_text_of_a_cancelled_attempt():
    make_job(partial_text="Half a sen")

    [job] = jobs_claim(limit=4)

    assert job.partial_text == ""


def test_second_claim_does_not_see_what_the_first_wrote():
    make_job(max_attempts=3)
    [job] = jobs_claim(limit=4)
    partial_texts_write(claim_token=token_of(job), texts={job.pk: "Half a sen"})
    jobs_release(claim_token=token_of(job))

    [again] = jobs_claim(limit=4)

    assert again.pk == job.pk
    assert again.partial_text == ""
    assert partial_texts_write(claim_token=token_of(job), texts={job.pk: "Late."}) == 0
