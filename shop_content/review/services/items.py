"""Items of the queue: put in, edited, leased; and the write that every decision shares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from shop_content.accounts.models import Merchant, User
from shop_content.accounts.services import audit_record
from shop_content.catalogue.services.products import num_in_review_add
from shop_content.checks.models import CheckResult
from shop_content.checks.services import version_check
from shop_content.core.database import database_now, skip_locked
from shop_content.drafts.models import Draft, DraftVersion
from shop_content.drafts.services import version_add
from shop_content.review.models import ReviewDecision, ReviewItem
from shop_content.review.services.errors import ReviewConflictError

LEASE_MINUTES = 10  # Time to read one draft in peace; after it the item is offered to others.

Status = ReviewItem.Status


@transaction.atomic(savepoint=False)  # Part of a hand-over, which is undone as a whole.
def new_items_open(*, check_results: Sequence[CheckResult]) -> None:
    """Put drafts made in this transaction into the queue, given the verdicts on them.

    Where none waits in the same place they go in together; else one by one, as `item_open` does.
    """
    rows = [_item(result.version.draft, result.version, result) for result in check_results]
    places = {(row.product_id, row.field) for row in rows}
    are_free = len(places) == len(rows) and not ReviewItem.objects.filter(
        product_id__in=[row.product_id for row in rows],
        field__in=[row.field for row in rows],
        status=Status.WAITING,
    )
    if are_free:
        try:
            with transaction.atomic():
                ReviewItem.objects.bulk_create(rows)
        except IntegrityError:
            pass  # Another draft came in between, and has to make way.
        else:
            num_in_review_add(product_ids=[row.product_id for row in rows], delta=1)
            return
    for result in check_results:
        item_open(draft=result.version.draft, version=result.version, check_result=result)


@transaction.atomic(savepoint=False)
def item_open(*, draft: Draft, version: DraftVersion, check_result: CheckResult) -> ReviewItem:
    """Put a draft into the queue; an open item of the same field makes way for it.

    A draft has one item: a second call returns the one that is there.

    Args:
        draft: what is to be reviewed.
        version: its newest.
        check_result: the verdict on it.
    """
    existing = ReviewItem.objects.filter(draft=draft).first()
    if existing is not None:
        return existing
    try:
        item, superseded = _take_the_place(draft, version, check_result)
    except IntegrityError:
        # Another draft of this text came in between, and waits now: the second call sees it.
        item, superseded = _take_the_place(draft, version, check_result)
    if not superseded:
        num_in_review_add(product_ids=[draft.product_id], delta=1)
    return item


@transaction.atomic
def _take_the_place(
    draft: Draft, version: DraftVersion, check_result: CheckResult
) -> tuple[ReviewItem, int]:
    superseded = ReviewItem.objects.filter(
        product_id=draft.product_id, field=draft.field, status=Status.WAITING
    ).update(status=Status.SUPERSEDED, version=F("version") + 1, leased_until=None)
    item = _item(draft, version, check_result)
    item.save(force_insert=True)
    return item, superseded


def _item(draft: Draft, version: DraftVersion, check_result: CheckResult) -> ReviewItem:
    return ReviewItem(
        merchant_id=draft.merchant_id,
        product_id=draft.product_id,
        field=draft.field,
        draft=draft,
        current_version=version,
        num_blocking=check_result.num_blocking,
        num_warnings=check_result.num_warnings,
    )


@transaction.atomic
def item_edit(*, item: ReviewItem, text: str, expected_version: int, actor: User) -> ReviewItem:
    """Make the editor's text the newest version of the draft, checked like any other.

    Raises:
        ReviewConflictError: the item was changed or decided since the editor saw it.
    """
    # The row is taken first: of two editors one waits here, and then finds another version.
    item_write(item=item, expected_version=expected_version)
    version = version_add(draft=item.draft, text=text, author=actor)
    result = version_check(version=version)
    ReviewItem.objects.filter(pk=item.pk).update(
        current_version=version,
        num_blocking=result.num_blocking,
        num_warnings=result.num_warnings,
    )
    before = item.current_version.fingerprint
    decision_record(
        item=item, version=version, action=ReviewDecision.Action.EDITED, actor=actor, before=before
    )
    return item_get(item.pk)


def item_get(pk: int) -> ReviewItem:
    """Read an item anew with what decisions need."""
    return ReviewItem.objects.select_related(
        "merchant", "product", "draft", "current_version", "decided_by"
    ).get(pk=pk)


def item_write(*, item: ReviewItem, expected_version: int, **values: Any) -> None:
    """Change a waiting item at the version that the person saw; call it inside a transaction.

    Raises:
        ReviewConflictError: it is at another version, or decided.
    """
    changed = ReviewItem.objects.filter(
        pk=item.pk, version=expected_version, status=Status.WAITING
    ).update(version=F("version") + 1, **values)
    if not changed:
        raise ReviewConflictError(item_get(item.pk))


def decision_record(
    *,
    item: ReviewItem,
    version: DraftVersion,
    action: ReviewDecision.Action,
    actor: User,
    before: str = "",
    **values: Any,
) -> ReviewDecision:
    """Add to the item's history and to the audit trail what somebody did to it."""
    decision = ReviewDecision.objects.create(
        item=item,
        action=action,
        draft_version=version,
        fingerprint=version.fingerprint,
        decided_by=actor,
        **values,
    )
    audit_record(
        merchant=item.merchant,
        actor=actor,
        action=f"review.{action}",
        target=item,
        before_fingerprint=before,
        after_fingerprint=version.fingerprint,
        data={"decision": decision.pk, "version": version.pk},
    )
    return decision


@transaction.atomic
def item_take_next(
    *, merchant: Merchant, actor: User, among: Q | None = None, after: int = 0
) -> ReviewItem | None:
    """Lease the item that waits longest and that no other editor has; None when there is none.

    Args:
        merchant: whose queue.
        actor: the editor; an item that is leased to them already comes again.
        among: a narrower view of the queue.
        after: the item that the editor comes from: those behind it come first, it itself never.
    """
    now = database_now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now) | Q(leased_by=actor)
    rows = ReviewItem.objects.filter(free, merchant=merchant, status=Status.WAITING)
    if among is not None:
        rows = rows.filter(among)
    rows = skip_locked(rows.order_by("id"))
    item = rows.filter(id__gt=after).first()
    if item is None and after:
        item = rows.filter(id__lt=after).first()
    if item is None:
        return None
    # A lease is a hint and changes no version: who decides meanwhile is not told of a conflict.
    until = now + timedelta(minutes=LEASE_MINUTES)
    taken = ReviewItem.objects.filter(free, pk=item.pk).update(leased_by=actor, leased_until=until)
    return item if taken else None
