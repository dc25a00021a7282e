"""A text says no more of a warranty than the product's facts do."""

from __future__ import annotations

import pytest

from shop_content.checks.rules import run_rules
from tests.checks.cases import make_context

SOFA = make_context(
    ("Warranty", "10 years on the frame, excluding the cover"),
    ("Frame", "beech"),
    ("Cover", "polyester"),
    name="Havn Sofa",
)
PANEL = make_context(
    ("Product warranty", "12 years"), ("Output warranty", "25 years"), name="Solar Panel"
)


def found(text, context):
    return [mark for mark in run_rules(text, context) if mark.rule == "warranty"]


@pytest.mark.parametrize(
    "text",
    [
        "With a 10-year warranty on frame and cover.",
        "The warranty covers the cover too.",
        "The guarantee includes the legs.",
    ],
)
def test_part_that_no_fact_covers_is_found(text):
    (mark,) = found(text, SOFA)
    assert mark.severity == "B"


@pytest.mark.parametrize(
    "text",
    [
        "With a 10-year warranty on the frame.",
        "The Havn sofa is under warranty for ten years.",
        "The frame has a warranty of 10 years, the cover none.",
        "A warranty on the sofa's frame.",
    ],
)
def test_what_the_facts_cover_passes(text):
    assert found(text, SOFA) == []


def test_two_warranties_do_not_share_a_time():
    assert found("Both the product and the output warranty run for 25 years.", PANEL)
    assert found("The product warranty runs for 12 years.", PANEL) == []


def test_product_without_a_warranty_is_the_business_of_other_rules():
    assert found("A warranty on everything.", make_context(("Frame", "beech"))) == []
