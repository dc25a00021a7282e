"""Read a corpus: products with their facts, and the copy that people wrote for them.

A line is a JSON object as `write_descriptions` reads it, with one key more: `copy`, an object of
content field and text. A line with `part` ("opening", "next") is one sentence of a text. Plain
data, no database.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shop_content.checks.judging import badness
from shop_content.generation.product_lines import BadLineError, parse_line
from shop_content.generation.prompts import FIELD_LIMITS, PromptInput, PromptStyle, build_messages
from shop_content.generation.prompts.fact_sheet import PART_NAMES
from shop_content.lm.finetuning_data import TrainingExample

STARTER = Path(__file__).parent / "starter"
TRAINING_FILES = STARTER / "train"
FROZEN_FILE = STARTER / "frozen.jsonl"
HARD_FILE = STARTER / "hard.jsonl"


class CorpusError(ValueError):
    """A corpus cannot be read; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class CorpusProduct:
    """One product of a corpus, and its copy by content field."""

    product_id: str
    source: PromptInput  # its field is "description"; `pairs` gives the others
    texts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """What is asked for, and the copy that a person wrote for it."""

    product_id: str
    source: PromptInput
    text: str


def read_corpus(paths: Iterable[Path]) -> list[CorpusProduct]:
    """Read files of JSON lines; a folder stands for all of its `.jsonl` files, by name.

    Raises:
        CorpusError: A file cannot be read, or a line is no product with copy.
    """
    products = [product for path in paths for file in _files(path) for product in _read(file)]
    if not products:
        raise CorpusError("There are no products.")
    return products


def pairs(products: Sequence[CorpusProduct]) -> list[Pair]:
    """Return each text with what was asked for."""
    return [
        Pair(product.product_id, replace(product.source, field=field), text)
        for product in products
        for field, text in product.texts
    ]


def is_clean(pair: Pair) -> bool:
    """Tell whether the checks find neither what blocks nor what warns in a text."""
    return not any(badness(pair.text, pair.source))


def training_examples(asked: Sequence[Pair]) -> list[TrainingExample]:
    """Return prompts and texts for the fine-tuning.

    A description's prompt says how long the text is, so that the model learns to mind it.
    """
    return [
        TrainingExample(
            build_messages(
                pair.source,
                PromptStyle.FACT_SHEET,
                num_words=max(10, round(len(pair.text.split()), -1)),
            ),
            pair.text,
        )
        for pair in asked
    ]


def _files(path: Path) -> list[Path]:
    return sorted(path.glob("*.jsonl")) if path.is_dir() else [path]


def _read(file: Path) -> list[CorpusProduct]:
    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        raise CorpusError(f"Cannot read {file}: {error.strerror}.") from error
    return [_product(raw, index, file.name) for index, raw in enumerate(lines) if raw.strip()]


def _product(raw: bytes, index: int, file_name: str) -> CorpusProduct:
    try:
        source = parse_line(raw, index=index, field="description").prompt_input
    except BadLineError as error:
        raise CorpusError(f"{file_name}, line {index + 1}: {error}.") from error
    data = json.loads(raw)
    texts = data.get("copy")
    if not isinstance(texts, dict) or not texts:
        raise CorpusError(f'{file_name}, line {index + 1}: "copy" must be an object of texts.')
    for field, text in texts.items():
        if field not in FIELD_LIMITS or not isinstance(text, str) or not text.strip():
            raise CorpusError(f"{file_name}, line {index + 1}: {field!r} is no field with a text.")
    source = replace(source, part=_part(data, index, file_name))
    return CorpusProduct(str(data.get("id", index + 1)), source, tuple(texts.items()))


def _part(data: dict[str, Any], index: int, file_name: str) -> str:
    part = data.get("part", "")
    if part not in ("", *PART_NAMES):
        raise CorpusError(
            f'{file_name}, line {index + 1}: "part" is one of {", ".join(PART_NAMES)}.'
        )
    return str(part)
