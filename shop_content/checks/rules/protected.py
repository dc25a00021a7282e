"""Keep what the merchant has said of a fact: never written, or copied word for word."""

from __future__ import annotations

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
from shop_content.checks.rules.words import PhraseIndex, all_text, is_phrase_in, split_words

PRIVATE_ID, VERBATIM_ID = "private", "verbatim"
# A description carries the lines; a title or an image text has no room for them.
VERBATIM_FIELDS = frozenset({"description"})
MIN_PRIVATE_CHARS = 3  # "2" as a private number of something would be found in every text.

PRIVATE = gettext_noop(
    "The text says “%(said)s”; the fact “%(name)s” is private and may not be written. Take it out."
)
VERBATIM = gettext_noop(
    "The text has to hold this line word for word: “%(line)s”. Put it in as it is."
)


def check_private(text: str, context: CheckContext) -> list[Finding]:
    """Find values of private facts, unless something that may be said has the same words."""
    return first_findings(_private(text, context)) if context.private_facts else []


def check_verbatim(text: str, context: CheckContext) -> list[Finding]:
    """Find lines that have to be copied word for word and are not there, or are not as they are."""
    if context.field not in VERBATIM_FIELDS:
        return []
    said = one_spaced(text)
    return [
        finding(VERBATIM_ID, Severity.BLOCK, VERBATIM, line=excerpt(line, 200))
        for line in context.verbatim
        if one_spaced(line) and one_spaced(line) not in said
    ]


def verbatim_spans(text: str, context: CheckContext) -> list[tuple[int, int]]:
    """Return where the text holds lines that have to be copied: no rule has a say in them."""
    spans = []
    for line in context.verbatim:
        start = text.find(line.strip()) if line.strip() else -1
        if start >= 0:
            spans.append((start, start + len(line.strip())))
    return spans


def one_spaced(text: str) -> str:
    """Return the text with one blank between its words: a line may be broken anywhere."""
    return " ".join(text.split())


def _private(text: str, context: CheckContext) -> Iterator[Finding]:
    known = all_text(context)
    words = split_words(text)
    for fact in context.private_facts:
        value = f"{fact.value} {fact.unit}".strip()
        if len(value) < MIN_PRIVATE_CHARS or is_phrase_in(value, known):
            continue
        for first, after in PhraseIndex([value]).find(words):
            start, end = words.starts[first], words.ends[after - 1]
            yield finding(
                PRIVATE_ID, Severity.BLOCK, PRIVATE, start, end,
                said=excerpt(text[start:end]), name=excerpt(fact.name),
            )  # fmt: skip
