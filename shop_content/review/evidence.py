"""What speaks for each sentence of a draft, as its page lists it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from shop_content.checks.rules.evidence import SentenceEvidence


@dataclass(frozen=True, slots=True)
class EvidenceFact:
    """A fact behind a sentence."""

    number: int  # its place in the list of facts, from 1
    name: str
    value: str  # with its unit


@dataclass(frozen=True, slots=True)
class WordRun:
    """A run of a sentence: words of one kind."""

    text: str
    is_foreign: bool  # it stands in no fact, keyword, name or category


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A sentence with the facts that carry it."""

    runs: tuple[WordRun, ...]
    facts: tuple[EvidenceFact, ...]


def evidence_rows(
    text: str, evidence: Sequence[SentenceEvidence], facts: Sequence[Mapping[str, Any]]
) -> list[EvidenceRow]:
    """Return each sentence with its facts, and the words that nothing carries."""
    return [
        EvidenceRow(
            runs=tuple(_runs(text, row)),
            facts=tuple(_fact(facts[place], place + 1) for place in row.facts),
        )
        for row in evidence
    ]


def _runs(text: str, row: SentenceEvidence) -> list[WordRun]:
    foreign = set(row.foreign)
    cuts = sorted({row.start, row.end, *(place for span in foreign for place in span)})
    return [WordRun(text[start:end], (start, end) in foreign) for start, end in pairwise(cuts)]


def _fact(fact: Mapping[str, Any], number: int) -> EvidenceFact:
    return EvidenceFact(number, fact["name"], f"{fact['value']} {fact['unit']}".strip())
