"""Live copy: byte for byte, one revision a change, the second writer of a version loses."""

from __future__ import annotations

import pytest

from shop_content.accounts.models import AuditEvent
from shop_content.catalogue.models import (
    ContentField,
    ContentOrigin,
    LiveContent,
    LiveContentRevision,
    Product,
)
from shop_content.catalogue.services.content import ContentConflictError, content_set
from shop_content.core.fingerprint import text_fingerprint
from tests.factories import make_live, make_member, make_product

pytestmark = pytest.mark.django_db

TEXTS = [
    "A mug.",
    "  two spaces before and after  ",
    "line\nbreak\r\nand\rall\n\n",
    "e\u0301 is not é",
    "👩‍👩‍👧‍👦 \u202e\u200b\ufeff",
    "<b>'\"&amp;</b>",
    "\ttab\x0b\x1b",
    "x" * 100_000,
]


def set_text(product: Product, text: str, **overrides: object) -> LiveContentRevision:
    """Put a text live in the description, by hand."""
    fields = {
        "field": ContentField.DESCRIPTION,
        "origin": ContentOrigin.WRITTEN,
        "actor": None,
        **overrides,
    }
    return content_set(product=product, text=text, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", TEXTS)
def test_text_is_kept_byte_for_byte(text: str) -> None:
    product = make_product()
    revision = set_text(product, text)
    live = LiveContent.objects.get(product=product)
    assert live.text == text
    assert LiveContentRevision.objects.get(pk=revision.pk).text == text
    assert live.fingerprint == revision.fingerprint == text_fingerprint(text)


def test_first_text_is_version_one_and_every_change_one_more() -> None:
    product = make_product()
    numbers = [set_text(product, text).number for text in ("a", "b", "b")]
    assert numbers == [1, 2, 3]
    assert LiveContent.objects.get(product=product).version == 3


def test_live_row_repeats_its_newest_revision() -> None:
    product = make_product()
    actor = make_member(product.merchant)
    set_text(product, "old")
    revision = set_text(product, "new", origin="published", actor=actor, facts_fingerprint="f" * 64)
    live = LiveContent.objects.get(product=product)
    for column in ("text", "fingerprint", "origin", "facts_fingerprint", "changed_by"):
        assert getattr(live, column) == getattr(revision, column)
    assert live.version == revision.number


def test_older_revisions_never_change() -> None:
    product = make_product()
    set_text(product, "old")
    before = LiveContentRevision.objects.values().get(number=1)
    set_text(product, "new")
    assert LiveContentRevision.objects.values().get(number=1) == before


def test_expected_version_that_is_current_wins() -> None:
    product = make_product()
    set_text(product, "a", expected_version=0)
    assert set_text(product, "b", expected_version=1).number == 2


@pytest.mark.parametrize("expected", [0, 1, 3])
def test_another_version_loses_and_learns_what_is_live(expected: int) -> None:
    product = make_product()
    actor = make_member(product.merchant)
    set_text(product, "a")
    set_text(product, "b", actor=actor)
    with pytest.raises(ContentConflictError) as error:
        set_text(product, "mine", expected_version=expected)
    assert (error.value.text, error.value.version) == ("b", 2)
    assert error.value.changed_by == actor
    assert LiveContent.objects.get(product=product).text == "b"
    assert LiveContentRevision.objects.count() == 2


def test_conflict_on_a_field_without_copy_says_version_zero() -> None:
    with pytest.raises(ContentConflictError) as error:
        set_text(make_product(), "mine", expected_version=4)
    assert (error.value.text, error.value.version) == ("", 0)


def test_fields_and_products_have_their_own_numbers() -> None:
    product, other = make_product(), make_product()
    set_text(product, "a")
    assert set_text(product, "b", field=ContentField.BULLETS).number == 1
    assert set_text(other, "c").number == 1


@pytest.mark.parametrize(
    ("origin", "live", "published"), [("written", 1, 0), ("imported", 1, 0), ("published", 1, 1)]
)
def test_counters_follow_the_origin(origin: str, live: int, published: int) -> None:
    product = make_product()
    set_text(product, "a", origin=origin)
    assert (product.num_live, product.num_published) == (live, published)
    product.refresh_from_db()
    assert (product.num_live, product.num_published) == (live, published)


def test_emptied_field_is_not_live_any_more() -> None:
    product = make_product()
    make_live(product)
    set_text(product, "")
    product.refresh_from_db()
    assert product.num_live == 0
    assert LiveContent.objects.get(product=product).version == 2


def test_text_from_other_facts_counts_as_stale() -> None:
    product = make_product()
    set_text(product, "a", facts_fingerprint="0" * 64)
    assert product.num_stale == 1
    set_text(product, "b", facts_fingerprint=product.facts_fingerprint)
    assert product.num_stale == 0


def test_change_of_copy_leaves_the_version_of_the_product_alone() -> None:
    product = make_product()
    set_text(product, "a")
    product.refresh_from_db()
    assert product.version == 1


def test_change_moves_the_product_to_the_top_of_what_changed() -> None:
    product = make_product()
    before = product.updated_at
    set_text(product, "a")
    product.refresh_from_db()
    assert product.updated_at > before


def test_roll_back_keeps_the_number_that_it_restores() -> None:
    product = make_product()
    set_text(product, "a")
    set_text(product, "b")
    assert set_text(product, "a", restored_number=1).restored_number == 1


def test_change_is_in_the_audit_trail_without_its_text() -> None:
    product = make_product()
    actor = make_member(product.merchant)
    set_text(product, "secret words", actor=actor)
    event = AuditEvent.objects.get(action="catalogue.content_set")
    assert event.actor == actor
    assert event.after_fingerprint == text_fingerprint("secret words")
    assert event.data == {"field": "description", "number": 1, "origin": "written"}
