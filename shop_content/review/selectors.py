"""Reads of the queue and of one item with all that an editor needs to decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.utils import timezone

from shop_content.accounts.models import Merchant
from shop_content.catalogue.models import ContentField, LiveContent, Product
from shop_content.catalogue.selectors.products import search_normalized
from shop_content.drafts.models import Draft, DraftCandidate
from shop_content.review.models import (
    Recheck,
    RecheckedItem,
    RejectionReason,
    ReviewDecision,
    ReviewItem,
)

Status = ReviewItem.Status

# No index compares two tables; where many are stale, the count stops early.
MAX_STALE_COUNTED = 500

# The saved views of the queue; "field:<id>" narrows to one content field.
VIEWS = {
    "": Q(),
    "clean": Q(num_blocking=0, num_warnings=0),
    "warnings": Q(num_blocking=0, num_warnings__gt=0),
    "blocked": Q(num_blocking__gt=0),
    "stale": ~Q(draft__facts_fingerprint=F("product__facts_fingerprint")),
    **{f"field:{field}": Q(field=field) for field in ContentField.values},
}


@dataclass(frozen=True, slots=True)
class ViewCounts:
    """How many items wait in each saved view, and how many of them lost their facts."""

    by_view: dict[str, int]
    stale: str  # a number, or "500+": beyond MAX_STALE_COUNTED nobody counts


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where an item stands in its view."""

    position: int  # from 1
    total: int
    previous_id: int | None
    next_id: int | None


@dataclass(frozen=True, slots=True)
class RecheckProgress:
    """How far the check by newer rules is."""

    recheck: Recheck
    is_running: bool
    minutes_left: int | None  # None: it cannot be said


def view_or_all(view: str) -> str:
    """Return the name of a saved view; "" (all) for a name that there is not."""
    return view if view in VIEWS else ""


def review_queue(*, merchant: Merchant, view: str = "", query: str = "") -> QuerySet[ReviewItem]:
    """Return the waiting items of a view; order them by id, the oldest first."""
    rows = ReviewItem.objects.filter(
        VIEWS[view_or_all(view)], merchant=merchant, status=Status.WAITING
    )
    if query:
        rows = rows.filter(product__search_text__contains=search_normalized(query))
    return rows


def queue_rows(rows: QuerySet[ReviewItem]) -> QuerySet[ReviewItem]:
    """Join what a row of the list shows."""
    return rows.select_related("product", "current_version", "leased_by", "draft").defer(
        "draft__prompt",
        "draft__facts",
        "draft__brief",
        "draft__token_logprobs",
        "product__search_text",
    )


def view_counts(*, merchant: Merchant) -> ViewCounts:
    """Count the waiting items of all views in two queries."""
    rows = (
        ReviewItem.objects.filter(merchant=merchant, status=Status.WAITING)
        .order_by()
        .values("field")
        .annotate(
            total=Count("id"),
            num_clean=Count("id", filter=VIEWS["clean"]),
            num_warned=Count("id", filter=VIEWS["warnings"]),
            num_blocked=Count("id", filter=VIEWS["blocked"]),
        )
    )
    counts = {"": 0, "clean": 0, "warnings": 0, "blocked": 0}
    for row in rows:
        counts[f"field:{row['field']}"] = row["total"]
        counts[""] += row["total"]
        counts["clean"] += row["num_clean"]
        counts["warnings"] += row["num_warned"]
        counts["blocked"] += row["num_blocked"]
    stale = review_queue(merchant=merchant, view="stale").order_by()
    num_stale = stale[: MAX_STALE_COUNTED + 1].count()
    is_more = num_stale > MAX_STALE_COUNTED
    return ViewCounts(counts, f"{MAX_STALE_COUNTED}+" if is_more else str(num_stale))


def review_item(*, merchant: Merchant, pk: int) -> QuerySet[ReviewItem]:
    """Return the item with what its page shows, as rows for get_object_or_404."""
    rows = ReviewItem.objects.filter(merchant=merchant, pk=pk).select_related(
        "merchant",
        "product",
        "draft__model_version",
        "current_version__check_result",
        "current_version__author",
        "leased_by",
        "decided_by",
    )
    return rows.defer("draft__token_logprobs")


