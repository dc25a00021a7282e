"""Publication: the approved bytes, once, and the way back."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from shop_content.accounts.models import AuditEvent, Role
from shop_content.catalogue.models import (
    ContentOrigin,
    LiveContent,
    LiveContentRevision,
    Product,
)
from shop_content.catalogue.services.content import ContentConflictError, content_set
from shop_content.catalogue.services.products import FactData, fact_add
from shop_content.core.fingerprint import text_fingerprint
from shop_content.drafts.models import DraftCandidate, DraftVersion
from shop_content.publication.models import Publication
from shop_content.publication.services import (
    PublicationError,
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
    item_approve,
    item_edit,
    item_reject,
    item_reopen,
    item_send_back,
)
from tests.factories import make_draft, make_item, make_live, make_member, make_product, make_reason
from tests.naughty import NAUGHTY_STRINGS

pytestmark = pytest.mark.django_db

Status = ReviewItem.Status
BLOCKING = {"rule": "numbers", "severity": "B", "message": "Wrong.", "start": 0, "end": 1}


@pytest.fixture
def item() -> ReviewItem:
    return make_item()


@pytest.fixture
def editor(item):
    return make_member(item.merchant, Role.EDITOR)


def live(product: Product) -> LiveContent | None:
    return LiveContent.objects.filter(product=product, field="description").first()


def published(item, editor, **values) -> Publication:
    return approve_and_publish(item=item, actor=editor, **{"expected_version": 1, **values})


# --- Going live ---


def test_approved_text_goes_live_byte_for_byte(item, editor):
    publication = published(item, editor)

    content = live(item.product)
    assert content.text == item.current_version.text
    assert content.origin == ContentOrigin.PUBLISHED
    assert content.facts_fingerprint == item.draft.facts_fingerprint
    assert publication.draft_version == item.current_version
    assert publication.is_machine_text
    assert (publication.merchant, publication.published_by) == (item.merchant, editor)
    prints = {
        content.fingerprint,
        publication.fingerprint,
        publication.revision.fingerprint,
        publication.approval.fingerprint,
        publication.draft_version.fingerprint,
    }
    assert prints == {text_fingerprint(item.current_version.text)}


@pytest.mark.parametrize("text", NAUGHTY_STRINGS)
def test_naughty_text_goes_live_byte_for_byte(text):
    item = make_item(make_draft(text=text))

    published(item, make_member(item.merchant, Role.EDITOR))

    assert live(item.product).text == text
    assert LiveContentRevision.objects.get().text == text


def test_edited_text_goes_live_and_is_no_machine_text(item, editor):
    text = "  A stoneware mug that holds 350 ml.\r\n\n"
    item_edit(item=item, text=text, expected_version=1, actor=editor)

    publication = published(item, editor, expected_version=2)

    assert live(item.product).text == text
    assert not publication.is_machine_text


def test_candidate_that_an_editor_chose_is_still_the_models_text(item, editor):
    DraftCandidate.objects.create(draft=item.draft, rank=2, text="The other text.", score=0.5)
    item_edit(item=item, text="The other text.", expected_version=1, actor=editor)

    publication = published(item, editor, expected_version=2)

    assert publication.is_machine_text


def test_counters_of_the_product_follow(item, editor):
    published(item, editor)

    product = Product.objects.get()
    assert (product.num_live, product.num_published, product.num_in_review) == (1, 1, 0)


def test_publication_is_in_the_trail_with_its_fingerprint(item, editor):
    publication = published(item, editor)

    event = AuditEvent.objects.get(action="publication.publish")
    assert (event.actor, event.object_id) == (editor, publication.pk)
    assert event.after_fingerprint == publication.fingerprint
    assert AuditEvent.objects.filter(action="review.approved").count() == 1


def test_text_that_was_live_before_stays_in_the_history(item, editor):
    make_live(item.product, "The old text.")

    publication = published(item, editor)

    assert publication.revision.number == 2
    texts = LiveContentRevision.objects.order_by("number").values_list("text", flat=True)
    assert list(texts) == ["The old text.", item.current_version.text]


def test_second_call_returns_the_first_publication(item, editor):
    decision = item_approve(item=item, expected_version=1, actor=editor)

    assert publish(decision=decision) == publish(decision=decision)

    assert Publication.objects.count() == LiveContentRevision.objects.count() == 1
    assert AuditEvent.objects.filter(action="publication.publish").count() == 1


def test_database_refuses_a_second_publication_of_an_approval(item, editor):
    publication = published(item, editor)
    publication.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        publication.save(force_insert=True)


# --- Nothing without an approval of exactly this text (L8) ---


@pytest.mark.parametrize("action", [a for a in ReviewDecision.Action if a != "approved"])
def test_only_an_approval_is_published(item, editor, action):
    decision = ReviewDecision.objects.create(
        item=item,
        action=action,
        draft_version=item.current_version,
        fingerprint=item.current_version.fingerprint,
        reason=make_reason(item.merchant),
        decided_by=editor,
    )

    with pytest.raises(PublicationError):
        publish(decision=decision)

    assert live(item.product) is None


def test_approval_without_a_decided_item_is_not_published(item, editor):
    """A row that somebody put into the table is no approval: the item says that it waits."""
    decision = ReviewDecision.objects.create(
        item=item,
        action=ReviewDecision.Action.APPROVED,
        draft_version=item.current_version,
        fingerprint=item.current_version.fingerprint,
        decided_by=editor,
    )

    with pytest.raises(PublicationError):
        publish(decision=decision)

    assert live(item.product) is None


def test_text_that_changed_after_its_approval_is_not_published(item, editor):
    item_approve(item=item, expected_version=1, actor=editor)
    DraftVersion.objects.update(text="changed behind our back")

    with pytest.raises(PublicationError):
        publish(decision=ReviewDecision.objects.get())

    assert live(item.product) is None


def test_approval_that_was_taken_back_is_not_published(item, editor):
    decision = item_approve(item=item, expected_version=1, actor=editor)
    item.refresh_from_db()
    item_reopen(item=item, expected_version=2, actor=editor)

    with pytest.raises(PublicationError):
        publish(decision=decision)

    assert live(item.product) is None


def test_older_of_two_approvals_is_not_published(item, editor):
    first = item_approve(item=item, expected_version=1, actor=editor)
    item.refresh_from_db()
    item_reopen(item=item, expected_version=2, actor=editor)
    second = item_approve(item=item, expected_version=3, actor=editor)

    with pytest.raises(PublicationError):
        publish(decision=first)
    publish(decision=second)

    assert Publication.objects.get().approval == second


def test_conflict_and_block_leave_nothing_live(item, editor):
    with pytest.raises(ReviewConflictError):
        published(item, editor, expected_version=7)
    with pytest.raises(ReviewBlockedError):
        published(make_item(findings=[BLOCKING]), editor)

    assert not LiveContent.objects.exists()
    assert not Publication.objects.exists()
    assert not ReviewDecision.objects.exists()


def test_failed_publication_takes_the_approval_with_it(item, editor, monkeypatch):
    from shop_content.publication import services

    def break_down(**_values):
        raise RuntimeError("disk full")

    monkeypatch.setattr(services, "content_set", break_down)
    with pytest.raises(RuntimeError):
        published(item, editor)

    item.refresh_from_db()
    assert (item.status, item.version) == (Status.WAITING, 1)
    assert Product.objects.get().num_in_review == 1
    assert not ReviewDecision.objects.exists()


# --- After it went live (C4, C5) ---


def test_newer_draft_and_its_edits_change_nothing_that_is_live(item, editor):
    published(item, editor)
    newer = make_item(make_draft(item.product, text="Another draft."))
    item_edit(item=newer, text="Edited.", expected_version=1, actor=editor)

    assert live(item.product).text == item.current_version.text

    published(newer, editor, expected_version=2, override_reason="fine")
    assert live(item.product).text == "Edited."


def test_decided_item_cannot_be_edited_behind_its_publication(item, editor):
    published(item, editor)

    with pytest.raises(ReviewConflictError):
        item_edit(item=item, text="Changed.", expected_version=2, actor=editor)

    assert live(item.product).text == item.current_version.text


def test_live_text_becomes_stale_when_a_fact_changes(item, editor):
    published(item, editor)

    fact_add(product=item.product, data=FactData(name="Glaze", value="matt"), actor=None)

    product = Product.objects.get()
    assert product.num_stale == 1
    assert live(product).facts_fingerprint != product.facts_fingerprint


# --- Taking a decision back ---


def taken_back(item, editor, version=2):
    item.refresh_from_db()
    return decision_take_back(item=item, expected_version=version, actor=editor)


def test_taken_back_approval_makes_way_for_what_was_there(item, editor):
    make_live(item.product, "The old text.", origin=ContentOrigin.IMPORTED)
    published(item, editor)

    reopened = taken_back(item, editor)

    content = live(item.product)
    assert (content.text, content.origin, content.version) == (
        "The old text.",
        ContentOrigin.IMPORTED,
        3,
    )
    assert reopened.status == Status.WAITING
    assert LiveContentRevision.objects.get(number=3).restored_number == 1
    product = Product.objects.get()
    assert (product.num_published, product.num_in_review) == (0, 1)


def test_taken_back_approval_empties_a_field_that_was_empty(item, editor):
    published(item, editor)

    taken_back(item, editor)

    assert live(item.product).text == ""
    assert Product.objects.get().num_live == 0


def test_text_that_was_taken_back_goes_live_again(item, editor):
    first = published(item, editor)
    taken_back(item, editor)
    item.refresh_from_db()

    second = published(item, editor, expected_version=3)

    assert second != first
    assert live(item.product).text == item.current_version.text
    assert Publication.objects.count() == 2


def test_approval_stays_when_the_live_text_changed_since(item, editor):
    published(item, editor)
    content_set(
        product=item.product,
        field="description",
        text="By hand.",
        origin=ContentOrigin.WRITTEN,
        actor=editor,
    )

    with pytest.raises(ReviewUndoError, match="live text was changed"):
        taken_back(item, editor)

    item.refresh_from_db()
    assert item.status == Status.APPROVED
    assert live(item.product).text == "By hand."


@pytest.mark.parametrize("kind", ["reject", "send_back"])
def test_taking_back_what_put_nothing_live_touches_nothing_live(item, editor, kind):
    make_live(item.product, "The old text.")
    if kind == "reject":
        reason = make_reason(item.merchant)
        item_reject(item=item, expected_version=1, actor=editor, reason=reason)
    else:
        item_send_back(item=item, expected_version=1, actor=editor, note="Shorter.")

    assert taken_back(item, editor).status == Status.WAITING

    assert live(item.product).version == 1


def test_somebody_elses_approval_stays_live(item, editor):
    published(item, editor)

    with pytest.raises(ReviewUndoError):
        taken_back(item, make_member(item.merchant, Role.EDITOR))

    assert live(item.product).text == item.current_version.text


# --- Rolling back ---


def history(product: Product, *texts: str) -> None:
    for text in texts:
        content_set(
            product=product,
            field="description",
            text=text,
            origin=ContentOrigin.WRITTEN,
            actor=None,
        )


@pytest.mark.parametrize("text", NAUGHTY_STRINGS)
def test_earlier_text_comes_back_byte_for_byte(text):
    product = make_product()
    history(product, text, "Newer.")

    revision = roll_back(
        product=product,
        field="description",
        number=1,
        actor=make_member(product.merchant),
        expected_version=2,
    )

    assert live(product).text == revision.text == text
    assert (revision.number, revision.restored_number) == (3, 1)


def test_roll_back_brings_origin_and_facts_with_it(item, editor):
    publication = published(item, editor)
    history(item.product, "By hand.")

    roll_back(product=item.product, field="description", number=1, actor=editor, expected_version=2)

    content = live(item.product)
    assert content.origin == ContentOrigin.PUBLISHED
    assert content.facts_fingerprint == publication.revision.facts_fingerprint
    assert Product.objects.get().num_published == 1


def test_roll_back_is_in_the_trail_with_both_fingerprints(item, editor):
    history(item.product, "One.", "Two.")

    roll_back(product=item.product, field="description", number=1, actor=editor, expected_version=2)

    event = AuditEvent.objects.get(action="publication.roll_back")
    assert event.before_fingerprint == text_fingerprint("Two.")
    assert event.after_fingerprint == text_fingerprint("One.")
    assert (event.actor, event.data) == (editor, {"restored": 1, "number": 3})


@pytest.mark.parametrize("version", [0, 1, 3])
def test_roll_back_of_a_text_that_changed_meanwhile_is_a_conflict(item, editor, version):
    history(item.product, "One.", "Two.")

    with pytest.raises(ContentConflictError) as caught:
        roll_back(
            product=item.product,
            field="description",
            number=1,
            actor=editor,
            expected_version=version,
        )

    assert (caught.value.text, caught.value.version) == ("Two.", 2)
    assert not AuditEvent.objects.filter(action="publication.roll_back").exists()


@pytest.mark.parametrize(("field", "number"), [("description", 9), ("meta_title", 1)])
def test_revision_that_never_was_cannot_come_back(item, editor, field, number):
    history(item.product, "One.")

    with pytest.raises(LiveContentRevision.DoesNotExist):
        roll_back(
            product=item.product, field=field, number=number, actor=editor, expected_version=1
        )


def test_rolled_back_text_can_be_rolled_forward_again(item, editor):
    history(item.product, "One.", "Two.")
    for number, expected in [(1, 2), (2, 3), (1, 4)]:
        roll_back(
            product=item.product,
            field="description",
            number=number,
            actor=editor,
            expected_version=expected,
        )
    texts = LiveContentRevision.objects.order_by("number").values_list("text", flat=True)
    assert list(texts) == ["One.", "Two.", "One.", "Two.", "One."]
