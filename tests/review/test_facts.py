"""Which facts a sentence speaks of, and what became of the facts since."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop_content.review.facts import FactChange, fact_changes, fact_patterns, facts_in
from tests.naughty import NAUGHTY_STRINGS


def fact(value: str, *, name: str = "Capacity", unit: str = "") -> dict[str, str]:
    return {"name": name, "value": value, "unit": unit, "source": "merchant"}


def snapshot(*facts: dict[str, str], **plain: str) -> dict[str, object]:
    return {"title": "Mug", "brand": "Tidewater", "category": "", "facts": list(facts), **plain}


@pytest.mark.parametrize(
    ("value", "text", "is_in"),
    [
        ("350", "It holds 350 ml.", True),
        ("350", "It holds 350ml.", False),
        ("35", "It holds 350 ml.", False),
        ("350", "It costs 1,350 ml.", False),
        ("3", "It weighs 3.5 kg.", False),
        ("3", "It weighs 3.", True),
        ("3.5", "It weighs 3.5 kg.", True),
        ("steel", "Made of Steel.", True),
        ("steel", "Made in a steelworks.", False),
        ("100 % wool", "It is 100 % wool, from Wales.", True),
        ("USB-C", "It charges over usb-c.", True),
        ("(new)", "The (new) one.", True),
    ],
)
def test_fact_is_found_as_whole_words(value, text, is_in):
    assert bool(facts_in(text, fact_patterns([fact(value)]))) is is_in


@pytest.mark.parametrize("value", ["yes", "No", "true", ""])
def test_bare_value_is_looked_for_by_the_name_of_its_fact(value):
    patterns = fact_patterns([fact(value, name="Dishwasher safe")])
    assert facts_in("It is dishwasher safe.", patterns) == (1,)
    assert facts_in("Yes, no, true.", patterns) == ()


def test_facts_are_named_by_their_place():
    facts = [fact("stoneware"), fact("blue"), fact("350")]
    assert facts_in("A blue mug of 350 ml.", fact_patterns(facts)) == (2, 3)


@pytest.mark.parametrize("text", NAUGHTY_STRINGS)
def test_naughty_values_are_no_patterns(text):
    assert facts_in("A mug.", fact_patterns([fact(text, name="x")])) == ()


@given(st.text(max_size=60), st.text(max_size=200))
def test_any_value_can_be_looked_for_in_any_text(value, text):
    assert facts_in(text, fact_patterns([fact(value)])) in ((), (1,))


def test_facts_that_stayed_are_no_change():
    same = snapshot(fact("350", unit="ml"))
    assert fact_changes(same, snapshot(fact("350", unit="ml"))) == []


def test_changed_new_and_lost_facts_are_told_apart():
    before = snapshot(fact("350", unit="ml"), fact("blue", name="Colour"))
    now = snapshot(fact("400", unit="ml"), fact("stoneware", name="Material"), title="Big mug")
    assert fact_changes(before, now) == [
        FactChange("title", "Mug", "Big mug"),
        FactChange("Capacity", "350 ml", "400 ml"),
        FactChange("Material", "", "stoneware"),
        FactChange("Colour", "blue", ""),
    ]


def test_change_of_the_unit_alone_is_a_change():
    changes = fact_changes(snapshot(fact("35", unit="cl")), snapshot(fact("35", unit="ml")))
    assert changes == [FactChange("Capacity", "35 cl", "35 ml")]


def test_old_snapshot_without_facts_is_read():
    assert fact_changes({}, snapshot(fact("350"))) == [
        FactChange("title", "", "Mug"),
        FactChange("brand", "", "Tidewater"),
        FactChange("Capacity", "", "350"),
    ]
