"""Two decisions at the same moment: one is taken, the other is told (C1, C6, C7)."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from django.db.models import F

from shop_content.accounts.models import Role
from shop_content.catalogue.models import LiveContent, LiveContentRevision, Product
from shop_content.checks.services import version_check
from shop_content.publication.models import Publication
from shop_content.publication.services import approve_and_publish, decision_take_back, publish
from shop_content.review.models import RejectionReason, ReviewDecision, ReviewItem
from shop_content.review.services import (
    ReviewConflictError,
    ReviewUndoError,
    item_approve,
    item_ask_again,
    item_edit,
    item_open,
    item_reject,
    item_send_back,
    item_take_next,
    reasons_ensure,
)
from tests.factories import (
    make_draft,
    make_item,
    make_member,
    make_merchant,
    make_product,
    make_reason,
)
from tests.races import at_once

pytestmark = pytest.mark.usefixtures("threads_database")

NUM_ROUNDS = 50
Status = ReviewItem.Status
CLEAN = "A stoneware mug that holds 350 ml of coffee or tea."


@pytest.fixture
def merchant(threads_database):
    return make_merchant()


@pytest.fixture
def editors(merchant):
    return [make_member(merchant, Role.EDITOR) for _number in range(4)]


def new_item(merchant, **overrides) -> ReviewItem:
    return make_item(make_draft(make_product(merchant), text=CLEAN), **overrides)


def approve_twice(merchant, editors) -> tuple[int, int, list[Exception]]:
    """Let two editors approve one draft at once; return approvals, publications, refusals."""
    item = new_item(merchant)
    outcomes = at_once(
        [
            partial(
                approve_and_publish,
                item=ReviewItem.objects.get(pk=item.pk),
                expected_version=1,
                actor=editor,
            )
            for editor in editors[:2]
        ]
    )
    return (
        ReviewDecision.objects.filter(item=item, action="approved").count(),
        Publication.objects.filter(product=item.product).count(),
        [outcome for outcome in outcomes if isinstance(outcome, Exception)],
    )


def test_of_two_approvals_at_once_one_counts_and_the_other_hears_who_was_first(merchant, editors):
    for _round in range(NUM_ROUNDS):
        approvals, publications, refusals = approve_twice(merchant, editors)

        assert (approvals, publications) == (1, 1)
        (refusal,) = refusals
        assert isinstance(refusal, ReviewConflictError)
        assert refusal.item.status == Status.APPROVED
        assert refusal.item.decided_by in editors[:2]
        assert refusal.item.decided_at is not None


def test_without_the_version_in_the_write_two_approvals_would_count(merchant, editors, monkeypatch):
    """The negative control: the test above notices when the guard is gone."""
    from shop_content.review.services import decisions

    def unguarded(*, item, expected_version, **values):
        ReviewItem.objects.filter(pk=item.pk).update(version=F("version") + 1, **values)

    monkeypatch.setattr(decisions, "item_write", unguarded)

    rounds = [approve_twice(merchant, editors) for _round in range(5)]

    assert any((approvals, publications) != (1, 1) for approvals, publications, _ in rounds)


def test_one_approval_sent_twice_is_published_once(merchant, editors):
    for _round in range(10):
        item = new_item(merchant)
        decision = item_approve(item=item, expected_version=1, actor=editors[0])
        same = [ReviewDecision.objects.get(pk=decision.pk) for _number in range(3)]

        first, *others = at_once([partial(publish, decision=one) for one in same])

        assert isinstance(first, Publication)
        assert others == [first, first]
        assert LiveContentRevision.objects.filter(product=item.product).count() == 1


def test_of_different_decisions_at_once_exactly_one_is_taken(merchant, editors):
    reason = make_reason(merchant)
    for _round in range(20):
        item = new_item(merchant)
        seen = {"expected_version": 1}
        rows = [ReviewItem.objects.get(pk=item.pk) for _editor in editors]
        outcomes = at_once(
            [
                partial(approve_and_publish, item=rows[0], actor=editors[0], **seen),
                partial(item_reject, item=rows[1], actor=editors[1], reason=reason, **seen),
                partial(item_send_back, item=rows[2], actor=editors[2], note="Shorter.", **seen),
                partial(item_edit, item=rows[3], actor=editors[3], text="Mine.", **seen),
            ]
        )

        refused = [outcome for outcome in outcomes if isinstance(outcome, ReviewConflictError)]
        assert len(refused) == 3, outcomes
        item.refresh_from_db()
        assert item.version == 2
        assert ReviewDecision.objects.filter(item=item).count() == 1
        is_live = LiveContent.objects.filter(product=item.product).exists()
        assert is_live == (item.status == Status.APPROVED)
        num_in_review = Product.objects.get(pk=item.product_id).num_in_review
        assert num_in_review == (item.status == Status.WAITING)


def test_decision_taken_back_twice_at_once_is_taken_back_once(merchant, editors):
    for _round in range(10):
        item = new_item(merchant)
        approve_and_publish(item=item, expected_version=1, actor=editors[0])
        rows = [ReviewItem.objects.get(pk=item.pk) for _number in range(2)]

        outcomes = at_once(
            [
                partial(decision_take_back, item=row, expected_version=2, actor=editors[0])
                for row in rows
            ]
        )

        assert sum(isinstance(outcome, ReviewUndoError) for outcome in outcomes) == 1, outcomes
        assert Product.objects.get(pk=item.product_id).num_in_review == 1
        assert LiveContent.objects.get(product=item.product).text == ""


def test_two_drafts_of_one_text_at_once_leave_one_waiting(merchant):
    for _round in range(10):
        product = make_product(merchant)
        make_item(make_draft(product))
        drafts = [make_draft(product), make_draft(product)]
        versions = [draft.versions.get() for draft in drafts]
        results = [version_check(version=version) for version in versions]

        outcomes = at_once(
            [
                partial(item_open, draft=draft, version=version, check_result=result)
                for draft, version, result in zip(drafts, versions, results, strict=True)
            ]
        )

        assert not any(isinstance(outcome, Exception) for outcome in outcomes), outcomes
        assert ReviewItem.objects.filter(product=product, status=Status.WAITING).count() == 1
        assert Product.objects.get(pk=product.pk).num_in_review == 1


def test_undo_and_a_newer_draft_at_once_leave_one_waiting(merchant, editors):
    reason = make_reason(merchant)
    for _round in range(10):
        item = new_item(merchant)
        item_reject(item=item, expected_version=1, actor=editors[0], reason=reason)
        row = ReviewItem.objects.get(pk=item.pk)
        newer = make_draft(item.product)
        version = newer.versions.get()
        result = version_check(version=version)

        undone, opened = at_once(
            [
                partial(decision_take_back, item=row, expected_version=2, actor=editors[0]),
                partial(item_open, draft=newer, version=version, check_result=result),
            ]
        )

        assert isinstance(undone, ReviewItem | ReviewUndoError), undone
        assert isinstance(opened, ReviewItem), opened
        waiting = ReviewItem.objects.filter(product=item.product, status=Status.WAITING)
        assert waiting.get() == opened
        assert Product.objects.get(pk=item.product_id).num_in_review == 1


def test_asking_again_twice_at_once_asks_once(merchant, editors):
    item = new_item(merchant)
    rows = [ReviewItem.objects.get(pk=item.pk) for _number in range(2)]

    outcomes = at_once(
        [
            partial(item_ask_again, item=row, expected_version=1, actor=editor)
            for row, editor in zip(rows, editors, strict=False)
        ]
    )

    assert sum(isinstance(outcome, ReviewConflictError) for outcome in outcomes) == 1
    assert item.product.generation_jobs.filter(is_repeat=True).count() == 1


def test_two_first_visitors_make_one_list_of_reasons(merchant):
    at_once([partial(reasons_ensure, merchant=merchant)] * 4)

    assert RejectionReason.objects.filter(merchant=merchant).count() == 9


def test_four_editors_never_get_the_same_of_a_hundred_drafts(merchant, editors):
    reason = make_reason(merchant)
    items = [new_item(merchant) for _number in range(100)]
    served: dict[int, list[int]] = {editor.pk: [] for editor in editors}

    def work(editor) -> None:
        num_empty = 0
        while num_empty < 5:  # An empty answer may mean that others hold the last rows just now.
            item = item_take_next(merchant=merchant, actor=editor)
            if item is None:
                num_empty += 1
                continue
            num_empty = 0
            served[editor.pk].append(item.pk)
            item_reject(item=item, expected_version=1, actor=editor, reason=reason)

    outcomes = at_once([partial(work, editor) for editor in editors])

    assert outcomes == [None] * 4
    counts = Counter(pk for pks in served.values() for pk in pks)
    assert counts == dict.fromkeys((item.pk for item in items), 1)


def test_drafts_taken_at_once_and_kept_are_different_ones(merchant, editors):
    for _number in range(8):
        new_item(merchant)
    for _round in range(10):
        ReviewItem.objects.update(leased_by=None, leased_until=None)

        taken = at_once(
            [partial(item_take_next, merchant=merchant, actor=editor) for editor in editors]
        )

        pks = [item.pk for item in taken if isinstance(item, ReviewItem)]
        assert len(set(pks)) == len(pks) == 4, taken
