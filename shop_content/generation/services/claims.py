"""Claim waiting jobs for a worker: fairly between merchants, never twice, poison alone."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import SystemRandom

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, Exists, F, OuterRef, QuerySet

from shop_content.core.database import database_now, lease_deadline, skip_locked
from shop_content.generation.models import GenerationJob, GenerationRun

_draw = SystemRandom()  # Where nobody comes first, chance is fair and remembers nothing.


@transaction.atomic
def jobs_claim(*, limit: int) -> list[GenerationJob]:
    """Take up to `limit` waiting jobs for this worker and return them, running, under one token.

    1. Deal the places to the merchants who have waiting jobs, those with the fewest running first,
       and within a merchant to the runs in turn: who asks for ten drafts does not wait for ten
       thousand.
    2. A job whose company was lost with a worker (`is_solitary`) is claimed alone.
    3. Attempts are counted here, so that a crash counts.

    All times are the database's. Jobs that another worker is just claiming are passed over.
    """
    now = database_now()
    plan = _plan(limit, now)
    if not plan:
        return []
    ids = _solitary(plan[0], now) or _together(plan, limit, now)
    return _take(ids, now)


def job_lease_renew(*, claim_token: uuid.UUID) -> int:
    """Push the lease of a claim's running jobs out; return how many are still this worker's."""
    return GenerationJob.objects.filter(
        claim_token=claim_token, status=GenerationJob.Status.RUNNING
    ).update(lease_until=lease_deadline(settings.SHOP_CONTENT_JOB_LEASE_SECONDS))


def jobs_release(*, claim_token: uuid.UUID) -> int:
    """Give a claim back because its worker was asked to stop; this was no attempt."""
    return GenerationJob.objects.filter(
        claim_token=claim_token, status=GenerationJob.Status.RUNNING
    ).update(
        status=GenerationJob.Status.QUEUED,
        attempts=F("attempts") - 1,
        claim_token=None,
        lease_until=None,
    )


def _plan(limit: int, now: datetime) -> list[int]:
    """Return the runs that may be served, one entry a place, in the order of serving."""
    runs: dict[int, list[int]] = defaultdict(list)
    open_runs = GenerationRun.objects.filter(
        Exists(_waiting(OuterRef("pk"), now)), status=GenerationRun.Status.RUNNING
    )
    for run_id, merchant_id in open_runs.values_list("pk", "merchant_id"):
        runs[merchant_id].append(run_id)
    if not runs:
        return []
    running = GenerationJob.objects.filter(status=GenerationJob.Status.RUNNING)
    counted = running.order_by().values("merchant_id").annotate(num=Count("pk"))
    load = Counter({row["merchant_id"]: row["num"] for row in counted})
    for waiting in runs.values():
        _draw.shuffle(waiting)
    chance = {merchant_id: _draw.random() for merchant_id in runs}
    plan: list[int] = []
    for place in range(limit):
        merchant_id = min(runs, key=lambda merchant_id: (load[merchant_id], chance[merchant_id]))
        load[merchant_id] += 1
        chance[merchant_id] += 1  # Among equals the next place goes to another merchant.
        plan.append(runs[merchant_id][place % len(runs[merchant_id])])
    return plan


def _waiting(run: int | OuterRef, now: datetime) -> QuerySet[GenerationJob]:
    return GenerationJob.objects.filter(
        run=run, status=GenerationJob.Status.QUEUED, available_at__lte=now
    ).order_by("available_at", "id")


def _solitary(run_id: int, now: datetime) -> list[int]:
    """Return the first waiting job of the run if it has to be alone."""
    first = skip_locked(_waiting(run_id, now)).only("pk", "is_solitary").first()
    return [first.pk] if first is not None and first.is_solitary else []


def _together(plan: Sequence[int], limit: int, now: datetime) -> list[int]:
    """Return jobs that may be written in one batch, by the plan; leftover places go to any run."""
    places = Counter(plan)
    ids: list[int] = []
    for run_id, num in places.items():
        ids += _company(run_id, now, num, ids)
    for run_id in places:
        if len(ids) < limit:
            ids += _company(run_id, now, limit - len(ids), ids)
    if ids:
        return ids
    # Only jobs that must be alone are left.
    return next(filter(None, (_solitary(run_id, now) for run_id in places)), [])


def _company(run_id: int, now: datetime, num: int, taken: Sequence[int]) -> list[int]:
    rows = _waiting(run_id, now).filter(is_solitary=False).exclude(pk__in=taken)
    return list(skip_locked(rows).values_list("pk", flat=True)[:num])


def _take(ids: Sequence[int], now: datetime) -> list[GenerationJob]:
    token = uuid.uuid4()
    waiting = GenerationJob.objects.filter(pk__in=ids, status=GenerationJob.Status.QUEUED)
    waiting.update(
        status=GenerationJob.Status.RUNNING,
        claim_token=token,
        lease_until=now + timedelta(seconds=settings.SHOP_CONTENT_JOB_LEASE_SECONDS),
        started_at=now,
        attempts=F("attempts") + 1,
        num_claimed_together=models.Value(len(ids)),
    )
    return list(GenerationJob.objects.filter(claim_token=token).order_by("pk"))
