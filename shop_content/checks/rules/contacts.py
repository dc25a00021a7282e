"""Find e-mail addresses, telephone numbers, web addresses and street addresses."""

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

RULE_ID = "contact"

EMAIL = gettext_noop("“%(said)s” is an e-mail address. Copy must not carry one: take it out.")
PHONE = gettext_noop("“%(said)s” is a telephone number. Copy must not carry one: take it out.")
LINK = gettext_noop("“%(said)s” is a web address. Copy must not carry one: take it out.")
STREET = gettext_noop("“%(said)s” is a postal address. Copy must not carry one: take it out.")

# Every pattern has bounds, and starts at a rare sign or looks back a bounded way.
_DOMAIN = re.compile(r"[^\W_][\w-]{0,62}(?:\.[^\W_][\w-]{0,62}){1,5}")
_LOCAL_MAX = 64
_URL = re.compile(r"(?<!\w)(?:https?|ftp)://\S{1,200}|(?<!\w)www\.[\w-]{1,63}\.\S{1,200}", re.I)
_TLD = re.compile(
    r"\.(?:com|net|org|shop|store|biz|co\.uk|de|eu|fr|io|info)(?![\w-])(?:/\S{0,99})?"
)
_HANDLE = re.compile(r"(?<![\w@.])@[A-Za-z]\w{2,29}\b")
_PHONES = (
    re.compile(r"(?<![\w+])\+\d{1,3}(?:[ ()./-]{0,2}\d){6,13}(?!\d)"),
    re.compile(r"(?<![\w-])(?:1[-. ])?\(\d{2,5}\) ?\d{2,4}[-. ]?\d{3,6}(?!\w)"),
    re.compile(r"(?<![\w.-])(?:1[-. ])?\d{3}([-. ])\d{3}\1\d{4}(?![\w-])"),
    re.compile(r"(?<!\w)1-8\d\d-[A-Z0-9]{3,8}(?:-[A-Z0-9]{3,5})?(?!\w)"),
    re.compile(r"(?<![\w.,/-])0\d{2,4}[ /-]\d{3,4}(?:[ -]?\d{2,4}){1,2}(?![\w.,]\d)"),
    re.compile(
        r"\b(?:call|phone|tel|telephone|fax|mobile|whatsapp|hotline|telefon)\b[.:]?"
        r"(?: us)?(?: at| on)? ?\(?\d(?:[ ()./-]{0,2}\d){4,14}",
        re.IGNORECASE,
    ),
)
_STREETS = (
    re.compile(
        r"(?<![\w.,/-])\d{1,5}[A-Za-z]? (?!Wheel|Hard|Flash|Disk|Disc|Star|Inch)(?:[NSEW]\.? )?"
        r"(?:[A-Z][\w'’]{1,20} ){1,3}(?:Street|St\b\.?|Avenue|Ave\b\.?|Road|Rd\b\.?|Lane"
        r"|Boulevard|Blvd\b\.?|Drive|Square|Court|Terrace)(?!\w)"
    ),
    re.compile(
        r"(?<!\w)[A-ZÄÖÜ][\w-]{2,30}(?:straße|strasse|str\.|weg|platz|allee|gasse)"
        r" \d{1,4}[a-z]?(?!\w)"
    ),
    re.compile(r"\bp\. ?o\. ?box \d{1,6}|\bpo box \d{1,6}", re.IGNORECASE),
)
_WHEEL_DRIVE = re.compile(r"\b(?:wheel|hard|flash|disk|disc|direct|gear) drive\b", re.IGNORECASE)


def check_contacts(text: str, context: CheckContext) -> list[Finding]:
    """Find ways to reach somebody outside the shop."""
    found = first_findings(_emails(text))
    found += _not_inside(found, first_findings(_urls(text)))
    found += _not_inside(found, first_findings(_domains(text)))
    found += _not_inside(found, first_findings(_phones(text)))
    found += first_findings(_streets(text))
    return first_findings(found)


def _found(text: str, template: str, start: int, end: int) -> Finding:
    said = excerpt(text[start:end])
    return finding(RULE_ID, Severity.BLOCK, template, start, end, said=said)


def _emails(text: str) -> Iterator[Finding]:
    for match in re.finditer(r"@", text):
        start = match.start()
        while (
            start > 0
            and match.start() - start < _LOCAL_MAX
            and (text[start - 1].isalnum() or text[start - 1] in "._%+-")
        ):
            start -= 1
        domain = _DOMAIN.match(text, match.end())
        if domain and start < match.start():
            yield _found(text, EMAIL, start, domain.end())


def _urls(text: str) -> Iterator[Finding]:
    for match in _URL.finditer(text):
        yield _found(text, LINK, match.start(), match.end())


def _domains(text: str) -> Iterator[Finding]:
    last = 0
    for match in _TLD.finditer(text):
        start = match.start()
        while (
            start > last
            and match.start() - start < 63
            and (text[start - 1].isalnum() or text[start - 1] in "-.")
        ):
            start -= 1
        if match.start() - start >= 2 and text[start : start + 4].lower() != "www.":
            last = match.end()
            yield _found(text, LINK, start, match.end())
    for match in _HANDLE.finditer(text):
        yield _found(text, LINK, match.start(), match.end())


def _phones(text: str) -> Iterator[Finding]:
    taken = -1
    for pattern in _PHONES:
        for match in pattern.finditer(text):
            if match.start() > taken:
                taken = match.end()
                yield _found(text, PHONE, match.start(), match.end())


def _streets(text: str) -> Iterator[Finding]:
    for pattern in _STREETS:
        for match in pattern.finditer(text):
            if not _WHEEL_DRIVE.search(match.group()):
                yield _found(text, STREET, match.start(), match.end())


def _not_inside(found: list[Finding], more: list[Finding]) -> list[Finding]:
    """Drop what lies inside something found already, as a domain lies in an e-mail address."""
    return [new for new in more if not any(old.start <= new.start < old.end for old in found)]
