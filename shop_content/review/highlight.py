"""Cut a text at the findings' spans, so that a template can mark each piece."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

_ORDER = {"B": 0, "W": 1, "I": 2}


@dataclass(frozen=True, slots=True)
class MarkedPiece:
    """A run of text with the findings that cover all of it."""

    text: str
    severity: str  # the worst of its findings, "" without one
    numbers: tuple[int, ...]  # places of its findings in the list, from 1
    first_of: int  # the finding that begins here, 0 when none does: where a link leads


def marked_pieces(text: str, findings: Sequence[dict[str, Any]]) -> list[MarkedPiece]:
    """Return pieces that together are exactly the text; spans may overlap, nest or be empty."""
    spans = [
        (number, *_within(finding, len(text)), finding["severity"])
        for number, finding in enumerate(findings, start=1)
    ]
    spans = [span for span in spans if span[1] < span[2]]
    cuts = sorted({0, len(text), *(span[1] for span in spans), *(span[2] for span in spans)})
    pieces = []
    for start, end in pairwise(cuts):
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


def _within(finding: dict[str, Any], length: int) -> tuple[int, int]:
    return max(0, min(int(finding["start"]), length)), max(0, min(int(finding["end"]), length))
