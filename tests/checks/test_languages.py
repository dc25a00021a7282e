"""Nine languages besides English: copy of our own passes, wrong numbers and languages do not.

In other languages than English the rules for words do not apply; those for numbers, units, codes,
contact data, form and language do.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from shop_content.checks.rules import CheckContext, FactValue, Severity, run_rules
from shop_content.checks.rules.languages import check_languages
from shop_content.checks.rules.locales import check_locales
from shop_content.generation.prompts import PromptFact, PromptInput, PromptStyle, build_messages
from shop_content.generation.services.choosing import best_text
from shop_content.lm.echo import EchoEngine
from shop_content.lm.engine import GenerationRequest, SamplingParams
from tests.checks.cases import marks

ROWS = [
    json.loads(line)
    for line in Path(__file__).with_name("languages.jsonl").read_text(encoding="utf-8").splitlines()
]
# By language: the name of the material, the material, copy with 350 ml, 1.5 kg and the name in it.
COPY = {row["language"]: (row["fact"], row["material"], row["text"]) for row in ROWS}


def context_of(language: str, **values: object) -> CheckContext:
    name, material, _text = COPY[language]
    return CheckContext(
        field="description",
        language=language,
        name="Harbour Mug",
        brand="Tidewater",
        facts=(
            FactValue(name, material),
            FactValue("Volume", "350", "ml"),
            FactValue("kg", "1.5 kg"),
        ),
        **values,  # type: ignore[arg-type]  # Names as in the dataclass.
    )


def serious(text: str, language: str) -> list[str]:
    found = run_rules(text, context_of(language))
    return [mark.rule for mark in found if mark.severity is not Severity.INFO]


@pytest.mark.parametrize("language", COPY)
def test_copy_of_our_own_passes(language):
    assert serious(COPY[language][2], language) == []


@pytest.mark.parametrize("language", COPY)
def test_wrong_number_is_stopped(language):
    text = COPY[language][2].replace("350 ml", "450 ml")
    assert "numbers" in serious(text, language)


@pytest.mark.parametrize("language", COPY)
def test_english_text_is_told_from_the_language_asked_for(language):
    text = (
        "This is the mug for your table, and it is made with care for you and for the garden of it."
    )
    assert "language" in serious(text, language)


@pytest.mark.parametrize(
    ("wanted", "other"), [("de", "fr"), ("en", "ja"), ("ja", "zh"), ("zh", "de"), ("pl", "zh")]
)
def test_other_languages_are_told_apart(wanted, other):
    context = CheckContext(field="description", language=wanted)
    assert check_languages(COPY[other][2], context)


@pytest.mark.parametrize("language", COPY)
def test_contact_data_and_refusals_are_found_in_every_language(language):
    found = serious(f"{COPY[language][2]} info@example.com As an AI, I cannot say more.", language)
    assert {"contact", "refusal"} <= set(found)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "Er wiegt 1.5 kg.", [("W", "1.5")]),
        ("de-AT", "Er wiegt 1.5 kg.", [("W", "1.5")]),
        ("de", "Er wiegt 1,5 kg.", []),
        ("de", "Mit Bluetooth 5.2 und 1.500 ml.", []),
        ("en", "It weighs 1,5 kg.", [("W", "1,5")]),
        ("en", "It weighs 1.5 kg and holds 1,500 ml.", []),
        ("ja", "1,5 kg です", [("W", "1,5")]),
        ("xx", "1,5 kg and 1.5 kg", []),
        ("fr", "version 1.2.3 kg", []),
    ],
)
def test_decimal_sign_is_that_of_the_language(language, text, expected):
    context = CheckContext(field="description", language=language)
    assert marks(text, check_locales(text, context)) == expected


@pytest.mark.parametrize("language", COPY)
@pytest.mark.parametrize("style", PromptStyle)
def test_prompt_asks_for_the_language_and_a_text_in_it_becomes_the_draft(language, style):
    name, material, text = COPY[language]
    source = PromptInput(
        field="description",
        title="Harbour Mug",
        brand="Tidewater",
        category="",
        facts=(PromptFact(name, material), PromptFact("Volume", "350", "ml")),
        keywords=(),
        must_use=(),
        must_not_use=(),
        audience="",
        tone="plain",
        language=language,
        length="short",
    )
    messages = build_messages(source, style)
    names = {"de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "nl": "Dutch",
             "pt": "Portuguese", "pl": "Polish", "zh": "Chinese", "ja": "Japanese"}  # fmt: skip
    assert any(names[language] in message.content for message in messages)
    request = GenerationRequest("1", messages, SamplingParams(max_tokens=200, seed=1))
    (output,) = EchoEngine().generate([request])
    choice = best_text(source, [replace(output, text=text)])
    assert choice is not None
    assert choice.text == text
