"""Private facts are not written, and lines to be copied stand in a description as they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shop_content.checks.rules import FactValue, run_rules
from tests.checks.cases import MUG

SECRET = replace(
    MUG, private_facts=(FactValue("Supplier", "Kiln House"), FactValue("Cost", "4.10", "EUR"))
)
WARNING = "Warning: hot liquids!!! Keep away from children under 3."
SAFE = replace(MUG, verbatim=(WARNING,), facts=(*MUG.facts, FactValue("Warning", WARNING)))
COPY = "The Harbour Mug of blue stoneware holds 350 ml."


def found(text, context, rule):
    return [mark for mark in run_rules(text, context) if mark.rule == rule]


@pytest.mark.parametrize("said", ["Kiln House", "kiln  house", "KILN-HOUSE", "4.10 EUR"])
def test_private_fact_stops_the_text_where_it_is_said(said):
    text = f"{COPY} It comes from {said} itself."
    (mark,) = found(text, SECRET, "private")
    assert mark.severity == "B"
    assert text[mark.start : mark.end] == said


@pytest.mark.parametrize("text", [COPY, "A kiln in a house.", "It costs 14.10 EUR."])
def test_other_words_are_not_private(text):
    assert found(text, SECRET, "private") == []


def test_what_may_be_said_elsewhere_is_not_private():
    context = replace(SECRET, name="Kiln House Mug")
    assert found("The Kiln House Mug.", context, "private") == []


@pytest.mark.parametrize("value", ["", "2", "a"])
def test_value_too_short_to_tell_is_not_looked_for(value):
    context = replace(MUG, private_facts=(FactValue("Boxes", value),))
    assert found("A mug with 2 handles.", context, "private") == []


def test_line_that_has_to_be_copied_is_missed_and_its_words_are_not_judged():
    assert found(COPY, SAFE, "verbatim")
    assert run_rules(f"{COPY}\n\n{WARNING}", SAFE) == []


@pytest.mark.parametrize(
    "line", [WARNING.replace("3", "4"), WARNING.lower(), WARNING.replace("Keep", "Stay")]
)
def test_changed_line_is_missed(line):
    assert found(f"{COPY}\n\n{line}", SAFE, "verbatim")


def test_line_may_be_broken_anywhere():
    assert found(f"{COPY}\n\n{WARNING.replace(' ', chr(10), 2)}", SAFE, "verbatim") == []


def test_title_needs_no_line():
    assert found("Harbour Mug", replace(SAFE, field="meta_title"), "verbatim") == []
