"""Texts of a product's other fields are compared: what one says and another denies is found."""

from __future__ import annotations

import pytest

from shop_content.catalogue.services.content import content_set
from shop_content.checks.rules import CheckContext, FactValue, Severity
from shop_content.checks.rules.other_fields import check_other_fields
from shop_content.checks.services import new_versions_check, version_check
from shop_content.review.models import ReviewItem
from tests.factories import make_draft, make_item, make_merchant, make_product


def found(text: str, other: str, *facts: FactValue, language: str = "en") -> list[str]:
    context = CheckContext(
        field="description",
        language=language,
        facts=facts,
        other_texts=(("meta_description", other),),
    )
    marks = check_other_fields(text, context)
    assert all(mark.severity is Severity.WARN for mark in marks)
    return [text[mark.start : mark.end] for mark in marks]


@pytest.mark.parametrize(
    ("text", "other", "said"),
    [
        ("It is oven safe.", "A mug that is not oven safe.", ["oven safe"]),
        ("It is not oven-safe.", "Oven safe mug.", ["oven-safe"]),
        ("A waterproof bag.", "This bag isn't waterproof.", ["waterproof"]),
        ("The lining is removable.", "The lining is not removable.", ["removable"]),
        ("It comes with a lid.", "No lid, no fuss.", ["with a lid"]),
        ("A lid is included.", "The lid is not included.", ["lid is included"]),
        ("It holds 350 ml.", "Mug that holds 450 ml.", ["350 ml"]),
        ("A cable of 2 m.", "With 3 m of cable.", ["2 m"]),
        ("The cable is 2 m, the hose 5 m.", "Cable of 3 m, hose of 5 m.", ["2 m"]),
    ],
)
def test_what_one_field_says_and_another_denies_is_found(text, other, said):
    assert found(text, other) == said


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("It is oven safe.", "Oven safe mug."),
        ("It is not oven safe.", "Not oven safe, but dishwasher safe."),
        ("It has no lid and is oven safe.", "Oven safe mug."),
        ("It is oven safe.", "A mug with no lid that is oven safe."),
        ("It is not only waterproof but light.", "A waterproof bag."),
        ("It holds 350 ml.", "A mug of 0.35 l."),
        ("The blade is 20 cm.", "With a handle of 12 cm and a case of 30 cm."),
        ("It weighs 350 g.", "It holds 350 ml."),
        ("", "It is oven safe."),
        ("It is oven safe.", ""),
    ],
)
def test_what_agrees_or_speaks_of_something_else_is_not(text, other):
    assert found(text, other) == []


def test_number_of_a_fact_is_not_at_fault_where_the_other_text_has_another():
    assert found("It holds 350 ml.", "Holds 450 ml.", FactValue("Capacity", "350", "ml")) == []


def test_other_languages_are_left_alone():
    assert found("It is oven safe.", "It is not oven safe.", language="de") == []


def other_field(result) -> list[dict]:
    return [row for row in result.findings if row["rule"] == "other_field"]


def described(product, text="It is oven safe."):
    draft = make_draft(product, text=text)
    return version_check(version=draft.versions.get())


@pytest.mark.django_db
def test_draft_is_compared_with_the_newest_texts_of_its_product():
    product = make_product(make_merchant())
    make_draft(product, text="A mug that is oven safe.", field="bullets")
    assert other_field(described(product)) == []

    make_draft(product, text="A mug that is not oven safe.", field="bullets")
    (found,) = other_field(described(product))
    assert found["params"] == {
        "said": "It is oven safe",
        "field": "bullets",
        "other": "A mug that is not oven safe",
    }
    make_draft(make_product(make_merchant()), text="Not oven safe.", field="meta_title")
    assert len(other_field(described(product))) == 1


@pytest.mark.django_db
def test_text_that_was_turned_down_says_nothing_of_the_product():
    product = make_product(make_merchant())
    item = make_item(make_draft(product, text="A mug that is not oven safe.", field="bullets"))
    assert len(other_field(described(product))) == 1
    ReviewItem.objects.filter(pk=item.pk).update(status=ReviewItem.Status.REJECTED)
    assert other_field(described(product)) == []


@pytest.mark.django_db
def test_texts_of_one_hand_over_are_compared_with_each_other(django_assert_max_num_queries):
    merchant = make_merchant()
    versions = []
    for _number in range(5):
        product = make_product(merchant)
        for field, text in (("description", "It is oven safe."), ("bullets", "Not oven safe.")):
            versions.append(make_draft(product, text=text, field=field).versions.get())
    with django_assert_max_num_queries(12):
        results = new_versions_check(versions=versions)
    assert [len(other_field(result)) for result in results] == [1] * 10


@pytest.mark.django_db
def test_copy_that_is_live_is_compared_with_where_no_draft_is_newer():
    product = make_product(make_merchant())
    for field, text in (("bullets", "A mug that is not oven safe."), ("description", "No.")):
        content_set(product=product, field=field, text=text, origin="imported", actor=None)
    (found,) = other_field(described(product))
    assert found["params"]["other"] == "A mug that is not oven safe"

    make_draft(product, text="An oven safe mug.", field="bullets")
    assert other_field(described(product)) == []
