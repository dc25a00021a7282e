"""Single sentences of people's copy, each with the facts that it says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shop_content.checks.judging import check_context
from shop_content.checks.rules import Severity, run_rules
from shop_content.generation.prompts import PromptFact, PromptInput, PromptStyle, build_messages
from shop_content.training.corpus import TRAINING_FILES, Pair, pairs, read_corpus
from shop_content.training.sentences import KEEP_EVERY, MAX_FACTS, by_sentence, sentence_pairs

SOURCE = PromptInput(
    field="description",
    title="Harbour Mug",
    brand="Kiln & Co",
    category="Kitchen > Mugs",
    facts=(
        PromptFact("Material", "stoneware"),
        PromptFact("Capacity", "350", "ml"),
        PromptFact("Dishwasher safe", "yes"),
        PromptFact("Colour", "sea green"),
    ),
    keywords=("coffee mug", "gift"),
    must_use=(),
    must_not_use=(),
    audience="",
    tone="plain",
    language="en",
    length="medium",
)


def learned(text: str, field: str = "description") -> list[Pair]:
    return sentence_pairs([Pair("1", replace(SOURCE, field=field), text)])


def test_each_sentence_comes_with_its_own_facts_and_keywords():
    found = learned("The Harbour is a coffee mug of stoneware. It holds 350 ml in sea green.")

    assert [pair.text for pair in found] == [
        "The Harbour is a coffee mug of stoneware.",
        "It holds 350 ml in sea green.",
    ]
    assert [pair.source.part for pair in found] == ["opening", "next"]
    assert [[fact.name for fact in pair.source.facts] for pair in found] == [
        ["Material"],
        ["Capacity", "Colour"],
    ]
    assert [pair.source.keywords for pair in found] == [("coffee mug",), ()]


@pytest.mark.parametrize(
    "text",
    [
        "Good morning to you all.",  # no fact
        "It is dishwasher safe and comes with a yurt.",  # more than its facts
        "It holds 400 ml of coffee.",  # against a fact
        "max. 350 ml in it",  # no sentence
        "Stoneware, 350 ml.",  # too short
        "Stoneware of 350 ml in sea green, and it is dishwasher safe too.",  # too many facts
    ],
)
def test_sentences_that_teach_something_wrong_are_left_out(text):
    assert learned(text) == []


def test_other_fields_are_kept_whole_and_few():
    rest = [Pair(str(n), replace(SOURCE, field="title"), f"Mug {n}") for n in range(8)]
    whole = Pair("1", SOURCE, "The Harbour is a coffee mug of stoneware.")

    found = by_sentence([whole, *rest])

    assert [pair.source.part for pair in found] == ["opening", "", ""]
    assert found[1:] == rest[::KEEP_EVERY]


def test_starter_corpus_gives_sentences_that_the_checks_let_pass():
    found = sentence_pairs(pairs(read_corpus([TRAINING_FILES]))[:400])
    assert len(found) > 200
    for pair in found:
        assert 1 <= len(pair.source.facts) <= MAX_FACTS
        marks = run_rules(pair.text, check_context(pair.source))
        assert not [m for m in marks if m.severity is Severity.BLOCK and m.rule != "length"]


def test_prompt_of_a_sentence_asks_for_it():
    (pair,) = learned("The Harbour is a coffee mug of stoneware.")
    task = build_messages(pair.source, PromptStyle.SENTENCES)[1].content
    assert "Material: stoneware" in task
    assert "350" not in task
    assert "Write the opening sentence, plain" in task
