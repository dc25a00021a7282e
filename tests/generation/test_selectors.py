"""Reads of runs: counts, progress, estimates."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from shop_content.generation import selectors
from shop_content.generation.models import (
    FailureReason,
    GenerationJob,
    GenerationRun,
    WorkerHeartbeat,
)
from tests.factories import make_job, make_product, make_question, make_run

pytestmark = pytest.mark.django_db

Status = GenerationJob.Status
RunStatus = GenerationRun.Status


def make_worker(state: str = "idle", age_seconds: float = 0, speed: float = 0) -> WorkerHeartbeat:
    return WorkerHeartbeat.objects.create(
        name=f"host:{WorkerHeartbeat.objects.count()}",
        state=state,
        seen_at=timezone.now() - timedelta(seconds=age_seconds),
        seconds_per_draft=speed,
    )


def test_worker_is_alive_until_a_lease_after_its_last_sign(settings):
    settings.SHOP_CONTENT_JOB_LEASE_SECONDS = 60
    alive = make_worker(age_seconds=50)
    make_worker(age_seconds=70)
    make_worker("stopped")

    assert selectors.live_workers() == [alive]


def test_counts_of_several_runs_come_from_one_query(django_assert_num_queries):
    first, second, empty = make_run(), make_run(), make_run()
    make_job(first)
    make_job(first, status=Status.DEAD)
    make_job(second, status=Status.SUCCEEDED)

    with django_assert_num_queries(1):
        counts = selectors.job_counts([first.pk, second.pk, empty.pk])

    assert counts[first.pk] == selectors.JobCounts(queued=1, dead=1)
    assert counts[second.pk] == selectors.JobCounts(succeeded=1)
    assert counts[empty.pk] == selectors.JobCounts()


def test_counts_add_up():
    counts = selectors.JobCounts(queued=1, running=2, succeeded=3, dead=4, cancelled=5)

    assert (counts.total, counts.num_over, counts.num_open) == (15, 12, 3)


def test_rate_counts_the_last_two_minutes_only():
    run = make_run()
    GenerationRun.objects.update(created_at=timezone.now() - timedelta(hours=1))
    run.refresh_from_db()
    for age in (10, 100, 130, 3000):
        make_job(
            run,
            status=Status.SUCCEEDED,
            finished_at=timezone.now() - timedelta(seconds=age),
        )
    make_job(run)

    progress = selectors.run_progress(run=run)

    assert progress.per_minute == pytest.approx(1.0)
    assert progress.seconds_left == 60


def test_time_left_is_not_guessed_without_a_rate():
    run = make_run()
    make_job(run)

    progress = selectors.run_progress(run=run)

    assert (progress.per_minute, progress.seconds_left, progress.minutes_left) == (0, None, None)


def test_time_left_of_a_paused_run_is_not_said():
    run = make_run(status=RunStatus.PAUSED)
    make_job(run, status=Status.SUCCEEDED, finished_at=timezone.now())
    make_job(run)

    assert selectors.run_progress(run=run).seconds_left is None


def test_paused_run_with_running_jobs_says_that_they_are_finished():
    run = make_run(status=RunStatus.PAUSED)
    make_job(run, status=Status.RUNNING)

    assert "are finished" in str(selectors.run_progress(run=run).situation)


@pytest.mark.parametrize("status", list(RunStatus))
def test_run_is_over_when_nothing_more_will_change(status):
    run = make_run(status=status)

    over = status in (RunStatus.FINISHED, RunStatus.CANCELLED)
    assert selectors.run_progress(run=run).is_over is over


def test_failures_keep_their_number_beyond_the_jobs_that_are_shown(monkeypatch):
    monkeypatch.setattr(selectors, "MAX_FAILURES_SHOWN", 2)
    run = make_run()
    for _number in range(3):
        make_job(run, status=Status.DEAD, error_code="engine_error")

    [group] = selectors.run_failures(run=run)

    assert (group.num_jobs, len(group.jobs)) == (3, 2)
    assert group.reason == "The model stopped with an error."


def test_run_without_failures_has_no_group():
    run = make_run()
    make_job(run)

    assert selectors.run_failures(run=run) == []


def test_every_reason_has_words_and_an_unknown_one_shows_its_code():
    with translation.override("en"):
        for reason in FailureReason:
            assert selectors.reason_label(reason).endswith(".")
    assert selectors.reason_label("of_another_release") == "of_another_release"


def test_jobs_can_be_narrowed_to_one_state():
    run = make_run()
    dead = make_job(run, status=Status.DEAD)
    make_job(run)
    make_job()

    assert list(selectors.run_jobs(run=run, status="dead")) == [dead]
    assert selectors.run_jobs(run=run).count() == 2
    assert selectors.run_jobs(run=run, status="nonsense").count() == 2


def test_questions_are_those_of_the_runs_brief(django_assert_num_queries):
    run = make_run(num_questions=1)
    question = make_question(make_product(run.merchant), brief=run.brief)
    make_question(make_product(run.merchant))

    assert selectors.run_questions(run=run) == [question]
    with django_assert_num_queries(0):
        assert selectors.run_questions(run=make_run_without_questions()) == []


def make_run_without_questions() -> GenerationRun:
    return GenerationRun(num_questions=0)


def test_list_holds_only_the_merchants_runs():
    run = make_run()
    make_run()

    assert list(selectors.run_list(merchant=run.merchant)) == [run]


def test_no_estimate_before_anything_was_written():
    make_worker()

    assert selectors.run_estimate(num_jobs=10, workers=selectors.live_workers()) is None


def test_estimate_counts_what_waits_and_all_workers():
    make_worker(speed=2.0)
    make_worker(speed=2.0)
    for _number in range(10):
        make_job()
    make_job(make_run(status=RunStatus.PAUSED))

    assert selectors.run_estimate(num_jobs=30, workers=selectors.live_workers()) == pytest.approx(
        40.0
    )


def test_estimate_without_a_living_worker_uses_the_last_one():
    make_worker(age_seconds=5000, speed=3.0)
    make_worker(age_seconds=9000, speed=9.0)

    assert selectors.run_estimate(num_jobs=10, workers=selectors.live_workers()) == pytest.approx(
        30.0
    )
