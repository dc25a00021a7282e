"""Compare a text with the voice of the shop: whom it addresses, how long its sentences are."""

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
from shop_content.checks.rules.words import sentences, split_words
from shop_content.keywords.voice import WE as WE_FORMS
from shop_content.keywords.voice import YOU as YOU_FORMS

RULE_ID = "voice"

WE = gettext_noop("Your shop's voice does not speak of itself: “%(said)s”. Say it without.")
YOU = gettext_noop("Your shop's voice does not address the reader: “%(said)s”. Say it without.")
LONG = gettext_noop(
    "This sentence has %(num)s words; in your shop's voice one has about %(wanted)s. Divide it."
)
FIELDS = frozenset({"description", "short_description", "bullets", "meta_description"})
MAX_TIMES = 1.8  # So much longer than the voice's sentences is noted.
# Whom a voice may speak of: itself, the reader.
_ALLOWED = {"we": (True, True), "you": (False, True), "none": (False, False)}


def check_voice(text: str, context: CheckContext) -> list[Finding]:
    """Find pronouns that the voice does not use, and sentences far longer than its own."""
    if context.field not in FIELDS:
        return []
    return first_findings((*_persons(text, context), *_long_sentences(text, context)))


def _persons(text: str, context: CheckContext) -> Iterator[Finding]:
    language = context.language.lower().split("-")[0]
    may_we, may_you = _ALLOWED.get(context.voice_person, (True, True))
    words = split_words(text)
    for place, form in enumerate(words.forms):
        is_we = not may_we and form in WE_FORMS.get(language, ())
        if is_we or (not may_you and form in YOU_FORMS.get(language, ())):
            start, end = words.starts[place], words.ends[place]
            template = WE if is_we else YOU
            yield finding(RULE_ID, Severity.WARN, template, start, end, said=text[start:end])


def _long_sentences(text: str, context: CheckContext) -> Iterator[Finding]:
    wanted = context.voice_sentence_words
    if not wanted:
        return
    for start, end in sentences(text):
        num = len(split_words(text[start:end]).forms)
        if num > MAX_TIMES * wanted:
            yield finding(
                RULE_ID, Severity.INFO, LONG, start, end, num=str(num), wanted=str(wanted)
            )
