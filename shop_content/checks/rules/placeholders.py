"""Find places that somebody was to fill in."""

from __future__ import annotations

import re

from shop_content.checks.rules.base import CheckContext, Finding, Severity, gettext_noop
from shop_content.checks.rules.patterns import find_patterns
from shop_content.checks.rules.words import all_text

RULE_ID = "placeholder"

UNFILLED = gettext_noop("“%(said)s” is a placeholder. Write what belongs there, or take it out.")

_PATTERNS = (
    re.compile(
        r"\[(?:insert|your|brand|product|company|name|add|enter|specify|colou?r|size|"
        r"price|material|model|number|link|placeholder|x+|\.{3}|…)\b[^\]\n]{0,60}\]?",
        re.IGNORECASE,
    ),
    re.compile(r"<(?:insert|your|brand|product|name|add|enter)\b[^>\n]{0,60}>", re.IGNORECASE),
    re.compile(r"\{\{[^{}\n]{0,60}\}{0,2}|\}\}|\{%[^{}\n]{0,60}%?\}?|\$\{[^{}\n]{0,60}\}?"),
    re.compile(r"\{[A-Za-z_][\w .]{0,40}\}|%\([a-z_]{1,30}\)s|(?<![\w%])%[sd](?!\w)"),
    re.compile(r"\b(?:TBD|TBA|TBC|TODO|FIXME|N/A|NaN)\b(?!\w)"),
    re.compile(r"(?<!\w)n/a(?!\w)"),
    re.compile(r"\blorem\b|\bipsum\b|\bdolor sit amet\b", re.IGNORECASE),
    re.compile(r"\[object Object\]|\bundefined\b(?=[.,;:!?]|\s*$)"),
    re.compile(
        r"\byour (?:brand|company|product|store|shop|business)(?:['’]s)? (?:name|here)\b"
        r"|\b(?:product|brand|company) name here\b|\bplaceholder\b"
        r"|\b(?:by|from|at|with) your (?:brand|company)\b|\b(?:insert|enter) \w{1,20} here\b",
        re.IGNORECASE,
    ),
    re.compile(r"\bYour (?:Brand|Company|Product)\b"),
    re.compile(r"_{4,}|\?{4,}|\b(?:foo ?bar|asdf|qwerty)\b"),
)
_CROSSES = re.compile(r"(?<![\w-])(?:XX|XXXX+|xx|xxxx+)(?![\w-])")


def check_placeholders(text: str, context: CheckContext) -> list[Finding]:
    """Find brackets, braces and stand-in words that were never filled in."""
    patterns: tuple[re.Pattern[str], ...] = _PATTERNS
    if not _CROSSES.search(all_text(context)):  # "Size XX" can be a fact.
        patterns = (*_PATTERNS, _CROSSES)
    return find_patterns(RULE_ID, Severity.BLOCK, UNFILLED, patterns, text)
