"""Editors, workers and merchants in any order: what is live is what was approved (C3)."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count, F, Q
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from shop_content.accounts.models import AuditEvent, Role
from shop_content.catalogue.models import (
    ContentField,
    ContentOrigin,
    LiveContent,
    LiveContentRevision,
    Product,
)
from shop_content.catalogue.services.content import ContentConflictError, content_set
from shop_content.catalogue.services.products import FactData, fact_add
from shop_content.checks.services import version_check
from shop_content.core.fingerprint import text_fingerprint
from shop_content.generation.services.jobs import GenerationLimitError
from shop_content.publication import services as publication_services
from shop_content.publication.models import Publication
from shop_content.publication.services import (
    approve_and_publish,
    decision_take_back,
    publish,
    roll_back,
)
from shop_content.review.models import ReviewDecision, ReviewItem
from shop_content.review.services import (
    ReviewBlockedError,
    ReviewConflictError,
    ReviewUndoError,
    decisions,
    item_ask_again,
    item_edit,
    item_open,
    item_reject,
    item_send_back,
    item_take_next,
)
from tests.factories import make_draft, make_member, make_merchant, make_product, make_reason

# 20 in the suite; REVIEW_EXAMPLES=500 for a long look.
NUM_EXAMPLES = int(os.environ.get("REVIEW_EXAMPLES", "20"))
NUM_STEPS = 30

Status = ReviewItem.Status
FIELDS = [ContentField.DESCRIPTION.value, ContentField.META_TITLE.value]
TEXTS = st.sampled_from(
    [
        "A stoneware mug that holds 350 ml of coffee or tea.",
        "A stoneware mug for your first coffee, made to last.",
        "A stoneware mug that holds 530 ml of coffee or tea.",
        "  spaces,\r\nline ends\n\n",
        "<script>alert(1)</script> {{ 7|add:7 }}",
        "e\u0301 is not \u00e9 👩‍👩‍👧‍👦 \u202e",
    ]
)
PLACE = st.integers(min_value=0, max_value=10_000)


class Review(RuleBasedStateMachine):
    """Two products, two fields, two editors; rows are drawn by place among those there are."""

    @initialize()
    def start(self) -> None:
        """Make the shop inside a transaction that the end takes back."""
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.merchant = make_merchant()
        self.products = [make_product(self.merchant) for _number in range(2)]
        self.editors = [make_member(self.merchant, Role.EDITOR) for _number in range(2)]
        self.reason = make_reason(self.merchant)
        self.live: dict[tuple[int, str], str] = {}  # what must be live, told by the rules alone
        self.saved: list[tuple[int, str]] = []  # draft and text of every edit that was accepted

    def teardown(self) -> None:
        """Take everything back."""
        if hasattr(self, "outer"):
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    def _items(self) -> list[ReviewItem]:
        return list(ReviewItem.objects.filter(merchant=self.merchant).order_by("id"))

    def _draw(self, place: int) -> ReviewItem:
        items = self._items()
        return items[place % len(items)]

    def _has_items(self) -> bool:
        return ReviewItem.objects.filter(merchant=self.merchant).exists()

    def _decide(self, item: ReviewItem, age: int, call: Any, **values: Any) -> Any:
        """Call a decision as somebody who saw the item `age` versions ago; None: refused."""
        seen = item.version - age
        may = item.status == Status.WAITING and age == 0
        try:
            result = call(item=item, expected_version=seen, **values)
        except ReviewConflictError:
            assert not may
            return None
        assert may, "a decision on another version, or on a decided item, was taken"
        return result

    @rule(place=PLACE, field=st.sampled_from(FIELDS), text=TEXTS)
    def draft(self, place: int, field: str, text: str) -> None:
        """A worker writes a draft."""
        product = Product.objects.get(pk=self.products[place % 2].pk)
        draft = make_draft(product, field=field, text=text)
        version = draft.versions.get()
        result = version_check(version=version)
        item = item_open(draft=draft, version=version, check_result=result)
        assert item_open(draft=draft, version=version, check_result=result) == item

    @precondition(_has_items)
    @rule(place=PLACE, age=st.sampled_from([0, 0, 1]), text=TEXTS)
    def edit(self, place: int, age: int, text: str) -> None:
        """An editor saves a text."""
        item = self._draw(place)
        if self._decide(item, age, item_edit, text=text, actor=self.editors[place % 2]):
            self.saved.append((item.draft_id, text))

    @precondition(_has_items)
    @rule(place=PLACE, age=st.sampled_from([0, 0, 0, 1]), why=st.sampled_from(["", "It is right."]))
    def approve(self, place: int, age: int, why: str) -> None:
        """An editor approves, with or without a reason to override."""
        item = self._draw(place)
        product = Product.objects.get(pk=item.product_id)
        is_stale = item.draft.facts_fingerprint != product.facts_fingerprint
        try:
            publication = self._decide(
                item,
                age,
                approve_and_publish,
                actor=self.editors[place % 2],
                override_reason=why,
            )
        except ReviewBlockedError:
            assert not why
            assert is_stale or item.num_blocking
            return
        if publication is None:
            return
        assert why or not (is_stale or item.num_blocking)
        self.live[item.product_id, item.field] = item.current_version.text
        assert publish(decision=publication.approval) == publication

    @precondition(_has_items)
    @rule(place=PLACE, age=st.sampled_from([0, 0, 1]))
    def reject(self, place: int, age: int) -> None:
        """An editor rejects."""
        values = {"actor": self.editors[place % 2], "reason": self.reason}
        self._decide(self._draw(place), age, item_reject, **values)

    @precondition(_has_items)
    @rule(place=PLACE, age=st.sampled_from([0, 0, 1]), is_final=st.booleans())
    def ask(self, place: int, age: int, is_final: bool) -> None:
        """An editor sends back, or asks for another draft beside this one."""
        values: dict[str, Any] = {"actor": self.editors[place % 2]}
        if is_final:
            values["note"] = f"Note {place}"
        try:
            self._decide(
                self._draw(place), age, item_send_back if is_final else item_ask_again, **values
            )
        except GenerationLimitError:
            return

    @precondition(_has_items)
    @rule(place=PLACE, age=st.sampled_from([0, 0, 1]))
    def undo(self, place: int, age: int) -> None:
        """An editor takes a decision back, their own or not."""
        item = self._draw(place)
        was_approved = item.status == Status.APPROVED
        editor = self.editors[place % 2]
        try:
            with transaction.atomic():
                decision_take_back(item=item, expected_version=item.version - age, actor=editor)
        except ReviewUndoError:
            return
        assert age == 0
        assert item.decided_by == editor
        if was_approved:
            revisions = LiveContentRevision.objects.filter(product=item.product, field=item.field)
            restored = revisions.latest("number").restored_number
            before = revisions.get(number=restored).text if restored else ""
            self.live[item.product_id, item.field] = before

    @rule(place=PLACE)
    def change_product(self, place: int) -> None:
        """The merchant adds a fact."""
        product = Product.objects.get(pk=self.products[place % 2].pk)
        fact_add(product=product, data=FactData(name="Fact", value=str(place)), actor=None)

    @rule(place=PLACE, field=st.sampled_from(FIELDS), text=TEXTS)
    def write_by_hand(self, place: int, field: str, text: str) -> None:
        """The merchant writes copy past the queue."""
        product = Product.objects.get(pk=self.products[place % 2].pk)
        origin = ContentOrigin.WRITTEN
        content_set(product=product, field=field, text=text, origin=origin, actor=None)
        self.live[product.pk, field] = text

    @rule(place=PLACE, number=st.integers(min_value=1, max_value=6), age=st.sampled_from([0, 0, 1]))
    def go_back(self, place: int, number: int, age: int) -> None:
        """An editor rolls a field back."""
        product = Product.objects.get(pk=self.products[place % 2].pk)
        field = FIELDS[place // 2 % 2]
        live = LiveContent.objects.filter(product=product, field=field).first()
        seen = (live.version if live else 0) - age
        try:
            revision = roll_back(
                product=product,
                field=field,
                number=number,
                actor=self.editors[0],
                expected_version=seen,
            )
        except ContentConflictError:
            assert age
        except LiveContentRevision.DoesNotExist:
            assert live is None or number > live.version
        else:
            assert not age
            self.live[product.pk, field] = revision.text

    @rule(place=PLACE)
    def take_next(self, place: int) -> None:
        """An editor takes the next draft, which changes no version."""
        before = {item.pk: item.version for item in self._items()}
        item_take_next(merchant=self.merchant, actor=self.editors[place % 2])
        assert {item.pk: item.version for item in self._items()} == before

    @invariant()
    def published_bytes_are_the_approved_ones(self) -> None:
        """Text and fingerprints agree from the draft's version to the live revision."""
        rows = Publication.objects.select_related("approval", "draft_version", "revision")
        for row in rows:
            assert row.approval.action == ReviewDecision.Action.APPROVED
            assert row.approval.draft_version_id == row.draft_version_id
            assert row.revision.text == row.draft_version.text
            fingerprint = text_fingerprint(row.draft_version.text)
            assert row.fingerprint == row.approval.fingerprint == fingerprint
            assert row.revision.fingerprint == row.draft_version.fingerprint == fingerprint
        approvals = ReviewDecision.objects.filter(action=ReviewDecision.Action.APPROVED)
        assert approvals.count() == len(rows)

    @invariant()
    def live_text_is_the_newest_revision_and_nobody_elses(self) -> None:
        """Every change of live text came from a rule that may make one."""
        found = {}
        for row in LiveContent.objects.all():
            newest = LiveContentRevision.objects.filter(product=row.product_id, field=row.field)
            numbers = list(newest.order_by("number").values_list("number", flat=True))
            assert numbers == list(range(1, row.version + 1))
            assert newest.get(number=row.version).text == row.text
            assert row.fingerprint == text_fingerprint(row.text)
            found[row.product_id, row.field] = row.text
        assert found == getattr(self, "live", {})

    @invariant()
    def queue_is_counted_right(self) -> None:
        """At most one draft of a text waits, and the products know how many."""
        waiting = Count("review_items", filter=Q(review_items__status=Status.WAITING))
        for product in Product.objects.annotate(num_waiting=waiting):
            assert product.num_in_review == product.num_waiting
        open_items = ReviewItem.objects.filter(status=Status.WAITING)
        places = list(open_items.values_list("product_id", "field"))
        assert len(places) == len(set(places))

    @invariant()
    def items_agree_with_their_history(self) -> None:
        """The state of an item is what its last decision says, and each has its audit event."""
        events = AuditEvent.objects.filter(action__startswith="review.")
        told = {(row.data["decision"], row.after_fingerprint) for row in events}
        for item in ReviewItem.objects.prefetch_related("decisions"):
            decisions = sorted(item.decisions.all(), key=lambda row: row.pk)
            if item.status in {Status.APPROVED, Status.REJECTED, Status.SENT_BACK}:
                assert decisions[-1].action == item.status
                assert decisions[-1].draft_version_id == item.current_version_id
                assert item.decided_by_id == decisions[-1].decided_by_id
            elif item.status == Status.WAITING:
                assert item.decided_by_id is None
            assert all((row.pk, row.fingerprint) in told for row in decisions)

    @invariant()
    def no_saved_text_is_lost(self) -> None:
        """Every edit that was accepted is a version of its draft."""
        for draft_id, text in getattr(self, "saved", []):
            versions = ReviewItem.objects.get(draft=draft_id).draft.versions
            assert versions.filter(fingerprint=text_fingerprint(text)).exists()


