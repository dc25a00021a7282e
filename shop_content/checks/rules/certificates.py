"""Find certificates, labels and approvals that nothing about the product mentions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shop_content.checks.rules.base import (
    CheckContext,
    Finding,
    Severity,
    excerpt,
    finding,
    first_findings,
    gettext_noop,
)
from shop_content.checks.rules.quantities import known_codes, squash
from shop_content.checks.rules.words import all_text

RULE_ID = "certificate"

UNSUPPORTED = gettext_noop(
    "The text names %(said)s; nothing about the product does. "
    "Take it out, or add the certificate to the product's facts."
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
