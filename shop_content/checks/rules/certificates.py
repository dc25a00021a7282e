"""Find certificates, labels and approvals that nothing about the product mentions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from shop_content.checks.rules.base import (
    CheckContext,
    Finding,
    Severity,
    excerpt,
    finding,
    first_findings,
    gettext_noop,
)
from shop_content.checks.rules.words import all_text
from shop_content.core.quantities import known_codes, squash

RULE_ID = "certificate"

UNSUPPORTED = gettext_noop(
    "The text names %(said)s; nothing about the product does. "
    "Take it out, or add the certificate to the product's facts."
)

EXPIRED = gettext_noop(
    "The text names %(said)s; by the product's facts it expired on %(day)s. "
    "Take it out, or write down until when the new certificate holds."
)

# "valid until 2027-03-31", "expires: 31.03.2027". ISO, or day before month with points.
_UNTIL = re.compile(
    r"(?i:valid (?:until|till|to|through)|expir\w*(?: on| date)?|gültig bis|bis)\W{1,3}"
    r"(?:(?P<iso>\d{4}-\d\d-\d\d)|(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>\d{4}))"
)
_LABELS = re.compile(
    r"(?<!\w)(?:GOTS|Global Organic Textile Standard|OEKO[- ]?TEX|[Oo]eko-[Tt]ex|FSC|PEFC|RoHS|BSCI"
    r"|[Bb]lue[Ss]ign|[Bb]luesign|GRS|Cradle to Cradle|Rainforest Alliance|Leaping Bunny"
    r"|Fair ?[Tt]rade|Energy Star|ENERGY STAR|EU Ecolabel|Blauer Engel|Blue Angel|USDA"
    r"|B Corp(?:oration)?|NSF|ECOCERT|Ecocert|COSMOS|Demeter|GS[- ][Mm]ark|TÜV|T[uü]v"
    r"|ISO[- ]?\d{3,5}|ASTM|ANSI|EN[- ]\d{2,5}|IP\d\d|Kosher|Halal|UL[- ](?:[Ll]isted|[Cc]ertified)"
    r"|CE(?=[- ](?:mark|certif|approv|conform|compl))|CE-?(?:mark|certif)\w{0,8}"
    r"|FDA(?:[- ](?:approved|cleared|registered|compliant))?|EPA[- ][Cc]ertified)(?!\w)"
)
_APPROVALS = re.compile(
    r"\b(?:clinically|dermatologically|scientifically|medically|lab(?:oratory)?)[ -]"
    r"(?:proven|tested|approved)\b",
    re.IGNORECASE,
)


def check_certificates(text: str, context: CheckContext) -> list[Finding]:
    """Find labels and approvals without support."""
    return first_findings(_find(text, context))


def _find(text: str, context: CheckContext) -> Iterator[Finding]:
    known = known_codes(all_text(context))
    for pattern in (_LABELS, _APPROVALS):
        for match in pattern.finditer(text):
            said = match.group()
            if squash(said) not in known:
                yield finding(
                    RULE_ID,
                    Severity.BLOCK,
                    UNSUPPORTED,
                    match.start(),
                    match.end(),
                    said=excerpt(said),
                )
            elif (day := _expired_on(said, context)) is not None:
                yield finding(
                    RULE_ID,
                    Severity.BLOCK,
                    EXPIRED,
                    match.start(),
                    match.end(),
                    said=excerpt(said),
                    day=day.isoformat(),
                )


def _expired_on(said: str, context: CheckContext) -> date | None:
    """Return when the last certificate of this name expired; None if one holds or says nothing."""
    days: list[date] = []
    for fact in context.facts:
        if squash(said) in known_codes(f"{fact.name} {fact.value}"):
            day = valid_until(fact.value)
            if day is None:
                return None
            days.append(day)
    last = max(days, default=None)
    return last if last and context.today and last < context.today else None


def valid_until(value: str) -> date | None:
    """Return the last day on which a certificate holds, as a fact says it; None if it does not."""
    match = _UNTIL.search(value)
    if match is None:
        return None
    try:
        if match["iso"]:
            return date.fromisoformat(match["iso"])
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None  # 31 February: nobody knows what was meant.
