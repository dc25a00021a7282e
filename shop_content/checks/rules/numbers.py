"""Find numbers and units that the facts of the product do not support."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

from shop_content.checks.rules.base import (
    CheckContext,
    FactValue,
    Finding,
    Severity,
    excerpt,
    finding,
    first_findings,
    gettext_noop,
)
from shop_content.checks.rules.number_words import number_words
from shop_content.checks.rules.plain_words import FREQUENT_WORDS
from shop_content.checks.rules.words import facts_text, fold, split_words
from shop_content.core.quantities import Quantity, known_codes, read_quantities, squash
from shop_content.core.units import Unit, unit_named

RULE_ID = "numbers"

NOWHERE = gettext_noop(
    "The text says %(said)s; nothing about the product says so. "
    "Take it out, or add it to the product's facts."
)
DIFFERENT = gettext_noop("The text says %(said)s; the product says %(known)s. Correct the text.")
ONLY_SUPPLIER = gettext_noop(
    "The text says %(said)s; only the supplier's text says so. "
    "Check it, and add it to the product's facts."
)
NO_UNIT = gettext_noop(
    "The text says %(said)s; the product says %(known)s without that unit. "
    "Check the unit, and add it to the product's facts."
)
ALWAYS = gettext_noop("The text says %(said)s. Make sure that it is meant literally.")

# Rounding when metric becomes imperial ("20 in" for 51 cm) may cost half of the last digit.
_EXACT_TOLERANCE, _CONVERTED_TOLERANCE = 1e-6, 0.012
_UNIT_IN_NAME = re.compile(r"[(\[_]\s?([^\W\d_]{1,12}[²]?|%|°C|°F)[)\]]?\s*$")
_IDIOM_CODES = frozenset({"3d", "2d", "mp3", "mp4", "h2o", "co2", "4x4", "1st", "24h"})
# "The 7:40 train", "from 8:30": no claim, where "16:10" alone may be one.
_CLOCK = re.compile(
    r"\b(?:at|from|by|until|till|around|before|after)\s(?P<time>\d{1,2}:[0-5]\d)(?![\d:])"
    r"|\bthe\s(?P<ride>\d{1,2}:[0-5]\d)\s(?:train|bus|tram|ferry|flight|alarm|meeting|call)\b",
    re.IGNORECASE,
)
_IN_ONE = re.compile(r"\d{1,2}[- ]in[- ](?:1\b|one\b)", re.IGNORECASE)
_CODE_START = re.compile(r"(?<!\w)([^\W\d_]{1,10})[ -]\Z")
_END = re.compile(r"[ \t]*(?:[,;.)\n]|\Z)")
_LINE_NUMBER = re.compile(r"\d{1,2}[.)]\s")
_CLAIM = re.compile(r"\s{1,3}(?:satisf|guarant|happy|happi|secure|safe\b|money)", re.IGNORECASE)
_CURRENCY = "$€£¥₹"
_PAIR, _MAX_TIMES = 2, 24  # Of one thing in a total.
_TOTAL = re.compile(
    r"\b(?:in all|altogether|together|total|all told|combined|both|pair)\b", re.IGNORECASE
)
_DIFFERENCE = re.compile(
    r"\b(?:more|difference|travel|extra|longer|wider|higher|taller)\b", re.IGNORECASE
)
_TIMES = re.compile(r"(?<![\w.,])(\d{1,3}) ?[x×](?= ?[^\W\d])", re.IGNORECASE)
_BARE = re.compile(r"(?:^|, |and )(\d{1,2}) (?=[^\W\d]{4})")
_TOTAL_REACH = 50  # code points from the number
_DEGREES = (unit_named("°C"), unit_named("°F"))
# "100 g paper" is paper of 100 g/m².
_CLOTH = re.compile(
    r"[ -](?:\w+ )?(?:paper|card|sheets|pages|fabric|cloth|cotton|linen|wool|jersey|fleece|canvas"
    r"|denim|terry|twill)\b",
    re.IGNORECASE,
)
_EACH_AREA = re.compile(r"\beach square met(?:re|er)\b", re.IGNORECASE)
_GRAMMAGE = unit_named("gsm")
UNITS_THAT_ARE_THINGS = frozenset({"feet", "foot", "bar", "bars", "yards", "stones"})
# These support a count, and are no count themselves.
_PAIR_WORDS = {"pair": 2.0, "dual": 2.0, "double": 2.0, "twin": 2.0, "triple": 3.0, "dozen": 12.0}


class Known:
    """The numbers of a text, ready to be asked."""

    def __init__(self, text: str) -> None:
        """Read the numbers of the text; facts stand one on a line as "name: value unit"."""
        self.by_kind: dict[tuple[str, bool], list[float]] = {}
        self.any_unit: dict[float, str] = {}  # the number, whatever its unit: as written
        self.no_unit: set[float] = set()
        self.shown: dict[str, list[tuple[Unit, str]]] = {}  # kind: as written
        self.rates: list[tuple[Unit, Unit, float]] = []  # unit, per unit, number
        self.codes = known_codes(text)
        for quantity in read_quantities(text):
            self._add(text, quantity)
        for values in self.by_kind.values():
            values.sort()
        self.no_unit.update(_word_numbers(text))
        self.any_unit.update({value: f"{value:g}" for value in self.no_unit - set(self.any_unit)})

    def _add(self, text: str, quantity: Quantity) -> None:
        written = text[quantity.start : quantity.end].strip()
        # At the end of a fact, "in" and a quotation mark are inches.
        is_written = quantity.end > quantity.number_end  # not shared: "10" of "10 x 20 in"
        is_unit_sure = quantity.is_unit_sure or bool(is_written and _END.match(text, quantity.end))
        for value in (*quantity.values, *quantity.parts):
            self.any_unit.setdefault(_rounded(value), written)
            if quantity.unit is None or not is_unit_sure:
                self.no_unit.add(_rounded(value))
            if quantity.unit:
                kind, is_metric = quantity.unit.kind, quantity.unit.is_metric
                base = value * quantity.unit.factor
                self.by_kind.setdefault((kind, is_metric), []).append(base)
                if quantity.per:
                    self.rates.append((quantity.unit, quantity.per, value))
        if quantity.unit:
            self.shown.setdefault(quantity.unit.kind, []).append((quantity.unit, written))

    def has_measure(self, value: float, unit: Unit) -> bool:
        """Tell whether the text has the same measure, in whatever unit of its kind."""
        base = value * unit.factor
        for (kind, is_metric), known in self.by_kind.items():
            tolerance = _EXACT_TOLERANCE if is_metric == unit.is_metric else _CONVERTED_TOLERANCE
            if kind == unit.kind and _is_near(base, known, tolerance):
                return True
        return False

    def has(self, quantity: Quantity) -> bool:
        """Tell whether the text supports the quantity in one of its readings."""
        if quantity.code:
            return squash(quantity.code) in self.codes
        numbers = self.any_unit if quantity.unit is None else self.no_unit
        if quantity.unit is None or not quantity.is_unit_sure:
            if any(_rounded(value) in self.any_unit for value in quantity.values):
                return True
            if quantity.parts and all(_rounded(part) in numbers for part in quantity.parts):
                return True
        if quantity.unit and quantity.per and (rates := self._rates_like(quantity)):
            factor = quantity.unit.factor / quantity.per.factor
            return any(
                _is_near(value * factor, rates, _CONVERTED_TOLERANCE) for value in quantity.values
            )
        return any(
            self.has_measure(value, unit)
            for unit in _units_meant(quantity)
            for value in quantity.values
        )

    def _rates_like(self, quantity: Quantity) -> list[float]:
        """Return the rates of the kind of "38 mm per minute", in base units; -1: of another kind.

        "2.4 kg/m²" is of another kind than "2.4 kg per metre", and yet what this is measured by.
        """
        unit, per = quantity.unit, quantity.per
        if unit is None or per is None:
            return []
        alike = [row for row in self.rates if row[0].kind == unit.kind]
        same = [own.factor / by.factor * num for own, by, num in alike if by.kind == per.kind]
        has_number = any(_rounded(num) in quantity.values for _own, _by, num in alike)
        return sorted(same) or ([-1.0] if has_number else [])

    def has_as_total(self, quantity: Quantity) -> bool:
        """Tell whether the quantity is a whole multiple, by a number of the text, of a measure."""
        if quantity.unit is None:
            return False
        for (kind, _is_metric), known in self.by_kind.items():
            for base in known if kind == quantity.unit.kind else ():
                for value in quantity.values:
                    times = value * quantity.unit.factor / base if base else 0.0
                    num = round(times)
                    is_whole = 1 < num <= _MAX_TIMES and abs(times - num) < _EXACT_TOLERANCE
                    if is_whole and (num == _PAIR or num in self.any_unit):
                        return True
        return False

    def has_as_difference(self, quantity: Quantity) -> bool:
        """Tell whether the quantity is what lies between two measures of the text."""
        unit = quantity.unit
        known = [
            base
            for (kind, _is_metric), bases in self.by_kind.items()
            for base in (bases if unit and kind == unit.kind else ())
        ]
        wanted = [value * unit.factor for value in quantity.values] if unit else []
        gaps = [high - low for low, high in combinations(sorted(known)[:_MAX_TIMES], 2)]
        return any(abs(gap - base) <= _EXACT_TOLERANCE * base for gap in gaps for base in wanted)

    def has_without_unit(self, quantity: Quantity) -> bool:
        """Tell whether the text has the number, but bare."""
        return any(_rounded(value) in self.no_unit for value in quantity.values)

    def nearest(self, quantity: Quantity) -> str:
        """Return what the text says instead: the same number, or else the same kind of measure."""
        for value in quantity.values:
            if _rounded(value) in self.any_unit and quantity.unit:
                return self.any_unit[_rounded(value)]
        shown = self.shown.get(quantity.unit.kind, []) if quantity.unit else []
        same_unit = [text for unit, text in shown if unit == quantity.unit]
        shown_texts = same_unit or [text for _unit, text in shown]
        return ", ".join(dict.fromkeys(shown_texts)) if 0 < len(set(shown_texts)) <= 3 else ""


@lru_cache(maxsize=16)  # The same product is checked for each field and at each keystroke.
def known_numbers(text: str) -> Known:
    """Return the numbers of the text."""
    return Known(text)


def check_numbers(text: str, context: CheckContext) -> list[Finding]:
    """Find each number, measure, code and year that stands nowhere in the product's facts."""
    return first_findings(_find(text, context))


