from __future__ import annotations

import json
from typing import Any

import pytest

from shop_content.generation.product_lines import BadLineError, parse_line
from shop_content.generation.prompts import PromptFact


def parse(product: Any) -> Any:
    return parse_line(json.dumps(product).encode(), index=4, field="bullets")


def test_a_line_becomes_a_prompt_input() -> None:
    line = parse(
        {
            "id": 7,
            "name": " Mug ",
            "brand": "Holm",
            "category": "Mugs",
            "facts": {"material": "stoneware"},
            "keywords": ["tea"],
            "language": "de",
        }
    )

    asked = line.prompt_input
    assert line.number == 5
    assert line.product["id"] == 7
    assert (asked.field, asked.title, asked.brand, asked.category) == (
        "bullets",
        "Mug",
        "Holm",
        "Mugs",
    )
    assert asked.facts == (PromptFact("material", "stoneware"),)
    assert (asked.keywords, asked.language) == (("tea",), "de")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("stoneware", "stoneware"),
        (3, "3"),
        (0.3, "0.3"),
        (True, "yes"),
        (False, "no"),
        (["S", "M", 40], "S, M, 40"),
    ],
)
def test_values_of_facts_may_be_of_any_plain_type(value: Any, text: str) -> None:
    line = parse({"name": "Mug", "facts": {"x": value}})

    assert line.prompt_input.facts == (PromptFact("x", text),)


@pytest.mark.parametrize("value", [None, "", " ", [], {"deep": 1}])
def test_values_that_say_nothing_are_left_out(value: Any) -> None:
    line = parse({"name": "Mug", "facts": {"x": value, "y": "z"}})

    assert line.prompt_input.facts == (PromptFact("y", "z"),)


def test_attributes_and_features_are_facts_too() -> None:
    line = parse({"name": "Mug", "attributes": {"size": "02"}, "features": ["Keeps warm"]})

    assert line.prompt_input.facts == (PromptFact("size", "02"), PromptFact("", "Keeps warm"))


def test_keywords_may_be_one_text() -> None:
    assert parse({"name": "Mug", "keywords": "tea, , cosy"}).prompt_input.keywords == (
        "tea",
        "cosy",
    )


def test_what_is_missing_has_a_default() -> None:
    asked = parse({"name": "Mug", "keywords": ["tea"]}).prompt_input

    assert (asked.language, asked.length, asked.brand) == ("en", "medium", "")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"{", "not valid JSON"),
        (b'{"name": NaN}', "not valid JSON"),
        (b"[1]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b"\xff\xfe", "not UTF-8"),
        (b'{"name": "\\ud83d", "keywords": ["tea"]}', "half a character"),
        (b'{"facts": {"a": "b"}}', "no name"),
        (b'{"name": null, "keywords": ["tea"]}', "no name"),
        (b'{"name": {"en": "Mug"}, "keywords": ["tea"]}', "no name"),
        (b'{"name": "Mug"}', "Which material is it made of?"),
        (b"[" * 100_000, "not valid JSON"),
    ],
)
def test_a_bad_line_says_why(raw: bytes, reason: str) -> None:
    with pytest.raises(BadLineError, match=reason.replace("?", r"\?")):
        parse_line(raw, index=0, field="description")


def test_a_byte_order_mark_is_no_harm() -> None:
    raw = b'\xef\xbb\xbf{"name": "Mug", "keywords": ["tea"]}'

    assert parse_line(raw, index=0, field="description").prompt_input.title == "Mug"
