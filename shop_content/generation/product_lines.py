"""Read products from JSON lines: what `write_descriptions` takes in. Pure.

A line is a JSON object with `id`, `name`, `brand`, `category`, `facts` (object), `keywords` (list)
and `language`; only `name` and something to write from are required. Also read: `attributes` and
`features` as further facts, `must_use`, `must_not_use`, `audience`, `tone`, `length`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from shop_content.generation.prompts import PromptFact, PromptInput, missing_questions


class BadLineError(ValueError):
    """A line cannot be written for; the message says why."""


@dataclass(frozen=True, slots=True)
class ProductLine:
    """One line of the input, ready to be written for."""

    index: int  # From 0.
    product: dict[str, Any]  # The object as it came, for the way out.
    prompt_input: PromptInput

    @property
    def number(self) -> int:
        """Return the number that people count by."""
        return self.index + 1


def parse_line(raw: bytes, *, index: int, field: str) -> ProductLine:
    """Read one line.

    Raises:
        BadLineError: It is no JSON object in UTF-8, has no name, or too little to write from.
    """
    try:
        product = json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse_constant)
        json.dumps(product, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        raise BadLineError("it is not UTF-8") from error
    except UnicodeEncodeError as error:
        # JSON can escape half of a surrogate pair, which no text can hold.
        raise BadLineError("it holds half a character") from error
    except (ValueError, RecursionError) as error:
        raise BadLineError("it is not valid JSON") from error
    if not isinstance(product, dict):
        raise BadLineError("it is not a JSON object")
    prompt_input = _prompt_input(product, field)
    if not prompt_input.title:
        raise BadLineError("it has no name")
    if not (prompt_input.facts or prompt_input.keywords or prompt_input.must_use):
        questions = " ".join(missing_questions(prompt_input))
        raise BadLineError(f"too little to write from. {questions}")
    return ProductLine(index, product, prompt_input)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _prompt_input(product: dict[str, Any], field: str) -> PromptInput:
    return PromptInput(
        field=field,
        title=_text(product.get("name")),
        brand=_text(product.get("brand")),
        category=_text(product.get("category")),
        facts=(
            *_facts(product.get("facts")),
            *_facts(product.get("attributes")),
            *_facts(product.get("features")),
        ),
        keywords=_words(product.get("keywords")),
        must_use=_words(product.get("must_use")),
        must_not_use=_words(product.get("must_not_use")),
        audience=_text(product.get("audience")),
        tone=_text(product.get("tone")),
        language=_text(product.get("language")) or "en",
        length=_text(product.get("length")) or "medium",
    )


def _facts(value: object) -> tuple[PromptFact, ...]:
    """Return the facts of an object (name to value) or of a list of sentences."""
    if isinstance(value, dict):
        pairs = [(str(name).strip(), _text(item)) for name, item in value.items()]
    elif isinstance(value, list):
        pairs = [("", _text(item)) for item in value]
    else:
        pairs = [("", _text(value))]
    return tuple(PromptFact(name, text) for name, text in pairs if text)


def _words(value: object) -> tuple[str, ...]:
    """Return the words of a list, or of a text with commas between them."""
    parts = value if isinstance(value, list) else _text(value).split(",")
    return tuple(word for word in (_text(part) for part in parts) if word)


def _text(value: object) -> str:
    """Return a value as people would write it; empty for null and for objects."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        return ", ".join(text for text in (_text(item) for item in value) if text)
    return ""
