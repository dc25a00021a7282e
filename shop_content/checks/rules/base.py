"""What every rule takes and gives: a text with its context in, findings with a place out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import islice

# More marks than this help nobody, and a hostile text must not fill the database with them.
MAX_FINDINGS_PER_RULE = 50


class Severity(StrEnum):
    """How bad a finding is."""

    BLOCK = "B"
    WARN = "W"
    INFO = "I"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule found; `message` is `template % dict(params)`."""

    rule: str
    severity: Severity
    message: str
    start: int  # code points of the text; start == end == 0: the text as a whole
    end: int
    template: str = ""
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FactValue:
    """One fact of the product, as the merchant wrote it."""

    name: str
    value: str
    unit: str = ""
    source: str = ""
    is_verified: bool = False


@dataclass(frozen=True, slots=True)
class CheckContext:
    """Everything the rules may compare a text with."""

    field: str
    language: str = "en"
    name: str = ""
    brand: str = ""
    category: str = ""
    facts: tuple[FactValue, ...] = ()  # what may be said
    private_facts: tuple[FactValue, ...] = ()  # what may not
    verbatim: tuple[str, ...] = ()  # lines that a description has to hold word for word
    keywords: tuple[str, ...] = ()
    must_use: tuple[str, ...] = ()
    must_not_use: tuple[str, ...] = ()
    supplier_text: str = ""
    length: str = "medium"
    gtin: str = ""
    price: str = ""
    channels: tuple[str, ...] = ()  # that the merchant sells in: keys of channel_table.CHANNELS
    voice_person: str = ""  # "we", "you" or "none"; "": whoever is addressed
    voice_sentence_words: int = 0  # of the shop's sentences; 0: no aim
    today: date | None = None  # None: nothing expires
    # Field and newest text of the product's other fields.
    other_texts: tuple[tuple[str, str], ...] = ()
    is_data_trusted: bool = False  # Somebody has looked at what in it speaks to the machine.

    @property
    def is_english(self) -> bool:
        """Tell whether the English word lists apply."""
        return self.language.lower().split("-")[0] == "en"


Rule = Callable[[str, CheckContext], list[Finding]]


def gettext_noop(message: str) -> str:
    """Mark a template for translation without importing Django; makemessages looks for the name."""
    return message


def finding(
    rule: str, severity: Severity, template: str, start: int = 0, end: int = 0, **params: str
) -> Finding:
    """Make a finding whose message is the filled template."""
    return Finding(
        rule=rule,
        severity=severity,
        message=template % params,
        start=start,
        end=end,
        template=template,
        params=tuple(params.items()),
    )


def first_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Return the first findings of a lazy rule, at most `MAX_FINDINGS_PER_RULE`."""
    return list(islice(findings, MAX_FINDINGS_PER_RULE))


def excerpt(text: str, max_chars: int = 60) -> str:
    """Return the text short enough to stand in a message."""
    clean = " ".join(text.split())
    return clean if len(clean) <= max_chars else clean[: max_chars - 1] + "…"
