"""Find text that is empty or breaks off."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shop_content.checks.rules.base import (
    CheckContext,
    Finding,
    Severity,
    excerpt,
    finding,
    first_findings,
    gettext_noop,
)
from shop_content.checks.rules.words import split_words, word_set

RULE_ID = "ending"

EMPTY = gettext_noop("The text is empty. Write it, or ask for a draft.")
CUT_OFF = gettext_noop("The text breaks off at “%(said)s”. Finish the sentence.")
NO_STOP = gettext_noop("The text ends without a full stop after “%(said)s”. Add one.")
UNCLOSED = gettext_noop("“%(said)s” is opened and never closed. Close it.")
ELLIPSIS = gettext_noop("The text ends with dots. Finish the sentence, or end it with a full stop.")

_SENTENCE_FIELDS = frozenset({"description", "short_description", "meta_description"})
_TERMINALS = ".!?…。！？।؟։"
_CLOSERS = "\"'”’»)]）」』"
_NO_STOP_LANGUAGES = frozenset({"th", "lo", "km", "my"})  # written without full stops
_DANGLING = word_set(
    """
    a an the and or but with of for to from by as at into onto than that which whose because
    its your our their is are und oder der die das mit für von ein eine einen
"""
)
# "something to look up to" ends well: with a full stop, only these are a broken end.
_DANGLING_BEFORE_STOP = word_set("a an the and or but whose because und oder")
_PAIRS = {"(": ")", "[": "]", "{": "}", "“": "”", "«": "»"}
_BROKEN_TAIL = re.compile(r"[,;:–—-]\s*\Z")
# After a word and before a capital letter: "2 in. wide" has no end of a sentence.
_STOP_INSIDE = re.compile(r"[^\W\d_]{2}[.!?][\"”’)]?\s+[\"“(]?[A-ZÀ-ÞА-ЯΑ-Ω]|[。！？]")


def check_endings(text: str, context: CheckContext) -> list[Finding]:
    """Find an empty text, a last sentence that breaks off, brackets and quotes left open."""
    if not any(char.isalnum() for char in text):
        return [finding(RULE_ID, Severity.BLOCK, EMPTY)]
    return first_findings(_find(text, context))


def _find(text: str, context: CheckContext) -> Iterator[Finding]:
    stripped = text.rstrip()
    words = split_words(text)
    start, end = (words.starts[-1], len(stripped)) if words.forms else (0, len(stripped))
    last = words.forms[-1] if words.forms else ""
    said = excerpt(text[start:end][:60])
    body = stripped.rstrip(_CLOSERS + " ")
    has_stop = body[-1:] in _TERMINALS
    is_cut = last in (_DANGLING_BEFORE_STOP if has_stop else _DANGLING)
    is_cut = is_cut and not (last == "a" and text[start:end].startswith("A"))  # "vitamin A"
    if is_cut or _BROKEN_TAIL.search(stripped[-3:]):
        yield finding(RULE_ID, Severity.BLOCK, CUT_OFF, start, end, said=said)
    elif context.field in _SENTENCE_FIELDS and not has_stop:
        yield from _without_stop(stripped, context, start, end, said)
    elif stripped.endswith(("...", "…")):
        yield finding(RULE_ID, Severity.WARN, ELLIPSIS, start, end)
    yield from _unclosed(text)


def _without_stop(
    text: str, context: CheckContext, start: int, end: int, said: str
) -> Iterator[Finding]:
    if context.language.lower().split("-")[0] in _NO_STOP_LANGUAGES:
        return
    # Where other sentences end with a stop, one that does not was cut off; without any it is style.
    if _STOP_INSIDE.search(text):
        yield finding(RULE_ID, Severity.BLOCK, CUT_OFF, start, end, said=said)
    else:
        yield finding(RULE_ID, Severity.WARN, NO_STOP, start, end, said=said)


def _unclosed(text: str) -> Iterator[Finding]:
    """Yield each bracket or typographic quote that the text never closes."""
    open_marks: list[tuple[str, int]] = []
    for match in re.finditer(r"[()\[\]{}“”«»]", text):
        mark = match.group()
        if mark in _PAIRS:
            open_marks.append((_PAIRS[mark], match.start()))
        elif open_marks and open_marks[-1][0] == mark:
            open_marks.pop()
    for _closer, place in open_marks:
        # „German quotes“ close with what opens English ones.
        if text[place] == "“" and "„" in text[:place]:
            continue
        said = excerpt(text[place : place + 20])
        yield finding(RULE_ID, Severity.WARN, UNCLOSED, place, place + 1, said=said)
