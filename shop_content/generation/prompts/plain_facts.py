"""Say plain facts by rule: "It is 34 cm high and weighs 1.3 kg. It comes in sizes S to XL."

A small model mixes up what is easiest to say: it makes a length a diameter, and the rabbits fit for
the rack. A measure, a colour, a size, a place of origin has a right way to be said, so no model is
asked. What needs words, such as a material or a part, stays with the model. English only.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from shop_content.core.units import unit_named
from shop_content.generation.prompts.english import (
    IT,
    Subject,
    capital,
    is_plural,
    listed,
    small,
    with_article,
)
from shop_content.generation.prompts.source import PromptFact, one_line
from shop_content.generation.prompts.yes_no import is_yes_no, yes_no_text

Kind = Literal[
    "dimension", "size", "weight", "capacity", "had", "colours", "sizes", "verb", "own", "denied",
]  # fmt: skip

_NUMBER = r"\d[\d.,]*(?: ?[¼½¾])?(?: ?\d/\d)?"
_RANGE = rf"{_NUMBER}(?: ?(?:-|–|to) ?{_NUMBER})?"
_MEASURE = re.compile(rf"^(?:up to |about )?{_RANGE} ?(?P<unit>[^\d\s,;:()]{{1,12}}(?: oz)?)$")
_SIZE = re.compile(
    rf"^{_RANGE}(?: ?(?:mm|cm|m|in|\")?)?(?: ?[x×] ?{_RANGE}(?: ?(?:mm|cm|m|in|\"))?){{1,2}}$"
)
_ENDS_IN_UNIT = re.compile(r"\d ?(?:mm|cm|m|in|\")$")
DIMENSIONS = {
    "length": "long", "width": "wide", "height": "high", "depth": "deep", "thickness": "thick",
    "diameter": "in diameter", "overall length": "long", "overall width": "wide",
    "overall height": "high", "total length": "long", "total height": "high",
}  # fmt: skip
_SIZE_NAMES = frozenset({"size", "dimensions", "measurements", "overall size", "product size"})
_WEIGHT_NAMES = frozenset({"weight", "total weight", "product weight"})
# The last words of names that are measured: "The seat height is 42 cm."
MEASURED = frozenset(
    {
        "length", "width", "height", "depth", "thickness", "diameter", "weight", "capacity",
        "volume", "power", "voltage", "output", "time", "life", "range", "speed", "temperature",
        "reach", "drop", "circumference", "flux", "wattage", "frequency", "pressure", "area",
        "density", "distance", "radius", "span", "coverage", "yield", "current", "torque", "load",
        "throw", "gauge", "size", "clearance", "stroke", "travel", "rise",
    }
)  # fmt: skip
# "It has a height of …", but "The run time is …".
_NOT_HAD = frozenset(
    {
        "time", "life", "temperature", "voltage", "frequency", "current", "output", "speed",
        "weight", "pressure", "distance", "area", "yield", "density",
    }
)  # fmt: skip
_COLOUR_NAMES = frozenset({"colour", "colours", "color", "colors", "colourway", "colourways"})
_VAGUE_COLOURS = re.compile(
    r"assort|various|multi|random|natural variation|see |as shown|choice|\d"
)
_SIZE_CODE = re.compile(
    rf"^(?:(?:UK|EU|US) )?(?:{_RANGE}|(?:X{{0,4}}S|M|X{{0,4}}L|\d?XL|one size)"
    r"(?: ?(?:-|–|to) ?(?:X{0,4}S|M|X{0,4}L|\dXL))?)$"
)
_MADE_IN = re.compile(
    r"^(?:hand-?)?(?:made|woven|knitted|sewn|printed|crafted|produced|grown|roasted|spun|distilled|"
    r"brewed|bottled|assembled|thrown|cast|forged|turned|carved|blown|designed|milled|cut|bound|built|"
    r"cured|baked|poured|bred)(?: by hand)? in$"
)
_WITH_THE = re.compile(
    r"^(?:UK|EU|USA?|United (?:Kingdom|States|Arab Emirates)|Netherlands|Philippines|"
    r"Czech Republic|European Union|Channel Islands|Azores|Alps|Black Forest)\b"
)
_PLACE = re.compile(r"^[A-ZÀ-Þ][\w'’.-]*(?:(?:,| of| and)? [A-ZÀ-Þ][\w'’.-]*){0,4}$")
_ORIGINS = frozenset({"origin", "country of origin"})
_AGES = re.compile(
    rf"^from birth$|^(?:from )?{_RANGE}\+?"
    r"(?: (?:years?|months?|weeks?)(?: (?:and over|and up|onwards|old|of age))?)?$"
)
_VERB_NAMES = {
    "suitable for": ("be", "suitable for"), "suits": ("suit", ""), "for": ("be", "for"),
    "recommended for": ("be", "recommended for"), "intended for": ("be", "intended for"),
    "designed for": ("be", "designed for"), "compatible with": ("be", "compatible with"),
    "works with": ("work", "with"), "fits": ("fit", ""), "holds": ("hold", ""),
    "serves": ("serve", ""), "made by": ("be", "made by"), "designed by": ("be", "designed by"),
}  # fmt: skip
_STANDARD_NAMES = frozenset({"standard", "norm", "safety standard", "conforms to", "complies with"})
_STANDARD = re.compile(r"^(?:EN|ISO|DIN|BS|ASTM|IEC|ANSI)\b[ \w/:.-]{1,24}$")
PROTECTION = re.compile(r"^IP[X\d]\d$")
_WARRANTY = re.compile(r"^\d{1,3} (?:years?|months?)$")
_CARE_NAMES = frozenset(
    {
        "care", "wash", "washing", "washable", "cleaning", "care instructions", "machine washable",
        "machine wash",
    }
)  # fmt: skip
_CARE = re.compile(
    r"^(?:gently |only )?(?:wipe|hand[ -]wash|machine[ -]wash|wash|spot clean|dry clean|keep|store|"
    r"do not|hang|iron|rinse|sponge|air dry|line dry|dry|lay|brush|polish|reshape|clean|oil|avoid|"
    r"steam|shake|vacuum|tumble dry|never)\b",
    re.IGNORECASE,
)
_DEGREES = re.compile(r"^(?:yes, )?(?:at )?(?P<heat>\d{2,3} ?°[CF])$")
_WASH_AT = re.compile(r"(?<=wash) (?=\d)")
_CONTENTS_NAMES = frozenset(
    {"contents", "pack", "pack contents", "set", "set contents", "quantity", "number", "pack size"}
)
_CONTENT = re.compile(r"^\d{1,4} [a-z][a-z -]+[a-z]$", re.IGNORECASE)
_COUNT = re.compile(r"^(?:[2-9]|[1-9]\d{1,3})$")
# A number of these is no number of parts: the speeds of a blender, the age of a child.
NOT_COUNTED = frozenset(
    {
        "ages", "sizes", "years", "months", "hours", "servings", "players", "batteries", "colours",
        "people", "persons", "cups", "portions", "doses", "uses", "washes", "grams", "contents",
        "pieces", "pairs", "minutes", "seconds", "days", "series", "litres", "watts", "lumens",
    }
)  # fmt: skip
# More than a value: it has its own sentence, or says what is not so.
NOT_PLAIN = re.compile(r"[;:()\[\]{}!?…*=<>|/\\]|\bnot?\b|\bnone\b|\bwithout\b|\bexcept\b", re.I)
_NAME = re.compile(r"^[a-z][a-z.'’ -]*(?: \([a-z0-9 .-]+\))?$", re.IGNORECASE)
_ITEM = re.compile(r",\s+| and | or ")
MAX_ITEM_WORDS, MAX_ITEMS, MAX_VALUE_WORDS = 5, 6, 16
MAX_HAD, MAX_HAD_WORDS = 3, 18  # things in one sentence, and their words


@dataclass(frozen=True, slots=True)
class _Plain:
    """A fact that has a right way to be said."""

    kind: Kind
    words: tuple[str, ...]


def is_plain(fact: PromptFact) -> bool:
    """Tell whether this module has a sentence for a fact."""
    return _read(fact) is not None


def plain_sentences(
    facts: Iterable[PromptFact],
    subject: Subject = IT,
    variant: int = 0,
    had: Sequence[str] = (),
) -> list[str]:
    """Return sentences that say the facts, each of which `is_plain`.

    Args:
        facts: in the order in which they are to be said; those of a kind share a sentence.
        subject: what the product is called.
        variant: which of several ways, where there are; the same number, the same way.
        had: what else it has: "a black case".
    """
    found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for fact in facts:
        plain = _read(fact)
        if plain is not None:
            found[plain.kind].append(plain.words)
    sentences = _has([*had, *(words[0] for words in found.get("had", ()))], subject)
    sentences += _body(found, subject)
    sentences.append(_choice(found, subject, variant))
    for verb, rest in found.get("verb", ()):
        form = subject.be if verb == "be" else subject.verb(verb)
        sentences.append(f"{subject.pronoun} {form} {rest}.")
    sentences += [text.replace("{it}", subject.object) for (text,) in found.get("own", ())]
    for name, value, rest in found.get("denied", ()):
        sentences += [yes_no_text([PromptFact(name, value)], subject), rest]
    return [sentence for sentence in sentences if sentence]


def name_and_value(fact: PromptFact) -> tuple[str, str]:
    """Return the name, "" where it is none of plain words, and the value with its unit."""
    name, value = one_line(fact.name), one_line(fact.value).rstrip(" .,;")
    if unit := one_line(fact.unit):
        value = f"{value} {unit}"
    return name if _NAME.match(name) else "", value


def _read(fact: PromptFact) -> _Plain | None:
    name, value = name_and_value(fact)
    name = name.casefold()
    if not name or not value or len(value.split()) > MAX_VALUE_WORDS:
        return None
    if plain := _read_denied(name, value) or _read_care(name, value):
        return plain
    if NOT_PLAIN.search(value):
        return None
    readers = (
        _read_measure, _read_choice, _read_place, _read_use, _read_contents, _read_count,
    )  # fmt: skip
    for read in readers:
        if plain := read(name, value):
            return plain
    return None


def _read_measure(name: str, value: str) -> _Plain | None:
    if name in _SIZE_NAMES and _SIZE.match(value) and _ENDS_IN_UNIT.search(value):
        return _Plain("size", (value,))
    match = _MEASURE.match(value)
    unit = unit_named(match["unit"]) if match else None
    if unit is None:
        return None
    says_in_twice = name == "diameter" and match and match["unit"] == "in"
    if name in DIMENSIONS and unit.kind == "length" and not says_in_twice:
        return _Plain("dimension", (f"{value} {DIMENSIONS[name]}",))
    if name in _WEIGHT_NAMES and unit.kind == "mass":
        return _Plain("weight", (value,))
    if name == "capacity" and unit.kind == "volume":
        return _Plain("capacity", (value,))
    if (
        name.split(" (")[0].split()[-1] in MEASURED
        and name != "size"
        and name.split()[0] not in ("one", "each")
    ):
        whole = re.sub(r"^max\b\.?", "maximum", re.sub(r"^min\b\.?", "minimum", name))
        if whole.isascii() and "(" not in whole and not _NOT_HAD.intersection(whole.split()):
            return _Plain("had", (f"{with_article(whole)} of {value}",))
        return _Plain("own", (f"The {whole} is {value}.",))
    return None


def _read_choice(name: str, value: str) -> _Plain | None:
    items = _items(value)
    if name in _COLOUR_NAMES and items and not _VAGUE_COLOURS.search(value.casefold()):
        if not name.endswith("s") and "," not in value:  # "black and white stripe" is one.
            return _Plain("colours", (value,))
        return _Plain("colours", tuple(items))
    if name not in ("size", "sizes") or not items:
        return None
    if all(_SIZE_CODE.match(item) for item in items):
        return _Plain("sizes", tuple(items))
    sizes = [_SIZE.match(item) and _ENDS_IN_UNIT.search(item) for item in items]
    return _Plain("colours", tuple(items)) if all(sizes) else None


def _read_place(name: str, value: str) -> _Plain | None:
    if not _PLACE.match(value):
        return None
    value = f"the {value}" if _WITH_THE.match(value) else value
    if _MADE_IN.match(name):
        return _Plain("verb", ("be", f"{name} {value}"))
    return _Plain("verb", ("come", f"from {value}")) if name in _ORIGINS else None


def _read_use(name: str, value: str) -> _Plain | None:
    if name in ("age", "ages", "recommended age") and _AGES.match(value):
        rest = f"suitable {value}" if value.startswith("from ") else f"for ages {value}"
        has_unit = re.search(r"years?|months?|weeks?|\+|birth", value)
        return _Plain("verb", ("be", rest)) if has_unit else None
    if name in _VERB_NAMES:
        verb, link = _VERB_NAMES[name]
        items = _items(value)
        is_said = items and not re.match(r"(?:yes|all|any|only)\b", value, re.IGNORECASE)
        return _Plain("verb", (verb, f"{link} {listed(items, 'and')}".strip())) if is_said else None
    if name in _STANDARD_NAMES and _STANDARD.match(value):
        return _Plain("verb", ("conform", f"to {value}"))
    if name in ("protection", "protection class", "ip rating") and PROTECTION.match(value):
        said = f"rated {value}" if name == "ip rating" else f"protected to {value}"
        return _Plain("verb", ("be", said))
    if name in ("warranty", "guarantee") and _WARRANTY.match(value):
        return _Plain("own", (f"The {name} is {value}.",))
    return None


def _read_care(name: str, value: str) -> _Plain | None:
    if name not in _CARE_NAMES:
        return None
    if match := _DEGREES.match(value):
        if name == "machine wash":
            return _Plain("own", (f"Machine wash at {match['heat']}.",))
        return _Plain("own", (f"Wash {{it}} at {match['heat']}.",))
    items = re.split(r",\s+", value)
    if len(items) > MAX_ITEMS or not all(_CARE.match(item) for item in items):
        return None
    text = _WASH_AT.sub(" at ", listed([small(item) for item in items], "and"))
    return _Plain("own", (f"{capital(text)}.",))


def _read_contents(name: str, value: str) -> _Plain | None:
    items = _items(value)
    if name not in _CONTENTS_NAMES or not items or not all(map(_CONTENT.match, items)):
        return None
    return _Plain("own", (f"You get {listed(items, 'and')}.",))


def _read_denied(name: str, value: str) -> _Plain | None:
    """Read "no, wipe clean" of something washable."""
    match = re.match(r"(?P<so>yes|no), (?P<care>.+)$", value, re.IGNORECASE)
    if not match or not is_yes_no(PromptFact(name, match["so"])):
        return None
    items = re.split(r",\s+", match["care"])
    if not all(_CARE.match(item) for item in items):
        return None
    return _Plain("denied", (name, match["so"], f"{capital(listed(items, 'and'))}."))


def _read_count(name: str, value: str) -> _Plain | None:
    if name in ("pieces", "pairs") and _COUNT.match(value):
        return _Plain("own", (f"There are {value} {name}.",))
    words = name.split()
    is_part = len(words) <= 2 and is_plural(name) and name not in NOT_COUNTED and "." not in name
    return _Plain("had", (f"{value} {name}",)) if is_part and _COUNT.match(value) else None


def _items(value: str) -> list[str]:
    """Return the things of a list; none where they are too many or too long to be listed."""
    items = [item.strip() for item in _ITEM.split(value)]
    is_list = len(items) <= MAX_ITEMS and all(
        item and len(item.split()) <= MAX_ITEM_WORDS for item in items
    )
    return items if is_list else []


def _body(found: dict[str, list[tuple[str, ...]]], subject: Subject) -> list[str]:
    """Return how large and how heavy it is, and how much it holds."""
    return [
        f"{subject.pronoun} {verb} {listed(things, 'and')}."
        for kind, verb in (
            ("dimension", subject.be),
            ("size", subject.verb("measure")),
            ("weight", subject.verb("weigh")),
            ("capacity", subject.verb("hold")),
        )
        if (things := [words[0] for words in found.get(kind, ())])
    ]


def _has(phrases: Sequence[str], subject: Subject) -> list[str]:
    """Return what it has, a few things a sentence; one with a list of its own comes last."""
    groups: list[list[str]] = []
    for phrase in phrases:
        group = groups[-1] if groups else []
        num_words = sum(len(text.split()) for text in (*group, phrase))
        is_full = len(group) == MAX_HAD or num_words > MAX_HAD_WORDS
        if not group or is_full or " and " in group[-1]:
            groups.append([phrase])
        else:
            group.append(phrase)
    return [f"{subject.pronoun} {subject.have} {listed(group, 'and')}." for group in groups]


def _choice(found: dict[str, list[tuple[str, ...]]], subject: Subject, variant: int) -> str:
    """Return which colours and sizes there are."""
    colours = [item for words in found.get("colours", ()) for item in words]
    sizes = [item for words in found.get("sizes", ()) for item in words]
    comes = f"{subject.pronoun} {subject.verb('come')}"
    parts = [f"in {listed(colours, 'and')}"] if colours else []
    if sizes == ["one size"]:
        parts.append("in one size")
    elif sizes:
        is_one = len(sizes) == 1 and not re.search(r" to |[-–]", sizes[0])
        parts.append(f"in {'size' if is_one else 'sizes'} {listed(sizes, 'and')}")
    if colours and not sizes and variant % 2:
        if len(colours) > 2:
            return f"Choose from {listed(colours, 'and')}."
        if len(colours) == 2:
            return f"Choose between {listed(colours, 'and')}."
    return f"{comes} {', '.join(parts)}." if parts else ""
