"""Read facts out of what a file or a supplier wrote: tables, lists, options, plain sentences.

What is read is offered to the merchant and is no fact before somebody accepts it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict

from shop_content.core.hidden_instructions import hidden_instructions
from shop_content.core.quantities import read_quantities
from shop_content.core.storable import storable
from shop_content.core.units import find_unit

MAX_SUGGESTIONS = 20  # More than this is a data sheet to be imported, not a list to be clicked.
MAX_TEXT_CHARS = 20_000
MIN_PAIRS = 2
MAX_NAME_CHARS, MAX_NAME_WORDS, MAX_VALUE_CHARS, MAX_QUOTE_CHARS = 40, 4, 160, 120
TOLERANCE = 0.005  # 11.8 fl oz are 349 ml: a value that was converted and rounded is the same.

# "Material: oak", "- Capacity: 350 ml"; a name has no digit and no mark of a sentence in it.
_PAIR = re.compile(
    r"^[ \t]*(?:[-*•–]\s+)?(?P<name>[^\W\d_][^\n:;.!?\d]{1,39}?)\s*:\s+"
    r"(?P<value>[^\n]{1,200}?)[ \t]*$",
    re.MULTILINE,
)
_NOT_A_NAME = re.compile(
    r"^(?:https?|note|please note|warning|attention|tip|ps|e ?mail|tel|phone)$", re.I
)
_NOT_A_VALUE = re.compile(r"https?://|www\.|@\w|[.!?。] ?[^\W\d_]{2}")  # an address, two sentences
_MATERIAL = re.compile(
    r"\bmade (?:entirely )?(?:of|from) "
    r"(?!(?:the|a|an|scratch|quality|small|soft|durable)\b)"
    r"(?P<value>(?:\d{1,3} ?% )?[a-z][a-z -]{2,40}?)"
    r"(?=[.,;]|$| (?:and|with|that|which|for|by|in|on|so)\b)"
)
_WEIGHT = re.compile(
    r"\b(?:weighs|weight of|weighing)(?: only| just| about| approx\.?)? (?=\d)", re.I
)
_HOLDS = re.compile(r"\b(?:holds|capacity of|volume of)(?: up to| about)? (?=\d)", re.I)
_SIDES = {
    "high": "Height", "tall": "Height", "wide": "Width", "long": "Length", "deep": "Depth",
    "thick": "Thickness", "in diameter": "Diameter", "across": "Diameter",
}  # fmt: skip
_SIDE = re.compile(r"\s?(high|tall|wide|long|deep|thick|in diameter|across)\b", re.I)
_CAPACITY = frozenset({"volume", "mass"})
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_NO_OPTION = {"title", "default title"}


class SuggestionData(TypedDict):
    """One fact that a text seems to say, as the product's row keeps it."""

    name: str
    value: str
    unit: str
    where: str  # "supplier_text", "description" or "options"
    quote: str


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A fact that the product has, or that the merchant has turned down."""

    name: str
    value: str  # with its unit


def suggestions_in(
    texts: Iterable[tuple[str, str]],
    options: Sequence[Sequence[Sequence[str]]] = (),
    known: Sequence[KnownFact] = (),
) -> list[SuggestionData]:
    """Return what texts and variants say that is not a fact yet; conflicts with facts included.

    Args:
        texts: pairs of a place ("supplier_text", "description") and the text.
        options: for each variant its (name, value) pairs.
        known: facts that are there, and suggestions that were turned down: neither comes again.
    """
    found: dict[str, SuggestionData] = {}
    for row in (*_of_texts(texts), *_of_options(options)):
        is_known = any(
            row["name"].casefold() == fact.name.casefold()
            and is_same_value(_with_unit(row), fact.value)
            for fact in known
        )
        if not is_known:
            found.setdefault(row["name"].casefold(), row)
    return list(found.values())[:MAX_SUGGESTIONS]


def is_same_value(one: str, other: str) -> bool:
    """Tell whether two values say the same: 0.29 kg is 290 g, "Oak" is "oak"."""
    if _plain(one) == _plain(other):
        return True
    ours, theirs = read_quantities(one), read_quantities(other)
    if not ours or len(ours) != len(theirs) or _letters(one) != _letters(other):
        return False
    return all(
        a.unit and b.unit and a.unit.kind == b.unit.kind
        and any(
            abs(x * a.unit.factor - y * b.unit.factor) <= TOLERANCE * abs(x * a.unit.factor)
            for x in a.values
            for y in b.values
        )
        for a, b in zip(ours, theirs, strict=True)
    )  # fmt: skip


def _of_texts(texts: Iterable[tuple[str, str]]) -> Iterator[SuggestionData]:
    for where, text in texts:
        part = storable(text[:MAX_TEXT_CHARS])
        rows = [*_pairs(where, part), *_sentences(where, part)]
        # Looked at last, for it costs most, and of most texts nothing was read.
        if rows and not hidden_instructions(part):
            yield from rows


def _of_options(options: Sequence[Sequence[Sequence[str]]]) -> Iterator[SuggestionData]:
    values: dict[str, dict[str, None]] = {}
    for variant in options:
        for name, value in variant:
            if name.casefold() not in _NO_OPTION and value.strip():
                values.setdefault(name.strip(), {})[value.strip()] = None
    for name, listed in values.items():
        text = ", ".join(listed)
        if len(text) <= MAX_VALUE_CHARS:
            yield _row(name, text, "options", text)


def _pairs(where: str, text: str) -> Iterator[SuggestionData]:
    """Yield the lines of a table; one line alone with a colon in it is no table."""
    matches = list(_PAIR.finditer(text))
    for match in matches if len(matches) >= MIN_PAIRS else ():
        name, value = match["name"].strip(), match["value"].strip().rstrip(".;,")
        is_name = len(name.split()) <= MAX_NAME_WORDS and not _NOT_A_NAME.match(name)
        if is_name and value and len(value) <= MAX_VALUE_CHARS and not _NOT_A_VALUE.search(value):
            yield _row(name[:1].upper() + name[1:], value, where, match.group())


def _sentences(where: str, text: str) -> Iterator[SuggestionData]:
    for match in _MATERIAL.finditer(text):
        quote = _around(text, match.start(), match.end())
        yield _row("Material", match["value"].strip(), where, quote)
    for pattern, name, kinds in ((_WEIGHT, "Weight", {"mass"}), (_HOLDS, "Capacity", _CAPACITY)):
        for match in pattern.finditer(text):
            if measured := _measured(text, match.end(), kinds):
                yield _row(name, measured[0], where, _around(text, match.start(), measured[1]))
    for match in _NUMBER.finditer(text):
        measured = _measured(text, match.start(), {"length"})
        side = _SIDE.match(text, measured[1]) if measured else None
        if measured and side:
            name = _SIDES[side[1].lower()]
            yield _row(name, measured[0], where, _around(text, match.start(), side.end()))


def _measured(text: str, position: int, kinds: Container[str]) -> tuple[str, int] | None:
    """Return the number with its unit, of one of the kinds, that stands here; and its end."""
    number = _NUMBER.match(text, position)
    if number is None or (
        position and (text[position - 1].isalnum() or text[position - 1] in ".,")
    ):
        return None
    unit = find_unit(text, number.end(), float(number.group().replace(",", ".")))
    if unit is None or unit.unit.kind not in kinds:
        return None
    return f"{number.group()} {unit.spelling}", unit.end


def _row(name: str, value: str, where: str, quote: str) -> SuggestionData:
    unit = ""
    number = _NUMBER.match(value)
    if number is not None:
        found = find_unit(value, number.end(), float(number.group().replace(",", ".")))
        if found is not None and found.end == len(value) and found.spelling.isalpha():
            value, unit = number.group(), found.spelling
    return {
        "name": name[:MAX_NAME_CHARS],
        "value": value,
        "unit": unit,
        "where": where,
        "quote": " ".join(quote.split())[:MAX_QUOTE_CHARS],
    }


def _around(text: str, start: int, end: int) -> str:
    """Return the passage with the words around it."""
    sentence = text.rfind(". ", 0, start)
    begin = max(sentence + 2 if sentence >= 0 else 0, text.rfind("\n", 0, start) + 1, start - 40)
    return text[begin : end + 20]


def _with_unit(row: SuggestionData) -> str:
    return f"{row['value']} {row['unit']}".strip()


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace(",", " , ").split()).rstrip(" .")


def _letters(text: str) -> str:
    """Return the words that are no unit: "2 bowls" is not "2 lids"."""
    without = list(text)
    for quantity in read_quantities(text):
        without[quantity.start : quantity.end] = " " * (quantity.end - quantity.start)
    return _plain("".join(without))