def examine(**overrides: Any) -> None:
    """Let Hypothesis look for an order of steps that breaks an invariant."""
    values = {
        "max_examples": NUM_EXAMPLES,
        "stateful_step_count": NUM_STEPS,
        "deadline": None,
        "suppress_health_check": list(HealthCheck),
        **overrides,
    }
    run_state_machine_as_test(Review, settings=settings(**values))


@pytest.mark.django_db
def test_whatever_people_do_in_whatever_order_what_is_live_was_approved() -> None:
    examine()


@pytest.mark.django_db
@pytest.mark.parametrize("fault", ["no version", "other text", "no counter"])
def test_fault_that_is_put_in_is_found(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """The negative controls: the invariants notice what they are there for."""
    if fault == "no version":

        def unguarded(*, item: ReviewItem, expected_version: int, **values: Any) -> None:
            ReviewItem.objects.filter(pk=item.pk).update(version=F("version") + 1, **values)

        monkeypatch.setattr(decisions, "item_write", unguarded)
    elif fault == "other text":
        monkeypatch.setattr(
            publication_services,
            "content_set",
            lambda *, text, **values: content_set(text=f"{text} ", **values),
        )
    else:
        monkeypatch.setattr(decisions, "num_in_review_add", lambda **_values: None)

    with pytest.raises(AssertionError):
        examine(
            max_examples=100,
            phases=[Phase.generate],
            database=None,
            report_multiple_bugs=False,
            print_blob=False,
        )
