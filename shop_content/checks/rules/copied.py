"""Find text that stands word for word in what the supplier wrote."""

from __future__ import annotations

from shop_content.checks.rules.base import (
    CheckContext,
    Finding,
    Severity,
    finding,
    gettext_noop,
)
from shop_content.checks.rules.words import split_words

RULE_ID = "copied"

COPIED = gettext_noop(
    "%(percent)s %% of the text stands word for word in the supplier's text, as in every other "
    "shop that sells it. Say it in words of your own."
)
RUN_WORDS = 6  # A run of so many words is no accident.
MIN_WORDS = 15
MIN_SHARE = 0.5
MAX_WORDS = 20_000
FIELDS = frozenset({"description", "short_description", "bullets"})


def check_copied(text: str, context: CheckContext) -> list[Finding]:
    """Tell how much of a text its supplier wrote, if it is half of it or more."""
    forms = split_words(text).forms[:MAX_WORDS]
    if context.field not in FIELDS or len(forms) < MIN_WORDS or not context.supplier_text:
        return []
    supplier = split_words(context.supplier_text).forms[:MAX_WORDS]
    known = {supplier[start : start + RUN_WORDS] for start in range(len(supplier) - RUN_WORDS + 1)}
    covered: set[int] = set()
    for start in range(len(forms) - RUN_WORDS + 1):
        if forms[start : start + RUN_WORDS] in known:
            covered.update(range(start, start + RUN_WORDS))
    share = len(covered) / len(forms)
    if share < MIN_SHARE:
        return []
    return [finding(RULE_ID, Severity.WARN, COPIED, percent=str(round(100 * share)))]
