"""Find orders to the writing machine in the text, and what was copied from such an order.

Products come with text of others. Where that speaks to the machine, a draft that repeats six words
of it has listened.
"""

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
from shop_content.checks.rules.evidence import MAX_TEXT_CHARS
from shop_content.checks.rules.words import split_words
from shop_content.core.hidden_instructions import Suspicion, hidden_instructions

RULE_ID = "instruction"

ORDER = gettext_noop(
    "“%(said)s” speaks to the writing machine, not to the reader. Take it out, and look at the "
    "product's facts and supplier's text."
)
OBEYED = gettext_noop(
    "“%(said)s” repeats an order that is hidden in the product's data: “%(quote)s”. "
    "Take it out, and mend the data."
)

IN_DATA = gettext_noop(
    "The product's data speaks to the writing machine: “%(quote)s”. Mend the data, then ask for "
    "another draft."
)

COPIED_WORDS = 6
_SHORT_WORDS = 3  # An order of few words is repeated with few.
# What follows an order is part of it: "reply with the words …".
_REACH_CHARS = 300


def check_instructions(text: str, context: CheckContext) -> list[Finding]:
    """Find orders in the text, and words of orders in the product's data."""
    return first_findings(_find(text[:MAX_TEXT_CHARS], context))


def _find(text: str, context: CheckContext) -> Iterator[Finding]:
    for row in hidden_instructions(text):
        said = excerpt(text[row.start : row.end])
        yield finding(RULE_ID, Severity.BLOCK, ORDER, row.start, row.end, said=said)
    words = split_words(text)
    suspicious = list(_suspicious(context))
    if suspicious and not context.is_data_trusted:
        # Whatever the draft says: somebody has to look at what it was made from.
        yield finding(RULE_ID, Severity.BLOCK, IN_DATA, quote=suspicious[0][1].quote)
    for source, row in suspicious:
        passage = source[row.start : row.end + _REACH_CHARS]
        if place := _copied(words.forms, split_words(passage).forms):
            start, end = words.starts[place[0]], words.ends[place[1] - 1]
            said = excerpt(text[start:end])
            yield finding(RULE_ID, Severity.BLOCK, OBEYED, start, end, said=said, quote=row.quote)


def _suspicious(context: CheckContext) -> Iterator[tuple[str, Suspicion]]:
    sources = [context.name, context.brand, context.category, context.supplier_text]
    sources += [f"{fact.name}\n{fact.value}" for fact in context.facts]
    sources += [*context.keywords, *context.must_use]
    for source in sources:
        for row in hidden_instructions(source):
            yield source, row


def _copied(said: tuple[str, ...], ordered: tuple[str, ...]) -> tuple[int, int] | None:
    """Return where the text repeats a run of words of an order; None if it does not."""
    size = min(COPIED_WORDS, max(_SHORT_WORDS, len(ordered)))
    runs = {ordered[place : place + size] for place in range(len(ordered) - size + 1)}
    for place in range(len(said) - size + 1):
        if said[place : place + size] in runs:
            end = place + size
            while end < len(said) and said[end - size + 1 : end + 1] in runs:
                end += 1
            return place, end
    return None
