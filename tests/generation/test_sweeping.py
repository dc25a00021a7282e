"""The sweeper: takes back, finishes, ages, rings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from shop_content.generation.models import GenerationJob, GenerationRun, WorkerHeartbeat
from shop_content.generation.services.sweeping import jobs_sweep
from tests.factories import make_job, make_run

pytestmark = pytest.mark.django_db

Status = GenerationJob.Status
RunStatus = GenerationRun.Status
State = WorkerHeartbeat.State


def make_worker(
    state: State = State.IDLE, age_seconds: float = 0, **fields: object
) -> WorkerHeartbeat:
    number = WorkerHeartbeat.objects.count()
    return WorkerHeartbeat.objects.create(
        name=f"host:{number}:generate",
        state=state,
        seen_at=timezone.now() - timedelta(seconds=age_seconds),
        **fields,
    )


def test_nothing_to_do_is_nothing_done(bells):
    sweep = jobs_sweep()

    assert (sweep.num_returned, sweep.num_finished, sweep.num_bells) == (0, 0, 0)
    assert bells == []


def test_expired_lease_goes_back_to_the_queue():
    job = make_job(
        status=Status.RUNNING, attempts=1, lease_until=timezone.now() - timedelta(seconds=1)
    )

    assert jobs_sweep().num_returned == 1
    assert GenerationJob.objects.get(pk=job.pk).status == Status.QUEUED


def test_lease_that_has_not_passed_is_left_alone():
    job = make_job(status=Status.RUNNING, lease_until=timezone.now() + timedelta(seconds=5))

    assert jobs_sweep().num_returned == 0
    assert GenerationJob.objects.get(pk=job.pk).status == Status.RUNNING


@pytest.mark.parametrize("status", [RunStatus.RUNNING, RunStatus.PAUSED])
def test_run_whose_worker_died_before_it_finished_it_is_finished(status):
    run = make_run(status=status)
    make_job(run, status=Status.SUCCEEDED)

    assert jobs_sweep().num_finished == 1
    assert GenerationRun.objects.get().status == RunStatus.FINISHED


def test_finished_run_with_a_waiting_job_goes_on():
    run = make_run(status=RunStatus.FINISHED, finished_at=timezone.now())
    make_job(run)

    jobs_sweep()

    assert GenerationRun.objects.get().status == RunStatus.RUNNING


def test_waiting_job_of_a_cancelled_run_is_cancelled():
    make_job(make_run(status=RunStatus.CANCELLED))

    jobs_sweep()

    assert GenerationJob.objects.get().status == Status.CANCELLED


def test_one_bell_rings_for_waiting_jobs_without_a_worker(bells, settings):
    settings.SHOP_CONTENT_SWEEP_SECONDS = 15
    make_job()
    make_job()

    assert jobs_sweep().num_bells == 1
    assert len(bells) == 1
    assert bells[0]["expires"] is not None  # It lapses before the next sweep rings.


def test_every_idle_worker_is_woken(bells):
    make_job()
    make_worker(State.IDLE)
    make_worker(State.IDLE)
    make_worker(State.WRITING)

    assert jobs_sweep().num_bells == 2
    assert len(bells) == 2


@pytest.mark.parametrize("state", [State.WRITING, State.LOADING])
def test_no_bell_rings_while_a_worker_is_busy(bells, state):
    make_job()
    make_worker(state)

    assert jobs_sweep().num_bells == 0
    assert bells == []


def test_bell_rings_when_the_busy_worker_is_dead(bells, settings):
    settings.SHOP_CONTENT_JOB_LEASE_SECONDS = 60
    make_job()
    make_worker(State.WRITING, age_seconds=61)

    assert jobs_sweep().num_bells == 1


def test_no_bell_rings_for_jobs_that_may_not_be_taken(bells):
    make_job(make_run(status=RunStatus.PAUSED))
    make_job(available_at=timezone.now() + timedelta(minutes=1))

    assert jobs_sweep().num_bells == 0


def test_silent_worker_is_marked_as_stopped(settings):
    settings.SHOP_CONTENT_JOB_LEASE_SECONDS = 60
    silent, alive = make_worker(State.WRITING, 61), make_worker(State.WRITING, 30)

    jobs_sweep()

    silent.refresh_from_db()
    alive.refresh_from_db()
    assert (silent.state, alive.state) == (State.STOPPED, State.WRITING)


def test_worker_of_yesterday_is_forgotten():
    make_worker(State.STOPPED, age_seconds=60 * 60 * 25)

    jobs_sweep()

    assert not WorkerHeartbeat.objects.exists()


def test_two_sweeps_do_what_one_does():
    make_job(status=Status.RUNNING, attempts=1, lease_until=timezone.now() - timedelta(seconds=1))

    jobs_sweep()
    second = jobs_sweep()

    assert (second.num_returned, GenerationJob.objects.get().attempts) == (0, 1)
