"""Find a value that the text gives to another thing than the facts do. English only.

Every number and word may stand in the facts, and the sentence still be wrong: "65 cm wide" where
65 cm is the height, "a steel seat" where the frame is of steel. Each finding here contradicts a
fact, and carries the id of that rule.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shop_content.checks.rules.base import (
    CheckContext,
    FactValue,
    Finding,
    Severity,
    excerpt,
    finding,
    gettext_noop,
)
from shop_content.checks.rules.evidence import root_of, roots_of
from shop_content.checks.rules.numbers import NUMBER_WORDS
from shop_content.checks.rules.plain_words import FREQUENT_WORDS
from shop_content.checks.rules.quantities import Quantity, read_quantities
from shop_content.checks.rules.units import unit_named
from shop_content.checks.rules.vocabulary import COLOURS, MATERIALS
from shop_content.checks.rules.words import Words, sentences, split_words, word_set

RULE_ID = "contradiction"

OTHER_NUMBER = gettext_noop(
    "The text gives %(said)s to “%(subject)s”; the product says %(name)s: %(value)s. "
    "Correct the text."
)
OTHER_COUNT = gettext_noop(
    "The text says “%(said)s”; the product says %(known)s. Correct the text."
)
OTHER_RANGE = gettext_noop(
    "The text says “%(said)s”; no fact has both numbers. Look at %(name)s: %(value)s."
)
OTHER_PART = gettext_noop(
    "The text says “%(said)s”; the product says %(name)s: %(value)s. Correct the text."
)

NEAR_WORDS = 3
MAX_FACTS = 200  # A hostile list of facts must not take seconds.
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
_SIGNS = ("x", "×", "-", "–", "+", "±")
# Between a number and what it counts: "two small pockets".
_NO_THING = word_set(
    """
    of or to and in on at x by for more other others others different times time way ways part
    parts piece pieces step steps percent a an the
    people persons person
"""
)


@dataclass(frozen=True, slots=True)
class _Measured:
    """A fact with measures."""

    fact: FactValue
    quantities: tuple[Quantity, ...]
    roots: frozenset[str]  # of its name, in all the ways people say it
    dimensions: frozenset[str]  # "height", "width", … that its name or value speaks of


def other_owners(text: str, context: CheckContext) -> Iterator[Finding]:
    """Find numbers, ranges, counts and materials that belong to another fact than the text says."""
    facts = context.facts[:MAX_FACTS]
    measured = [row for fact in facts if (row := _measured(fact)).quantities]
    yield from _numbers(text, measured)
    yield from _counts(text, context)
    yield from _parts(text, facts)


def _measured(fact: FactValue) -> _Measured:
    value = f"{fact.value} {fact.unit}".strip()
    names = {root_of(form) for form in split_words(fact.name).forms if form in _MEASURES}
    forms = [form for form in split_words(fact.name).forms if form not in FREQUENT_WORDS]
    roots = frozenset(root_of(form) for form in forms if len(form) > 2)
    said = frozenset(root for name in names for root in _NAMES[name])
    words = (*split_words(fact.name).forms, *split_words(value).forms)
    dimensions = {_DIMENSIONS.get(form, form) for form in words} & set(_DIMENSIONS.values())
    return _Measured(fact, tuple(read_quantities(value)), roots | said, frozenset(dimensions))


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


def _other_dimension(
    text: str, quantity: Quantity, owners: Sequence[_Measured], measured: Sequence[_Measured]
) -> FactValue | None:
    """Return the fact whose dimension the text gives to a number of another dimension."""
    match = _DIMENSION.match(text, quantity.end)
    if not match:
        return None
    said = _DIMENSIONS[match.group("word").lower()]
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
                said=said, name=ranged[0].fact.name, value=_value(ranged[0].fact),
            )  # fmt: skip


def _has_range(row: _Measured, quantity: Quantity) -> bool:
    """Tell whether a fact begins a range with this number."""
    value = _value(row.fact)
    return any(
        _is_same(one, quantity) and _RANGE_GAP.fullmatch(value[one.number_end : other.start])
        for one, other in pairwise(row.quantities)
    )


def _counts(text: str, context: CheckContext) -> Iterator[Finding]:
    """Find "200-night" and "two stars" where the facts count the same thing otherwise."""
    known: dict[str, dict[float, str]] = {}
    for fact in context.facts[:MAX_FACTS]:
        for number, thing, said in _counts_of(fact):
            known.setdefault(thing, {})[number] = said
    if not known:
        return
    said_elsewhere = {
        (number, thing)
        for source in (context.name, *context.keywords)
        for number, thing, _start, _end in _counted(source)
    }
    compounds = {
        pair
        for fact in context.facts
        for pair in pairwise(map(root_of, split_words(fact.name).forms))
    }
    for number, thing, start, end in _counted(text):
        after = split_words(text[end : end + 40]).forms[:1]
        if after and (thing, root_of(after[0])) in compounds:
            continue  # "Two bit holders" are no bits.
        others = known.get(thing, {})
        if others and number not in others and (number, thing) not in said_elsewhere:
            yield finding(
                RULE_ID, Severity.BLOCK, OTHER_COUNT, start, end,
                said=excerpt(text[start:end]), known=excerpt(", ".join(others.values())),
            )  # fmt: skip


def _counts_of(fact: FactValue) -> Iterator[tuple[float, str, str]]:
    """Yield what a fact counts: "Drawers: 8" and "12 felt pennants, 80 felt shapes"."""
    value = f"{fact.value} {fact.unit}".strip()
    for number, thing, start, end in _counted(value):
        yield number, thing, value[start:end]
    named = split_words(fact.name).forms[-1:]
    quantities = read_quantities(value)
    if not named or not quantities or quantities[0].start or quantities[0].unit:
        return
    for quantity in quantities:
        for number in (*quantity.values, *quantity.parts):
            yield number, root_of(named[0]), f"{fact.name}: {value}"


def _counted(text: str) -> Iterator[tuple[float, str, int, int]]:
    """Yield each number with the root of the thing that it counts, and the place of both."""
    words = split_words(text)
    for place in range(len(words.forms) - 1):
        value = _number(words.forms[place])
        gap = text[words.ends[place] : words.starts[place + 1]]
        thing = words.forms[place + 1]
        if value is None or gap not in (" ", "-", "\u00a0") or not _is_thing(thing):
            continue
        is_compound = text[words.ends[place + 1] :][:1] == "-"  # "4 fold-out panels"
        if _is_bare(words, place, text) and not is_compound:
            yield value, root_of(thing), words.starts[place], words.ends[place + 1]


def _is_thing(form: str) -> bool:
    """Tell whether a word can be counted; units are the numbers' business."""
    return len(form) > 2 and form.isalpha() and form not in _NO_THING and unit_named(form) is None


