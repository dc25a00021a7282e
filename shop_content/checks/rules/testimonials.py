"""Find invented voices: reviews, ratings and happy customers."""

from __future__ import annotations

import re

from shop_content.checks.rules.base import CheckContext, Finding, Severity, gettext_noop
from shop_content.checks.rules.patterns import find_patterns

RULE_ID = "testimonial"

INVENTED = gettext_noop("“%(said)s” claims what customers said. Nobody said it here: take it out.")

_FLAGS = re.IGNORECASE
_WHO = r"(?:customers?|reviewers?|users?|buyers?|shoppers|clients|owners|experts|critics|fans)"
_PATTERNS = (
    re.compile(
        rf"\b(?:our |many |most |happy |satisfied |one |thousands of |millions of |as |"
        rf"loved by |trusted by |recommended by )(?:our |happy |satisfied |other )?{_WHO}"
        rf"(?: around the world| worldwide)? (?:say|says|said|love|loves|loved|rave|raves"
        rf"|rate|rated|report|reported|agree|agrees|recommend|recommends|told|put)\b",
        _FLAGS,
    ),
    re.compile(
        rf"\b(?:loved|trusted|praised|recommended|acclaimed|approved|rated) by (?:our |"
        rf"many |thousands of |millions of |over [\d,.]{{1,9}} |[\d,.]{{1,9}} )?"
        rf"(?:happy |satisfied )?(?:{_WHO}|doctors|dermatologists|professionals|chefs)\b",
        _FLAGS,
    ),
    re.compile(
        rf"\b{_WHO} (?:love|adore|rave|swear by|say|agree that|report|recommend|rate|praise|"
        r"can['’]t get enough)\b",
        _FLAGS,
    ),
    re.compile(
        r"\b(?:gives?|gave|given|awards?|awarded|earned|got) (?:it |this |us )?(?:[1-5]|four|five) "
        r"stars\b",
        _FLAGS,
    ),
    re.compile(
        r"\b(?:verified (?:buyer|purchase|customer|review)|customer (?:reviews?|ratings?"
        r"|testimonials?)|(?:rave|five-star|5-star|positive|glowing) reviews?)\b",
        _FLAGS,
    ),
    re.compile(
        r"\b(?:rated|rating of|scores?|scored) (?:an? )?(?:average of )?[1-5](?:[.,]\d)? ?"
        r"(?:/|out of|stars)",
        _FLAGS,
    ),
    re.compile(
        r"\b(?:[1-5]([.,]\d)?|five)[ -]stars?\b(?=[^.\n]{0,30}\b(?:review|rating|rated))", _FLAGS
    ),
    re.compile(r"[★☆⭐]{2,}|\b[1-5](?:\.\d)?/5 stars?\b", _FLAGS),
    re.compile(
        r"[\"“][^\"“”\n]{8,200}[\"”]\s{0,2}(?:[-–—]\s{0,2}|(?:says|said|wrote|writes) )"
        r"[A-Z][a-z]{1,20}\b"
    ),
    re.compile(r"\b(?:says|said|raves|wrote) [A-Z][a-z]{1,15} [A-Z]\.(?!\w)"),
)


def check_testimonials(text: str, context: CheckContext) -> list[Finding]:
    """Find quotes of customers, ratings and stars that a machine cannot know."""
    return find_patterns(RULE_ID, Severity.BLOCK, INVENTED, _PATTERNS, text)
