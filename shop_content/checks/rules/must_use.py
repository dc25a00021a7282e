"""Find words that the brief wants and the text lacks."""

from __future__ import annotations

from shop_content.checks.rules.base import (
    CheckContext,
    Finding,
    Severity,
    excerpt,
    finding,
    first_findings,
    gettext_noop,
)
from shop_content.checks.rules.words import fold, is_phrase_in

RULE_ID = "must_use"

MISSING = gettext_noop("The text must say “%(wanted)s” and does not. Work it in.")


def check_must_use(text: str, context: CheckContext) -> list[Finding]:
    """Find each must-use word or phrase that stands nowhere, in whatever case or number."""
    folded = fold(text)
    return first_findings(
        finding(RULE_ID, Severity.BLOCK, MISSING, wanted=excerpt(wanted))
        for wanted in context.must_use
        if wanted.strip()
        and not is_phrase_in(wanted, text)
        # Signs ("#1") and languages without blanks have no words to compare.
        and not (_has_no_words(wanted) and fold(wanted.strip()) in folded)
    )


def _has_no_words(wanted: str) -> bool:
    return any(not char.isalnum() and not char.isspace() for char in wanted) or any(
        ord(char) >= 0x0E00 for char in wanted
    )
