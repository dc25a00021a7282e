"""Find text in another language than the brief asks for."""

from __future__ import annotations

from shop_content.checks.rules.base import (
    CheckContext,
    Finding,
    Severity,
    finding,
    gettext_noop,
)
from shop_content.checks.rules.words import split_words

RULE_ID = "language"

OTHER = gettext_noop(
    "The text seems to be in another language (%(found)s) than asked for (%(wanted)s). "
    "Ask for another draft."
)

# Frequent words of each language that the others do not use.
_FREQUENT = {
    "en": "the and with for is your this that are it from of to",
    "de": "der die und mit für ist das ein eine den von auf sich nicht",
    "fr": "le les et avec pour est une des du dans votre sur vous qui",
    "es": "el los y con para es una las del por su en que",
    "it": "il gli e con per è una della di che nel sono questo",
    "nl": "het een met voor van uw zijn deze niet ook wordt bij",
    "pt": "os e com para é uma das do em seu não que",
    "sv": "och med för är en det som på av den till",
    "pl": "i z na do jest się w dla oraz ze",
}
_WORDS = {code: frozenset(words.split()) for code, words in _FREQUENT.items()}
_MIN_WORDS = 8
_MAX_WORDS = 2000  # enough to tell


def check_languages(text: str, context: CheckContext) -> list[Finding]:
    """Compare the frequent words of the text with those of the language asked for."""
    wanted = context.language.lower().split("-")[0]
    forms = split_words(text).forms[:_MAX_WORDS]
    if wanted not in _WORDS or len(forms) < _MIN_WORDS:
        return []
    counts = {code: sum(form in words for form in forms) for code, words in _WORDS.items()}
    found = max(counts, key=lambda code: counts[code])
    # Few hits prove nothing: lists of features have none in any language.
    if counts[found] < 4 or counts[found] < 3 * max(1, counts[wanted]):
        return []
    return [finding(RULE_ID, Severity.WARN, OTHER, found=found, wanted=wanted)]
