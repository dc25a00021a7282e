"""Names, parts and what a product goes with: traced to its facts, and left alone where they are."""

from __future__ import annotations

from typing import Any

import pytest

from shop_content.checks.rules import CheckContext, FactValue, Severity
from shop_content.checks.rules.base import Rule
from shop_content.checks.rules.compatibility import check_compatibility
from shop_content.checks.rules.contradictions import check_contradictions
from shop_content.checks.rules.features import check_features
from shop_content.checks.rules.health import check_health
from shop_content.checks.rules.names import check_names
from shop_content.checks.rules.numbers import check_numbers


def make_context(*facts: tuple[str, str], **values: Any) -> CheckContext:
    defaults: dict[str, Any] = {
        "field": "description",
        "name": "Fell Runner",
        "brand": "Hardrock",
        "category": "Shoes > Running",
        "keywords": ("trail shoe",),
    }
    return CheckContext(**{**defaults, "facts": tuple(FactValue(*f) for f in facts), **values})


SHOE = make_context(
    ("Outsole", "Vibram, 5 mm lugs"),
    ("Membrane", "Gore-Tex"),
    ("Weight", "290 g"),
    ("Made in", "Italy"),
    ("Removable insole", "yes"),
    ("Battery included", "no"),
)


def said(rule: Rule, text: str, context: CheckContext = SHOE) -> list[str]:
    return [text[mark.start : mark.end] for mark in rule(text, context)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It comes from Vibram and Gore-Tex.", []),
        ("A trail shoe by Hardrock.", []),
        ("The Fell Runner weighs 290 g.", []),
        ("It is as light as a Salomon Speedcross.", ["Salomon Speedcross"]),
        ("This is a Swiss shoe.", ["Swiss"]),
        ("This is an Italian shoe.", []),
        ("Stitched in the workshops of Porto.", ["Porto"]),
        ("It runs with your iPhone.", ["iPhone"]),
        ("Wear it on Sundays, at Christmas, or in May.", []),
        ("Salomon is a word at the start.", []),
        ("It goes with a Persian rug and French press.", []),
        ("It meets RHS rules.", ["RHS"]),
        ("All Of This Text Is Set Like A Title.", []),
    ],
)
def test_names_that_no_source_has(text, expected):
    assert said(check_names, text) == expected


def test_names_are_left_alone_where_every_word_may_have_a_capital():
    assert said(check_names, "Hardrock Salomon Shoe", make_context(field="title")) == []


def test_name_of_the_suppliers_text_says_so():
    (mark,) = check_names("It is a Salomon.", make_context(supplier_text="Like a Salomon."))
    assert "only the supplier's text" in mark.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It has a removable toe box.", ["toe box"]),
        ("The insole is removable, on a Vibram outsole.", []),
        ("A zip closes the pocket.", ["zip", "pocket"]),
        ("It has no pocket.", []),
        ("It folds flat and is machine washable.", ["folds flat", "machine washable"]),
        ("No battery is included.", []),
        ("The membrane is Gore-Tex.", []),
    ],
)
def test_parts_and_abilities_that_no_source_has(text, expected):
    assert said(check_features, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It works with step counters.", ["It works with step counters"[3:]]),
        ("It fits all crampons.", ["fits all crampons"]),
        ("It fits in your hand.", []),
        ("It fits your trail shoe.", []),
        ("Insoles of other brands go in too.", ["other brands"]),
        ("The shoe is compatible with Gore-Tex.", []),
    ],
)
def test_what_the_product_goes_with(text, expected):
    assert said(check_compatibility, text) == expected


def test_sweeping_compatibility_blocks():
    (mark,) = check_compatibility("It fits all crampons.", SHOE)
    assert mark.severity is Severity.BLOCK


@pytest.mark.parametrize(
    ("fact", "text", "is_found"),
    [
        (("BPA-free", "yes"), "Made of BPA-free Tritan.", False),
        (("BPA-free", "yes"), "It contains BPA.", True),
        (("Latex-free", "yes"), "It is free of latex.", False),
        (("Coating", "non-stick"), "With a non-stick coating.", False),
        (("Cover net", "included"), "A cover net, not included, for the top.", True),
        (("Cover net", "included"), "A cover net, included, for the top.", False),
        (("Spare spring", "included"), "A spare spring is not included.", True),
        (("Removable cover", "yes"), "The cover cannot be removed.", True),
        (("Removable cover", "yes"), "The cover is removed for washing.", False),
        (("Rain cover", "included"), "A rain cover is included for days without fire.", False),
        (("Use in water", "no"), "It can be used in water.", True),
        (("Assembly", "required, tools included"), "No assembly is required.", True),
        (("Tilts up", "yes"), "Tilts up when not in use.", False),
    ],
)
def test_yes_and_no_against_a_fact(fact, text, is_found):
    assert bool(check_contradictions(text, make_context(fact))) is is_found


def test_of_two_facts_that_share_words_the_one_that_is_named_in_full_counts():
    context = make_context(
        ("Back protector pocket", "yes"), ("Back protector included", "no"), name="Jacket"
    )
    found = check_contradictions("The back protector is included.", context)
    assert [mark.severity for mark in found] == [Severity.BLOCK]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It detoxifies the body.", ["detoxifies"]),
        ("They cure bad breath.", ["bad breath"]),
        ("A shoe for muddy days.", []),
    ],
)
def test_effects_on_health(text, expected):
    assert said(check_health, text) == expected


@pytest.mark.parametrize(
    ("fact", "text", "expected"),
    [
        (("For dogs", "up to 30 kg"), "For dogs up to 30 lb.", ["30 lb"]),
        (("Age", "from 12 weeks"), "From 12 months on.", ["12 months"]),
        (("Flow rate", "450 l/h"), "It moves 450 l/min.", ["450 l/min"]),
        (("Flow rate", "450 l/h"), "It moves 7.5 l/min.", []),
        (("Feet", "3, capped in brass"), "It stands on 3 feet.", []),
        (("Legs", "3"), "It is 3 feet high.", ["3 feet"]),
    ],
)
def test_units_of_another_kind_or_size(fact, text, expected):
    assert said(check_numbers, text, make_context(fact)) == expected
