"""Items of the queue: one waits per text, edits are versions, a lease is for one editor."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from shop_content.accounts.models import AuditEvent, Role
from shop_content.catalogue.models import ContentField, LiveContent, Product
from shop_content.checks.models import CheckResult
from shop_content.checks.services import version_check
from shop_content.core.fingerprint import text_fingerprint
from shop_content.drafts.models import Draft
from shop_content.review.models import ReviewDecision, ReviewItem
from shop_content.review.services import (
    ReviewConflictError,
    item_edit,
    item_open,
    item_take_next,
)
from tests.factories import (
    make_draft,
    make_item,
    make_member,
    make_merchant,
    make_product,
    make_version,
)
from tests.naughty import NAUGHTY_STRINGS

pytestmark = pytest.mark.django_db

Status = ReviewItem.Status
CLEAN = "A stoneware mug that holds 350 ml of coffee or tea."
WRONG = "A stoneware mug that holds 530 ml of coffee or tea."


def opened(draft: Draft) -> ReviewItem:
    version = draft.versions.latest("number")
    return item_open(draft=draft, version=version, check_result=version_check(version=version))


def editor_of(item: ReviewItem):
    return make_member(item.merchant, Role.EDITOR)


def num_in_review(product: Product) -> int:
    return Product.objects.get(pk=product.pk).num_in_review


# --- Into the queue ---


def test_draft_waits_with_its_verdict():
    item = opened(make_draft(text=WRONG))

    assert item.status == Status.WAITING
    assert (item.num_blocking, item.version) == (1, 1)
    assert item.current_version == item.draft.versions.get()
    assert num_in_review(item.product) == 1


def test_draft_has_one_item_however_often_it_is_put_in():
    draft = make_draft()

    assert opened(draft) == opened(draft)

    assert num_in_review(draft.product) == 1


def test_newer_draft_takes_the_place_of_the_one_that_waits():
    product = make_product()
    old = opened(make_draft(product))
    new = opened(make_draft(product, text=CLEAN))

    old.refresh_from_db()
    assert (old.status, old.version) == (Status.SUPERSEDED, 2)
    assert new.status == Status.WAITING
    assert num_in_review(product) == 1


def test_newer_draft_leaves_what_was_decided():
    product = make_product()
    old = make_item(make_draft(product), status=Status.REJECTED)

    opened(make_draft(product))

    old.refresh_from_db()
    assert old.status == Status.REJECTED
    assert num_in_review(product) == 1


def test_drafts_of_other_fields_and_products_wait_beside_it():
    product = make_product()
    opened(make_draft(product))
    opened(make_draft(product, field=ContentField.META_TITLE))
    opened(make_draft())

    assert ReviewItem.objects.filter(status=Status.WAITING).count() == 3
    assert num_in_review(product) == 2


def test_database_refuses_a_second_waiting_item_of_a_text():
    product = make_product()
    make_item(make_draft(product))

    with pytest.raises(IntegrityError), transaction.atomic():
        make_item(make_draft(product))


def test_draft_that_came_in_between_makes_way_too(monkeypatch):
    """What two workers do at once: the second is refused by the constraint and tries again."""
    from shop_content.review.services import items

    product = make_product()
    first = opened(make_draft(product))
    take_the_place, calls = items._take_the_place, []

    def late(*args):
        calls.append(args)
        if len(calls) == 1:
            raise IntegrityError("review_item_one_open_per_field")
        return take_the_place(*args)

    monkeypatch.setattr(items, "_take_the_place", late)
    second = opened(make_draft(product))

    first.refresh_from_db()
    assert (first.status, second.status, len(calls)) == (Status.SUPERSEDED, Status.WAITING, 2)


# --- Edits ---


def test_edit_is_a_new_version_with_a_verdict_of_its_own():
    item = opened(make_draft(text=WRONG))
    editor = editor_of(item)

    edited = item_edit(item=item, text=CLEAN, expected_version=1, actor=editor)

    assert edited.version == 2
    assert edited.current_version.number == 2
    assert edited.current_version.text == CLEAN
    assert edited.current_version.author == editor
    assert (edited.num_blocking, edited.num_warnings) == (0, 0)
    assert edited.current_version.check_result.fingerprint == text_fingerprint(CLEAN)


def test_edit_with_a_wrong_number_blocks():
    item = opened(make_draft(text=CLEAN))

    edited = item_edit(item=item, text=WRONG, expected_version=1, actor=editor_of(item))

    assert edited.num_blocking == 1


def test_edit_keeps_every_version_before_it():
    item = opened(make_draft(text=WRONG))
    editor = editor_of(item)
    for number, text in enumerate(["One mug.", "Two mugs.", CLEAN], start=1):
        item_edit(item=item, text=text, expected_version=number, actor=editor)

    texts = item.draft.versions.order_by("number").values_list("text", flat=True)
    assert list(texts) == [WRONG, "One mug.", "Two mugs.", CLEAN]


def test_edit_is_in_the_history_and_in_the_trail_with_both_fingerprints():
    item = opened(make_draft(text=WRONG))
    editor = editor_of(item)

    item_edit(item=item, text=CLEAN, expected_version=1, actor=editor)

    decision = ReviewDecision.objects.get()
    assert (decision.action, decision.decided_by) == (ReviewDecision.Action.EDITED, editor)
    assert decision.fingerprint == text_fingerprint(CLEAN)
    event = AuditEvent.objects.get(action="review.edited")
    assert event.before_fingerprint == text_fingerprint(WRONG)
    assert event.after_fingerprint == text_fingerprint(CLEAN)
    assert event.actor == editor


def test_saving_the_same_text_makes_no_version():
    item = opened(make_draft(text=CLEAN))

    edited = item_edit(item=item, text=CLEAN, expected_version=1, actor=editor_of(item))

    assert edited.current_version.number == 1
    assert item.draft.versions.count() == 1


def test_second_editor_is_told_and_changes_nothing():
    item = opened(make_draft(text=WRONG))
    item_edit(item=item, text=CLEAN, expected_version=1, actor=editor_of(item))

    with pytest.raises(ReviewConflictError) as caught:
        item_edit(item=item, text="Mine.", expected_version=1, actor=editor_of(item))

    assert caught.value.item.current_version.text == CLEAN
    assert caught.value.item.version == 2
    assert not item.draft.versions.filter(text="Mine.").exists()
    assert ReviewDecision.objects.count() == 1


@pytest.mark.parametrize("status", [status for status in Status if status != Status.WAITING])
def test_decided_item_cannot_be_edited(status):
    item = make_item(status=status)

    with pytest.raises(ReviewConflictError):
        item_edit(item=item, text=CLEAN, expected_version=1, actor=editor_of(item))

    assert item.draft.versions.count() == 1


def test_edit_touches_nothing_that_is_live():
    item = opened(make_draft())

    item_edit(item=item, text=CLEAN, expected_version=1, actor=editor_of(item))

    assert not LiveContent.objects.exists()


@pytest.mark.parametrize("text", NAUGHTY_STRINGS)
def test_naughty_text_is_kept_byte_for_byte(text):
    item = opened(make_draft())

    edited = item_edit(item=item, text=text, expected_version=1, actor=editor_of(item))

    edited.current_version.refresh_from_db()
    assert edited.current_version.text == text
    assert edited.current_version.fingerprint == text_fingerprint(text)
    assert CheckResult.objects.filter(version=edited.current_version).exists()


# --- Leases ---


def lease_of(item: ReviewItem):
    item.refresh_from_db()
    return item.leased_by, item.leased_until


def test_oldest_free_draft_is_taken_and_leased():
    merchant = make_merchant()
    first, _second = (make_item(make_draft(make_product(merchant))) for _number in range(2))
    editor = make_member(merchant, Role.EDITOR)

    assert item_take_next(merchant=merchant, actor=editor) == first

    person, until = lease_of(first)
    assert person == editor
    assert timedelta(minutes=9) < until - timezone.now() <= timedelta(minutes=10)
    assert first.version == 1  # Who decides meanwhile meets no conflict.


def test_other_editor_gets_another_draft():
    merchant = make_merchant()
    first, second = (make_item(make_draft(make_product(merchant))) for _number in range(2))
    people = [make_member(merchant, Role.EDITOR) for _number in range(3)]

    taken = [item_take_next(merchant=merchant, actor=person) for person in people]

    assert taken == [first, second, None]


def test_same_editor_gets_the_same_draft_until_it_is_decided():
    item = make_item()
    editor = editor_of(item)

    assert item_take_next(merchant=item.merchant, actor=editor) == item
    assert item_take_next(merchant=item.merchant, actor=editor) == item


def test_lease_that_has_run_out_is_anybodys():
    item = make_item()
    ReviewItem.objects.update(
        leased_by=editor_of(item), leased_until=timezone.now() - timedelta(seconds=1)
    )
    other = editor_of(item)

    assert item_take_next(merchant=item.merchant, actor=other) == item
    assert lease_of(item)[0] == other


def test_other_merchants_and_decided_drafts_are_not_offered():
    make_item()
    merchant = make_merchant()
    make_item(make_draft(make_product(merchant)), status=Status.APPROVED)

    assert item_take_next(merchant=merchant, actor=make_member(merchant)) is None


def test_only_drafts_of_the_view_are_offered():
    merchant = make_merchant()
    make_item(make_draft(make_product(merchant)))
    title = make_item(make_draft(make_product(merchant), field=ContentField.META_TITLE))

    among = Q(field=ContentField.META_TITLE)
    assert item_take_next(merchant=merchant, actor=make_member(merchant), among=among) == title


def test_version_of_a_draft_can_be_added_without_the_queue_noticing():
    """A draft's versions are its own: only an edit through the queue changes what is judged."""
    item = opened(make_draft(text=CLEAN))
    make_version(item.draft, WRONG)

    item.refresh_from_db()
    assert item.current_version.text == CLEAN
