"""Repair what crashes and lost messages leave behind; run every few seconds, from anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef

from shop_content.core.database import database_now
from shop_content.generation.models import GenerationJob, GenerationRun, WorkerHeartbeat
from shop_content.generation.selectors import live_workers
from shop_content.generation.services.bells import bells_ring
from shop_content.generation.services.outcomes import leases_expire
from shop_content.generation.services.runs import run_finish_if_done

FORGET_WORKERS_AFTER = timedelta(days=1)  # Each start of a worker has its own row.
_OPEN = (GenerationJob.Status.QUEUED, GenerationJob.Status.RUNNING)


@dataclass(frozen=True, slots=True)
class Sweep:
    """What one sweep did."""

    num_returned: int  # jobs taken back from workers that are gone
    num_finished: int  # runs found done
    num_bells: int  # workers woken


def jobs_sweep() -> Sweep:
    """Bring everything back to where work can go on; two sweeps at once do no harm.

    1. Jobs whose lease has passed return to the queue, or are parked after their last attempt.
    2. Runs without an open job are finished; finished ones that got a job run again.
    3. Workers that have not been seen for a lease are marked as stopped.
    4. If jobs wait, workers that sit idle are woken: their bell was lost.
    """
    num_returned = leases_expire()
    num_finished = _runs_repair()
    _workers_age()
    return Sweep(num_returned, num_finished, _bells_again())


def _runs_repair() -> int:
    jobs = GenerationJob.objects.filter(run=OuterRef("pk"))
    queued = jobs.filter(status=GenerationJob.Status.QUEUED)
    GenerationRun.objects.filter(
        Exists(queued), status=GenerationRun.Status.FINISHED, finished_at__isnull=False
    ).update(status=GenerationRun.Status.RUNNING, finished_at=None)
    GenerationJob.objects.filter(
        status=GenerationJob.Status.QUEUED, run__status=GenerationRun.Status.CANCELLED
    ).update(status=GenerationJob.Status.CANCELLED, finished_at=database_now())
    done = GenerationRun.objects.filter(
        ~Exists(jobs.filter(status__in=_OPEN)),
        status__in=(GenerationRun.Status.RUNNING, GenerationRun.Status.PAUSED),
    )
    return sum(run_finish_if_done(run_id=run_id) for run_id in done.values_list("pk", flat=True))


def _workers_age() -> None:
    now = database_now()
    gone = now - timedelta(seconds=settings.SHOP_CONTENT_JOB_LEASE_SECONDS)
    WorkerHeartbeat.objects.filter(seen_at__lt=gone).exclude(
        state=WorkerHeartbeat.State.STOPPED
    ).update(state=WorkerHeartbeat.State.STOPPED)
    WorkerHeartbeat.objects.filter(seen_at__lt=now - FORGET_WORKERS_AFTER).delete()


def _bells_again() -> int:
    waiting = GenerationJob.objects.filter(
        status=GenerationJob.Status.QUEUED,
        run__status=GenerationRun.Status.RUNNING,
        available_at__lte=database_now(),
    )
    if not waiting.exists():
        return 0
    workers = live_workers()
    num_idle = sum(worker.state == WorkerHeartbeat.State.IDLE for worker in workers)
    # Without any worker one bell waits in the broker for the first that starts. All of them lapse
    # before the next sweep rings, so that bells never pile up.
    num_bells = num_idle if workers else 1
    expires = float(settings.SHOP_CONTENT_SWEEP_SECONDS)
    if num_bells and bells_ring(num_bells=num_bells, expires_seconds=expires):
        return num_bells
    return 0