def fact_numbers_text(context: CheckContext) -> str:
    """Return what the merchant says, with units that stand only in the names of facts."""
    lines = [facts_text(context)]
    lines += [f"{fact.value} {unit}" for fact in context.facts if (unit := _name_unit(fact))]
    lines += [str(num) for fact in context.facts if (num := _num_listed(fact.value))]
    lines += [str(num) for fact in context.facts if (num := num_in_all(fact.value))]
    return "\n".join(lines)


def _find(text: str, context: CheckContext) -> Iterator[Finding]:
    known = known_numbers(fact_numbers_text(context))
    supplier = known_numbers(context.supplier_text)
    clocks = [match.span(match.lastgroup or 0) for match in _CLOCK.finditer(text)]
    for quantity in read_quantities(text):
        if any(start <= quantity.start < end for start, end in clocks):
            continue
        if _is_exempt(text, quantity) or known.has(quantity) or _is_code_end(text, quantity, known):
            continue
        if _is_a_count(text, quantity, known, context) or is_reckoned(text, quantity, known):
            continue
        yield _judge(text, quantity, known, supplier)


def _is_code_end(text: str, quantity: Quantity, known: Known) -> bool:
    """Tell whether the number ends a code of the product, as in "X 100" for X100."""
    if quantity.unit and quantity.is_unit_sure:
        return False  # "waistband 7 mm" is a measure, whatever "Waistband: 7 cm" looks like.
    match = _CODE_START.search(text[max(0, quantity.start - 12) : quantity.start])
    number = text[quantity.start : quantity.number_end]
    if not match or fold(match.group(1)) in FREQUENT_WORDS or match.group(1) == "x":
        return False  # "up to 30" is no code
    return squash(f"{match.group(1)}{number}") in known.codes


