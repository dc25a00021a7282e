"""Find what the texts of a product's other fields deny: yes for no, one number for another.

What the facts decide is found by other rules, in each text by itself. This is for the rest, such
as what an editor added to one text and not to the other. English only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from shop_content.checks.rules.base import (
    CheckContext,
    Finding,
    Severity,
    excerpt,
    finding,
    first_findings,
    gettext_noop,
)
from shop_content.checks.rules.evidence import MAX_TEXT_CHARS, root_of
from shop_content.checks.rules.plain_words import FREQUENT_WORDS
from shop_content.checks.rules.words import facts_text, sentences, split_words
from shop_content.core.quantities import Quantity, read_quantities

RULE_ID = "other_field"

OTHER = gettext_noop(
    "This text says “%(said)s”, that of the field “%(field)s” “%(other)s”. Make them agree, or "
    "send one of them back."
)
FIELD_NAMES = {
    "description": "description",
    "bullets": "bullets",
    "short_description": "short description",
    "meta_title": "meta title",
    "meta_description": "meta description",
    "image_alt_text": "image alt text",
}
MAX_OTHER_TEXTS = 8
NEAR_WORDS = 3
_CLAUSE_END = re.compile(
    r"[.!?;:,\n]\s|[.!?;:,]\Z|\n|\s(?:but|while|whereas|though|although|yet)\s", re.IGNORECASE
)
_NEGATION = re.compile(r"\b(?:not|no|never|without|neither|nor|cannot|\w{1,9}n['’]t)\b", re.I)
_HARMLESS = re.compile(r"\b(?:not only|not just|no matter|no more than|no less than)\b", re.I)
# "dishwasher safe", "shower-proof", "waterproof", "removable"
_QUALITY = re.compile(
    r"\b(?:(?P<what>\w{2,20})[ -](?P<kind>safe|proof|free|resistant|washable|compatible|"
    r"repellent)|(?P<whole>\w{3,20}(?:proof|tight|able|ible)|vegan|vegetarian|wireless|cordless|"
    r"waterproof|foldable))\b",
    re.IGNORECASE,
)
# "a lid is not included", "with a lid", "no lid"
_PART = re.compile(
    r"\b(?:no|without(?: an?)?|with(?: an?)?|has(?: an?)?|includes?(?: an?)?) (?P<part>\w{3,20})\b"
    r"|\b(?P<given>\w{3,20})(?: is| are)?(?: not)? (?:included|supplied)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Said:
    """Something that a clause says is so, or is not so."""

    key: str
    is_so: bool
    start: int
    end: int
    clause: str


def check_other_fields(text: str, context: CheckContext) -> list[Finding]:
    """Find what the newest texts of the product's other fields say otherwise."""
    if not context.other_texts or not context.is_english:
        return []
    return first_findings(_find(text[:MAX_TEXT_CHARS], context))


def _find(text: str, context: CheckContext) -> Iterator[Finding]:
    said = list(_said(text))
    quantities = _measures(text)
    known = [quantity for quantity in read_quantities(facts_text(context)) if quantity.unit]
    for field, whole in context.other_texts[:MAX_OTHER_TEXTS]:
        other = whole[:MAX_TEXT_CHARS]
        yield from _opposites(text, said, field, other)
        theirs = _measures(other)
        for quantity in quantities:
            if not _is_among(quantity, known) and not _is_among(quantity, theirs):
                yield from _other_number(text, quantity, quantities, field, other, theirs)


def _opposites(text: str, said: list[_Said], field: str, other: str) -> Iterator[Finding]:
    theirs: dict[str, list[_Said]] = {}
    for one in _said(other):
        theirs.setdefault(one.key, []).append(one)
    for one in said:
        against = theirs.get(one.key, [])
        if against and all(row.is_so != one.is_so for row in against):
            yield _finding(one.start, one.end, one.clause, field, against[0].clause)


def _other_number(
    text: str,
    quantity: Quantity,
    quantities: list[Quantity],
    field: str,
    other: str,
    theirs: list[Quantity],
) -> Iterator[Finding]:
    """Yield a finding where the other text gives another number to the same thing."""
    kind = quantity.unit.kind if quantity.unit else ""
    alike = [one for one in theirs if one.unit and one.unit.kind == kind]
    is_only = (
        len(alike) == 1
        and sum(one.unit is not None and one.unit.kind == kind for one in quantities) == 1
    )
    near = _near(text, quantity)
    same = [one for one in alike if is_only or near & _near(other, one)]
    if same:
        start, end = quantity.start, quantity.end
        yield _finding(start, end, text[start:end], field, other[same[0].start : same[0].end])


def _finding(start: int, end: int, said: str, field: str, other: str) -> Finding:
    return finding(
        RULE_ID, Severity.WARN, OTHER, start, end,
        said=excerpt(said), field=FIELD_NAMES.get(field, field), other=excerpt(other),
    )  # fmt: skip


def _said(text: str) -> Iterator[_Said]:
    """Yield the qualities and parts of each clause, with whether the clause denies them."""
    for start, end in _clauses(text):
        clause = _HARMLESS.sub(lambda match: " " * len(match.group()), text[start:end])
        negation = _NEGATION.search(clause)
        for match in _QUALITY.finditer(clause):
            words = [match["what"], match["kind"]] if match["kind"] else [match["whole"]]
            key = "".join(words).casefold()
            # "It has no lid and is dishwasher safe": a "no" denies what stands right behind it.
            is_denied = (
                negation is not None
                and negation.start() < match.start()
                and (
                    negation.group().casefold() not in ("no", "without")
                    or match.start() - negation.end() <= 2
                )
            )
            yield _told(key, is_so=not is_denied, match=match, start=start, clause=text[start:end])
        for match in _PART.finditer(clause):
            part = (match["part"] or match["given"]).casefold()
            if part in FREQUENT_WORDS or _NEGATION.fullmatch(part):
                continue
            is_denied = bool(_NEGATION.search(match.group()))
            yield _told(
                f"part:{root_of(part)}",
                is_so=not is_denied,
                match=match,
                start=start,
                clause=text[start:end],
            )


def _told(key: str, *, is_so: bool, match: re.Match[str], start: int, clause: str) -> _Said:
    return _Said(key, is_so, start + match.start(), start + match.end(), clause.strip())


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    for start, end in sentences(text):
        begin = start
        for match in _CLAUSE_END.finditer(text, start, end):
            if match.start() > begin:
                yield begin, match.start()
            begin = match.end()
        if end > begin:
            yield begin, end


def _measures(text: str) -> list[Quantity]:
    return [quantity for quantity in read_quantities(text) if quantity.unit and quantity.values]


def _is_among(quantity: Quantity, others: list[Quantity]) -> bool:
    return any(
        other.unit is not None
        and quantity.unit is not None
        and other.unit.kind == quantity.unit.kind
        and any(
            abs(a * quantity.unit.factor - b * other.unit.factor) <= 1e-6 * abs(a)
            for a in quantity.values
            for b in other.values
        )
        for other in others
    )


def _near(text: str, quantity: Quantity) -> frozenset[str]:
    """Return the telling words around a number."""
    before = split_words(text[max(0, quantity.start - 60) : quantity.start]).forms[-NEAR_WORDS:]
    after = split_words(text[quantity.end : quantity.end + 60]).forms[:NEAR_WORDS]
    return frozenset(
        root_of(form) for form in (*before, *after) if len(form) > 2 and form not in FREQUENT_WORDS
    )
