"""Claims: fair, never twice, poison alone, by the database's time."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shop_content.accounts.models import Merchant
from shop_content.generation.models import GenerationJob, GenerationRun
from shop_content.generation.services.claims import job_lease_renew, jobs_claim, jobs_release
from tests.factories import make_job, make_merchant, make_product, make_run

pytestmark = pytest.mark.django_db

Status = GenerationJob.Status


def make_jobs(num: int, run: GenerationRun | None = None, **fields: object) -> list[GenerationJob]:
    run = run or make_run()
    product = make_product(run.merchant)
    return [make_job(run, product=product, **fields) for _number in range(num)]


def merchants_of(jobs: list[GenerationJob]) -> Counter[int]:
    return Counter(job.merchant_id for job in jobs)


def test_claim_takes_the_oldest_jobs_under_one_token(settings):
    settings.SHOP_CONTENT_JOB_LEASE_SECONDS = 60
    jobs = make_jobs(3)
    before = timezone.now()

    claimed = jobs_claim(limit=2)

    assert [job.pk for job in claimed] == [jobs[0].pk, jobs[1].pk]
    assert len({job.claim_token for job in claimed}) == 1
    for job in claimed:
        assert job.status == Status.RUNNING
        assert job.attempts == 1
        assert job.num_claimed_together == 2
        assert job.started_at >= before
        assert timedelta(seconds=55) < job.lease_until - before < timedelta(seconds=65)


def test_second_claim_gets_other_jobs():
    make_jobs(4)

    first = jobs_claim(limit=2)
    second = jobs_claim(limit=8)

    assert {job.pk for job in first}.isdisjoint(job.pk for job in second)
    assert len(second) == 2
    assert jobs_claim(limit=8) == []


@pytest.mark.parametrize("status", [s for s in GenerationRun.Status if s != "running"])
def test_claim_leaves_jobs_of_a_run_that_is_not_running(status):
    make_jobs(1, make_run(status=status))

    assert jobs_claim(limit=8) == []


@pytest.mark.parametrize("status", [s for s in Status if s != "queued"])
def test_claim_leaves_jobs_that_do_not_wait(status):
    make_jobs(1, status=status)

    assert jobs_claim(limit=8) == []


def test_claim_leaves_jobs_that_pause_after_a_failure():
    run = make_run()
    make_job(run, available_at=timezone.now() + timedelta(seconds=30))
    due = make_job(run)

    assert [job.pk for job in jobs_claim(limit=8)] == [due.pk]


def test_solitary_job_is_claimed_alone_and_the_others_together():
    run = make_run()
    early = timezone.now() - timedelta(minutes=5)
    alone = make_job(run, is_solitary=True, available_at=early)
    others = make_jobs(3, run)

    first, second = jobs_claim(limit=8), jobs_claim(limit=8)

    assert [job.pk for job in first] == [alone.pk]
    assert first[0].num_claimed_together == 1
    assert {job.pk for job in second} == {job.pk for job in others}


def test_solitary_jobs_behind_others_do_not_join_them():
    run = make_run()
    others = make_jobs(2, run)
    alone = [make_job(run, is_solitary=True) for _number in range(2)]

    sizes = [{job.pk for job in jobs_claim(limit=8)} for _number in range(3)]

    assert sizes == [{job.pk for job in others}, {alone[0].pk}, {alone[1].pk}]


def test_places_are_shared_between_merchants():
    first, second = make_merchant(), make_merchant()
    make_jobs(20, make_run(first))
    make_jobs(10, make_run(second))

    assert merchants_of(jobs_claim(limit=8)) == {first.pk: 4, second.pk: 4}


def test_merchant_with_the_fewest_running_jobs_is_served_first():
    busy, idle = make_merchant(), make_merchant()
    make_jobs(4, make_run(busy), status=Status.RUNNING)
    make_jobs(10, make_run(busy))
    make_jobs(10, make_run(idle))

    assert merchants_of(jobs_claim(limit=4)) == {idle.pk: 4}


def test_places_that_a_merchant_cannot_fill_go_to_the_others():
    many, few = make_merchant(), make_merchant()
    make_jobs(20, make_run(many))
    make_jobs(1, make_run(few))

    assert merchants_of(jobs_claim(limit=8)) == {many.pk: 7, few.pk: 1}


def test_with_more_merchants_than_places_nobody_is_left_out_for_long():
    merchants = [make_merchant() for _number in range(12)]
    for merchant in merchants:
        make_jobs(4, make_run(merchant))

    served: Counter[int] = Counter()
    for _number in range(6):
        served += merchants_of(jobs_claim(limit=4))

    # Claimed jobs stay running here, so those who were served wait for the others.
    assert set(served.values()) == {2}


def test_small_run_does_not_wait_behind_the_merchants_large_one():
    merchant = make_merchant()
    make_jobs(20, make_run(merchant))
    small = make_run(merchant)
    make_jobs(2, small)

    assert Counter(job.run_id for job in jobs_claim(limit=8))[small.pk] == 2


def test_ten_jobs_behind_ten_thousand_are_done_in_three_claims():
    large, small = make_merchant(), make_merchant()
    make_jobs(100, make_run(large))
    make_jobs(10, make_run(small))

    num_claims = 0
    while GenerationJob.objects.filter(merchant=small, status=Status.QUEUED).exists():
        claimed = jobs_claim(limit=8)
        GenerationJob.objects.filter(pk__in=[job.pk for job in claimed]).update(
            status=Status.SUCCEEDED
        )
        num_claims += 1

    assert num_claims == 3  # Alone it would take two.


def test_claim_asks_the_same_number_of_queries_whatever_waits():
    run = make_run()
    make_jobs(10, run)
    with CaptureQueriesContext(
        connection,
    ) as few:
        jobs_claim(limit=4)
    make_jobs(200, run)
    with CaptureQueriesContext(connection) as many:
        jobs_claim(limit=4)

    assert len(many) == len(few) <= 10


def test_nothing_waiting_is_an_empty_claim():
    assert jobs_claim(limit=8) == []


def test_renewing_pushes_out_only_ones_own_lease():
    mine, other = make_jobs(2, status=Status.RUNNING)
    past = timezone.now() - timedelta(seconds=5)
    GenerationJob.objects.update(lease_until=past)

    assert job_lease_renew(claim_token=mine.claim_token) == 1

    mine.refresh_from_db()
    other.refresh_from_db()
    assert mine.lease_until > timezone.now()
    assert other.lease_until == past


def test_renewing_a_claim_that_was_taken_away_changes_nothing():
    assert job_lease_renew(claim_token=uuid.uuid4()) == 0


def test_release_gives_the_jobs_back_without_counting_an_attempt():
    make_jobs(3)
    claimed = jobs_claim(limit=2)

    assert jobs_release(claim_token=claimed[0].claim_token) == 2

    for job in GenerationJob.objects.all():
        assert (job.status, job.attempts, job.claim_token) == (Status.QUEUED, 0, None)
        assert job.is_solitary is False


def test_release_leaves_what_is_finished():
    make_jobs(2)
    claimed = jobs_claim(limit=2)
    GenerationJob.objects.filter(pk=claimed[0].pk).update(status=Status.SUCCEEDED)

    assert jobs_release(claim_token=claimed[0].claim_token) == 1
    assert GenerationJob.objects.get(pk=claimed[0].pk).status == Status.SUCCEEDED


def test_all_jobs_of_many_merchants_are_claimed_exactly_once():
    merchants: list[Merchant] = [make_merchant() for _number in range(3)]
    for num, merchant in enumerate(merchants, start=1):
        make_jobs(7 * num, make_run(merchant))

    seen: list[int] = []
    while claimed := jobs_claim(limit=5):
        seen += [job.pk for job in claimed]

    assert len(seen) == len(set(seen)) == 42
