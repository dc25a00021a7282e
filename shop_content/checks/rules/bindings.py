"""Find a value that the text gives to another thing than the facts do. English only.

Every number and word may stand in the facts, and the sentence still be wrong: "65 cm wide" where
65 cm is the height, "a steel seat" where the frame is of steel. Each finding here contradicts a
fact, and carries the id of that rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
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
from shop_content.checks.rules.evidence import root_of
from shop_content.checks.rules.number_owners import OTHER_PART, RULE_ID, other_numbers, value_of
from shop_content.checks.rules.number_words import SIMPLE_NUMBERS
from shop_content.checks.rules.numbers import num_in_all
from shop_content.checks.rules.vocabulary import COLOURS, MATERIALS
from shop_content.checks.rules.words import Words, split_words, word_set
from shop_content.core.quantities import read_quantities
from shop_content.core.units import unit_named

OTHER_COUNT = gettext_noop(
    "The text says “%(said)s”; the product says %(known)s. Correct the text."
)
MAX_FACTS = 200  # A hostile list of facts must not take seconds.

# Standards, whose number says nothing without their letters.
_CODE = re.compile(
    r"\b(?:EN|ISO|DIN|ASTM|IEC|UL|BS|ANSI|JIS|ECE|NF|OEKO-TEX|STANDARD)[ -](?P<number>\d{2,6})\b",
    re.IGNORECASE,
)
_LONG_NUMBER = re.compile(r"(?<![\w.,])\d{2,6}(?![\w])")
_SIGNS = ("x", "×", "-", "–", "+", "±")

# Between a number and what it counts: "two small pockets".
_NO_THING = word_set(
    """
    of or to and in on at x by for more other others others different times time way ways part
    parts piece pieces step steps percent a an the
    people persons person
"""
)


def other_owners(text: str, context: CheckContext) -> Iterator[Finding]:
    """Find numbers, ranges, counts and materials that belong to another fact than the text says."""
    facts = context.facts[:MAX_FACTS]
    yield from other_numbers(text, facts)
    yield from _counts(text, context)
    yield from _codes(text, context)
    yield from _parts(text, facts)


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
    listed = _listed(context)
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
        if number == 1 or number in listed.get(thing, ()):
            continue  # "One walk for every week" counts nothing.
        if others and number not in others and (number, thing) not in said_elsewhere:
            yield finding(
                RULE_ID, Severity.BLOCK, OTHER_COUNT, start, end,
                said=excerpt(text[start:end]), known=excerpt(", ".join(others.values())),
            )  # fmt: skip


def _listed(context: CheckContext) -> dict[str, set[float]]:
    """Return what lists say by their length and their numbers: "Sizes: 36, 38", "9 and 17 TPI"."""
    counts: dict[str, set[float]] = {}
    for fact in context.facts[:MAX_FACTS]:
        value = f"{fact.value} {fact.unit}".strip()
        numbers = {number for row in read_quantities(value) for number in row.values}
        forms = split_words(fact.name).forms[-1:]
        for mark in ",/":
            if forms and mark in value:
                counts.setdefault(root_of(forms[0]), set()).add(1.0 + value.count(mark))
        if forms:
            counted = sum(number for number, _thing, _start, _end in _counted(value))
            counts.setdefault(root_of(forms[0]), set()).update({num_in_all(value), counted} - {0})
        for _number_said, thing, _said in _counts_of(fact):
            counts.setdefault(thing, set()).update(numbers)
    return counts


def _codes(text: str, context: CheckContext) -> Iterator[Finding]:
    """Find "size 17092" where the facts say "EN 17092": the number of a code is no number."""
    facts = "\n".join(f"{fact.value} {fact.unit}" for fact in context.facts[:MAX_FACTS])
    codes = {match.group("number"): match.group() for match in _CODE.finditer(facts)}
    elsewhere = set(_LONG_NUMBER.findall(_CODE.sub(" ", f"{context.name}\n{facts}")))
    codes = {number: code for number, code in codes.items() if number not in elsewhere}
    if not codes:
        return
    for match in _LONG_NUMBER.finditer(text):
        code = codes.get(match.group())
        before = text[max(0, match.start() - len(code or "")) : match.start()]
        letters = (code or "").removesuffix(match.group()).strip(" -")
        if code and not before.rstrip(" -").casefold().endswith(letters.casefold()):
            said = excerpt(text[max(0, match.start() - 12) : match.end()])
            yield finding(
                RULE_ID, Severity.BLOCK, OTHER_COUNT, match.start(), match.end(),
                said=said, known=code,
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
    return SIMPLE_NUMBERS.get(form)


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
                        said=excerpt(text[start:end]), name=fact.name, value=value_of(fact),
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
        or words.forms[place + 1]
        in ("and", "or", "with", "in", "of", "for", "on", "to", "is", "are")
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
