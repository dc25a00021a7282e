"""Find what a text says the product fits or works with, where no fact does. English only."""

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
from shop_content.checks.rules.evidence import MAX_TEXT_CHARS, is_content, sources_of
from shop_content.checks.rules.plain_words import FREQUENT_WORDS
from shop_content.checks.rules.words import split_words, word_set
from shop_content.core.units import find_unit, unit_named

RULE_ID = "compatibility"

UNSUPPORTED = gettext_noop(
    "The text says “%(said)s”; nothing about the product says what it goes with. "
    "Take it out, or add it to the product's facts."
)

_GOES_WITH = re.compile(
    r"\b(?:compatible with|compatible|works with|work with|pairs with|pair with|connects to|"
    r"connect to|connects with|runs on|plugs into|interchangeable with|designed for use with|"
    r"fit|fits|fitting|suit|suits|suitable for|mounts to|attaches to|clips onto|clips to)\b"
    r"(?P<what>[^.!?;:\n]{0,90})",
    re.IGNORECASE,
)
# Sure to be about other things than the product, where a "fits" alone may be about a hand.
_SURE = re.compile(r"compatible|works? with|pairs? with|interchangeable|use with", re.IGNORECASE)
_OTHERS = re.compile(
    r"\b(?:other|different|any|all|most|every) (?:\w{1,20} )?"
    r"(?:brands?|makes?|makers?|models?|manufacturers?)\b"
    r"|\b(?:fits?|takes?|with|for|and|or) (?:most|all|any|many) other (?:\w{1,20} ){0,2}"
    r"\w{2,20}s\b",
    re.IGNORECASE,
)
# Whatever there is: nobody's facts say that.
_ALL_THERE_ARE = re.compile(
    r"\b(?:any|every|all)\b[^.!?;\n]{0,40}\b(?:on the market|out there|ever made|you own|"
    r"ever built|in the world)\b",
    re.IGNORECASE,
)
# What a thing is fixed or plugged to is a part or a device, however plain its name is.
_FIXED_TO = re.compile(
    r"attach|mount|clip|connect|plug|compatible|works? with|interchangeable", re.IGNORECASE
)
_AMOUNT = re.compile(r"\s+(?:up to |only |just |around |about )?\d[\d.,]{0,9}")
_DRIVES = frozenset({"power", "voltage", "current", "charge", "energy", "frequency", "pressure"})
_SUITS = re.compile(r"suits?\b|suitable for", re.IGNORECASE)
_EVERYTHING = word_set("all any every most other others common standard universal universally")
# What a product fits without a fact: places in a home, times and people are no devices.
_HARMLESS = word_set(
    """
    hand hands palm pocket home homes room rooms space spaces need needs taste style life day days
    everyone anyone body shape head finger fingers table shelf wall corner season seasons mood
"""
)


def check_compatibility(text: str, context: CheckContext) -> list[Finding]:
    """Find "fits", "works with" and the like whose object stands in no source."""
    return first_findings(_find(text[:MAX_TEXT_CHARS], context)) if context.is_english else []


def _find(text: str, context: CheckContext) -> Iterator[Finding]:
    sources = sources_of(context)
    for match in _GOES_WITH.finditer(text):
        if _is_drive(match["what"]):
            continue
        forms = split_words(match.group("what")).forms
        foreign = [form for form in forms if is_content(form) and not sources.knows(form)]
        foreign = [form for form in foreign if form not in _HARMLESS]
        sweeping = [form for form in forms if form in _EVERYTHING and not sources.knows(form)]
        is_sure = bool(_SURE.match(match.group()))
        if _FIXED_TO.match(match.group()):
            foreign = [form for form in forms if _names_a_thing(form) and not sources.knows(form)]
        if (foreign and (sweeping or is_sure)) or len(sweeping) > 1:
            yield _found(Severity.BLOCK, match)
        elif foreign and (_SUITS.match(match.group()) or _FIXED_TO.match(match.group())):
            yield _found(Severity.WARN, match)
    for match in (*_OTHERS.finditer(text), *_ALL_THERE_ARE.finditer(text)):
        if not all(map(sources.knows, split_words(match.group()).forms)):
            yield _found(Severity.WARN, match)


def _is_drive(what: str) -> bool:
    """Tell whether it is a measure of what drives the product: "works with 850 watts"."""
    number = _AMOUNT.match(what)
    unit = find_unit(what, number.end(), 1) if number else None
    return unit is not None and unit.unit.kind in _DRIVES


def _names_a_thing(form: str) -> bool:
    return is_content(form) or (
        len(form) > 2
        and form.isalpha()
        and form not in FREQUENT_WORDS | _HARMLESS
        and unit_named(form) is None
    )


def _found(severity: Severity, match: re.Match[str]) -> Finding:
    said = match.group().strip()
    end = match.start() + len(match.group().rstrip())
    return finding(RULE_ID, severity, UNSUPPORTED, match.start(), end, said=excerpt(said))
