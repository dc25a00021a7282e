"""Numbers in words."""

from __future__ import annotations

import pytest

from shop_content.checks.rules.counts import check_counts
from shop_content.checks.rules.number_words import number_words
from shop_content.checks.rules.words import split_words
from tests.checks.cases import make_context, marks


def read(text: str) -> list[tuple[str, float]]:
    words = split_words(text)
    return [
        (text[words.starts[row.first] : words.ends[row.past - 1]], row.value)
        for row in number_words(words, text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("seventeen vents", [("seventeen", 17)]),
        ("forty-eight hours", [("forty-eight", 48)]),
        ("two hundred and fifty grams", [("two hundred and fifty", 250)]),
        ("a hundred sheets", [("a hundred", 100)]),
        ("three thousand two hundred", [("three thousand two hundred", 3200)]),
        ("two and a half years", [("two and a half", 2.5)]),
        ("one and three quarters", [("one and three quarters", 1.75)]),
        ("half a litre", [("half a", 0.5)]),
        ("three quarters of a metre", [("three quarters of a", 0.75)]),
        ("a quarter of an hour", [("a quarter of an", 0.25)]),
        ("the dozen botanicals", [("the dozen", 12)]),
        ("half a dozen eggs", [("half a dozen", 6)]),
        ("a trio of ribbons", [("a trio of", 3)]),
        ("two, three or four", [("two", 2), ("three", 3), ("four", 4)]),
        ("twenty ten", [("twenty", 20), ("ten", 10)]),
        ("a pair of gloves, half the price", []),
        ("someone, often", []),
    ],
)
def test_number_words(text: str, expected: list[tuple[str, float]]) -> None:
    assert read(text) == expected


POTS = make_context(
    ("Capacity", "0.5 l"),
    ("Composition", "70% arabica, 30% robusta"),
    ("Cable", "75 cm"),
    ("Age", "6–18 months"),
    ("Rope", "3 m, adjustable"),
    ("Waters for", "up to 3 weeks"),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It holds half a litre.", []),
        ("It holds a litre and a half.", []),  # "a litre" is no number in words
        ("It holds two litres and a half.", ["two litres and a half"]),
        ("Seventy per cent arabica.", []),
        ("Sixty per cent arabica.", ["Sixty per cent"]),
        ("Three tenths robusta.", []),
        ("Four tenths robusta.", ["Four tenths"]),
        ("The cable is three quarters of a metre long.", []),
        ("From half a year to one and a half years.", []),
        ("From half a year to two and a half years.", ["two and a half years"]),
        ("Its three metres can be adjusted.", []),
        ("Its three feet can be adjusted.", ["three feet"]),
        ("It waters for up to a month.", ["a month"]),
        ("After a month of rain.", []),
        ("One day you will see.", []),
        ("It is ready within one hour.", ["one hour"]),
    ],
)
def test_measures_in_words(text: str, expected: list[str]) -> None:
    assert [said for _severity, said in marks(text, check_counts(text, POTS))] == expected


def test_counts_of_a_fact_may_be_added_up() -> None:
    lamps = make_context(("Lamps", "2x LED, 1x halogen"))
    assert check_counts("All three lamps shine.", lamps) == []
    assert marks("", check_counts("All four lamps shine.", lamps)) == [("W", "")]
