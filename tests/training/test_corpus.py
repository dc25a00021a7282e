"""The starter corpus is what it promises, and a broken corpus says where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shop_content.checks.judging import check_context
from shop_content.checks.rules import Severity, run_rules
from shop_content.generation.prompts import FIELD_LIMITS
from shop_content.training.corpus import (
    FROZEN_FILE,
    HARD_FILE,
    TRAINING_FILES,
    CorpusError,
    pairs,
    read_corpus,
    training_examples,
)

NUM_HARD = 60
LINE: dict[str, Any] = {
    "id": "mugs-001",
    "name": "Harbour Mug",
    "facts": {"Material": "stoneware"},
    "keywords": ["mug"],
    "copy": {"description": "A stoneware mug.", "title": "Harbour Mug"},
}


def write(folder: Path, *lines: object) -> Path:
    file = folder / "corpus.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines))
    return file


def test_each_text_is_a_pair_of_its_field(tmp_path: Path) -> None:
    found = pairs(read_corpus([write(tmp_path, LINE)]))

    assert [(pair.source.field, pair.text) for pair in found] == [
        ("description", "A stoneware mug."),
        ("title", "Harbour Mug"),
    ]
    assert {pair.product_id for pair in found} == {"mugs-001"}


def test_a_prompt_says_how_long_its_description_is(tmp_path: Path) -> None:
    text = "A mug of stoneware. " * 8
    line = {**LINE, "copy": {"description": text.strip()}}

    [example] = training_examples(pairs(read_corpus([write(tmp_path, line)])))

    assert "about 30 words" in example.messages[-1].content
    assert example.text == text.strip()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({**LINE, "name": ""}, "corpus.jsonl, line 2: it has no name"),
        ({**LINE, "copy": {}}, '"copy" must be an object'),
        ({**LINE, "copy": {"poem": "Roses"}}, "'poem' is no field with a text"),
        ({**LINE, "copy": {"description": "  "}}, "'description' is no field with a text"),
        ("a string", "not a JSON object"),
    ],
)
def test_a_bad_line_says_where(tmp_path: Path, line: object, reason: str) -> None:
    with pytest.raises(CorpusError, match=reason):
        read_corpus([write(tmp_path, LINE, line)])


def test_a_missing_file_and_an_empty_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="Cannot read"):
        read_corpus([tmp_path / "none.jsonl"])
    with pytest.raises(CorpusError, match="no products"):
        read_corpus([tmp_path])


def test_the_starter_corpus_is_large_and_of_many_kinds() -> None:
    products = read_corpus([TRAINING_FILES])
    learned = pairs(products)

    assert len(learned) >= 800
    assert len({product.source.category for product in products}) >= 25
    assert {pair.source.field for pair in learned} == set(FIELD_LIMITS)
    assert len({product.source.tone for product in products}) == 5
    assert len({product.product_id for product in products}) == len(products)


def test_the_frozen_set_is_apart() -> None:
    learned, frozen = read_corpus([TRAINING_FILES]), read_corpus([FROZEN_FILE])

    assert len(frozen) == 120
    assert not {p.source.title for p in learned} & {p.source.title for p in frozen}
    assert not {p.source.category for p in learned} & {p.source.category for p in frozen}
    assert not {text for p in learned for _f, text in p.texts} & {
        text for p in frozen for _f, text in p.texts
    }


def test_our_rules_find_next_to_nothing_in_the_starter_corpus() -> None:
    """Every number of it stands in the facts; what else blocks is a handful of false alarms."""
    found = [
        (pair.product_id, mark.rule)
        for pair in pairs(read_corpus([TRAINING_FILES, FROZEN_FILE]))
        for mark in run_rules(pair.text, check_context(pair.source))
        if mark.severity is Severity.BLOCK
    ]
    num_pairs = len(pairs(read_corpus([TRAINING_FILES, FROZEN_FILE])))

    assert len({product for product, _rule in found}) <= 0.05 * num_pairs, found


def test_the_hard_set_has_products_of_its_own_and_copy_that_the_checks_let_pass() -> None:
    hard = read_corpus([HARD_FILE])
    others = read_corpus([FROZEN_FILE, TRAINING_FILES])
    assert len(hard) == NUM_HARD
    assert {row.source.title for row in hard}.isdisjoint(row.source.title for row in others)
    for pair in pairs(hard):
        marks = run_rules(pair.text, check_context(pair.source))
        assert [mark.message for mark in marks if mark.severity is not Severity.INFO] == []
