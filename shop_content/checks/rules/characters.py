"""Find characters that nobody sees, or that do something to the text around them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from shop_content.checks.rules.base import (
    CheckContext,
    Finding,
    Severity,
    finding,
    first_findings,
    gettext_noop,
)

RULE_ID = "characters"

HIDDEN = gettext_noop("An invisible character (%(code)s) stands here. Take it out.")
BROKEN = gettext_noop("A character (%(code)s) was damaged on the way. Type it again.")
MIXED = gettext_noop("“%(said)s” mixes letters of two alphabets that look alike. Type it again.")
STACKED = gettext_noop("Too many marks are stacked on one letter here. Take them out.")

# Controls (but tab and line ends), zero width, bidirectional overrides and isolates, tags.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2060-\u2064\u2066-\u206f\u202a-\u202e"
    "\ufeff\u180e\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_BROKEN = re.compile("[\ud800-\udfff\ufffd\ufffe\uffff]|Ã[\x80-\xbf©¤¶¼]|â€.")
_DIRECTION = re.compile("[\u200e\u200f\u061c\u00ad]")
_JOINERS = re.compile("[\u200c\u200d]")
_LATIN_WITH_TWINS = re.compile(
    r"(?<!\w)(?=\w{0,40}[A-Za-z])(?=\w{0,40}[\u0370-\u03ff\u0400-\u04ff])\w{2,41}(?!\w)"
)
_STACK = re.compile("[\u0300-\u036f\u0483-\u0489\u20d0-\u20ff]{4,}")


def check_characters(text: str, context: CheckContext) -> list[Finding]:
    """Find control, zero-width, bidirectional, damaged and disguised characters."""
    return first_findings(_find(text, context))


def _find(text: str, context: CheckContext) -> Iterator[Finding]:
    for match in _HIDDEN.finditer(text):
        if not _is_flag(text, match.start()):
            yield _one(Severity.BLOCK, HIDDEN, match)
    for match in _BROKEN.finditer(text):
        yield _one(Severity.BLOCK, BROKEN, match)
    is_right_to_left = context.language.lower().split("-")[0] in {"ar", "he", "fa", "ur", "yi"}
    for match in _DIRECTION.finditer(text):
        if not is_right_to_left:
            yield _one(Severity.WARN, HIDDEN, match)
    yield from _joiners(text)
    for match in _LATIN_WITH_TWINS.finditer(text):
        if not _is_measure(match.group()):
            said = match.group()
            yield finding(RULE_ID, Severity.WARN, MIXED, match.start(), match.end(), said=said)
    for match in _STACK.finditer(text):
        yield finding(RULE_ID, Severity.WARN, STACKED, match.start(), match.end())


def _joiners(text: str) -> Iterator[Finding]:
    for match in _JOINERS.finditer(text):
        # Between two letters of a joined script or two emoji they are part of the word.
        before, after = (
            text[max(0, match.start() - 1) : match.start()],
            text[match.end() : match.end() + 1],
        )
        if not (before > "\u02ff" and after > "\u02ff"):
            yield _one(Severity.BLOCK, HIDDEN, match)


def _one(severity: Severity, template: str, match: re.Match[str]) -> Finding:
    code = f"U+{ord(match.group()[0]):04X}"
    return finding(RULE_ID, severity, template, match.start(), match.end(), code=code)


def _is_flag(text: str, place: int) -> bool:
    """Tell whether it is one of the tags that spell the flag of Scotland."""
    return ord(text[place]) > 0xE0000 and "\U0001f3f4" in text[max(0, place - 7) : place]


def _is_measure(word: str) -> bool:
    """Tell whether the Greek letter is a sign, as in "μm" or "kΩ"."""
    greek = [char for char in word if "\u0370" <= char <= "\u04ff"]
    return all(unicodedata.normalize("NFKC", char) in "μΩπαβγδλ" for char in greek)
