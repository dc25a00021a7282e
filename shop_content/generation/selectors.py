"""Reads of the stage: runs, their progress, why nothing happens, how long a run would take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shop_content.accounts.models import Merchant
from shop_content.core.database import database_now
from shop_content.generation.models import (
    FailureReason,
    GenerationJob,
    GenerationRun,
    WorkerHeartbeat,
)
from shop_content.generation.run_texts import RunTexts, run_texts
from shop_content.keywords.models import FactQuestion

RATE_WINDOW = timedelta(minutes=2)  # Long enough for a slow model, short enough to follow a change.
MAX_FAILURES_SHOWN = 50
MAX_QUESTIONS_SHOWN = 50

Status = GenerationJob.Status


@dataclass(frozen=True, slots=True)
class JobCounts:
    """How many jobs of a run are in each state."""

    queued: int = 0
    running: int = 0
    succeeded: int = 0
    dead: int = 0
    cancelled: int = 0

    @property
    def total(self) -> int:
        """Return all jobs of the run."""
        return self.queued + self.running + self.succeeded + self.dead + self.cancelled

    @property
    def num_over(self) -> int:
        """Return how many jobs nothing more will happen to."""
        return self.succeeded + self.dead + self.cancelled

    @property
    def num_open(self) -> int:
        """Return how many jobs are still to be done."""
        return self.queued + self.running


@dataclass(frozen=True, slots=True)
class RunProgress:
    """What the progress of a run's page shows."""

    run: GenerationRun
    counts: JobCounts
    per_minute: float  # drafts written a minute, lately; 0 when none was
    seconds_left: int | None  # None: cannot be said
    situation: str | Promise  # who is writing, or why nothing happens, in words
    detail: str = ""  # why the model could not be loaded
    texts: RunTexts = field(default_factory=RunTexts)

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more will change, so that the page stops asking."""
        return self.run.status in (GenerationRun.Status.FINISHED, GenerationRun.Status.CANCELLED)

    @property
    def poll_seconds(self) -> int:
        """Return how long the page waits before it asks again: a text that grows is watched."""
        return 1 if self.counts.running else 2

    @property
    def minutes_left(self) -> int | None:
        """Return whole minutes, at least one; None when they cannot be said."""
        return None if self.seconds_left is None else max(1, round(self.seconds_left / 60))


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """The failed jobs of a run that failed for the same reason."""

    reason: str
    num_jobs: int
    jobs: list[GenerationJob] = field(default_factory=list)  # the newest, with their products


@dataclass(frozen=True, slots=True)
class RunRow:
    """One line of the list of runs."""

    run: GenerationRun
    counts: JobCounts


def live_workers(now: datetime | None = None) -> list[WorkerHeartbeat]:
    """Return the workers that were seen within a lease and have not stopped.

    Args:
        now: the database's time, if the caller has asked for it already.
    """
    rows = _seen_workers(now).exclude(state=WorkerHeartbeat.State.STOPPED)
    return list(rows.order_by("name"))


def run_list(*, merchant: Merchant) -> QuerySet[GenerationRun]:
    """Return the merchant's runs with who started them."""
    return GenerationRun.objects.filter(merchant=merchant).select_related("created_by")


def run_rows(runs: Sequence[GenerationRun]) -> list[RunRow]:
    """Return the runs with their counts, by one query."""
    counts = job_counts(run.pk for run in runs)
    return [RunRow(run, counts[run.pk]) for run in runs]


def job_counts(run_ids: Iterable[int]) -> dict[int, JobCounts]:
    """Return the counts of each run, by one grouped query that reads an index only."""
    ids = list(run_ids)
    found: dict[int, dict[str, int]] = {run_id: {} for run_id in ids}
    rows = GenerationJob.objects.filter(run__in=ids).order_by().values_list("run_id", "status")
    for run_id, status, num in rows.annotate(num=Count("pk")):
        found[run_id][status] = num
    return {run_id: JobCounts(**counts) for run_id, counts in found.items()}


def run_progress(*, run: GenerationRun) -> RunProgress:
    """Return how far a run is, how fast it goes, and who writes or why nobody does."""
    counts = job_counts([run.pk])[run.pk]
    texts = run_texts(run=run, is_single=counts.total == 1)
    if run.status in (GenerationRun.Status.FINISHED, GenerationRun.Status.CANCELLED):
        return RunProgress(run, counts, 0.0, None, "", texts=texts)
    now = database_now()
    rate = _drafts_per_minute(run, now)
    is_running = run.status == GenerationRun.Status.RUNNING
    seconds_left = round(counts.num_open / rate * 60) if rate and is_running else None
    situation, detail = _situation(run, counts, now)
    return RunProgress(run, counts, rate, seconds_left, situation, detail, texts)


