"""Word-level difference of two texts, as pieces that a template can show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby
from operator import itemgetter

# A word with what joins it, or a single mark, and the white space behind it.
_WORDS = re.compile(r"(\w+(?:[-'’.,]\w+)*|[^\w\s])(\s*)", re.UNICODE)
_LEADING_SPACE = re.compile(r"\s+")

# The word and the white space behind it; only text that begins with white space has a word "".
Token = tuple[str, str]

# Beyond these the texts are shown whole: comparing takes at most pairs of equal words times words,
# which is minutes for a few thousand words that repeat, and a fifth of a second at this limit.
MAX_WORDS = 4_000
MAX_WORK = 10_000_000


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
    if before == after:
        return _pieces([(Change.SAME, after)])
    old, new = _tokens(before), _tokens(after)
    # Only words are matched, in runs as long as can be: white space is everywhere and says nothing.
    old_words, new_words = [word for word, _space in old], [word for word, _space in new]
    if _is_costly(old_words, new_words):
        return _pieces([(Change.REMOVED, before), (Change.ADDED, after)])
    matcher = SequenceMatcher(None, old_words, new_words, autojunk=False)
    parts: list[tuple[Change, str]] = []
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            for one, other in zip(old[old_start:old_end], new[new_start:new_end], strict=True):
                parts += [(Change.SAME, one[0]), *_replaced(one[1], other[1])]
        else:
            parts += _replaced(_joined(old[old_start:old_end]), _joined(new[new_start:new_end]))
    return _pieces(parts)


def _tokens(text: str) -> list[Token]:
    leading = _LEADING_SPACE.match(text)
    tokens = [("", leading.group())] if leading else []
    return tokens + [(match[1], match[2]) for match in _WORDS.finditer(text)]


def _joined(tokens: Sequence[Token]) -> str:
    return "".join(word + space for word, space in tokens)


def _replaced(old: str, new: str) -> list[tuple[Change, str]]:
    """Return one text in the place of another; white space at the end of both stays."""
    if old == new:
        return [(Change.SAME, old)]
    space = old[len(old.rstrip()) :]
    if not old or not new or space != new[len(new.rstrip()) :]:
        space = ""
    end = -len(space) or None
    return [(Change.REMOVED, old[:end]), (Change.ADDED, new[:end]), (Change.SAME, space)]


def _is_costly(old: Sequence[str], new: Sequence[str]) -> bool:
    if max(len(old), len(new)) > MAX_WORDS:
        return True
    counts = Counter(old)
    num_pairs = sum(counts[word] * num for word, num in Counter(new).items())
    return num_pairs * min(len(old), len(new)) > MAX_WORK


def _pieces(parts: Iterable[tuple[Change, str]]) -> list[DiffPiece]:
    """Return the parts that are not empty, neighbours of one kind put together."""
    kept = [part for part in parts if part[1]]
    return [
        DiffPiece(change, "".join(text for _change, text in group))
        for change, group in groupby(kept, key=itemgetter(0))
    ]
