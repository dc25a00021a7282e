"""What carries a sentence, what nothing carries, and what the facts contradict."""

from __future__ import annotations

from typing import Any

import pytest

from shop_content.checks.rules import CheckContext, FactValue, Severity
from shop_content.checks.rules.contradictions import check_contradictions
from shop_content.checks.rules.evidence import facts_said, root_of, sentence_evidence
from shop_content.checks.rules.grounding import check_grounding


def make_context(*facts: tuple[str, str], **values: Any) -> CheckContext:
    defaults: dict[str, Any] = {
        "field": "description",
        "name": "Harbour Mug",
        "brand": "Kiln & Co",
        "category": "Home > Mugs",
    }
    return CheckContext(**{**defaults, "facts": tuple(FactValue(*f) for f in facts), **values})


MUG = make_context(
    ("Material", "stoneware"),
    ("Capacity", "0.35 l"),
    ("Dishwasher safe", "yes"),
    ("Microwave safe", "no"),
    keywords=("everyday coffee",),
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("woven", "woven"),
        ("draining", "drains"),
        ("quilted", "quilt"),
        ("zipped", "zip"),
        ("batteries", "battery"),
        ("lidded", "lids"),
    ],
)
def test_forms_of_a_word_have_one_root(one: str, other: str) -> None:
    assert root_of(one) == root_of(other)


def test_each_sentence_knows_the_facts_that_it_says() -> None:
    text = "The mug is stoneware. It holds 0.35 l. Put it in the dishwasher after coffee."

    found = sentence_evidence(text, MUG)

    assert [sentence.facts for sentence in found] == [(0,), (1,), (2,)]
    assert [text[s.start : s.end].strip()[:7] for s in found] == ["The mug", "It hold", "Put it "]
    assert facts_said(text, MUG) == {0, 1, 2}


def test_a_number_within_another_says_no_fact() -> None:
    assert facts_said("It holds 10.35 l.", MUG) == set()


def test_words_of_no_source_have_their_places() -> None:
    text = "A stoneware mug for yurt mornings."

    [sentence] = sentence_evidence(text, MUG)

    assert [text[start:end] for start, end in sentence.foreign] == ["yurt"]


@pytest.mark.parametrize(
    "text",
    [
        "Everyday coffee goes into the Harbour Mug by Kiln & Co.",
        "It is made of stoneware and holds 0.35 l.",
        "It goes in the dishwasher, but not in the microwave.",
        "Each of the mugs measures the same.",
        "",
    ],
)
def test_what_a_source_carries_is_no_finding(text: str) -> None:
    assert check_grounding(text, MUG) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A durable mug.", "durable"),
        ("Perfect for coffee.", "Perfect"),
        ("A high-quality mug.", "high-quality"),
        ("The mug has a removable carbide spoiler.", "removable carbide spoiler"),
        ("A mug for the mornings in a yurt.", "yurt"),
    ],
)
def test_what_nothing_carries_is_a_warning(text: str, said: str) -> None:
    [found] = check_grounding(text, MUG)

    assert found.severity is Severity.WARN
    assert dict(found.params)["said"] == said
    assert text[found.start : found.end]


def test_praise_that_a_fact_carries_is_no_finding() -> None:
    context = make_context(("Feature", "durable handle"), keywords=("lightweight",))

    assert check_grounding("A lightweight mug with a durable handle.", context) == []


def test_what_only_the_supplier_says_is_told_apart() -> None:
    context = make_context(("Material", "clay"), supplier_text="With a removable carbide spoiler.")

    [found] = check_grounding("The mug has a removable carbide spoiler.", context)

    assert found.message.startswith("Only the supplier")


def test_other_languages_are_left_alone() -> None:
    context = make_context(("Material", "Steinzeug"), language="de")

    assert check_grounding("Ein perfekter Becher für gemütliche Stunden.", context) == []
    assert check_contradictions("Nicht für die Spülmaschine.", context) == []


@pytest.mark.parametrize(
    "text",
    [
        "It goes in the dishwasher, but not in the microwave.",
        "The mug is not microwave safe.",
        "Keep it out of the microwave.",
        "When it comes to the microwave, another mug is needed.",
        "A mug for the office.",
    ],
)
def test_what_agrees_with_the_facts_is_no_contradiction(text: str) -> None:
    assert check_contradictions(text, MUG) == []


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("It is microwave safe.", "Microwave safe"),
        ("Warm your milk in the microwave.", "Microwave safe"),
        ("It isn't dishwasher safe.", "Dishwasher safe"),
        ("Keep it out of the dishwasher.", "Dishwasher safe"),
    ],
)
def test_yes_for_no_and_no_for_yes_are_blocked(text: str, fact: str) -> None:
    [found] = check_contradictions(text, MUG)

    assert found.severity is Severity.BLOCK
    assert dict(found.params)["name"] == fact


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ((("Latex", "no"),), "The mat is latex-free."),
        ((("Batteries included", "no"),), "It takes two AA batteries of your own."),
        ((("Batteries included", "no"),), "The power supply is mains or two AA batteries."),
        ((("Ironing", "not on the print"),), "Mind the print when ironing."),
        ((("Lid", "none"),), "It leaves out the lid."),
    ],
)
def test_other_ways_to_agree(facts: tuple[tuple[str, str], ...], text: str) -> None:
    assert check_contradictions(text, make_context(*facts)) == []


def test_a_denial_that_no_fact_makes_is_a_warning() -> None:
    [found] = check_contradictions("The basin is not included.", MUG)

    assert found.severity is Severity.WARN


def test_a_number_given_to_another_thing_is_blocked() -> None:
    context = make_context(("Spout", "110 mm"), ("Cartridge", "35 mm, ceramic"))

    [found] = check_contradictions("The spout measures 35 mm.", context)

    assert found.severity is Severity.BLOCK
    assert "Spout: 110 mm" in found.message
    assert check_contradictions("The spout measures 110 mm.", context) == []
    assert check_contradictions("A spout of 110 mm, a cartridge of 35 mm.", context) == []


def test_a_measure_may_be_said_by_its_adjective() -> None:
    context = make_context(("Height", "172 cm"), ("Base", "marble, 28 cm"))

    assert check_contradictions("With its base it stands 172 cm high.", context) == []
