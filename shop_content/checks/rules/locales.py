"""Find decimal signs of another language: "1.5 l" in German copy, "1,5 l" in English."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shop_content.checks.rules.base import (
    CheckContext,
    Finding,
    Severity,
    finding,
    first_findings,
    gettext_noop,
)
from shop_content.core.units import find_unit

RULE_ID = "locale"

COMMA = gettext_noop("“%(said)s”: in this language decimals take a comma. Write “%(wanted)s”.")
POINT = gettext_noop("“%(said)s”: in this language decimals take a point. Write “%(wanted)s”.")

# Unicode CLDR, decimal sign of the number patterns.
_COMMA_LANGUAGES = frozenset("de fr es it nl pt pl sv da nb fi cs tr".split())  # noqa: SIM905  # Read as a line.
_POINT_LANGUAGES = frozenset({"en", "zh", "ja"})
# Two decimals at most: three digits behind the sign may be thousands. No part of "1.2.3".
_DECIMAL = re.compile(r"(?<![\d.,])(\d{1,6})([.,])(\d{1,2})(?![\d]|[.,]\d)")


def check_locales(text: str, context: CheckContext) -> list[Finding]:
    """Find decimals before a unit that are written as another language writes them.

    Numbers without a unit are left alone: "Bluetooth 5.2" is a name.
    """
    language = context.language.lower().split("-")[0]
    if language in _COMMA_LANGUAGES:
        return first_findings(_find(text, ".", ",", COMMA))
    if language in _POINT_LANGUAGES:
        return first_findings(_find(text, ",", ".", POINT))
    return []


def _find(text: str, wrong: str, right: str, template: str) -> Iterator[Finding]:
    for match in _DECIMAL.finditer(text):
        if match[2] != wrong:
            continue
        number = float(f"{match[1]}.{match[3]}")
        if find_unit(text, match.end(), number) is not None:
            wanted = f"{match[1]}{right}{match[3]}"
            yield finding(
                RULE_ID, Severity.WARN, template, match.start(), match.end(),
                said=match.group(), wanted=wanted,
            )  # fmt: skip
