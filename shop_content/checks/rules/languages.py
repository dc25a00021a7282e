"""Find text in another language than the brief asks for."""

from __future__ import annotations

import re

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
_SCRIPTS = frozenset({"ja", "zh", "ko", "ru"})  # written in letters that tell them apart
_KANA, _HAN = re.compile("[\u3040-\u30ff]"), re.compile("[\u4e00-\u9fff]")
_HANGUL, _CYRILLIC = re.compile("[\uac00-\ud7af]"), re.compile("[\u0400-\u04ff]")
_LATIN = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
_LATIN_NAME = "Latin"
_MIN_SIGNS = 8
_MIN_WORDS = 8
_MAX_WORDS = 2000  # enough to tell


def _script_of(text: str) -> frozenset[str]:
    """Return the languages that the letters of a text belong to; empty where they do not tell."""
    part = text[:5_000]
    if len(_KANA.findall(part)) >= _MIN_SIGNS:
        return frozenset({"ja"})
    if len(_HAN.findall(part)) >= _MIN_SIGNS:
        return frozenset({"zh", "ja"} if _KANA.search(part) else {"zh"})
    if len(_HANGUL.findall(part)) >= _MIN_SIGNS:
        return frozenset({"ko"})
    return frozenset({"ru"}) if len(_CYRILLIC.findall(part)) >= _MIN_SIGNS else frozenset()


def check_languages(text: str, context: CheckContext) -> list[Finding]:
    """Compare the frequent words of the text with those of the language asked for."""
    wanted = context.language.lower().split("-")[0]
    script = _script_of(text)
    if wanted in {*_WORDS, *_SCRIPTS} and script and wanted not in script:
        found = " / ".join(sorted(script))
        return [finding(RULE_ID, Severity.WARN, OTHER, found=found, wanted=wanted)]
    if wanted in _SCRIPTS and not script and len(_LATIN.findall(text)) >= _MIN_WORDS:
        return [finding(RULE_ID, Severity.WARN, OTHER, found=_LATIN_NAME, wanted=wanted)]
    forms = split_words(text).forms[:_MAX_WORDS]
    if wanted not in _WORDS or len(forms) < _MIN_WORDS:
        return []
    counts = {code: sum(form in words for form in forms) for code, words in _WORDS.items()}
    found = max(counts, key=lambda code: counts[code])
    # Few hits prove nothing: lists of features have none in any language.
    if counts[found] < 4 or counts[found] < 3 * max(1, counts[wanted]):
        return []
    return [finding(RULE_ID, Severity.WARN, OTHER, found=found, wanted=wanted)]
