"""Read the numbers of a text, with units and in every common spelling, for comparison."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from shop_content.core.units import AMBIGUOUS_UNITS, Unit, find_unit

_FRACTIONS = {
    "¼": 0.25,
    "½": 0.5,
    "¾": 0.75,
    "⅓": 1 / 3,
    "⅔": 2 / 3,
    "⅛": 0.125,
    "⅜": 0.375,
    "⅝": 0.625,
    "⅞": 0.875,
}
_DENOMINATORS = {2, 3, 4, 5, 6, 8, 10, 12, 16, 32, 64}
_INCH_DENOMINATORS = {2, 4, 8, 16, 32, 64}
# Nobody's copy has more; a hostile text of numbers only must not take seconds.
_MAX_QUANTITIES = 2000
_FIRST_ASIAN = 0x0E00  # Thai; from here on letters join digits without a blank
_MAX_CODE_CHARS = 20_000
_RUN = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"[\d¼½¾⅓⅔⅛⅜⅝⅞]")
_VERSION = re.compile(r"\d{1,6}(?:\.\d{1,6}){2,6}")
_MIXED = re.compile(r"(?:(\d{1,6})[- ])?(\d{1,3})[/⁄](\d{1,3})(?![\d/])")
_GROUPED = re.compile(
    r"(\d{1,3})(?:([,.'’\u00a0\u202f ])\d{3})(?:\2\d{3}){0,4}(?:[.,]\d{1,2})?(?!\d)(?![.,]\d)"
)
_DECIMAL = re.compile(r"(\d{1,18})[.,](\d{1,6})(?!\d)(?![.,]\d)")
_INTEGER = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]{1,20}")
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b", re.IGNORECASE)
_JOINER = re.compile(r"\s{0,3}(?:x|×|by|-|–|—|to|/|and|or|&|,|und|bis|\*)\s{0,3}", re.IGNORECASE)
_LABEL = re.compile(r"(?:wide|deep|high|tall|long|[WHDL])?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written, with every way it can be read."""

    start: int  # code points, the unit included
    end: int
    values: tuple[float, ...] = ()  # "1,500" can be 1500 and 1.5; empty: a code
    unit: Unit | None = None
    is_unit_sure: bool = True  # False: "16 in" may be inches or a preposition
    code: str = ""  # "X100", "4K", "1.2.3"
    per: Unit | None = None  # of a rate without a unit of its own: "38 mm per second"
    parts: tuple[float, ...] = ()  # "10/12" and "2 500" may also be two numbers
    number_end: int = 0


def read_quantities(text: str) -> list[Quantity]:
    """Return the numbers and codes of the text in order, units of ranges and sizes shared."""
    return _share_units(text, list(islice(_scan(text), _MAX_QUANTITIES)))


def squash(text: str) -> str:
    """Return letters and digits only, for comparing codes: "X-100" is "x100"."""
    return "".join(char for char in text.casefold() if char.isalnum())


def known_codes(text: str) -> frozenset[str]:
    """Return each word of the text, and up to three in a row as one: "OEKO-TEX 100", "X 100"."""
    runs = _RUN.findall(text[:_MAX_CODE_CHARS].casefold())
    pairs = map("".join, pairwise(runs))
    triples = map("".join, zip(runs, runs[1:], runs[2:], strict=False))
    return frozenset((*runs, *pairs, *triples))


def _scan(text: str) -> Iterator[Quantity]:
    position = 0
    while match := _DIGIT.search(text, position):
        start = match.start()
        left = start
        while left > position and (text[left - 1].isalpha()):
            left -= 1
        joined = text[left:start]
        if joined and not (joined in "xX×" and position == left and left > 0):
            quantity = _read_code(text, left, start)
        else:
            quantity = _read_hyphen_code(text, start, position) or _read_number(text, start)
        yield quantity
        position = max(quantity.end, start + 1)


def _read_code(text: str, start: int, inside: int) -> Quantity:
    end = inside
    while end < len(text) and (text[end].isalnum() or _is_point(text, end)):
        end += 1
    return Quantity(start, end, code=text[start:end])


def _is_point(text: str, place: int) -> bool:
    """Tell whether the point of "V4.0" stands here."""
    after = text[place + 1 : place + 2]
    return text[place] == "." and text[place - 1].isdigit() and after.isdigit()


def _read_hyphen_code(text: str, start: int, position: int) -> Quantity | None:
    """Read "MX-500" as one code; "under-30" is a number."""
    if start - 2 < position or text[start - 1] != "-" or not text[start - 2].isupper():
        return None
    left = start - 1
    while left > position and start - left < 12 and text[left - 1].isalnum():
        left -= 1
    return _read_code(text, left, start)


