"""Decisions: from a waiting draft only, at the version that was seen, recorded, and undone."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from shop_content.accounts.models import AuditEvent, Role
from shop_content.catalogue.models import Product
from shop_content.catalogue.services.products import FactData, fact_add
from shop_content.checks.models import CheckResult
from shop_content.generation.models import GenerationJob
from shop_content.generation.services.jobs import GenerationLimitError
from shop_content.review.models import ReviewDecision, ReviewItem
from shop_content.review.services import (
    ReviewBlockedError,
    ReviewConflictError,
    ReviewUndoError,
    item_approve,
    item_ask_again,
    item_edit,
    item_reject,
    item_reopen,
    item_send_back,
)
from tests.factories import make_draft, make_item, make_member, make_product, make_reason

pytestmark = pytest.mark.django_db

Status = ReviewItem.Status
Action = ReviewDecision.Action
BLOCKING = {"rule": "numbers", "severity": "B", "message": "Wrong.", "start": 0, "end": 1}
WARNING = {**BLOCKING, "severity": "W"}
DECIDED = [status for status in Status if status != Status.WAITING]


@pytest.fixture
def item() -> ReviewItem:
    return make_item()


@pytest.fixture
def editor(item):
    return make_member(item.merchant, Role.EDITOR)


def approve(item, actor, **values):
    return item_approve(item=item, actor=actor, **{"expected_version": 1, **values})


def reject(item, actor, **values):
    fields = {"reason": make_reason(item.merchant), "expected_version": 1, **values}
    return item_reject(item=item, actor=actor, **fields)


@pytest.mark.parametrize(
    ("rule", "params", "handling"),
    [
        ("private", {}, ""),
        ("verbatim", {}, ""),
        ("contradiction", {"name": "Material"}, "locked"),
    ],
)
def test_no_reason_overrides_what_the_merchant_has_said_of_a_fact(rule, params, handling):
    product = make_product()
    product.facts.filter(name="Material").update(handling=handling)
    finding = {**BLOCKING, "rule": rule, "params": params}
    item = make_item(make_draft(product), findings=[finding])
    editor = make_member(item.merchant, Role.EDITOR)
    with pytest.raises(ReviewBlockedError, match="No reason can override"):
        approve(item, editor, override_reason="I know better.")
    item.refresh_from_db()
    assert item.status == Status.WAITING


def test_contradiction_of_a_fact_that_is_not_locked_is_overridden_with_a_reason():
    finding = {**BLOCKING, "rule": "contradiction", "params": {"name": "Material"}}
    item = make_item(findings=[finding])
    editor = make_member(item.merchant, Role.EDITOR)
    assert approve(item, editor, override_reason="Porcelain since May.").override_reason


def send_back(item, actor, **values):
    fields = {"note": "Warmer, please.", "expected_version": 1, **values}
    return item_send_back(item=item, actor=actor, **fields)


def ask_again(item, actor, **values):
    return item_ask_again(item=item, actor=actor, **{"expected_version": 1, **values})


DECISIONS = [approve, reject, send_back, ask_again]
FINAL = [(approve, Status.APPROVED), (reject, Status.REJECTED), (send_back, Status.SENT_BACK)]


def repeats(item) -> list[GenerationJob]:
    return list(GenerationJob.objects.filter(product=item.product, is_repeat=True))


# --- What all decisions share ---


@pytest.mark.parametrize(("decide", "status"), FINAL)
def test_decision_ends_the_waiting(item, editor, decide, status):
    ReviewItem.objects.update(leased_by=editor, leased_until=timezone.now())

    decision = decide(item, editor)

    item.refresh_from_db()
    assert (item.status, item.version, item.decided_by) == (status, 2, editor)
    assert item.decided_at is not None
    assert item.leased_until is None
    assert decision.action == status
    assert Product.objects.get().num_in_review == 0


@pytest.mark.parametrize("decide", DECISIONS)
def test_decision_is_bound_to_the_text_and_told_in_the_trail(item, editor, decide):
    decision = decide(item, editor)

    assert decision.draft_version == item.current_version
    assert decision.fingerprint == item.current_version.fingerprint
    event = AuditEvent.objects.get(action=f"review.{decision.action}")
    assert (event.actor, event.merchant) == (editor, item.merchant)
    assert event.object_id == item.pk
    assert event.after_fingerprint == decision.fingerprint
    assert event.data == {"decision": decision.pk, "version": decision.draft_version_id}


@pytest.mark.parametrize("decide", DECISIONS)
@pytest.mark.parametrize("status", DECIDED)
def test_decided_item_takes_no_second_decision(editor, decide, status):
    item = make_item(status=status)

    with pytest.raises(ReviewConflictError) as caught:
        decide(item, editor)

    assert caught.value.item == item
    assert not ReviewDecision.objects.exists()
    assert not repeats(item)


@pytest.mark.parametrize("decide", DECISIONS)
@pytest.mark.parametrize("version", [0, 2, 99])
def test_other_version_than_the_one_seen_is_a_conflict(item, editor, decide, version):
    with pytest.raises(ReviewConflictError):
        decide(item, editor, expected_version=version)

    item.refresh_from_db()
    assert (item.status, item.version) == (Status.WAITING, 1)
    assert Product.objects.get().num_in_review == 1
    assert not repeats(item)


@pytest.mark.parametrize("first", DECISIONS)
@pytest.mark.parametrize("second", DECISIONS)
def test_of_any_two_decisions_on_one_version_the_second_is_told(item, editor, first, second):
    other = make_member(item.merchant, Role.EDITOR)
    first(item, editor)

    with pytest.raises(ReviewConflictError) as caught:
        second(item, other)

    assert caught.value.item.version == 2
    assert ReviewDecision.objects.count() == 1


@pytest.mark.parametrize("decide", DECISIONS)
def test_decision_after_an_edit_needs_the_new_version(item, editor, decide):
    item_edit(item=item, text="Another text.", expected_version=1, actor=editor)

    with pytest.raises(ReviewConflictError):
        decide(item, editor)


# --- Approval ---


def test_approval_is_for_the_newest_text_even_of_an_instance_read_before(item, editor):
    text = "A stoneware mug that holds 350 ml of tea."
    item_edit(item=ReviewItem.objects.get(pk=item.pk), text=text, expected_version=1, actor=editor)

    decision = approve(item, editor, expected_version=2)

    assert decision.draft_version.text == text


def test_blocking_finding_stops_an_approval(editor, item):
    blocked = make_item(findings=[BLOCKING])

    with pytest.raises(ReviewBlockedError, match="stops this text"):
        approve(blocked, editor)

    blocked.refresh_from_db()
    assert (blocked.status, blocked.version) == (Status.WAITING, 1)
    assert not ReviewDecision.objects.exists()


def test_blocking_finding_is_overridden_with_a_reason_that_is_kept(editor):
    decision = approve(make_item(findings=[BLOCKING]), editor, override_reason=" It is a set. ")

    assert decision.override_reason == "It is a set."


def test_blank_reason_overrides_nothing(editor):
    with pytest.raises(ReviewBlockedError):
        approve(make_item(findings=[BLOCKING]), editor, override_reason=" \n ")


def test_warning_stops_nothing(editor):
    approve(make_item(findings=[WARNING]), editor)


def test_text_without_a_verdict_is_not_approved(item, editor):
    CheckResult.objects.all().delete()

    with pytest.raises(ReviewBlockedError, match="not been checked"):
        approve(item, editor)


def test_verdict_on_another_text_does_not_count(item, editor):
    CheckResult.objects.update(fingerprint="0" * 64)

    with pytest.raises(ReviewBlockedError, match="not been checked"):
        approve(item, editor)


def test_changed_product_stops_an_approval_every_time(editor, item):
    """C5: whatever changed after the draft was written, approval says so first."""
    for number in range(20):
        stale = make_item()
        data = FactData(name=f"Fact {number}", value="new")
        fact_add(product=stale.product, data=data, actor=None)

        with pytest.raises(ReviewBlockedError, match="product changed"):
            approve(stale, editor)

        approve(stale, editor, override_reason="The fact is not in the text.")


def test_change_is_noticed_on_an_item_read_before_it(item, editor):
    assert item.product.facts_fingerprint == item.draft.facts_fingerprint
    fresh = Product.objects.get(pk=item.product_id)
    fact_add(product=fresh, data=FactData(name="Glaze", value="matt"), actor=None)

    with pytest.raises(ReviewBlockedError):
        approve(item, editor)


# --- Rejection, send-back, another draft ---


def test_rejection_keeps_reason_and_note_and_asks_for_nothing(item, editor):
    reason = make_reason(item.merchant)

    decision = reject(item, editor, reason=reason, note="Twice the same sentence.")

    assert (decision.reason, decision.note) == (reason, "Twice the same sentence.")
    assert not repeats(item)


def test_database_refuses_a_rejection_without_a_reason(item, editor):
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewDecision.objects.create(
            item=item,
            action=Action.REJECTED,
            draft_version=item.current_version,
            fingerprint="",
            decided_by=editor,
        )


def test_send_back_asks_for_a_draft_with_the_note_and_the_text(item, editor):
    decision = send_back(item, editor)

    (job,) = repeats(item)
    assert decision.note == "Warmer, please."
    assert (job.editor_note, job.previous_text) == ("Warmer, please.", item.current_version.text)
    assert (job.product, job.field, job.brief) == (item.product, item.field, item.draft.brief)
    assert job.status == GenerationJob.Status.QUEUED


def test_send_back_of_an_edited_draft_sends_the_edited_text(item, editor):
    edited = item_edit(item=item, text="My own words.", expected_version=1, actor=editor)

    send_back(edited, editor, expected_version=2)

    assert repeats(item)[0].previous_text == "My own words."


def test_asking_again_keeps_the_draft_in_the_queue(item, editor):
    decision = ask_again(item, editor)

    item.refresh_from_db()
    assert (item.status, item.version) == (Status.WAITING, 2)
    assert decision.action == Action.ASKED_AGAIN
    (job,) = repeats(item)
    assert (job.editor_note, job.previous_text) == ("", "")
    assert Product.objects.get().num_in_review == 1


@pytest.mark.parametrize("decide", [send_back, ask_again])
def test_hours_limit_leaves_everything_as_it_was(item, editor, decide):
    for number in range(1, 6):
        ask_again(item, editor, expected_version=number)
        GenerationJob.objects.filter(is_repeat=True).update(status=GenerationJob.Status.SUCCEEDED)

    with pytest.raises(GenerationLimitError):
        decide(item, editor, expected_version=6)

    item.refresh_from_db()
    assert (item.status, item.version) == (Status.WAITING, 6)
    assert len(repeats(item)) == 5
    assert Product.objects.get().num_in_review == 1


# --- Taking back ---


@pytest.mark.parametrize(("decide", "_status"), FINAL)
def test_own_decision_is_taken_back(item, editor, decide, _status):
    decide(item, editor)
    item.refresh_from_db()

    reopened = item_reopen(item=item, expected_version=2, actor=editor)

    assert (reopened.status, reopened.version) == (Status.WAITING, 3)
    assert (reopened.decided_by, reopened.decided_at) == (None, None)
    assert Product.objects.get().num_in_review == 1
    assert ReviewDecision.objects.latest("id").action == Action.REOPENED
    assert AuditEvent.objects.filter(action="review.reopened", actor=editor).count() == 1


def test_taking_a_send_back_back_cancels_the_draft_that_it_asked_for(item, editor):
    send_back(item, editor)
    item.refresh_from_db()

    item_reopen(item=item, expected_version=2, actor=editor)

    assert [job.status for job in repeats(item)] == [GenerationJob.Status.CANCELLED]


def test_draft_that_is_being_written_already_comes_all_the_same(item, editor):
    send_back(item, editor)
    GenerationJob.objects.filter(is_repeat=True).update(
        status=GenerationJob.Status.RUNNING, claim_token=uuid.uuid4()
    )
    item.refresh_from_db()

    item_reopen(item=item, expected_version=2, actor=editor)

    assert [job.status for job in repeats(item)] == [GenerationJob.Status.RUNNING]


def test_decision_can_be_taken_again_after_it_was_taken_back(item, editor):
    approve(item, editor)
    item.refresh_from_db()
    reopened = item_reopen(item=item, expected_version=2, actor=editor)

    approve(reopened, editor, expected_version=3)

    actions = list(ReviewDecision.objects.values_list("action", flat=True))
    assert actions == [Action.APPROVED, Action.REOPENED, Action.APPROVED]


def refuse_reopen(item, actor, version=2):
    before = ReviewDecision.objects.count()
    item.refresh_from_db()
    status = item.status
    with pytest.raises(ReviewUndoError):
        item_reopen(item=item, expected_version=version, actor=actor)
    item.refresh_from_db()
    assert item.status == status
    assert ReviewDecision.objects.count() == before


def test_somebody_elses_decision_stays(item, editor):
    reject(item, editor)
    refuse_reopen(item, make_member(item.merchant, Role.ADMIN))


def test_decision_of_a_while_ago_stays(item, editor):
    reject(item, editor)
    ReviewItem.objects.update(decided_at=timezone.now() - timedelta(minutes=11))
    refuse_reopen(item, editor)


def test_decision_seen_at_another_version_stays(item, editor):
    reject(item, editor)
    refuse_reopen(item, editor, version=1)


@pytest.mark.parametrize("status", [Status.WAITING, Status.SUPERSEDED])
def test_what_is_no_decision_cannot_be_taken_back(editor, status):
    item = make_item(status=status, decided_by=editor, decided_at=timezone.now())
    refuse_reopen(item, editor, version=1)


def test_decision_stays_when_a_newer_draft_waits(item, editor):
    reject(item, editor)
    make_item(make_draft(item.product))
    refuse_reopen(item, editor)


def test_taking_back_twice_does_it_once(item, editor):
    reject(item, editor)
    item.refresh_from_db()
    item_reopen(item=item, expected_version=2, actor=editor)
    refuse_reopen(item, editor)
    assert Product.objects.get(pk=item.product_id).num_in_review == 1