def neighbours(*, item: ReviewItem, view: str) -> Neighbours:
    """Say where the item stands in the view, and what is before and after it."""
    rows = review_queue(merchant=item.merchant, view=view).order_by()
    before, after = Q(id__lt=item.pk), Q(id__gt=item.pk)
    found = rows.aggregate(
        total=Count("id"),
        num_before=Count("id", filter=before),
        previous=Max("id", filter=before),
        following=Min("id", filter=after),
    )
    return Neighbours(
        position=found["num_before"] + 1,
        total=found["total"],
        previous_id=found["previous"],
        next_id=found["following"],
    )


def sibling_items(*, product: Product) -> list[ReviewItem]:
    """Return the waiting items of a product, one for each field."""
    return list(
        ReviewItem.objects.filter(product=product, status=Status.WAITING).order_by("field", "id")
    )


def live_contents(*, product: Product) -> dict[str, LiveContent]:
    """Return what is live on the product, by field."""
    rows = LiveContent.objects.filter(product=product).select_related("changed_by")
    return {row.field: row for row in rows}


def first_text(*, draft: Draft) -> str:
    """Return what the model wrote, before any edit."""
    return draft.versions.get(number=1).text


def token_logprobs(*, draft: Draft) -> list[tuple[str, float]]:
    """Return the pieces of what the model wrote, each with log P of its token."""
    pairs = Draft.objects.values_list("token_logprobs", flat=True).get(pk=draft.pk)
    return [(piece, logprob) for piece, logprob in pairs]


def other_candidates(*, draft: Draft, text: str) -> list[DraftCandidate]:
    """Return what the model wrote beside `text`, the best first, each text once."""
    others: dict[str, DraftCandidate] = {}
    for row in DraftCandidate.objects.filter(draft=draft).exclude(text=text).order_by("rank"):
        others.setdefault(row.text, row)
    return list(others.values())


def decisions_of(*, item: ReviewItem) -> Sequence[ReviewDecision]:
    """Return what was done to the item, the newest first."""
    return list(
        item.decisions.select_related("decided_by", "reason", "draft_version").order_by("-id")
    )


def reasons_in_use(*, merchant: Merchant) -> QuerySet[RejectionReason]:
    """Return the merchant's reasons to reject, in their order."""
    return RejectionReason.objects.filter(merchant=merchant, is_active=True).order_by(
        "position", "id"
    )


def product_review_items(*, product: Product) -> QuerySet[ReviewItem]:
    """Return all drafts of a product that ever came into the queue, the newest first."""
    return (
        ReviewItem.objects.filter(product=product)
        .select_related("current_version", "decided_by", "draft__model_version")
        .defer("draft__prompt", "draft__facts", "draft__brief", "draft__token_logprobs")
        .order_by("-id")
    )


def rechecked_texts() -> QuerySet[ReviewItem]:
    """Return what is checked again when rules change: what waits, and what was approved."""
    return ReviewItem.objects.filter(status__in=(Status.WAITING, Status.APPROVED))


def newly_failing(*, merchant: Merchant) -> QuerySet[RecheckedItem]:
    """Return the texts that newer rules stop and nobody has looked at; order them by id.

    A text that was edited or replaced since has had its own verdict, and is left out.
    """
    return RecheckedItem.objects.filter(
        merchant=merchant,
        looked_at=None,
        item__status__in=(Status.WAITING, Status.APPROVED),
        item__current_version__fingerprint=F("fingerprint"),
    )


def recheck_progress(*, merchant: Merchant) -> RecheckProgress | None:
    """Return how far the newest re-check of the merchant's texts is; None before the first."""
    of_all_or_own = Q(merchant=None) | Q(merchant=merchant)
    recheck = Recheck.objects.filter(of_all_or_own).order_by("-created_at", "-pk").first()
    if recheck is None:
        return None
    is_running = recheck.status == Recheck.Status.RUNNING
    seconds = (timezone.now() - recheck.created_at).total_seconds()
    minutes_left = None
    if is_running and recheck.num_checked:
        num_left = max(0, recheck.num_total - recheck.num_checked)
        minutes_left = max(1, round(seconds / recheck.num_checked * num_left / 60))
    return RecheckProgress(recheck, is_running, minutes_left)