def _read_number(text: str, start: int) -> Quantity:
    if version := _VERSION.match(text, start):
        grouped = _GROUPED.match(text, start)
        if not grouped or grouped.end() < version.end():
            return Quantity(start, version.end(), code=version.group())
    values, parts, end = _read_value(text, start)
    if _ORDINAL.match(text, end):
        return Quantity(start, end + 2, code=text[start : end + 2])
    if end < len(text) and text[end].isalpha() and not _is_size_sign(text, end):
        letters = _LETTERS.match(text, end)
        glued = find_unit(text, end, values[0])
        if letters and not (glued and glued.end >= letters.end()):
            if letters.group() == "s":  # 1970s
                return Quantity(start, letters.end(), values, number_end=end)
            # "3.3and" has lost its blank; scripts such as Korean need none.
            is_other_script = ord(letters.group()[0]) >= _FIRST_ASIAN
            if is_other_script or (len(letters.group()) > 2 and letters.group().islower()):
                return Quantity(start, end, values, parts=parts, number_end=end)
            return _read_code(text, start, end)
    unit = find_unit(text, end, values[0])
    if unit is None:
        return Quantity(start, end, values, parts=parts, number_end=end)
    return Quantity(
        start,
        unit.end,
        values,
        unit.unit,
        is_unit_sure=unit.spelling not in AMBIGUOUS_UNITS,
        per=unit.per,
        parts=parts,
        number_end=end,
    )


def _is_size_sign(text: str, position: int) -> bool:
    """Tell whether the "x" of "10x20" stands here."""
    return text[position] in "xX×" and (
        position + 1 >= len(text) or not text[position + 1].isalpha()
    )


def _read_value(text: str, start: int) -> tuple[tuple[float, ...], tuple[float, ...], int]:
    """Return the readings of the number, its readings as several numbers, and where it ends."""
    if text[start] in _FRACTIONS:
        return (_FRACTIONS[text[start]],), (), start + 1
    if mixed := _MIXED.match(text, start):
        whole, above, below = (int(group or 0) for group in mixed.groups())
        if below in _DENOMINATORS and above < below:
            # "10/12" may be two sizes; sixteenths and the like are fractions for sure.
            is_sure = bool(mixed.group(1)) or below in _INCH_DENOMINATORS
            parts: tuple[float, ...] = () if is_sure else (float(above), float(below))
            return (whole + above / below,), parts, mixed.end()
    if grouped := _GROUPED.match(text, start):
        return _read_grouped(grouped)
    if decimal := _DECIMAL.match(text, start):
        whole_text, rest = decimal.groups()
        separator = text[start + len(whole_text)]
        parts = (float(whole_text), float(rest)) if separator == "," else ()
        return (float(f"{int(whole_text)}.{int(rest or 0):0{len(rest)}d}"),), parts, decimal.end()
    integer = _INTEGER.match(text, start)
    end = integer.end() if integer else start + 1
    value = float(text[start : min(end, start + 18)])
    if end < len(text) and text[end] in _FRACTIONS:
        return (value + _FRACTIONS[text[end]],), (), end + 1
    return (value,), (), end


def _read_grouped(match: re.Match[str]) -> tuple[tuple[float, ...], tuple[float, ...], int]:
    """Read "1,500", "1.500,50" and "2 500", which may be a thousand, a decimal or two numbers."""
    raw, separator = match.group(), match.group(2)
    head, *tail = re.split(r"[.,'’\u00a0\u202f ]", raw)
    has_decimals = len(tail[-1]) != 3
    groups = tail[:-1] if has_decimals else tail
    value = float(int("".join((head, *groups))))
    if has_decimals:
        value += int(tail[-1]) / 10 ** len(tail[-1])
    values: tuple[float, ...] = (value,)
    parts: tuple[float, ...] = ()
    if separator in ".," and len(groups) == 1 and not has_decimals:
        values = (value, int(head) + int(tail[0]) / 1000)
    if separator in " ,":
        parts = tuple(float(number) for number in (head, *tail))
    return values, parts, match.end()


def _share_units(text: str, quantities: list[Quantity]) -> list[Quantity]:
    """Give "10" and "20" of "10 x 20 x 30 cm" and "10-20 cm" the unit that stands at the end."""
    shared = list(quantities)
    for index in range(len(shared) - 2, -1, -1):
        here, after = shared[index], shared[index + 1]
        if here.code or after.code or after.unit is None or (here.unit and here.is_unit_sure):
            continue
        gap = text[here.number_end : after.start]
        label = _LABEL.match(gap.lstrip())
        rest = gap.lstrip()[label.end() :] if label else gap
        if len(gap) < 12 and (_JOINER.fullmatch(gap) or _JOINER.fullmatch(rest)):
            shared[index] = replace(here, unit=after.unit, per=after.per, is_unit_sure=False)
    return shared
