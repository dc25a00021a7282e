"""Units of measurement, their spellings, and what they are in the base unit of their kind."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: `kind` is what it measures, `factor` how many base units it is."""

    kind: str
    factor: float
    is_metric: bool = True


@dataclass(frozen=True, slots=True)
class UnitMatch:
    """A unit found behind a number."""

    unit: Unit
    spelling: str
    end: int
    per: Unit | None = None  # of a rate that has no unit of its own: "38 mm per second"


# kind: (base unit first) factor and spellings in small letters; "!" marks imperial units.
_TABLE: dict[str, tuple[tuple[float, str], ...]] = {
    "length": (
        (1, "mm millimetre millimetres millimeter millimeters"),
        (10, "cm centimetre centimetres centimeter centimeters zentimeter"),
        (100, "dm"),
        (1000, "m metre metres meter meters"),
        (1e6, "km kilometre kilometres kilometer kilometers"),
        (0.001, "µm μm micron microns"),
        (25.4, "! in inch inches zoll \" ″ ” ''"),
        (304.8, "! ft foot feet ' ′ ’"),
        (914.4, "! yd yard yards"),
        (1609344, "! mi mile miles"),
    ),
    "mass": (
        (0.001, "mg milligram milligrams"),
        (1, "g gr gram grams gramme grammes gramm"),
        (1000, "kg kgs kilo kilos kilogram kilograms kilogramm"),
        (1e6, "t tonne tonnes"),
        (28.349523, "! oz ounce ounces"),
        (453.59237, "! lb lbs pound pounds"),
    ),
    "volume": (
        (1, "ml millilitre millilitres milliliter milliliters"),
        (10, "cl centilitre centilitres centiliter centiliters"),
        (100, "dl"),
        (1000, "l ltr litre litres liter liters"),
        (1e6, "m³ m3 cum"),
        (28316.846592, "! ft³ ft3 cuft"),
        (29.57353, "! floz fluidounce fluidounces"),
        (473.17647, "! pint pints"),
        (946.35295, "! qt quart quarts"),
        (3785.41178, "! gal gallon gallons"),
    ),
    "area": (
        (1, "cm² cm2 sqcm"),
        (10000, "m² m2 sqm"),
        (929.0304, "! ft² sqft ft2"),
        (6.4516, "! sqin in²"),
        (8361.2736, "! yd² sqyd yd2"),
    ),
    "time": (
        (0.001, "ms millisecond milliseconds"),
        (1, "s sec secs second seconds sekunden"),
        (60, "min mins minute minutes minuten"),
        (3600, "h hr hrs hour hours stunden"),
        (86400, "day days tage"),
        (604800, "week weeks wochen"),
        (2629800, "month months monate"),
        (31557600, "year years yr yrs jahre jahren"),
    ),
    "voltage": ((1, "v volt volts"), (1000, "kv"), (0.001, "mv")),
    "power": ((1, "w watt watts"), (1000, "kw kilowatt kilowatts"), (745.7, "! hp horsepower")),
    "energy": ((1, "wh"), (1000, "kwh")),
    "charge": ((1, "mah"), (1000, "ah")),
    "current": ((0.001, "ma"), (1, "amp amps ampere")),
    "frequency": ((1, "hz hertz"), (1e3, "khz"), (1e6, "mhz"), (1e9, "ghz")),
    "memory": (
        (1, "kb"),
        (1e3, "mb megabyte"),
        (1e6, "gb gigabyte gigabytes"),
        (1e9, "tb terabyte terabytes"),
    ),
    "rate": ((1, "mbps mbit/s"), (1000, "gbps gbit/s")),
    "pixels": ((1, "px pixel pixels"), (1e6, "mp megapixel megapixels")),
    "resolution": ((1, "dpi ppi"),),
    "light": ((1, "lm lumen lumens"),),
    "illuminance": ((1, "lux lx"),),
    "colour temperature": ((1, "kelvin"),),
    "loudness": ((1, "db decibel decibels"),),
    "pressure": ((1, "bar bars"), (0.001, "mbar"), (0.06894757, "! psi")),
    "speed": ((1, "km/h kph kmh"), (1.609344, "! mph"), (3.6, "m/s")),
    "flow": (
        (1, "l/h"),
        (60, "l/min"),
        (0.06, "ml/min"),
        (3600, "l/s"),
        (1000, "m³/h m3/h"),
        (60000, "m³/min m3/min"),
    ),
    "rotation": ((1, "rpm u/min"),),
    "tempo": ((1, "bpm beats"),),
    "celsius": ((1, "°c ℃"),),
    "fahrenheit": ((1, "! °f ℉"),),
    "angle": ((1, "° degree degrees"),),
    "grammage": ((1, "g/m² gsm g/m2"), (1000, "kg/m² kg/m2"), (33.905747, "! oz/yd²")),
    "share": ((1, "% percent"),),
    "energy value": ((1, "kcal calories"), (0.239006, "kj")),
    "yarn": ((1, "denier den"),),
    "carat": ((1, "carat carats karat karats"),),
    "torque": ((1, "nm"),),
}
# Read as a unit and as a plain number: a preposition, a closing quotation mark, a side of a box.
AMBIGUOUS_UNITS = frozenset({"in", '"', "”", "'", "’", "L", "H", "t", "s"})
# Case matters for single letters: "5 a day", "4K" and "size 10 M" are no units.
_EXACT = {
    "A": Unit("current", 1),
    "V": Unit("voltage", 1),
    "W": Unit("power", 1),
    "L": Unit("volume", 1000),
    "K": Unit("colour temperature", 1),
}
_ONLY_SMALL = frozenset("gmlhst")


