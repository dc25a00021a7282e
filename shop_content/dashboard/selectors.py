"""Reads for the start page: what waits, what runs, what went live."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.utils import timezone

from shop_content.accounts.models import Membership, Merchant, User
from shop_content.catalogue.models import Product
from shop_content.generation.models import GenerationJob, GenerationRun
from shop_content.keywords.models import FactQuestion
from shop_content.publication.models import Publication
from shop_content.review.models import ReviewDecision, ReviewItem

NUM_RECENT = 6


@dataclass(frozen=True, slots=True)
class CatalogueCounts:
    """How many products there are, and how many need something."""

    products: int
    no_copy: int
    in_review: int
    stale: int


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How many drafts wait for an editor of one merchant."""

    merchant: Merchant
    waiting: int
    clean: int  # nothing found by the checks
    blocked: int  # with a finding that stops approval
    oldest: datetime | None  # when the one that waits longest came in


@dataclass(frozen=True, slots=True)
class RunProgress:
    """A run that goes on, with its counts of jobs."""

    run: GenerationRun
    done: int  # written, failed or cancelled
    failed: int
    total: int


def catalogue_counts(*, merchant: Merchant) -> CatalogueCounts:
    """Count the products in one query."""
    counts = Product.objects.filter(merchant=merchant).aggregate(
        products=Count("id"),
        no_copy=Count("id", filter=Q(num_live=0)),
        in_review=Count("id", filter=Q(num_in_review__gt=0)),
        stale=Count("id", filter=Q(num_stale__gt=0)),
    )
    return CatalogueCounts(**counts)


def queue_counts(*, memberships: Iterable[Membership]) -> list[QueueCounts]:
    """Count what waits at each merchant whose drafts the person may decide on."""
    merchants = [membership.merchant for membership in memberships if membership.can_review]
    rows = (
        ReviewItem.objects.filter(merchant__in=merchants, status=ReviewItem.Status.WAITING)
        .order_by()
        .values("merchant_id")
        .annotate(
            num_waiting=Count("id"),
            num_clean=Count("id", filter=Q(num_blocking=0, num_warnings=0)),
            num_blocked=Count("id", filter=Q(num_blocking__gt=0)),
            oldest=Min("created_at"),
        )
    )
    by_merchant = {row["merchant_id"]: row for row in rows}
    counts = []
    for merchant in merchants:
        row = by_merchant.get(merchant.pk)
        counts.append(
            QueueCounts(
                merchant,
                waiting=row["num_waiting"] if row else 0,
                clean=row["num_clean"] if row else 0,
                blocked=row["num_blocked"] if row else 0,
                oldest=row["oldest"] if row else None,
            )
        )
    return counts


def runs_in_progress(*, merchant: Merchant) -> list[RunProgress]:
    """Return the newest runs that are not over."""
    statuses = GenerationJob.Status
    failed = Q(jobs__status=statuses.DEAD)
    over = Q(jobs__status__in=[statuses.SUCCEEDED, statuses.DEAD, statuses.CANCELLED])
    runs = (
        GenerationRun.objects.filter(
            merchant=merchant,
            status__in=[GenerationRun.Status.RUNNING, GenerationRun.Status.PAUSED],
        )
        .annotate(done=Count("jobs", filter=over), failed=Count("jobs", filter=failed))
        .order_by("-id")[:NUM_RECENT]
    )
    return [RunProgress(run, run.done, run.failed, run.num_jobs) for run in runs]


def open_questions(*, merchant: Merchant) -> list[FactQuestion]:
    """Return the questions that the merchant has not answered, those first that help most."""
    return list(
        FactQuestion.objects.filter(merchant=merchant, status=FactQuestion.Status.OPEN)
        .select_related("product")
        .order_by("-usefulness", "-id")[:NUM_RECENT]
    )


def recent_publications(*, merchant: Merchant) -> list[Publication]:
    """Return what went live last."""
    return list(
        Publication.objects.filter(merchant=merchant)
        .select_related("product", "published_by")
        .order_by("-id")[:NUM_RECENT]
    )


def decisions_today(*, user: User) -> int:
    """Count the person's decisions since midnight, edits left out."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return (
        ReviewDecision.objects.filter(decided_by=user, decided_at__gte=midnight)
        .exclude(action=ReviewDecision.Action.EDITED)
        .count()
    )


def dead_jobs(*, merchant: Merchant) -> int:
    """Count the jobs that failed for good in the last week."""
    since = timezone.now() - timedelta(days=7)
    return GenerationJob.objects.filter(
        merchant=merchant, status=GenerationJob.Status.DEAD, finished_at__gte=since
    ).count()
