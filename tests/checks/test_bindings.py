"""Values at the wrong thing: numbers, ranges, counts, codes, verbs, materials."""

from __future__ import annotations

import pytest

from shop_content.checks.rules import Severity
from shop_content.checks.rules.contradictions import check_contradictions
from tests.checks.cases import make_context

STOOL = make_context(
    ("Seat height", "65 cm"),
    ("Overall height", "92 cm"),
    ("Width", "43 cm"),
    ("Frame", "steel, black"),
    ("Seat", "solid oak"),
    ("Load", "120 kg"),
)
TENT = make_context(
    ("Outer tent water column", "3,000 mm"),
    ("Groundsheet water column", "5,000 mm"),
    ("Fits bags", "110 to 140 cm wide"),
    ("Size", "160 x 80 cm"),
    ("Pegs", "12"),
    ("Trial", "100 nights"),
    ("Standard", "EN 5912"),
    ("Bit holders", "2"),
    ("Bits", "26"),
    ("Packed volume", "9 l"),
    ("Weight", "2.6 kg"),
)


def said(text: str, context: object) -> list[str]:
    found = check_contradictions(text, context)  # type: ignore[arg-type]
    assert all(mark.severity is Severity.BLOCK for mark in found)
    return [text[mark.start : mark.end] for mark in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The seat is 65 cm wide.", ["65 cm"]),
        ("The stool is 43 cm wide and 92 cm high.", []),
        ("It is 92 cm tall, with a seat height of 65 cm.", []),
        ("A seat of steel, 43 cm wide.", []),
        ("It has a steel seat.", ["steel seat"]),
        ("It has an oak seat on a black steel frame.", []),
        ("A steel-covered seat.", []),
        ("It carries 120 kg.", []),
    ],
)
def test_measures_and_materials(text: str, expected: list[str]) -> None:
    assert said(text, STOOL) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The outer tent has a water column of 5,000 mm.", ["5,000 mm"]),
        ("The outer tent has a water column of 3,000 mm and the groundsheet 5,000 mm.", []),
        ("It fits bags from 110 to 160 cm wide.", ["110 to 160 cm"]),
        ("It fits bags from 110 to 140 cm wide.", []),
        ("With a 200-night trial.", ["200-night"]),
        ("With a 100-night trial.", []),
        ("Ten pegs hold it.", ["Ten pegs"]),
        ("Twelve pegs hold it.", []),
        ("Two bit holders and 26 bits.", []),
        ("In size 5912.", ["5912"]),
        ("Tested to EN 5912.", []),
        ("It weighs 9 l.", ["weighs 9 l"]),
        ("It weighs 2.6 kg and holds 9 l when packed.", []),
    ],
)
def test_numbers_of_other_facts(text: str, expected: list[str]) -> None:
    assert said(text, TENT) == expected


@pytest.mark.parametrize(
    ("facts", "text", "is_found"),
    [
        ((("Non-slip backing", "no, use with an underlay"),), "With its non-slip backing.", True),
        ((("UV protection", "yes"), ("Anti-fog coating", "no")), "With UV protection.", False),
        (
            (("UV protection", "yes"), ("Anti-fog coating", "no")),
            "With UV protection and an anti-fog coating.",
            True,
        ),
        (
            (("UV protection", "yes"), ("Anti-fog coating", "no")),
            "With UV protection and no anti-fog coating.",
            False,
        ),
        ((("Battery", "not included"),), "It arrives with a battery.", True),
        ((("Wear indicator", "without"),), "It comes with a wear indicator.", True),
        ((("Gluten free", "no"),), "It is not gluten free.", False),
        ((("Gluten free", "no"),), "It is gluten free.", True),
        ((("Patches", "no"),), "Patches? It does without.", False),
        ((("Keep-warm", "no"),), "Keep-warm, on the other hand, is not part of it.", False),
    ],
)
def test_yes_and_no(facts: tuple[tuple[str, str], ...], text: str, is_found: bool) -> None:
    assert bool(said(text, make_context(*facts))) is is_found


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("An anorak with a fixed hood and a removable hood.", True),
        ("The hood is removable.", True),
        ("The hood is fixed and not removable.", False),
        ("The hood is fixed.", False),
        ("The lining is removable.", False),
    ],
)
def test_what_a_longer_value_denies_is_not_said(text, is_found):
    context = make_context(("Hood", "fixed, not removable"), ("Lining", "removable"))
    assert bool(check_contradictions(text, context)) is is_found


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("The chain comes to a length of 5 mm.", True),
        ("It has a width of 50 cm.", True),
        ("It has a length of 50 cm and a width of 5 mm.", False),
        ("A length of 50 cm.", False),
        ("A width of about 5 mm.", False),
    ],
)
def test_length_of_a_number_that_is_the_width_is_found(text, is_found):
    context = make_context(("Chain width", "5 mm"), ("Length", "50 cm"))
    assert bool(check_contradictions(text, context)) is is_found