def _build() -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for kind, rows in _TABLE.items():
        for factor, spellings in rows:
            names = spellings.split()
            is_metric = names[0] != "!"
            for name in names if is_metric else names[1:]:
                units[name] = Unit(kind, factor, is_metric)
    return units


_UNITS = _build()
_SYMBOLS: dict[Unit, str] = {}  # the first spelling of each
for _name, _unit in _UNITS.items():
    _SYMBOLS.setdefault(_unit, _name)
_SQUARED = r"(?:sq\.?|square|cubic) ?(?:metres?|meters?|feet|foot|ft|yards?|cm|m|in)(?![^\W\d_])"
_AFTER = re.compile(
    r"[ \u00a0\u202f]?-?[ ]?(?P<unit>(?:fl|fluid)\.? ?(?:oz|ounces?)"
    rf"|{_SQUARED}"
    r"|(?:°|º|degrees?) ?(?:C|F|celsius|fahrenheit)(?![^\W\d_])"
    r"|per ?cent(?![^\W\d_])"
    r"|[^\W\d_²]{1,14}(?![^\W\d_]|\d\w|[013-9])(?:[²2](?![\w]))?(?:/(?:min|[a-z]{1,3})[²2]?(?![\w]))?"
    r"|[%°℃℉″”’′\"]|'{1,2})",
    re.IGNORECASE,
)
_PER = re.compile(
    r"(?: ?/ ?|(?: of \w{2,15})?[ \u00a0](?:per|to the)[ \u00a0])(?P<unit>"
    rf"{_SQUARED}|[^\W\d_²]{{1,12}}[²2³]?)(?![\w²])"
    r"|[ \u00a0]an?[ \u00a0](?P<time>second|minute|hour|day|week|month|year)(?!\w)",
    re.IGNORECASE,
)
_PER_KINDS = frozenset({"length", "area", "volume", "mass", "time"})
_SQUARE = {"metre": "m", "meter": "m", "feet": "ft", "foot": "ft", "yard": "yd"}


def find_unit(text: str, position: int, value: float) -> UnitMatch | None:
    """Return the unit that stands at the position, directly behind a number of this value."""
    match = _AFTER.match(text, position)
    if not match:
        return None
    spelling = match.group("unit")
    unit = _look_up(spelling, value)
    if unit is None and "/" in spelling:  # "10 mm/20 mm"
        spelling = spelling.split("/")[0]
        unit = _look_up(spelling, value)
    if unit is None:
        return None
    return _rate(text, UnitMatch(unit, spelling, match.start("unit") + len(spelling)))


def _rate(text: str, match: UnitMatch) -> UnitMatch:
    """Read on: "km" may be "km per hour", which has a unit, or "mm per minute", which has none."""
    found = _PER.match(text, match.end)
    per = _look_up(found["unit"] or found["time"], 1) if found else None
    if found is None or per is None or per.kind not in _PER_KINDS:
        return match
    whole = _UNITS.get(f"{_SYMBOLS.get(match.unit)}/{_SYMBOLS[per]}")
    return UnitMatch(whole or match.unit, match.spelling, found.end(), None if whole else per)


def unit_named(name: str) -> Unit | None:
    """Return the unit of this spelling, as in the name of a column."""
    return _look_up(name, 5000)


def _look_up(spelling: str, value: float) -> Unit | None:
    if spelling in _EXACT:
        # "4K" is a resolution; light starts at about 1000 K.
        return None if spelling == "K" and value < 1000 else _EXACT[spelling]
    folded = spelling.lower()
    if len(folded) == 1 and folded.isalpha():
        return _UNITS.get(folded) if spelling in _ONLY_SMALL else None
    if folded.startswith(("sq", "fl", "cubic")) and folded not in _UNITS:
        compact = (
            folded.replace(".", "").replace(" ", "").replace("square", "sq").replace("cubic", "cu")
        )
        compact = compact.replace("fluid", "fl").replace("ounces", "oz").replace("ounce", "oz")
        for long, short in _SQUARE.items():
            compact = compact.replace(f"{long}s", short).replace(long, short)
        return _UNITS.get(compact)
    folded = folded.replace("º", "°").replace(" ", "")
    if folded.endswith(("celsius", "fahrenheit")):
        folded = "°c" if folded.endswith("celsius") else "°f"
    return _UNITS.get(folded)
