"""Find numbers and measures in words ("two pockets") that nothing about the product supports."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shop_content.checks.rules.base import (
    CheckContext,
    Finding,
    Severity,
    finding,
    first_findings,
    gettext_noop,
)
from shop_content.checks.rules.number_words import WordNumber, number_words
from shop_content.checks.rules.numbers import (
    UNITS_THAT_ARE_THINGS,
    Known,
    fact_numbers_text,
    is_reckoned,
    known_numbers,
)
from shop_content.checks.rules.words import Words, split_words, word_set
from shop_content.core.quantities import Quantity
from shop_content.core.units import Unit, find_unit

RULE_ID = "counts"

UNSUPPORTED = gettext_noop(
    "The text counts “%(said)s”; nothing about the product says how many. "
    "Check it, or add the number to the product's facts."
)

# "two-piece", "three-way": a count although no plural follows.
_COUNTED = word_set(
    """
    piece pack way tier layer speed burner seater door person drawer shelf year part ply
"""
)
# "in two minutes", "two of them", "one or two": plurals that count nothing of the product.
_NO_COUNT = word_set(
    """
    times steps ways others hands of thirds halves
    hundred thousand
"""
)


_PERCENT = Unit("share", 1)
_MIN_UNIT_CHARS = 4  # "two in one" are no inches, "six m" nobody writes.
# "One day you will": no measure of the product.
_IDIOMS = word_set("day second")
# "Up to a month": told where the facts speak of times at all.
_UP_TO_ONE = re.compile(
    r"\b(?:up to|at least|within) (?P<one>an?)(?= (?:minute|hour|day|week|month|year)\b)",
    re.IGNORECASE,
)
_AND_A_HALF = re.compile(r"\s+and\s+a\s+(half|quarter)\b", re.IGNORECASE)
_MORE = {"half": 0.5, "quarter": 0.25}


def check_counts(text: str, context: CheckContext) -> list[Finding]:
    """Find number words used as counts or measures without support."""
    return first_findings(_find(text, context)) if context.is_english else []


def _find(text: str, context: CheckContext) -> Iterator[Finding]:
    words = split_words(text)
    numbers = list(number_words(words, text))
    known = known_numbers(fact_numbers_text(context))
    supplier = known_numbers(context.supplier_text)
    for match in _UP_TO_ONE.finditer(text):
        start = match.start("one")
        unit = find_unit(text, match.end("one"), 1)
        measure = Quantity(start, unit.end, (1.0,), unit.unit) if unit else None
        if measure and unit and known.shown.get(unit.unit.kind) and not _has(measure, known, text):
            said = text[start : unit.end]
            yield finding(RULE_ID, Severity.WARN, UNSUPPORTED, start, unit.end, said=said)
    for number in numbers:
        start = words.starts[number.first]
        measure = _measure(words, number, text)
        if measure:
            is_known = _has(measure, known, text) or _has(measure, supplier, text)
            end = measure.end
        elif number.is_share:
            # "Four fifths lambswool" are 80 %; "half a novel" is nothing of the product's.
            end = words.ends[number.past - 1]
            is_known = text[end - 1] != "s" or _has_share(number.value, known, supplier)
        elif number.value == 1:
            continue  # "One more chapter"
        else:
            last = _counted(words, number.past - 1)
            end = words.ends[last] if last else start
            is_known = not last or any(number.value in row.any_unit for row in (known, supplier))
        if not is_known:
            yield finding(RULE_ID, Severity.WARN, UNSUPPORTED, start, end, said=text[start:end])


def _measure(words: Words, number: WordNumber, text: str) -> Quantity | None:
    """Return the measure of "two minutes"; short units may be other words."""
    start, number_end = words.starts[number.first], words.ends[number.past - 1]
    unit = find_unit(text, number_end, number.value)
    if unit is None or len(unit.spelling) < _MIN_UNIT_CHARS:
        return None
    if number.value == 1:
        is_step = words.forms[number.first - 1 : number.first] == ("of",)  # "steps of one gram"
        is_idiom = unit.unit.kind != "time" or unit.spelling.casefold() in _IDIOMS
        if is_idiom and not is_step:
            return None  # "One litre covers 12 m²"
    more = _AND_A_HALF.match(text, unit.end) if number.value == int(number.value) else None
    value, end = number.value, unit.end
    if more:
        value, end = value + _MORE[more[1].casefold()], more.end()
    return Quantity(start, end, (value,), unit.unit, per=unit.per, number_end=number_end)


def _has(measure: Quantity, known: Known, text: str) -> bool:
    if known.has(measure) or is_reckoned(text, measure, known):
        return True
    # "Three feet" may be a chair's.
    is_thing = text[measure.number_end : measure.end].strip(" -").casefold() in (
        UNITS_THAT_ARE_THINGS
    )
    return is_thing and known.has_without_unit(measure)


def _has_share(share: float, *sources: Known) -> bool:
    """Tell whether a part is that of a source; where none has a percentage, none says."""
    percents = (round(100 * share, 1), round(100 * share))
    with_percent = [known for known in sources if "share" in known.shown]
    return not with_percent or any(
        known.has_measure(percent, _PERCENT) for known in with_percent for percent in percents
    )


def _counted(words: Words, index: int) -> int:
    """Return the position of the word that is counted; 0 if none is."""
    following = words.forms[index + 1 : index + 3]
    if following and following[0] in _COUNTED:
        return index + 1
    for offset, form in enumerate(following, start=1):
        if form in _NO_COUNT:
            return 0
        if len(form) > 3 and form.endswith("s") and not form.endswith(("ss", "us", "is")):
            return index + offset
    return 0
