"""States that exclude each other, said in other words than the fact's."""

from __future__ import annotations

import pytest

from shop_content.checks.rules.contradictions import check_contradictions
from shop_content.checks.rules.opposites import opposites_said
from tests.checks.cases import make_context, marks


@pytest.mark.parametrize(
    ("fact", "text", "said"),
    [
        (("Closure", "laces"), "Slip in and go.", "Slip in and go"),
        (("Care", "hand wash only"), "A short cycle does it.", "short cycle"),
        (("Form", "whole beans"), "Packed as a fine powder.", "fine powder"),
        (("Power supply", "mains, 4 m cable"), "It runs on its battery.", "runs on its battery"),
        (("Hood", "fixed"), "The hood comes off in the sun.", "comes off"),
        (("Dimmable", "no"), "Turn the light down when evening comes.", "Turn the light down"),
        (("Closure", "screw cap"), "Have a corkscrew at hand.", "corkscrew"),
        (("Fit", "loose"), "It sits close to the body.", "close to the body"),
        (("Stackable", "no"), "Put six on top of one another.", "on top of one another"),
        (("Batteries", "3 x AA, not included"), "The cells are already in it.", "already in it"),
        (("Water protection", "none"), "Take it under the shower.", "under the shower"),
        (("Opening", "one side only"), "It opens on both sides.", "on both sides"),
        (("Surface", "oak veneer"), "A top of solid oak.", "solid oak"),
        (("Taste", "dry"), "A sweet wine.", "sweet"),
    ],
)
def test_opposite_of_a_fact_is_a_warning_that_names_the_fact(fact, text, said) -> None:
    context = make_context(fact)
    found = check_contradictions(text, context)
    assert ("W", said) in marks(text, found)
    assert any(fact[0] in mark.message and fact[1] in mark.message for mark in found)


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        (("Care", "hand wash only"), "It is not for the washing machine, not even a short cycle."),
        (("Hood", "fixed"), "The visor comes off."),  # another part
        (("Use", "indoors and outdoors"), "Use it outdoors too."),
        (("For", "right- and left-handed use"), "Right-handed or left-handed."),
        (("Fragrance", "none"), "A fragrance-free cream."),
        (("Water protection", "none"), "When it rains, leave it at home."),
        (("Removable liner", "no"), "The liner cannot be removed."),
        (("Age", "from 3 months"), "A toy for babies."),
        (("Finish", "matt"), "Under a matt finish."),
    ],
)
def test_what_is_denied_or_of_another_part_is_none(fact, text) -> None:
    found = check_contradictions(text, make_context(fact))
    assert [mark for mark in found if mark.severity.value == "W"] == []


def test_what_another_fact_says_is_no_opposite() -> None:
    facts = (("Fit", "loose"), ("Cuffs", "tight"))
    assert list(opposites_said("Tight cuffs end the sleeves.", make_context(*facts))) == []
