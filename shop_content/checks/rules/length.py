"""Find text that is too short or too long for its field."""

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
from shop_content.checks.rules.limits import LIMITS, Limits

RULE_ID = "length"

TOO_SHORT = gettext_noop("The text has %(num)s characters; at least %(limit)s read better.")
LONG = gettext_noop("The text has %(num)s characters; from %(limit)s on it may be cut off.")
TOO_LONG = gettext_noop("The text has %(num)s characters; at most %(limit)s fit. Shorten it.")
FEW_LINES = gettext_noop("There are %(num)s bullets; at least %(limit)s are needed. Add some.")
MANY_LINES = gettext_noop("There are %(num)s bullets; at most %(limit)s fit. Take some out.")
LONG_LINE = gettext_noop("This bullet has %(num)s characters; at most %(limit)s fit. Shorten it.")


def check_length(text: str, context: CheckContext) -> list[Finding]:
    """Compare the length with what the field takes; an unknown field has no limits."""
    limits = LIMITS.get(context.field)
    # An empty text is the business of the rule on endings.
    return first_findings(_find(text, limits)) if limits and text.strip() else []


def _find(text: str, limits: Limits) -> Iterator[Finding]:
    num = len(text.strip())
    if num > limits.stop_max:
        yield _found(Severity.BLOCK, TOO_LONG, num, limits.stop_max, limits.stop_max, len(text))
    elif num > limits.warn_max:
        yield _found(Severity.WARN, LONG, num, limits.warn_max, limits.warn_max, len(text))
    elif num < limits.warn_min:
        yield _found(Severity.WARN, TOO_SHORT, num, limits.warn_min)
    if limits.max_lines:
        yield from _lines(text, limits)


def _lines(text: str, limits: Limits) -> Iterator[Finding]:
    place, num_lines = 0, 0
    for line in text.split("\n"):
        num_lines += bool(line.strip())
        if len(line) > limits.max_line_chars:
            limit = limits.max_line_chars
            yield _found(
                Severity.BLOCK, LONG_LINE, len(line), limit, place + limit, place + len(line)
            )
        place += len(line) + 1
    if num_lines < limits.min_lines:
        yield _found(Severity.BLOCK, FEW_LINES, num_lines, limits.min_lines)
    elif num_lines > limits.max_lines:
        yield _found(Severity.BLOCK, MANY_LINES, num_lines, limits.max_lines)


def _found(
    severity: Severity, template: str, num: int, limit: int, start: int = 0, end: int = 0
) -> Finding:
    return finding(RULE_ID, severity, template, start, end, num=str(num), limit=str(limit))