def _is_a_count(text: str, quantity: Quantity, known: Known, context: CheckContext) -> bool:
    """Tell whether "3 feet" are the product's feet, and "3 bars" bars of soap."""
    counted = fold(text[quantity.number_end : quantity.end].strip())
    if counted not in UNITS_THAT_ARE_THINGS or not known.has_without_unit(quantity):
        return False
    named = split_words(f"{context.name} {' '.join(fact.name for fact in context.facts)}").forms
    return counted in named or counted.removesuffix("s") in named


def is_reckoned(text: str, quantity: Quantity, known: Known) -> bool:
    """Tell whether the text reckons: "530 g for the pair", "25 cm more room", "100 g paper"."""
    start, end = max(0, quantity.start - _TOTAL_REACH), quantity.end + _TOTAL_REACH
    if quantity.unit and quantity.unit.kind == "mass" and _GRAMMAGE:
        is_cloth = _CLOTH.match(text, quantity.end) or _EACH_AREA.search(text, start, end)
        grams = [value * quantity.unit.factor for value in quantity.values]
        if is_cloth and any(known.has_measure(value, _GRAMMAGE) for value in grams):
            return True
    return (bool(_TOTAL.search(text, start, end)) and known.has_as_total(quantity)) or (
        bool(_DIFFERENCE.search(text, start, end)) and known.has_as_difference(quantity)
    )


