"""Errors planted into copy that people wrote, and the same copy as it was.

`planted.jsonl` names, for each of 12 kinds, products of the frozen set, and what is put in place of
what in their descriptions.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from shop_content.checks.judging import check_context
from shop_content.checks.rules import CheckContext, Finding, Severity, run_rules
from shop_content.checks.rules.grounding import PRAISE
from shop_content.generation.product_lines import parse_line
from shop_content.training.corpus import FROZEN_FILE, pairs, read_corpus

FILE = Path(__file__).with_name("planted.jsonl")
BLIND = Path(__file__).with_name("planted_blind.jsonl")
LIVELY = Path(__file__).with_name("planted_lively.jsonl")
PLAIN = Path(__file__).with_name("planted_plain.jsonl")
UNUSUAL = Path(__file__).with_name("planted_unusual.jsonl")
SCENES = Path(__file__).with_name("planted_scenes.jsonl")
KINDS = {
    "number", "unit", "material", "colour", "origin", "certificate", "warranty", "compatibility",
    "contradiction", "health", "green", "invention",
}  # fmt: skip


@dataclass(frozen=True)
class Planted:
    kind: str
    clean: str
    text: str
    start: int  # of the error
    end: int
    context: CheckContext

    @property
    def is_found(self) -> bool:
        """A finding touches the error, and the clean text has none like it."""
        usual = {(mark.rule, mark.message) for mark in serious(self.clean, self.context)}
        return any(
            mark.start < self.end and mark.end > self.start
            for mark in serious(self.text, self.context)
            if (mark.rule, mark.message) not in usual
        )


def serious(text: str, context: CheckContext) -> list[Finding]:
    return [mark for mark in run_rules(text, context) if mark.severity is not Severity.INFO]


@pytest.fixture(scope="module")
def planted() -> list[Planted]:
    products = {product.product_id: product for product in read_corpus([FROZEN_FILE])}
    rows = []
    for line in FILE.read_text(encoding="utf-8").splitlines():
        data = json.loads(line)
        product = products[data["product"]]
        clean = dict(product.texts)["description"]
        start = clean.index(data["before"])
        rows.append(
            Planted(
                kind=data["kind"],
                clean=clean,
                text=clean.replace(data["before"], data["after"], 1),
                start=start,
                end=start + len(data["after"]),
                context=check_context(product.source),
            )
        )
    return rows


def test_there_are_25_errors_of_each_of_12_kinds(planted):
    assert Counter(row.kind for row in planted) == dict.fromkeys(KINDS, 25)
    assert all(row.text != row.clean for row in planted)


def test_95_percent_of_planted_errors_are_found_and_90_of_each_kind(planted):
    missed = [row for row in planted if not row.is_found]
    assert len(missed) <= 0.05 * len(planted), [row.text[row.start : row.end] for row in missed]
    by_kind = Counter(row.kind for row in missed)
    assert max(by_kind.values(), default=0) <= 2, by_kind


def test_at_most_5_percent_of_the_copy_that_people_wrote_raise_an_alarm_and_none_is_blocked():
    written = pairs(read_corpus([FROZEN_FILE]))
    found = [serious(pair.text, check_context(pair.source)) for pair in written]
    assert len(written) >= 300
    assert sum(map(bool, found)) <= 0.05 * len(written)
    blocking = [m.message for marks in found for m in marks if m.severity is Severity.BLOCK]
    assert blocking == []


def planted_by_others(file: Path) -> list[Planted]:
    """Read errors planted in products of their own."""
    rows = []
    for place, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
        data = json.loads(line)
        source = parse_line(line.encode(), index=place, field=data["field"]).prompt_input
        start = data["planted"].index(data["error"])
        rows.append(
            Planted(
                kind=data["kind"],
                clean=data["clean"],
                text=data["planted"],
                start=start,
                end=start + len(data["error"]),
                context=check_context(source),
            )
        )
    return rows


def test_floor_of_the_errors_that_others_planted_without_knowing_the_rules():
    """`planted_blind.jsonl`: 300 products, written by people who did not know the rules.

    At first 198 of the errors were found, with 18 alarms. Then every second line was used to mend
    the rules. On the lines that nobody had looked at, 136 of 150 errors were then found, with 17
    alarms; these were used in turn. No rule may fall below what is found since.
    """
    rows = planted_by_others(BLIND)
    found = Counter(row.kind for row in rows if row.is_found)
    assert len(rows) == 300
    assert found.total() >= 0.95 * len(rows), found
    assert min(found.values()) >= 0.9 * 25, found
    assert sum(bool(serious(row.clean, row.context)) for row in rows) <= 0.05 * len(rows)


def test_floor_of_the_errors_in_copy_that_tells_of_scenes():
    """`planted_scenes.jsonl`: 100 more, in copy that praises and sets scenes, as people write it.

    At first 97 of the errors were found, and 85 of the texts without one raised an alarm, mostly of
    a word of the scene; three were stopped. Used to mend the rules since. What is still told of is
    praise without a fact ("easy", "quickly"), which is a finding, and some words of scenes.
    """
    rows = planted_by_others(SCENES)
    assert sum(row.is_found for row in rows) >= 0.98 * len(rows)
    marks = [serious(row.clean, row.context) for row in rows]
    assert not any(mark.severity is Severity.BLOCK for found in marks for mark in found)
    beside_praise = [[mark for mark in found if mark.template != PRAISE] for found in marks]
    assert sum(map(bool, beside_praise)) <= 0.3 * len(rows)


def test_floor_of_the_errors_in_lively_copy():
    """`planted_lively.jsonl`: 200 more, 25 of each of eight kinds, in copy full of scenes.

    Written by people who did not know the rules. At first 167 of the errors were found (of the
    contradictions 14 of 25), 18 of the texts without one were stopped and 123 raised an alarm. Used
    to mend the rules since. What is still told of are words of scenes, as a warning.
    """
    rows = planted_by_others(LIVELY)
    found = Counter(row.kind for row in rows if row.is_found)
    assert found.total() >= 0.97 * len(rows), found
    assert min(found.values()) >= 0.9 * 25, found
    marks = [serious(row.clean, row.context) for row in rows]
    assert sum(any(mark.severity is Severity.BLOCK for mark in each) for each in marks) <= 2
    assert sum(map(bool, marks)) <= 0.52 * len(rows)


def test_floor_of_the_errors_in_plain_copy():
    """`planted_plain.jsonl`: 120 more, ten of each kind, in copy that keeps to the point.

    Written by people who did not know the rules. At first 104 of the errors were found (of the
    contradictions three of ten), with 40 alarms, of which eight stopped a text without an error.
    The rules mended on the lively set found 108, with 38 and four. Used to mend the rules since.
    """
    rows = planted_by_others(PLAIN)
    found = Counter(row.kind for row in rows if row.is_found)
    assert found.total() >= 0.95 * len(rows), found
    assert min(found.values()) >= 9, found
    marks = [serious(row.clean, row.context) for row in rows]
    assert not any(mark.severity is Severity.BLOCK for each in marks for mark in each)
    assert sum(map(bool, marks)) <= 0.12 * len(rows)


def test_floor_of_the_errors_in_copy_of_unusual_goods_and_wordings():
    """`planted_unusual.jsonl`: 120 more, ten of each kind, of goods and in words less common.

    Written by people who did not know the rules. The rules mended on the sets before found 98 (of
    the contradictions four of ten, of the warranties six), with 47 alarms, of which three stopped a
    text without an error: what to expect of copy that they have not seen. Since then some of it
    was used to mend them; the rest is beyond rules that compare words.
    """
    rows = planted_by_others(UNUSUAL)
    assert sum(row.is_found for row in rows) >= 0.92 * len(rows)
    marks = [serious(row.clean, row.context) for row in rows]
    assert not any(mark.severity is Severity.BLOCK for each in marks for mark in each)
    assert sum(map(bool, marks)) <= 0.3 * len(rows)
