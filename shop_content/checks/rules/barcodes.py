"""Find digits that look like a barcode: 8 to 14 in a row, or grouped with a right check digit."""

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

RULE_ID = "barcode"

BARCODE = gettext_noop("“%(said)s” looks like a barcode number. Copy must not carry one.")

_RUN = re.compile(r"(?<!\d)\d{8,14}(?!\d)")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:[ -]\d{1,7}){1,4}(?![\d])")


def check_barcodes(text: str, context: CheckContext) -> list[Finding]:
    """Find GTIN-like digits, the product's own included."""
    return first_findings(_find(text))


def _find(text: str) -> Iterator[Finding]:
    for match in _RUN.finditer(text):
        # The fraction of "3.14159265" is no barcode.
        if text[max(0, match.start() - 1) : match.start()] not in (".", ","):
            yield _found(match)
    for match in _GROUPED.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if len(digits) in (12, 13, 14) and _has_check_digit(digits):
            yield _found(match)


def _found(match: re.Match[str]) -> Finding:
    return finding(RULE_ID, Severity.BLOCK, BARCODE, match.start(), match.end(), said=match.group())


def _has_check_digit(digits: str) -> bool:
    """Tell whether the last digit is right (GS1: weights 3 and 1 from the right)."""
    weighted = (
        int(digit) * (3 if index % 2 == 0 else 1) for index, digit in enumerate(digits[-2::-1])
    )
    return (10 - sum(weighted) % 10) % 10 == int(digits[-1])