def _units_meant(quantity: Quantity) -> list[Unit]:
    """Return the units that the quantity may be in: "40 degrees"."""
    meant = [quantity.unit]
    if quantity.unit and quantity.unit.kind == "angle":
        meant += _DEGREES
    return [unit for unit in meant if unit]


def _judge(text: str, quantity: Quantity, known: Known, supplier: Known) -> Finding:
    said = excerpt(text[quantity.start : quantity.end])
    start, end = quantity.start, quantity.end
    if supplier.has(quantity):
        return finding(RULE_ID, Severity.WARN, ONLY_SUPPLIER, start, end, said=said)
    if in_one := _IN_ONE.match(text, start):
        said, end = in_one.group(), in_one.end()
        return finding(RULE_ID, Severity.WARN, NOWHERE, start, end, said=said)
    if said.casefold() in _IDIOM_CODES or text[start : start + 4] == "24/7":
        return finding(RULE_ID, Severity.INFO, ALWAYS, start, end, said=said)
    if quantity.unit and known.has_without_unit(quantity):
        number = text[start : quantity.number_end]
        return finding(RULE_ID, Severity.WARN, NO_UNIT, start, end, said=said, known=number)
    nearest = known.nearest(quantity)
    if nearest:
        return finding(
            RULE_ID, Severity.BLOCK, DIFFERENT, start, end, said=said, known=excerpt(nearest)
        )
    return finding(RULE_ID, Severity.BLOCK, NOWHERE, start, end, said=said)


def _is_exempt(text: str, quantity: Quantity) -> bool:
    """Tell whether another rule speaks of it: a price, a barcode, a numbered line, a promise."""
    start, end = quantity.start, quantity.end
    before = text[:start].rstrip(" ")[-1:] if start < 2 else text[start - 2 : start].rstrip(" ")
    if before and before[-1] in _CURRENCY:
        return True
    if quantity.number_end - start >= 8 and text[start : quantity.number_end].isdigit():
        return True
    is_line_start = start == 0 or text[start - 1] == "\n"
    if is_line_start and _LINE_NUMBER.match(text, start):
        return True
    if text[start : start + 4] == "24/7" and quantity.code == "":
        return False
    if start >= 3 and text[start - 3 : start] in ("24/", "in-", "in "):
        return text[start - 3] == "2" or text[start:end] == "1"
    return text[start:end].replace(" ", "") == "100%" and bool(_CLAIM.match(text, end))


def _name_unit(fact: FactValue) -> str:
    """Return the unit in a name such as "Width (cm)" or "weight_g", if the value has none."""
    if fact.unit:
        return ""
    if unit_named(fact.name):
        return fact.name  # "DPI: 800 to 2,400"
    match = _UNIT_IN_NAME.search(fact.name)
    return match.group(1) if match and unit_named(match.group(1)) else ""


def _num_listed(value: str) -> int:
    """Return how many things a value such as "chest, side" names; 0 if it is no list."""
    items = [item for item in re.split(r"[,;/\n]", value[:2000]) if item.strip()]
    with_digits = sum(any(char.isdigit() for char in item) for item in items)
    if 0 < with_digits < len(items):
        return 0  # "7 cm, flat" are no two things.
    return len(items) if 1 < len(items) <= 20 else 0


def num_in_all(value: str) -> int:
    """Return the sum of "2x USB-A, 1x USB-C" or "2 swivel, 2 fixed"; 0 of fewer than two."""
    counts = [int(match[1]) for match in _TIMES.finditer(value[:2000])]
    counts = counts or [int(match[1]) for match in _BARE.finditer(value[:2000])]
    return sum(counts) if len(counts) > 1 else 0


def _word_numbers(text: str) -> set[float]:
    words = split_words(text)
    values = {_PAIR_WORDS[form] for form in words.forms if form in _PAIR_WORDS}
    return values | {float(number.value) for number in number_words(words, text)}


def _rounded(value: float) -> float:
    return float(f"{value:.9g}")


def _is_near(value: float, ordered: list[float], tolerance: float) -> bool:
    index = bisect_left(ordered, value * (1 - tolerance) - 1e-12)
    return index < len(ordered) and ordered[index] <= value * (1 + tolerance) + 1e-12
