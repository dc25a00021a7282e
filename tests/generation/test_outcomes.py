"""What becomes of a claimed job: finished, failed, lost, parked."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from shop_content.generation.models import FailureReason, GenerationJob, GenerationRun
from shop_content.generation.services.claims import jobs_claim
from shop_content.generation.services.outcomes import job_fail, jobs_finish, leases_expire
from tests.factories import make_job, make_product, make_run

pytestmark = pytest.mark.django_db

Status = GenerationJob.Status


def claimed_job(**fields: object) -> GenerationJob:
    return make_job(status=Status.RUNNING, attempts=1, **fields)


def let_leases_pass() -> None:
    """Pretend that every worker has been silent for a minute."""
    GenerationJob.objects.filter(status=Status.RUNNING).update(
        lease_until=timezone.now() - timedelta(seconds=60)
    )


def make_due() -> None:
    GenerationJob.objects.filter(status=Status.QUEUED).update(available_at=timezone.now())


def test_finish_marks_the_job_as_written():
    job = claimed_job(error_code="engine_error", error="An attempt before.")

    assert jobs_finish(job_ids=[job.pk], claim_token=job.claim_token)

    job.refresh_from_db()
    assert job.status == Status.SUCCEEDED
    assert job.finished_at is not None
    assert (job.lease_until, job.error_code, job.error) == (None, "", "")


def test_second_finish_loses():
    job = claimed_job()

    assert jobs_finish(job_ids=[job.pk], claim_token=job.claim_token)
    assert not jobs_finish(job_ids=[job.pk], claim_token=job.claim_token)


@pytest.mark.parametrize("status", [s for s in Status if s != "running"])
def test_finish_from_another_state_is_refused(status):
    job = make_job(status=status, claim_token=uuid.uuid4())

    assert not jobs_finish(job_ids=[job.pk], claim_token=job.claim_token)
    assert GenerationJob.objects.get(pk=job.pk).status == status


def test_finish_with_anothers_token_is_dropped_and_logged(caplog):
    job = claimed_job()

    assert not jobs_finish(job_ids=[job.pk], claim_token=uuid.uuid4())
    assert GenerationJob.objects.get(pk=job.pk).status == Status.RUNNING
    assert f"Dropped the result of job {job.pk}" in caplog.text


def test_failed_job_waits_for_its_next_attempt():
    job = claimed_job()

    assert job_fail(
        job_id=job.pk,
        claim_token=job.claim_token,
        code=FailureReason.ENGINE_ERROR,
        message="RuntimeError: broken",
    )

    job.refresh_from_db()
    assert (job.status, job.attempts, job.claim_token) == (Status.QUEUED, 1, None)
    assert job.error_code == "engine_error"
    assert job.error == "The model stopped with an error. RuntimeError: broken"
    assert job.available_at > timezone.now()


def test_pauses_between_attempts_grow(settings):
    settings.SHOP_CONTENT_JOB_LEASE_SECONDS = 60
    pauses = []
    for attempts in (1, 2):
        job = make_job(status=Status.RUNNING, attempts=attempts)
        job_fail(job_id=job.pk, claim_token=job.claim_token, code="engine_error")
        job.refresh_from_db()
        pauses.append((job.available_at - timezone.now()).total_seconds())

    assert 2 < pauses[0] < 7.6
    assert 4.5 < pauses[1] < 15.1


def test_last_attempt_parks_the_job_with_its_reason():
    job = make_job(status=Status.RUNNING, attempts=3)

    assert job_fail(job_id=job.pk, claim_token=job.claim_token, code="empty_output")

    job.refresh_from_db()
    assert job.status == Status.DEAD
    assert job.finished_at is not None
    assert job.error == "The model wrote nothing that could be used."


def test_failed_job_of_a_cancelled_run_is_cancelled():
    job = claimed_job(run=make_run(status=GenerationRun.Status.CANCELLED))

    assert job_fail(job_id=job.pk, claim_token=job.claim_token, code="engine_error")
    assert GenerationJob.objects.get(pk=job.pk).status == Status.CANCELLED


@pytest.mark.parametrize("status", [s for s in Status if s != "running"])
def test_failing_from_another_state_is_refused(status):
    job = make_job(status=status, claim_token=uuid.uuid4())

    assert job_fail(job_id=job.pk, claim_token=job.claim_token, code="engine_error") is False
    assert GenerationJob.objects.get(pk=job.pk).status == status


def test_failing_with_anothers_token_is_refused():
    job = claimed_job()

    assert job_fail(job_id=job.pk, claim_token=uuid.uuid4(), code="engine_error") is False


def test_long_error_with_line_breaks_and_nul_is_one_short_line():
    job = claimed_job()

    job_fail(
        job_id=job.pk,
        claim_token=job.claim_token,
        code="engine_error",
        message="a\x00\n" + "b" * 900,
    )

    error = GenerationJob.objects.get(pk=job.pk).error
    assert len(error) == 300
    assert "\n" not in error
    assert "\x00" not in error


def test_job_with_a_living_lease_is_left_alone():
    make_job()
    jobs_claim(limit=1)

    assert leases_expire() == 0


def test_job_lost_alone_counts_the_attempt_and_pauses():
    make_job()
    jobs_claim(limit=1)
    let_leases_pass()

    assert leases_expire() == 1

    job = GenerationJob.objects.get()
    assert (job.status, job.attempts, job.is_solitary) == (Status.QUEUED, 1, True)
    assert job.error_code == "worker_lost"
    assert job.available_at > timezone.now()


def test_jobs_lost_in_company_get_the_attempt_back_and_wait_alone():
    run = make_run()
    first = make_job(run)
    make_job(run)
    jobs_claim(limit=8)
    let_leases_pass()

    assert leases_expire() == 2

    for job in GenerationJob.objects.all():
        assert (job.status, job.attempts, job.is_solitary) == (Status.QUEUED, 0, True)
        assert job.claim_token is None
    assert [job.pk for job in jobs_claim(limit=8)] == [first.pk]


def test_poison_in_a_batch_of_eight_is_parked_after_three_claims_of_its_own():
    run = make_run()
    product = make_product(run.merchant)
    poison, *_others = [make_job(run, product=product) for _number in range(8)]
    num_claims_of_poison = 0

    for _round in range(30):
        make_due()
        claimed = jobs_claim(limit=8)
        if not claimed:
            break
        if poison.pk in {job.pk for job in claimed}:
            num_claims_of_poison += 1
            let_leases_pass()
            leases_expire()
            continue
        for job in claimed:
            assert jobs_finish(job_ids=[job.pk], claim_token=job.claim_token)

    poison.refresh_from_db()
    assert (poison.status, poison.attempts) == (Status.DEAD, 3)
    assert poison.error == "The worker stopped while it wrote this draft alone."
    assert num_claims_of_poison == 1 + 3  # In company once, then alone.
    assert GenerationJob.objects.filter(status=Status.SUCCEEDED).count() == 7


def test_lone_poison_is_parked_after_exactly_three_claims():
    make_job()
    num_claims = 0
    while jobs_claim(limit=8):
        num_claims += 1
        let_leases_pass()
        leases_expire()
        make_due()

    assert num_claims == 3
    assert GenerationJob.objects.get().status == Status.DEAD


def test_lost_jobs_of_a_cancelled_run_are_cancelled():
    run = make_run()
    make_job(run)
    make_job(run)
    jobs_claim(limit=8)
    GenerationRun.objects.update(status=GenerationRun.Status.CANCELLED)
    let_leases_pass()

    assert leases_expire() == 2
    assert set(GenerationJob.objects.values_list("status", flat=True)) == {Status.CANCELLED}


def test_result_of_a_worker_that_slept_past_its_lease_is_dropped():
    make_job()
    [slept] = jobs_claim(limit=1)
    let_leases_pass()
    leases_expire()
    make_due()
    [taken] = jobs_claim(limit=1)

    assert not jobs_finish(job_ids=[slept.pk], claim_token=slept.claim_token)
    assert job_fail(job_id=slept.pk, claim_token=slept.claim_token, code="engine_error") is False
    assert jobs_finish(job_ids=[taken.pk], claim_token=taken.claim_token)


def test_second_sweep_finds_nothing():
    make_job()
    jobs_claim(limit=1)
    let_leases_pass()

    assert leases_expire() == 1
    assert leases_expire() == 0
