"""The common shape of rules that are a list of patterns."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from shop_content.checks.rules.base import Finding, Severity, excerpt, finding, first_findings

_ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def find_patterns(
    rule: str, severity: Severity, template: str, patterns: Iterable[re.Pattern[str]], text: str
) -> list[Finding]:
    """Make a finding of each match; `template` may use %(said)s."""
    return first_findings(_find(rule, severity, template, patterns, text))


def find_spans(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Yield where a pattern matches; one that ignores case is written in lower case.

    It is matched without the flag in a lower-case copy of the text: several times as fast, for then
    `re` passes over alternatives by their first letter.
    """
    if pattern.flags & re.IGNORECASE:
        pattern, text = _case_sensitive(pattern), _lower(text)
    return (match.span() for match in pattern.finditer(text))


@cache
def _case_sensitive(pattern: re.Pattern[str]) -> re.Pattern[str]:
    without_escapes = re.sub(r"\\.", "", pattern.pattern)
    if without_escapes != without_escapes.lower():
        raise ValueError(f"A pattern that ignores case has a capital: {pattern.pattern}")
    return re.compile(pattern.pattern, pattern.flags & ~re.IGNORECASE)


@lru_cache(maxsize=8)  # A rule searches the same text with many patterns.
def _lower(text: str) -> str:
    """Return the text in lower case, each character at its old place."""
    lower = text.lower()
    return lower if len(lower) == len(text) else text.translate(_ASCII_LOWER)


def _find(
    rule: str, severity: Severity, template: str, patterns: Iterable[re.Pattern[str]], text: str
) -> Iterator[Finding]:
    found: list[tuple[int, int]] = []
    for pattern in patterns:
        for start, end in find_spans(pattern, text):
            # What two patterns see is one finding.
            if any(begin <= start < past for begin, past in found):
                continue
            found.append((start, end))
            yield finding(rule, severity, template, start, end, said=excerpt(text[start:end]))
