"""Find amounts of money: prices change, copy stays."""

from __future__ import annotations

import re

from shop_content.checks.rules.base import CheckContext, Finding, Severity, gettext_noop
from shop_content.checks.rules.patterns import find_patterns

RULE_ID = "price"

AMOUNT = gettext_noop("“%(said)s” is a price. Prices change and copy stays: take it out.")

_CODES = "EUR|USD|GBP|CHF|CAD|AUD|JPY|SEK|NOK|DKK|PLN|CZK"
_PATTERNS = (
    re.compile(r"(?:US|CA|AU)?[$€£¥₹₽₩] ?\d(?:[\d.,]{0,13}\d)?"),
    re.compile(rf"(?<![\w.,])\d(?:[\d.,]{{0,13}}\d)? ?(?:€|£|¥|₹|(?:{_CODES})\b)"),
    re.compile(rf"\b(?:{_CODES}) ?\d(?:[\d.,]{{0,13}}\d)?"),
    # "pounds" is a weight, "cents" is left to "99 cents".
    re.compile(
        r"(?<![\w.,])\d(?:[\d.,]{0,13}\d)? (?:dollars?|euros?|pounds sterling|bucks|cents?"
        r"|rupees|francs)\b(?!-)",
        re.IGNORECASE,
    ),
)


def check_prices(text: str, context: CheckContext) -> list[Finding]:
    """Find amounts with a currency."""
    return find_patterns(RULE_ID, Severity.BLOCK, AMOUNT, _PATTERNS, text)
