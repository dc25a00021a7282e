"""Find countries of origin that nothing about the product mentions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shop_content.checks.rules.base import (
    CheckContext,
    FactValue,
    Finding,
    Severity,
    excerpt,
    finding,
    first_findings,
    gettext_noop,
)
from shop_content.checks.rules.vocabulary import COUNTRIES
from shop_content.checks.rules.words import all_text, is_phrase_in, split_words, stem, stemmed

RULE_ID = "origin"

UNSUPPORTED = gettext_noop(
    "The text says “%(said)s”; nothing about the product says where it comes from. "
    "Take it out, or add the origin to the product's facts."
)

ONLY_DESIGNED = gettext_noop(
    "The text says “%(said)s”; the product was only designed there. Correct the text."
)

OTHER_PART = gettext_noop(
    "The text says “%(said)s” of what the product says %(name)s: %(value)s. Correct the text."
)

_DESIGNED = re.compile(r"design", re.IGNORECASE)
_MADE_IN = re.compile(
    r"\b(?:[Mm]ade|[Cc]rafted|[Hh]andmade|[Hh]andcrafted|[Mm]anufactured|[Pp]roduced|[Aa]ssembled"
    r"|[Ww]oven|[Dd]esigned|[Ff]orged|[Bb]rewed|[Bb]uilt|[Ii]mported|[Ss]ourced|[Pp]roduct"
    r"|[Gg]rown)(?: by hand| exclusively| entirely| directly| proudly)?"
    r" (?:in|from|of) (?:the )?(?P<place>(?:[A-Z]\.){2,3}|[A-Z]\w{1,20}(?: [A-Z]\w{1,20})?)"
)
_DEMONYM = re.compile(r"\b(?P<place>[A-Z][a-z]{2,12})[- ](?:made|crafted|built|manufactured)\b")
_GERMAN = re.compile(r"\b(?:[Hh]ergestellt|[Gg]efertigt|[Pp]roduziert) in (?P<place>[A-Z]\w{2,20})")
_PLACES = {place for places in COUNTRIES.values() for place in places}


def check_origins(text: str, context: CheckContext) -> list[Finding]:
    """Find "made in X" and "X-made" where nothing says so."""
    return first_findings(_find(text, context))


def _find(text: str, context: CheckContext) -> Iterator[Finding]:
    known = all_text(context)
    for match in (*_MADE_IN.finditer(text), *_GERMAN.finditer(text)):
        place = match.group("place").rstrip(".")
        is_country = place.lower().replace(".", "") in _PLACES
        # "made of Gore-Tex", "made from Merino": a material with a capital letter.
        if not is_country and not re.search(r" in (?:the )?$", text[: match.start("place")][-9:]):
            continue
        if not _is_supported(place, known):
            yield _found(match)
        elif _is_only_designed(match.group(), place, context):
            yield _found(match, ONLY_DESIGNED)
        elif fact := _made_elsewhere(text, match.start(), place, context):
            yield _found(match, OTHER_PART, name=fact.name, value=excerpt(fact.value))
    for match in _DEMONYM.finditer(text):
        if match.group("place").lower() in COUNTRIES and not _is_supported(
            match.group("place"), known
        ):
            yield _found(match)


def _is_supported(place: str, known: str) -> bool:
    names = {place, place.replace(".", "")}
    for demonym, places in COUNTRIES.items():
        if place.lower().replace(".", "") in (demonym, *places):
            names.update((demonym, *places))
    # Two letters are a country's code only in capitals: "it" is a word.
    return any(
        re.search(rf"(?<!\w){name.upper()}(?!\w)", known)
        if len(name) == 2
        else is_phrase_in(name, known)
        for name in names
    )


def _is_only_designed(said: str, place: str, context: CheckContext) -> bool:
    """Tell whether the text says "made in" of the place where the product was designed."""
    if _DESIGNED.match(said):
        return False
    facts = [f"{fact.name} {fact.value}" for fact in context.facts]
    having = [fact for fact in facts if is_phrase_in(place, fact)]
    return bool(having) and all(_DESIGNED.match(fact) for fact in having)


def _made_elsewhere(text: str, start: int, place: str, context: CheckContext) -> FactValue | None:
    """Return the fact of the part that the sentence speaks of, if it is from another country."""
    begin = max(text.rfind(mark, 0, start) for mark in (". ", "! ", "? ", "\n", ", "))
    before = stemmed(text[max(0, begin) : start])
    for fact in context.facts:
        names = [stem(form) for form in split_words(fact.name).forms]
        is_meant = len(names) == 1 and f" {names[0]} " in before
        if is_meant and _names_country(fact.value) and not _is_supported(place, fact.value):
            return fact
    return None


def _names_country(value: str) -> bool:
    words = split_words(value).forms
    return any(word in COUNTRIES or word in _PLACES for word in words)


def _found(match: re.Match[str], template: str = UNSUPPORTED, **params: str) -> Finding:
    said = excerpt(match.group())
    return finding(
        RULE_ID, Severity.BLOCK, template, match.start(), match.end(), said=said, **params
    )
