"""Find colours that nothing about the product mentions."""

from __future__ import annotations

from collections.abc import Iterator

from shop_content.checks.rules.base import (
    CheckContext,
    Finding,
    Severity,
    finding,
    first_findings,
    gettext_noop,
)
from shop_content.checks.rules.vocabulary import COLOUR_PHRASES, COLOUR_TWINS, COLOURS
from shop_content.checks.rules.words import (
    PhraseIndex,
    Words,
    all_text,
    split_words,
    stemmed,
    word_set,
)

RULE_ID = "colour"

UNSUPPORTED = gettext_noop(
    "The text says %(said)s; nothing about the product does. "
    "Take it out, or add the colour to the product's facts."
)

_SKY = word_set("sky skies clouds sea")
_INDEX = PhraseIndex(COLOURS)
_HARMLESS = PhraseIndex(COLOUR_PHRASES)


def check_colours(text: str, context: CheckContext) -> list[Finding]:
    """Find names of colours without support."""
    return first_findings(_find(text, context)) if context.is_english else []


def _find(text: str, context: CheckContext) -> Iterator[Finding]:
    words, known = split_words(text), stemmed(all_text(context))
    harmless = {at for first, past in _HARMLESS.find(words) for at in range(first, past)}
    for first, _past in _INDEX.find(words):
        colour = words.forms[first]
        supports = {colour, *COLOUR_TWINS.get(colour, ())}
        if first in harmless or _is_weather(words, first):
            continue
        if any(f" {support} " in known for support in supports):
            continue
        start, end = words.starts[first], words.ends[first]
        yield finding(RULE_ID, Severity.WARN, UNSUPPORTED, start, end, said=text[start:end])


def _is_weather(words: Words, place: int) -> bool:
    """Tell whether it is the sky that has the colour: "when the sky turns grey"."""
    return place > 1 and words.forms[place - 2] in _SKY
