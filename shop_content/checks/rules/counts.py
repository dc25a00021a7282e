"""Find counts written as words ("two pockets") that nothing about the product supports."""

from __future__ import annotations

from collections.abc import Iterator

from shop_content.checks.rules.base import (
    CheckContext,
    Finding,
    Severity,
    finding,
    first_findings,
    gettext_noop,
)
from shop_content.checks.rules.numbers import (
    NUMBER_WORDS,
    UNITS_THAT_ARE_THINGS,
    fact_numbers_text,
    known_numbers,
)
from shop_content.checks.rules.words import Words, split_words, word_set
from shop_content.core.units import Unit, unit_named

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


_LARGE = frozenset({"hundred", "thousand"})
_TENS = frozenset({20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0})


def check_counts(text: str, context: CheckContext) -> list[Finding]:
    """Find number words used as counts without support."""
    return first_findings(_find(text, context)) if context.is_english else []


def _find(text: str, context: CheckContext) -> Iterator[Finding]:
    words = split_words(text)
    positions = [index for index, form in enumerate(words.forms) if NUMBER_WORDS.get(form, 0) > 1]
    if not positions:
        return
    known = known_numbers(fact_numbers_text(context))
    supplier = known_numbers(context.supplier_text)
    for index in positions:
        value, index = _value(words, index, text)
        if value is None:
            continue  # The end of "forty-eight": told with its beginning.
        if measure := _measure(words, index):
            if not (known.has_measure(value, measure) or supplier.has_measure(value, measure)):
                start, end = words.starts[index], words.ends[index + 1]
                yield finding(RULE_ID, Severity.WARN, UNSUPPORTED, start, end, said=text[start:end])
            continue
        last = _counted(words, index)
        if last and value not in known.any_unit and value not in supplier.any_unit:
            start, end = words.starts[index], words.ends[last]
            yield finding(RULE_ID, Severity.WARN, UNSUPPORTED, start, end, said=text[start:end])


def _value(words: Words, index: int, text: str) -> tuple[float | None, int]:
    """Return the number of a word, and of "forty-eight", with the place of its last word."""
    value = NUMBER_WORDS[words.forms[index]]
    if words.forms[index + 1 : index + 2] in (("hundred",), ("thousand",)):
        return None, index  # Told with "hundred", the number before it included.
    if words.forms[index] in _LARGE and index:
        value *= NUMBER_WORDS.get(words.forms[index - 1], 1.0)
    before = NUMBER_WORDS.get(words.forms[index - 1], 0.0) if index else 0.0
    if before in _TENS and value < 10 and text[words.ends[index - 1] : words.starts[index]] == "-":
        return None, index
    after = words.forms[index + 1 : index + 2]
    more = NUMBER_WORDS.get(after[0], 10.0) if after else 10.0
    if value in _TENS and more < 10:
        gap = text[words.ends[index] : words.starts[index + 1]]
        return (value + more, index + 1) if gap == "-" else (value, index)
    return value, index


def _measure(words: Words, index: int) -> Unit | None:
    """Return the unit of "two minutes"; short ones and "bars", "feet" may be words."""
    following = words.forms[index + 1 : index + 2]
    if not following or len(following[0]) < 4 or following[0] in UNITS_THAT_ARE_THINGS:
        return None
    return unit_named(following[0])


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
