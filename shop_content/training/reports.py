"""Evaluations as pages show them: what was measured, in words, with its interval."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# In the order of the page: measure, words, whether more is better.
MEASURES: dict[str, tuple[str | Promise, bool]] = {
    "numbers_traceable": (_("Numbers traced to a fact"), True),
    "drafts_not_blocked": (_("Drafts that nothing stops"), True),
    "facts_covered": (_("Facts said"), True),
    "words_used": (_("Keywords used"), True),
    "length_kept": (_("Length kept"), True),
    "unsupported_sentences": (_("Sentences with an unsupported claim"), False),
    "contradicting_drafts": (_("Drafts that contradict a fact"), False),
    "repetitive_drafts": (_("Drafts that repeat themselves"), False),
    "unfinished_drafts": (_("Drafts without an end"), False),
    "self_similarity": (_("Runs of four words that another draft has too"), False),
    "distinct_2": (_("Distinct pairs of words"), True),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A share with its 95 percent interval, in percent."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One measure over the recipes."""

    name: str | Promise
    is_more_better: bool
    cells: tuple[Cell | None, ...]


def measure_rows(rows: Sequence[Mapping[str, Any]]) -> list[MeasureRow]:
    """Return a row for each measure, with a cell for each recipe; None where it was not kept."""
    return [
        MeasureRow(words, is_better, tuple(_cell(row.get(name)) for row in rows))
        for name, (words, is_better) in MEASURES.items()
    ]


def headline(row: Mapping[str, Any]) -> list[Cell | None]:
    """Return the four measures that a list of evaluations compares."""
    names = ("numbers_traceable", "drafts_not_blocked", "facts_covered", "unsupported_sentences")
    return [_cell(row.get(name)) for name in names]


def perplexity(row: Mapping[str, Any]) -> float | None:
    """Return how well the model foretells copy of people; None where it was not measured."""
    value = row.get("human_perplexity")
    return value if isinstance(value, float) and math.isfinite(value) else None


def seconds_per_draft(row: Mapping[str, Any]) -> float:
    """Return the model's time for a draft."""
    return float(row.get("seconds", 0)) / max(1, int(row.get("num_drafts", 1)))


def _cell(estimate: object) -> Cell | None:
    if not isinstance(estimate, Mapping):
        return None
    return Cell(*(100 * float(estimate[name]) for name in ("value", "low", "high")))
