"""Word-level difference of two texts, as pieces that a template can show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

# Words with what joins them, single marks, and white space: what an editor sees as one change.
_WORDS = re.compile(r"\w+(?:[-'’.,]\w+)*|\s+|[^\w\s]", re.UNICODE)
# Beyond these the texts are shown whole: comparing takes at most pairs of equal words times words,
# which is minutes for a few thousand words that repeat, and about a second at this limit.
MAX_WORDS = 4_000
MAX_WORK = 30_000_000


class Change(StrEnum):
    """What became of a piece."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class DiffPiece:
    """A run of text that is the same, was added or was removed."""

    change: Change
    text: str


def word_diff(before: str, after: str) -> list[DiffPiece]:
    """Return pieces that give `before` without the added and `after` without the removed ones."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if before == after:
        return _pieces([(Change.SAME, after)])
    if _is_costly(old, new):
        return _pieces([(Change.REMOVED, before), (Change.ADDED, after)])
    # White space is matched only beside words that match: alone it is everywhere and says nothing.
    matcher = SequenceMatcher(str.isspace, old, new, autojunk=False)
    parts: list[tuple[Change, str]] = []
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            parts.append((Change.SAME, "".join(old[old_start:old_end])))
        else:
            parts.append((Change.REMOVED, "".join(old[old_start:old_end])))
            parts.append((Change.ADDED, "".join(new[new_start:new_end])))
    return _pieces(parts)


def _is_costly(old: Sequence[str], new: Sequence[str]) -> bool:
    if max(len(old), len(new)) > MAX_WORDS:
        return True
    counts = Counter(word for word in old if not word.isspace())
    num_pairs = sum(counts[word] * num for word, num in Counter(new).items())
    return num_pairs * min(len(old), len(new)) > MAX_WORK


def _pieces(parts: list[tuple[Change, str]]) -> list[DiffPiece]:
    return [DiffPiece(change, text) for change, text in parts if text]
