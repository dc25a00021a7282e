"""Find numbers that the text gives to another thing than the facts do. English only."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shop_content.checks.rules.base import (
    FactValue,
    Finding,
    Severity,
    excerpt,
    finding,
    gettext_noop,
)
from shop_content.checks.rules.evidence import root_of, roots_of
from shop_content.checks.rules.plain_words import FREQUENT_WORDS
from shop_content.checks.rules.words import sentences, split_words
from shop_content.core.quantities import Quantity, read_quantities

RULE_ID = "contradiction"

OTHER_NUMBER = gettext_noop(
    "The text gives %(said)s to “%(subject)s”; the product says %(name)s: %(value)s. "
    "Correct the text."
)

OTHER_RANGE = gettext_noop(
    "The text says “%(said)s”; no fact has both numbers. Look at %(name)s: %(value)s."
)

OTHER_PART = gettext_noop(
    "The text says “%(said)s”; the product says %(name)s: %(value)s. Correct the text."
)
NEAR_WORDS = 3
_CHUNK_END = re.compile(
    r"[.!?;:,\n]\s|[.!?;:,]\Z|\n|\s(?:and|but|while|with|plus|whereas)\s", re.IGNORECASE
)
_RANGE_GAP = re.compile(r"\s?(?:to|-|–)\s?", re.IGNORECASE)

# How people say the name of a measure, and which measures may stand for each other.
_MEASURES = {
    "height": "height high tall stands rises",
    "width": "width wide",
    "length": "length long",
    "depth": "depth deep",
    "weight": "weight weighs weigh",
    "thickness": "thickness thick",
    "diameter": "diameter across",
    "capacity": "capacity holds hold",
    "volume": "volume holds hold",
}
_DIMENSIONS = {
    "tall": "height", "high": "height", "wide": "width", "long": "length", "deep": "depth",
    "thick": "thickness",
}  # fmt: skip
_NAMES = {root_of(name): frozenset(map(root_of, said.split())) for name, said in _MEASURES.items()}
_MEASURE_ROOTS = frozenset(root for roots in _NAMES.values() for root in roots)
_DIMENSION = re.compile(rf"[ -](?P<word>{'|'.join(_DIMENSIONS)})\b", re.IGNORECASE)
_LENGTH_OF = re.compile(
    r"\b(?P<word>height|width|length|depth|thickness) of (?:about |around |up to )?\Z",
    re.IGNORECASE,
)
_NEXT = re.compile(r"\s(?:about |up to |around |just )?")

# What a verb measures.
_VERBS = re.compile(r"\b(?P<verb>weighs?|holds?)\b", re.IGNORECASE)
_VERB_KINDS = {
    "weigh": frozenset({"mass", "grammage"}),
    "hold": frozenset({"volume", "mass", "memory", "charge", "energy", "area", "share", "count"}),
}


@dataclass(frozen=True, slots=True)
class _Measured:
    """A fact with measures."""

    fact: FactValue
    quantities: tuple[Quantity, ...]
    roots: frozenset[str]  # of its name, in all the ways people say it
    dimensions: frozenset[str]  # "height", "width", … that its name or value speaks of


def _measured(fact: FactValue) -> _Measured:
    value = f"{fact.value} {fact.unit}".strip()
    names = {root_of(form) for form in split_words(fact.name).forms if form in _MEASURES}
    forms = [form for form in split_words(fact.name).forms if form not in FREQUENT_WORDS]
    roots = frozenset(root_of(form) for form in forms if len(form) > 2)
    said = frozenset(root for name in names for root in _NAMES[name])
    words = (*split_words(fact.name).forms, *split_words(value).forms)
    dimensions = {_DIMENSIONS.get(form, form) for form in words} & set(_DIMENSIONS.values())
    return _Measured(fact, tuple(read_quantities(value)), roots | said, frozenset(dimensions))


def other_numbers(text: str, facts: Sequence[FactValue]) -> Iterator[Finding]:
    """Find numbers, dimensions, ranges and measuring verbs that belong to another fact."""
    measured = [row for fact in facts if (row := _measured(fact)).quantities]
    yield from _numbers(text, measured)
    yield from _wrong_verbs(text, measured)


def _numbers(text: str, measured: Sequence[_Measured]) -> Iterator[Finding]:
    quantities = [quantity for quantity in read_quantities(text) if quantity.unit]
    for quantity in quantities:
        owners = [row for row in measured if _has(row, quantity)]
        if owners and (other := _other_dimension(text, quantity, owners, measured)):
            yield _other_number(text, quantity, other)
    if len(measured) < 2:
        return
    spans = list(_chunks(text))
    starts = [start for start, _end in spans]
    inside = Counter(bisect_right(starts, quantity.start) for quantity in quantities)
    for quantity in quantities:
        number = bisect_right(starts, quantity.start)
        # Which of two numbers belongs to which word is not told by the words alone.
        if not number or inside[number] > 1 or _DIMENSION.match(text, quantity.end):
            continue
        roots = roots_of(text[slice(*spans[number - 1])])
        near = roots_of(_around(text, quantity, spans[number - 1]))
        if other := _better_owner(quantity, roots, near, measured):
            yield _other_number(text, quantity, other)
    yield from _ranges(text, quantities, measured)


def _wrong_verbs(text: str, measured: Sequence[_Measured]) -> Iterator[Finding]:
    """Find "holds 35 mm" and "weighs 2 l": the fact says something else of the number."""
    for match in _VERBS.finditer(text):
        after = text[match.end() : match.end() + 40]
        quantity = next(iter(read_quantities(after)), None)
        if (
            quantity is None
            or quantity.unit is None
            or not _NEXT.fullmatch(after[: quantity.start])
        ):
            continue
        if quantity.unit.kind in _VERB_KINDS[match.group("verb").lower().removesuffix("s")]:
            continue
        owner = next((row.fact for row in measured if _has(row, quantity)), None)
        if owner is not None:
            start, end = match.start(), match.end() + quantity.end
            yield finding(
                RULE_ID, Severity.BLOCK, OTHER_PART, start, end,
                said=excerpt(text[start:end]), name=owner.name, value=value_of(owner),
            )  # fmt: skip


def _other_dimension(
    text: str, quantity: Quantity, owners: Sequence[_Measured], measured: Sequence[_Measured]
) -> FactValue | None:
    """Return the fact whose dimension the text gives to a number of another dimension."""
    match = _DIMENSION.match(text, quantity.end)
    before = _LENGTH_OF.search(text[max(0, quantity.start - 30) : quantity.start])
    if match:
        said = _DIMENSIONS[match.group("word").lower()]
    elif before:
        said = before.group("word").lower()
    else:
        return None
    if any(said in row.dimensions or not row.dimensions for row in owners):
        return None
    return next((row.fact for row in measured if said in row.dimensions), None)


def _better_owner(
    quantity: Quantity,
    roots: frozenset[str],
    near: frozenset[str],
    measured: Sequence[_Measured],
) -> FactValue | None:
    """Return the fact that the words around a number name, if it has another number.

    One word of a name tells little: it must stand near the number.
    """
    owners = [row for row in measured if _has(row, quantity)]
    others = [row for row in measured if row not in owners and _is_named(row, roots)]
    others = [row for row in others if len(row.roots & roots) > 1 or row.roots & near]
    others = [row for row in others if any(q.unit == quantity.unit for q in row.quantities)]
    if not owners or not others:
        return None
    best = max(others, key=lambda row: len(row.roots & roots))
    # "The case weighs 38 g": a measure alone does not tell whose it is.
    is_measure_only = best.roots & roots <= _MEASURE_ROOTS
    if is_measure_only and not all(row.roots & _MEASURE_ROOTS for row in owners):
        return None
    own = max(len(row.roots & roots) for row in owners)
    return best.fact if len(best.roots & roots) > own else None


def _around(text: str, quantity: Quantity, span: tuple[int, int]) -> str:
    """Return the words of a clause that stand next to a number."""
    before = split_words(text[span[0] : quantity.start]).forms[-NEAR_WORDS:]
    after = split_words(text[quantity.end : span[1]]).forms[:NEAR_WORDS]
    return " ".join((*before, *after))


def _is_named(row: _Measured, roots: frozenset[str]) -> bool:
    """Tell whether a clause has all telling words of a fact's name."""
    forms = [form for form in split_words(row.fact.name).forms if form not in FREQUENT_WORDS]
    if not forms:
        return bool(row.roots & roots)
    missing = [form for form in forms if root_of(form) not in roots and form not in _MEASURES]
    return not missing and bool(row.roots & roots)


