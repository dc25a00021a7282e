"""Cut a text at its sentences and at the findings' spans, for a template to mark the pieces."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from shop_content.checks.rules.evidence import SentenceEvidence

_ORDER = {"B": 0, "W": 1, "I": 2}


@dataclass(frozen=True, slots=True)
class MarkedPiece:
    """A run of text with the findings that cover all of it."""

    text: str
    severity: str  # the worst of its findings, "" without one
    numbers: tuple[int, ...]  # places of its findings in the list, from 1
    first_of: int  # the finding that begins here, 0 when none does: where a link leads


@dataclass(frozen=True, slots=True)
class MarkedSentence:
    """A sentence in pieces, and the facts that it speaks of."""

    pieces: tuple[MarkedPiece, ...]
    facts: tuple[int, ...]  # places in the list of facts, from 1


def marked_pieces(
    text: str, findings: Sequence[dict[str, Any]], cuts_at: Collection[int] = ()
) -> list[MarkedPiece]:
    """Return pieces that together are exactly the text; spans may overlap, nest or be empty."""
    spans = [
        (number, *_within(finding, len(text)), finding["severity"])
        for number, finding in enumerate(findings, start=1)
    ]
    spans = [span for span in spans if span[1] < span[2]]
    ends = {place for span in spans for place in span[1:3]}
    pieces = []
    for start, end in pairwise(sorted({0, len(text), *ends, *cuts_at})):
        covering = [span for span in spans if span[1] <= start and span[2] >= end]
        covering.sort(key=lambda span: (_ORDER.get(span[3], 3), span[0]))
        beginning = [span[0] for span in covering if span[1] == start]
        pieces.append(
            MarkedPiece(
                text=text[start:end],
                severity=covering[0][3] if covering else "",
                numbers=tuple(span[0] for span in covering),
                first_of=min(beginning, default=0),
            )
        )
    return pieces


def marked_sentences(
    text: str, findings: Sequence[dict[str, Any]], evidence: Sequence[SentenceEvidence]
) -> list[MarkedSentence]:
    """Return sentences whose pieces together are exactly the text, each with its facts.

    A sentence reaches to the next one, so that the space between belongs to the first.
    """
    facts = {_first_word(text, row): tuple(place + 1 for place in row.facts) for row in evidence}
    cuts = sorted({0, len(text), *facts})
    pieces = iter(marked_pieces(text, findings, cuts))
    sentences = []
    for start, end in pairwise(cuts):
        own: list[MarkedPiece] = []
        place = start
        while place < end:
            own.append(next(pieces))
            place += len(own[-1].text)
        sentences.append(MarkedSentence(tuple(own), facts.get(start, ())))
    return sentences


def _first_word(text: str, row: SentenceEvidence) -> int:
    inside = text[row.start : row.end]
    return row.start + len(inside) - len(inside.lstrip())


def _within(finding: dict[str, Any], length: int) -> tuple[int, int]:
    return max(0, min(int(finding["start"]), length)), max(0, min(int(finding["end"]), length))
