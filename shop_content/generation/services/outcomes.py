"""What becomes of a claimed job: finished, failed, or lost with its worker."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from shop_content.core.database import database_now, skip_locked
from shop_content.generation.models import FailureReason, GenerationJob, GenerationRun

logger = logging.getLogger(__name__)

MAX_ERROR_CHARS = 300  # The reason in words, and as much of an exception as says what it was.
SWEEP_SIZE = 500  # Rows repaired in one transaction, so that no worker waits long for a lock.
_draw = SystemRandom()


def jobs_finish(*, job_ids: Collection[int], claim_token: uuid.UUID) -> set[int]:
    """Mark jobs as written; call it in the transaction that stores their drafts.

    Returns:
        The ids that are the caller's. Of the others somebody else has the claim by now, and their
        results must be dropped.
    """
    mine = GenerationJob.objects.filter(pk__in=job_ids, claim_token=claim_token)
    num_finished = mine.filter(status=GenerationJob.Status.RUNNING).update(
        status=GenerationJob.Status.SUCCEEDED,
        finished_at=database_now(),
        lease_until=None,
        partial_text="",
        error_code="",
        error="",
    )
    if num_finished == len(job_ids):
        return set(job_ids)
    finished = set(
        mine.filter(status=GenerationJob.Status.SUCCEEDED).values_list("pk", flat=True)
        if num_finished
        else ()
    )
    for job_id in sorted(set(job_ids) - finished):
        logger.warning("Dropped the result of job %s: another worker has it", job_id)
    return finished


@transaction.atomic
def job_fail(*, job_id: int, claim_token: uuid.UUID, code: str, message: str = "") -> bool:
    """Send a claimed job back to wait for its next attempt, or park it after the last one.

    Args:
        job_id: the job.
        claim_token: the caller's claim.
        code: a FailureReason.
        message: detail for an admin; shown to nobody else.

    Returns:
        False when the claim is no longer the caller's; nothing was changed.
    """
    mine = GenerationJob.objects.filter(
        pk=job_id, claim_token=claim_token, status=GenerationJob.Status.RUNNING
    )
    job = mine.select_related("run").first()
    if job is None:
        return False
    return mine.update(**_after_failure(job, database_now(), code, message)) == 1


@transaction.atomic
def leases_expire() -> int:
    """Take back jobs whose worker let the lease pass; return how many.

    A job that was lost in company waits on at its old place, is alone at its next claim and gets
    the attempt back, once: nobody knows which of the batch killed the worker. A job that was lost
    alone has used an attempt, so that a prompt that kills its worker is parked after exactly
    `max_attempts` claims of its own, and its neighbours are written.
    """
    now = database_now()
    running = GenerationJob.objects.filter(
        status=GenerationJob.Status.RUNNING, lease_until__lt=now
    ).select_related("run")
    lost = list(skip_locked(running.order_by("pk"))[:SWEEP_SIZE])
    for company, jobs in _by_company(lost).items():
        still = GenerationJob.objects.filter(
            status=GenerationJob.Status.RUNNING, lease_until__lt=now
        )
        if company:
            still.filter(pk__in=[job.pk for job in jobs]).update(
                **_returned(), attempts=F("attempts") - 1, is_solitary=True
            )
            continue
        for job in jobs:
            still.filter(pk=job.pk).update(
                **_after_failure(job, now, FailureReason.WORKER_LOST, ""), is_solitary=True
            )
    if lost:
        logger.warning("Took %s jobs back from workers that are gone", len(lost))
    return len(lost)


def _by_company(jobs: Iterable[GenerationJob]) -> dict[bool, list[GenerationJob]]:
    groups: dict[bool, list[GenerationJob]] = {True: [], False: []}
    for job in jobs:
        in_company = job.num_claimed_together > 1
        groups[in_company and job.run.status != GenerationRun.Status.CANCELLED].append(job)
    return groups


def _returned() -> dict[str, Any]:
    return {
        "status": GenerationJob.Status.QUEUED,
        "claim_token": None,
        "lease_until": None,
        "partial_text": "",
    }


def _after_failure(job: GenerationJob, now: datetime, code: str, detail: str) -> dict[str, Any]:
    """Return the columns of a job after an attempt has failed."""
    values = {**_returned(), "error_code": code, "error": _in_words(code, detail)}
    if job.run.status == GenerationRun.Status.CANCELLED:
        return {**values, "status": GenerationJob.Status.CANCELLED, "finished_at": now}
    if job.attempts >= job.max_attempts:
        logger.error("Job %s is dead after %s attempts: %s", job.pk, job.attempts, code)
        return {**values, "status": GenerationJob.Status.DEAD, "finished_at": now}
    return {**values, "available_at": now + timedelta(seconds=_backoff_seconds(job.attempts))}


def _in_words(code: str, detail: str) -> str:
    """Return one line: the reason, and the detail for an admin."""
    label = str(FailureReason(code).label) if code in FailureReason.values else code
    return " ".join(f"{label} {detail}".replace("\x00", "").split())[:MAX_ERROR_CHARS]


def _backoff_seconds(attempts: int) -> float:
    """Return how long to wait after this many attempts: about 5, 10, 20 s with a lease of 60 s.

    Half to one and a half times as long, by chance, so that what failed together does not come
    back together.
    """
    base: float = settings.SHOP_CONTENT_JOB_LEASE_SECONDS / 12
    return base * 2.0 ** (attempts - 1) * _draw.uniform(0.5, 1.5)
