"""Word-level difference of two texts, as pieces that a template can show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

# Words with what joins them, single marks, and white space: what an editor sees as one change.
_WORDS = re.compile(r"\w+(?:[-'’.,]\w+)*|\s+|[^\w\s]", re.UNICODE)
# The comparison is quadratic in the worst case; beyond this the texts are shown whole.
MAX_WORDS = 4_000


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
    if len(old) > MAX_WORDS or len(new) > MAX_WORDS:
        return _pieces([(Change.REMOVED, before), (Change.ADDED, after)])
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    parts: list[tuple[Change, str]] = []
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            parts.append((Change.SAME, "".join(old[old_start:old_end])))
        else:
            parts.append((Change.REMOVED, "".join(old[old_start:old_end])))
            parts.append((Change.ADDED, "".join(new[new_start:new_end])))
    return _pieces(parts)


def _pieces(parts: list[tuple[Change, str]]) -> list[DiffPiece]:
    return [DiffPiece(change, text) for change, text in parts if text]