def run_failures(*, run: GenerationRun) -> list[FailureGroup]:
    """Return the failed jobs grouped by reason, the most frequent first, with some products.

    One query: the reasons take turns, so that each is among the jobs that are shown.
    """
    dead = GenerationJob.objects.filter(run=run, status=Status.DEAD).annotate(
        num_alike=Window(Count("pk"), partition_by="error_code"),
        turn=Window(RowNumber(), partition_by="error_code", order_by="-id"),
    )
    rows = dead.select_related("product").only("field", "error_code", "product__title")
    groups: dict[str, FailureGroup] = {}
    for job in rows.order_by("turn", "-id")[:MAX_FAILURES_SHOWN]:
        code = job.error_code
        groups.setdefault(code, FailureGroup(reason_label(code), job.num_alike)).jobs.append(job)
    return sorted(groups.values(), key=lambda group: -group.num_jobs)


def reason_label(code: str) -> str:
    """Return the words for a failure, in the reader's language."""
    return str(FailureReason(code).label) if code in FailureReason.values else code


def run_jobs(*, run: GenerationRun, status: str = "") -> QuerySet[GenerationJob]:
    """Return the jobs of a run, in one state or in all, with their products."""
    rows = GenerationJob.objects.filter(run=run).select_related("product")
    return rows.filter(status=status) if status in Status.values else rows


def run_questions(*, run: GenerationRun) -> list[FactQuestion]:
    """Return the questions that the run's brief led to, those first that help most."""
    if not run.num_questions:
        return []
    rows = FactQuestion.objects.filter(merchant_id=run.merchant_id, brief_id=run.brief_id)
    return list(rows.select_related("product").order_by("-usefulness", "-id")[:MAX_QUESTIONS_SHOWN])


def run_estimate(*, num_jobs: int, workers: Sequence[WorkerHeartbeat]) -> float | None:
    """Return about how many seconds `num_jobs` more drafts would take, with what waits before them.

    Args:
        num_jobs: drafts that are about to be asked for.
        workers: those that live, as `live_workers` returns them.

    None when no worker has written a draft yet.
    """
    speeds = [worker.seconds_per_draft for worker in workers if worker.seconds_per_draft]
    if not speeds:
        last = WorkerHeartbeat.objects.filter(seconds_per_draft__gt=0).order_by("-seen_at").first()
        if last is None:
            return None
        speeds = [last.seconds_per_draft]
    num_waiting = GenerationJob.objects.filter(
        status=Status.QUEUED, run__status=GenerationRun.Status.RUNNING
    ).count()
    drafts_per_second = sum(1 / speed for speed in speeds)
    return (num_jobs + num_waiting) / drafts_per_second


def _seen_workers(now: datetime | None) -> QuerySet[WorkerHeartbeat]:
    seen = (now or database_now()) - timedelta(seconds=settings.SHOP_CONTENT_JOB_LEASE_SECONDS)
    return WorkerHeartbeat.objects.filter(seen_at__gte=seen)


def _drafts_per_minute(run: GenerationRun, now: datetime) -> float:
    since = max(now - RATE_WINDOW, run.created_at)
    num = GenerationJob.objects.filter(
        run=run, status=Status.SUCCEEDED, finished_at__gte=since
    ).count()
    minutes = max((now - since).total_seconds(), 1.0) / 60
    return num / minutes


def _situation(run: GenerationRun, counts: JobCounts, now: datetime) -> tuple[str | Promise, str]:
    """Say who writes the run, or why nothing happens, and a detail for who set the model up."""
    if run.status == GenerationRun.Status.PAUSED:
        if counts.running:
            return _("Paused. Drafts that are being written are finished."), ""
        return _("Paused. Nothing is written until it goes on."), ""
    workers = live_workers(now)
    states = {worker.state for worker in workers}
    if counts.running and workers:
        names = ", ".join(w.name for w in workers if w.state == WorkerHeartbeat.State.WRITING)
        return _("Being written now."), names
    if not workers:
        failed = _seen_workers(now).exclude(detail="").order_by("-seen_at").first()
        if failed is not None:
            return _("The model could not be loaded."), failed.detail
        return _("No worker is running. Drafts wait until one is started; none is lost."), ""
    if WorkerHeartbeat.State.LOADING in states:
        return _("The model is being loaded. This takes a moment after a start."), ""
    if WorkerHeartbeat.State.WRITING in states:
        return _("The worker is busy with other drafts; yours take turns with them."), ""
    return _("Waiting for the worker to begin."), ""