def _ranges(
    text: str, quantities: Sequence[Quantity], measured: Sequence[_Measured]
) -> Iterator[Finding]:
    """Find "110 to 160 cm" where one fact says 110 to 140 cm and another has the 160 cm."""
    for first, last in pairwise(quantities):
        if first.unit != last.unit or not _RANGE_GAP.fullmatch(text[first.number_end : last.start]):
            continue
        having = [row for row in measured if _has(row, first)]
        others = [row for row in measured if _has(row, last)]
        ranged = [row for row in having if _has_range(row, first)]
        if ranged and others and not any(_has(row, last) for row in having):
            said = excerpt(text[first.start : last.end])
            yield finding(
                RULE_ID, Severity.BLOCK, OTHER_RANGE, first.start, last.end,
                said=said, name=ranged[0].fact.name, value=value_of(ranged[0].fact),
            )  # fmt: skip


def _has_range(row: _Measured, quantity: Quantity) -> bool:
    """Tell whether a fact begins a range with this number."""
    value = value_of(row.fact)
    return any(
        _is_same(one, quantity) and _RANGE_GAP.fullmatch(value[one.number_end : other.start])
        for one, other in pairwise(row.quantities)
    )


def _other_number(text: str, quantity: Quantity, fact: FactValue) -> Finding:
    return finding(
        RULE_ID, Severity.BLOCK, OTHER_NUMBER, quantity.start, quantity.end,
        said=excerpt(text[quantity.start : quantity.end]),
        subject=fact.name, name=fact.name, value=value_of(fact),
    )  # fmt: skip


def value_of(fact: FactValue) -> str:
    """Return the value of a fact as a message shows it."""
    return excerpt(f"{fact.value} {fact.unit}".strip())


def _has(row: _Measured, quantity: Quantity) -> bool:
    return any(_is_same(quantity, own) for own in row.quantities)


def _is_same(one: Quantity, other: Quantity) -> bool:
    if other.unit is None or one.unit is None:
        return set(one.values) == set(other.values)
    return one.unit.kind == other.unit.kind and bool(
        _readings(one, one.unit.factor) & _readings(other, other.unit.factor)
    )


def _readings(quantity: Quantity, factor: float) -> set[float]:
    """Return what a quantity may be in base units; "3,000" is no nothing."""
    return {round(value * factor, 6) for value in (*quantity.values, *quantity.parts) if value}


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of the parts of each sentence between commas and joining words."""
    for start, end in sentences(text):
        begin = start
        for match in _CHUNK_END.finditer(text, start, end):
            if match.start() > begin:
                yield begin, match.start()
            begin = match.end()
        if end > begin:
            yield begin, end
