"""Find what the merchant's sales channels refuse or cut. The table says what that is."""

from __future__ import annotations

from collections import Counter
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
from shop_content.checks.rules.channel_table import (
    AMAZON_MAX_REPEATS,
    CHANNELS,
    ETSY_ONCE,
    MAX_CHARS,
    REFUSED,
    SMALL_WORDS,
    MaxChars,
)
from shop_content.checks.rules.words import split_words

RULE_ID = "channel"

TOO_LONG = gettext_noop(
    "%(channel)s takes at most %(limit)s characters here; these are %(num)s. Shorten it."
)
REFUSES = gettext_noop("%(channel)s refuses “%(said)s” here. Take it out.")
TWICE = gettext_noop("%(channel)s takes the sign “%(said)s” once in a title. Take the others out.")
REPEATED = gettext_noop(
    "%(channel)s takes a word twice in a title; “%(said)s” stands there %(num)s times."
)


def check_channels(text: str, context: CheckContext) -> list[Finding]:
    """Compare the text with the table, for the channels that the merchant sells in."""
    return first_findings(_find(text, context)) if context.channels else []


def _find(text: str, context: CheckContext) -> Iterator[Finding]:
    for limit in MAX_CHARS:
        if limit.channel in context.channels and context.field in limit.fields:
            yield from _too_long(text, limit)
    for row in REFUSED:
        if row.channel in context.channels and context.field in row.fields:
            for match in row.pattern.finditer(text):
                yield _found(
                    row.severity, REFUSES, row.channel, match.span(), said=excerpt(match.group())
                )
    if context.field == "title":
        yield from _titles(text, context)


def _too_long(text: str, limit: MaxChars) -> Iterator[Finding]:
    start = 0
    for line in text.split("\n") if limit.by_line else [text]:
        if len(line) > limit.max_chars:
            place = (start + limit.max_chars, start + len(line))
            yield _found(
                limit.severity, TOO_LONG, limit.channel, place,
                limit=str(limit.max_chars), num=str(len(line)),
            )  # fmt: skip
        start += len(line) + 1


def _titles(text: str, context: CheckContext) -> Iterator[Finding]:
    if "etsy" in context.channels:
        for sign in ETSY_ONCE:
            if text.count(sign) > 1:
                last = text.rindex(sign)
                yield _found(Severity.BLOCK, TWICE, "etsy", (last, last + 1), said=sign)
    if "amazon" in context.channels:
        words = split_words(text)
        counts = Counter(form for form in words.forms if form not in SMALL_WORDS)
        for form, num in counts.items():
            if num > AMAZON_MAX_REPEATS:
                number = len(words.forms) - 1 - words.forms[::-1].index(form)
                place = (words.starts[number], words.ends[number])
                yield _found(Severity.WARN, REPEATED, "amazon", place, said=form, num=str(num))


def _found(
    severity: Severity, template: str, channel: str, place: tuple[int, int], **params: str
) -> Finding:
    start, end = place
    return finding(RULE_ID, severity, template, start, end, channel=CHANNELS[channel], **params)
