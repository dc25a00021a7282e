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
def jobs_claim(
    *, limit: int, claim_token: uuid.UUID | None = None, num_in_hand: int = 0
) -> list[GenerationJob]:
    """Take up to `limit` waiting jobs for this worker and return them, running, under one token.

    1. Deal the places to the merchants who have waiting jobs, those with the fewest running first,
       and within a merchant to the runs in turn: who asks for ten drafts does not wait for ten
       thousand.
    2. A job whose company was lost with a worker (`is_solitary`) is claimed alone. A worker that
       has others in hand gets nothing until it is done with them.
    3. Attempts are counted here, so that a crash counts.

    All times are the database's. Jobs that another worker is just claiming are passed over.

    Args:
        limit: how many jobs at most.
        claim_token: of a worker that has jobs in hand and takes more; None makes a new one.
        num_in_hand: how many jobs it holds under that token: they are company to the new ones.
    """
    now = database_now()
    plan = _plan(limit, now)
    if not plan:
        return []
    ids = _solitary(plan[0], now)
    if ids and num_in_hand:
        return []
    ids = ids or _together(plan, limit, now, is_empty_handed=not num_in_hand)
    return _take(ids, now, claim_token or uuid.uuid4(), num_in_hand) if ids else []


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
        partial_text="",
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


def _together(
    plan: Sequence[int], limit: int, now: datetime, *, is_empty_handed: bool
) -> list[int]:
    """Return jobs that may be written in one batch, by the plan; leftover places go to any run."""
    places = Counter(plan)
    ids: list[int] = []
    for run_id, num in places.items():
        ids += _company(run_id, now, num, ids)
    for run_id in places:
        if len(ids) < limit:
            ids += _company(run_id, now, limit - len(ids), ids)
    if ids or not is_empty_handed:
        return ids
    # Only jobs that must be alone are left.
    return next(filter(None, (_solitary(run_id, now) for run_id in places)), [])


def _company(run_id: int, now: datetime, num: int, taken: Sequence[int]) -> list[int]:
    rows = _waiting(run_id, now).filter(is_solitary=False).exclude(pk__in=taken)
    return list(skip_locked(rows).values_list("pk", flat=True)[:num])


def _take(
    ids: Sequence[int], now: datetime, token: uuid.UUID, num_in_hand: int
) -> list[GenerationJob]:
    num_together = num_in_hand + len(ids)
    if num_in_hand:
        # Those in hand have company from now on: if the worker is lost, nobody knows by whom.
        GenerationJob.objects.filter(claim_token=token, status=GenerationJob.Status.RUNNING).update(
            num_claimed_together=models.Value(num_together)
        )
    waiting = GenerationJob.objects.filter(pk__in=ids, status=GenerationJob.Status.QUEUED)
    waiting.update(
        status=GenerationJob.Status.RUNNING,
        claim_token=token,
        lease_until=now + timedelta(seconds=settings.SHOP_CONTENT_JOB_LEASE_SECONDS),
        started_at=now,
        attempts=F("attempts") + 1,
        partial_text="",  # Of an attempt that was cancelled while it was being written.
        num_claimed_together=models.Value(num_together),
    )
    mine = GenerationJob.objects.filter(
        pk__in=ids, claim_token=token, status=GenerationJob.Status.RUNNING
    )
    return list(mine.order_by("pk"))
