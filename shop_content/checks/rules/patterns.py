"""The common shape of rules that are a list of patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from shop_content.checks.rules.base import Finding, Severity, excerpt, finding, first_findings


def find_patterns(
    rule: str, severity: Severity, template: str, patterns: Iterable[re.Pattern[str]], text: str
) -> list[Finding]:
    """Make a finding of each match; `template` may use %(said)s."""
    return first_findings(_find(rule, severity, template, patterns, text))


def _find(
    rule: str, severity: Severity, template: str, patterns: Iterable[re.Pattern[str]], text: str
) -> Iterator[Finding]:
    found: list[tuple[int, int]] = []
    for pattern in patterns:
        for match in pattern.finditer(text):
            # What two patterns see is one finding.
            if any(start <= match.start() < end for start, end in found):
                continue
            found.append(match.span())
            said = excerpt(match.group())
            yield finding(rule, severity, template, match.start(), match.end(), said=said)
