"""Find where a sentence ends, in a text that may go on.

Used twice: to end a text at the next full stop when its tokens run out, and to cut what is left
over after the last one. In doubt a full stop is none: a text that goes on for a sentence is better
than one that breaks off at "approx.".
"""

from __future__ import annotations

import re
from collections.abc import Iterator


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_STOPS = ".!?…؟।"  # White space follows.
_WIDE_STOPS = "。！？｡"  # Nothing need follow.
_CLOSERS = "\"'”’“»›)]）」』】"
_END = re.compile(
    rf"[{_STOPS}]+[{re.escape(_CLOSERS)}]*(?!\S)|[{_WIDE_STOPS}]+[{re.escape(_CLOSERS)}]*"
)
_LAST_CHARS = frozenset(_STOPS + _WIDE_STOPS + _CLOSERS)
_OPENED_BY = {
    "(": ")",
    "[": "]",
    "“": "”",
    "„": "“",
    "«": "»",
    "（": "）",
    "「": "」",
    "『": "』",
    "【": "】",
}
_WORD_BEFORE = re.compile(r"[^\s(\[\"“„«]*\Z")
_LIST_NUMBER = re.compile(r"(?:\A|\n)[ \t]*\d{1,3}\Z")
# "e.g", "z.B", "U.S", and an initial such as "J".
_LETTERS = re.compile(r"[^\W\d_](?:\.[^\W\d_])*")
_NEVER_LAST = _words(
    "approx bspw bzgl ca dr evtl excl exkl ggf incl inkl max min mr mrs ms mt nr prof resp sog st "
    "tel vgl vs zzgl"
)
# The end of a sentence only where what follows is seen, and is no number.
_SELDOM_LAST = _words("bzw co corp dept etc fig inc ltd no nos usw")
_UNITS = _words("cu fl ft gal hr in lb lbs oz pt qt sq yd")
_NUMBER_BEFORE = re.compile(r"\d\s*(?:(?:fl|sq|cu)\.\s*)?\Z")
# Longer than an abbreviation with its number; the whole text would make each step slower.
TAIL_CHARS = 240


def cut_to_sentence(text: str) -> str:
    """Return the text up to its last finished sentence, or all of it where none is finished.

    A sentence that would leave a bracket or a quotation open is only taken when all do.
    """
    ends = list(_sentence_ends(text))
    closed = [end for end, is_open in ends if not is_open]
    if closed:
        return text[: closed[-1]]
    return text[: ends[-1][0]] if ends else text


def ends_with_sentence(tail: str) -> bool:
    """Tell whether a text that may go on ends with a finished sentence.

    Args:
        tail: The last TAIL_CHARS characters of the text, or all of them.
    """
    stripped = tail.rstrip()
    if stripped[-1:] not in _LAST_CHARS:
        return False
    return list(_sentence_ends(tail))[-1:] == [(len(stripped), False)]


def _sentence_ends(text: str) -> Iterator[tuple[int, bool]]:
    """Yield the place after each finished sentence, and whether a bracket or quote is open."""
    marks: list[str] = []
    read = 0
    for match in _END.finditer(text):
        if _is_finished(text, match):
            for place in range(read, match.end()):
                _read_mark(marks, text, place)
            read = match.end()
            yield read, bool(marks)


def _is_finished(text: str, match: re.Match[str]) -> bool:
    """Tell whether a stop ends a sentence, or belongs to a number or an abbreviation."""
    following = text[match.end() :].lstrip()[:1]
    if following.islower():
        return False
    if not match.group().startswith(".") or match.group().startswith(".."):
        return True
    before = text[max(0, match.start() - 24) : match.start()]
    if before[-1:].isnumeric():
        may_go_on = match.end() == len(text) and match.group() == "."
        return not may_go_on and not _LIST_NUMBER.search(before)
    return not _is_abbreviation(before, following=following)


def _is_abbreviation(before: str, *, following: str) -> bool:
    match = _WORD_BEFORE.search(before)
    word = match.group().casefold() if match else ""
    is_after_number = bool(_NUMBER_BEFORE.search(before[: len(before) - len(word)]))
    if is_after_number and len(word) == 1:  # "0.3 l." and "9 W." are no initials.
        return False
    if word in _NEVER_LAST or _LETTERS.fullmatch(word):
        return True
    if is_after_number and word in _UNITS:
        return not following
    return word in _SELDOM_LAST and (not following or following.isnumeric())


def _read_mark(marks: list[str], text: str, place: int) -> None:
    """Note a bracket or quote that opens, or that closes what was opened last."""
    char = text[place]
    if marks and marks[-1] == char:
        marks.pop()
    elif char in _OPENED_BY:
        marks.append(_OPENED_BY[char])
    elif char == '"' and not text[max(0, place - 1) : place].isnumeric():  # 5" is five inches.
        marks.append(char)