def _number(form: str) -> float | None:
    if form.isdecimal() and len(form) < 7:
        return float(form)
    return NUMBER_WORDS.get(form)


def _is_bare(words: Words, place: int, text: str) -> bool:
    """Tell whether a number is no part of another ("0.5", "1,500", "1/2", "2 x 20")."""
    before = text[max(0, words.starts[place] - 2) : words.starts[place]]
    return not before.endswith((".", ",", "/")) and before.rstrip(" ")[-1:] not in _SIGNS


def _parts(text: str, facts: Sequence[FactValue]) -> Iterator[Finding]:
    """Find "steel seat" where the seat is of oak and something else of steel."""
    named = _named_parts(facts)
    if len(named) < 2:
        return
    words = split_words(text)
    for place, form in enumerate(words.forms):
        if _kind(form) is None:
            continue
        for after in range(place + 1, min(place + 3, len(words.forms))):
            fact = named.get(root_of(words.forms[after]))
            if _is_apart(words, place, after, text) or _kind(words.forms[after]) is not None:
                break
            if fact is not None:
                if _belongs_elsewhere(form, words.forms[after], fact, facts):
                    start, end = words.starts[place], words.ends[after]
                    yield finding(
                        RULE_ID, Severity.BLOCK, OTHER_PART, start, end,
                        said=excerpt(text[start:end]), name=fact.name, value=_value(fact),
                    )  # fmt: skip
                break


def _named_parts(facts: Sequence[FactValue]) -> Mapping[str, FactValue]:
    """Return the facts named by a part in one word, by its root: "Handle", "Legs"."""
    named: dict[str, FactValue] = {}
    for fact in facts:
        forms = split_words(fact.name).forms
        if len(forms) == 1 and forms[0] not in _GENERAL:
            named[root_of(forms[0])] = fact
    return named


_GENERAL = word_set(
    """
    material materials colour colours color colors finish shade surface fabric design pattern
    origin style type composition construction set contents content
"""
)


def _kind(form: str) -> str | None:
    if form in MATERIALS:
        return "material"
    return "colour" if form in COLOURS else None


def _is_apart(words: Words, first: int, last: int, text: str) -> bool:
    """Tell whether something stands between; "suede-covered" is a word of its own."""
    return any(
        text[words.ends[place] : words.starts[place + 1]] != " "
        or words.forms[place + 1] in ("and", "or", "with", "in", "of", "for", "on", "to")
        for place in range(first, last)
    )


def _belongs_elsewhere(form: str, named: str, fact: FactValue, facts: Sequence[FactValue]) -> bool:
    """Tell whether another fact has the word, and this one another word of its kind."""
    own = split_words(f"{fact.name} {fact.value}").forms
    if form in own or _kind(form) not in map(_kind, split_words(fact.value).forms):
        return False
    others = [split_words(other.value).forms for other in facts if other is not fact]
    if any((form, named) in pairwise(forms) for forms in others):
        return False  # "yarn, needles, wool needle"
    return any(form in forms for forms in others)


def _other_number(text: str, quantity: Quantity, fact: FactValue) -> Finding:
    return finding(
        RULE_ID, Severity.BLOCK, OTHER_NUMBER, quantity.start, quantity.end,
        said=excerpt(text[quantity.start : quantity.end]),
        subject=fact.name, name=fact.name, value=_value(fact),
    )  # fmt: skip


def _value(fact: FactValue) -> str:
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
