"""Find block capitals, exclamation marks and repeated punctuation."""

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
from shop_content.checks.rules.words import all_text, word_set

RULE_ID = "loudness"

CAPITALS = gettext_noop("“%(said)s” is in block capitals. Write it in small letters.")
EXCLAMATION = gettext_noop("Channels refuse exclamation marks. End the sentence with a full stop.")
PUNCTUATION = gettext_noop("“%(said)s” repeats a punctuation mark. One is enough.")

_CAPITALS = re.compile(r"(?<![\w-])[A-ZÄÖÜ]{4,40}(?![\w-])")
_REPEATED = re.compile(r"([!?,;:])\1{1,50}")
_EXCLAMATION = re.compile(r"(?<![!?])!(?!!)")
_ACRONYMS = word_set(
    """
    HDMI JPEG LCDS LEDS UHMW HEPA OLED QLED DVDS HDTV WLAN NAND RAID SATA NVME ANSI ASTM
    GOTS NASA UNICEF USDA ISBN HTML MIDI DDR4 DDR5 EPDM HDPE LDPE
"""
)


def check_loudness(text: str, context: CheckContext) -> list[Finding]:
    """Find what shouts; names and abbreviations that the product has in capitals are none."""
    return first_findings(_find(text, context))


def _find(text: str, context: CheckContext) -> Iterator[Finding]:
    known = set(_CAPITALS.findall(all_text(context)))
    for match in _CAPITALS.finditer(text):
        said = match.group()
        if said not in _ACRONYMS and said not in known:
            yield _found(CAPITALS, match)
    for match in _EXCLAMATION.finditer(text):
        yield _found(EXCLAMATION, match)
    for match in _REPEATED.finditer(text):
        yield _found(PUNCTUATION, match)


def _found(template: str, match: re.Match[str]) -> Finding:
    said = excerpt(match.group())
    return finding(RULE_ID, Severity.WARN, template, match.start(), match.end(), said=said)
