"""Yes and no are said by rule: rightly, and in words that the checks trace to the fact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop_content.checks.rules import CheckContext, FactValue, Severity, run_rules
from shop_content.generation.prompts import PromptFact
from shop_content.generation.prompts.yes_no import is_yes_no, yes_no_text
from shop_content.training.corpus import FROZEN_FILE, TRAINING_FILES, read_corpus


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("Dishwasher safe", "yes", "It is dishwasher safe."),
        ("Dishwasher safe", "no", "It is not dishwasher safe."),
        ("BPA-free", "Yes", "It is BPA-free."),
        ("Painted", "no", "It is not painted."),
        ("Suitable for vegans", "yes", "It is suitable for vegans."),
        ("Induction suitable", "no", "It is not suitable for induction."),
        ("Microwave", "no", "It is not suitable for the microwave."),
        ("Rain cover", "included", "A rain cover is included."),
        ("Batteries included", "no", "Batteries are not included."),
        ("Saucer", "not included", "The saucer is not included."),
        ("Gift box", "yes", "It has a gift box."),
        ("Underarm zips", "yes", "It has underarm zips."),
        ("USB port", "yes", "It has a USB port."),
        ("Wi-Fi", "no", "It has no Wi-Fi."),
        ("Palm oil", "no", "It contains no palm oil."),
        ("Cover removable", "yes", "The cover is removable."),
        ("Machine washable", "no", "It is not machine washable."),
        ("Folds flat", "yes", "It folds flat."),
        ("Stains the bath", "no", "It does not stain the bath."),
        ("Tools required", "no", "No tools are required."),
        ("Engraving possible", "no", "Engraving is not possible."),
        ("Tumble dry", "no", "Do not tumble dry it."),
        ("Can be trimmed", "yes", "It can be trimmed."),
        ("Assembly", "none", "No assembly is needed."),
    ],
)
def test_each_kind_of_fact_has_its_sentence(name, value, text):
    fact = PromptFact(name, value)
    assert is_yes_no(fact)
    assert yes_no_text([fact]) == text


def test_facts_of_a_kind_share_a_sentence():
    facts = [
        PromptFact("Dishwasher safe", "yes"),
        PromptFact("Microwave safe", "yes"),
        PromptFact("Oven safe", "no"),
        PromptFact("Lid", "no"),
        PromptFact("Handle", "no"),
        PromptFact("Carry bag", "included"),
        PromptFact("Screws", "not included"),
    ]
    assert yes_no_text(facts) == (
        "It is dishwasher safe and microwave safe, but not oven safe. It has no lid and no handle. "
        "A carry bag is included. Screws are not included."
    )


@pytest.mark.parametrize(
    ("name", "value", "unit"),
    [
        ("Material", "oak", ""),
        ("", "yes", ""),
        ("Length", "no", "cm"),
        ("Season before first use", "yes", ""),
        ("Oven to table", "yes", ""),
        ("Für Kinder", "yes", ""),
    ],
)
def test_other_facts_are_the_models(name, value, unit):
    assert not is_yes_no(PromptFact(name, value, unit))


def test_checks_find_nothing_in_what_is_said_of_the_corpus():
    facts = {
        (fact.name, fact.value)
        for product in read_corpus([FROZEN_FILE, TRAINING_FILES])
        for fact in product.source.facts
        if is_yes_no(fact)
    }
    assert len(facts) > 300
    for name, value in facts:
        text = yes_no_text([PromptFact(name, value)])
        context = CheckContext(
            field="short_description", name="Thing", facts=(FactValue(name, value),)
        )
        marks = [mark for mark in run_rules(text, context) if mark.severity is not Severity.INFO]
        assert [mark.message for mark in marks if mark.rule != "length"] == [], text


@given(st.text(max_size=60), st.sampled_from(["yes", "no", "included", "none", "x"]))
def test_any_name_is_taken_or_left_and_never_breaks(name, value):
    fact = PromptFact(name, value)
    if is_yes_no(fact):
        assert yes_no_text([fact]).endswith(".")
