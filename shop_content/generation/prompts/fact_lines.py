"""Say what a data sheet says in a line: "The noise level is under 32 dB(A)." for "Noise level: …".

For values that are more than a word or two. What fits none of the shapes here stays a line. English
only.
"""

from __future__ import annotations

import re

from shop_content.generation.prompts.english import (
    IT,
    Subject,
    article,
    capital,
    is_plural,
    listed,
    small,
    with_article,
)
from shop_content.generation.prompts.part_phrases import (
    MATERIAL_NAMES,
    PICTURES,
    SIZE,
    is_description,
    is_stuff,
)
from shop_content.generation.prompts.plain_facts import DIMENSIONS, MEASURED, PROTECTION

_NUMBER = r"[±Ø+-]?\s?\d[\d.,]*(?:/\d+)?"
_UNIT = r"(?: ?[^\W\d_]{1,4}(?:/[^\W\d_][\w²³]{0,3})?(?:\([A-Z]\))?| ?[%°\"”][CFK]?)?"
_MEASURE = re.compile(
    r"^(?:(?:about|approx\.|up to|at least|under|over|max\.|min\.|below|above|more than|less than) "
    rf")?{_NUMBER}{_UNIT}(?: ?(?:-|–|to|x|×|at|/|±) ?{_NUMBER}{_UNIT})*"
    r"(?: (?P<thing>[a-z]{3,9}))?(?: \([^()]{1,16}\))?$|^one size$"
)
_EACH = re.compile(r"\b(?:each|a pair|a bar|a load|at once|high|low|levels?|times)\b")
_BOX = re.compile(r"^[a-z][a-z -]*(?:box|tin|bag|pouch|tube|case|sleeve|jar)$")
_STATE = re.compile(
    r"^(?:(?:size|dimensions|measurements) )?(?P<state>folded|closed|open|packed|inflated|rolled|"
    r"unfolded|extended|assembled)(?: size| dimensions| measurements)?$"
)
# What is of a kind that a code or a word names: "The sheet size is A5."
_KINDS = frozenset(
    {
        "format", "size", "key", "class", "grade", "scale", "connection", "colour", "color",
        "region", "system", "position", "spf", "ph", "acidity", "moisture", "rating",
    }
)  # fmt: skip
_KIND = re.compile(r"^[\w./\"”-]+(?: [\w./\"”-]+)?(?: \([^()]{1,16}\))?$")
_ACTS = re.compile(
    r"^(?:extends|adjusts|folds|ranges|names|turns|rotates|varies|depends|fits|holds|doubles|"
    r"contains|shows|opens|closes|locks|lasts|works|slides|hangs|lifts)\b|^(?:can|may|must) be "
)
_MAY_BE = re.compile(r"^(?:can|may|must) be ")
_ORDERS = re.compile(
    r"^(?:use|keep|place|hang|screw|store|sponge|wipe|wash|rinse|do not|avoid|never|always|shake|"
    r"stir|mix|add|apply|remove|charge|oil|dry|clean|air|cook|brush|press|leave|let|fill)\b"
)
_ADVICE = frozenset(
    {
        "safety", "care", "storage", "preparation", "airing", "preheating", "use", "assembly",
        "cleaning", "drying", "once opened", "instructions",
    }
)  # fmt: skip
_ORDER_NAMES = frozenset({"tumble dry", "rinse", "iron", "dry", "wash", "store"})
_WHERE = re.compile(
    r"^(?:on|in|over|under|with|at|for|during|before|after|indoors?|outdoors?|outside|inside)\b"
)
_FITS = frozenset({"fits", "suits", "holds", "serves", "cuts"})
_ONLY = re.compile(r"^(?:yes|no|all|any|only|most|suitable|possible|wide)\b", re.IGNORECASE)
# "Keeps hot", "heat resistant", "speed max.": nothing of which one can say that it "is".
_NO_THING = re.compile(
    r"^(?:keeps|makes|fits|holds|takes|needs|works|cook|bake|soak|brew|boil|for)\b"
    r"|\b(?:max\.?|min\.?|each|resistant|hot|cold|included|of|\w+(?:ed|able|ible|proof))$"
)
_HAS_UNIT = re.compile(r"\d ?(?:[^\W\d]|[%°\"”])|^one size$")
_OF_VOLUME = re.compile(r"\d ?(?:ml|cl|l|litres)$|\b(?:hours|h|min)$")
# What can be "up to" so much, besides what is measured.
_LIMITED = MEASURED | {
    "rate", "level", "content", "resistance", "accuracy", "consumption", "reserve", "limit",
    "strength", "retention", "brightness", "acidity",
}  # fmt: skip
_RATING = re.compile(r" (?:\d{1,2}/\d{1,2}|\d{3}L?)$|^\d{2,4}[DT] ")  # "stainless steel 18/10"
_WASH_OF = re.compile(r"^(?P<part>[a-z ]+) (?:care|wash|washing)$")
_HEAT = re.compile(r"^(?:wash )?(?:at )?(?P<heat>\d{2,3} ?°[CF])$")
_PROOF = re.compile(r"^(?:water|splash|dust|rain|weather)[- ]?proof$")
_CODE = re.compile(r"^(?P<code>[A-Z]+\d[A-Z\d-]*)(?P<more>, included)?$")
_IN_AND_OUT = re.compile(r"^(?P<first>\d+ (?:out|in)side), (?P<last>\d+ (?:out|in)side)$")
_UNITS = frozenset(
    {
        "sheets", "voices", "watches", "months", "years", "hours", "minutes", "seconds", "days",
        "weeks", "litres", "watts", "lumens", "grams", "layers", "degrees", "turns", "thick",
        "wide", "long", "high", "deep", "positions",
    }
)  # fmt: skip
_CHOICES = frozenset(
    {
        "colours", "colors", "shades", "scents", "finishes", "languages", "modes", "flavours",
        "patterns", "prints", "styles", "grades",
    }
)  # fmt: skip
_SHARE = re.compile(r"^\d[\d.,]* ?% [a-z][a-z -]+$", re.IGNORECASE)
_POSITIONS = re.compile(
    r"^adjustable, (?P<number>\d+ (?:positions|levels|steps|settings|heights))$"
)
_AGE = re.compile(r"^\d+ (?:months?|years?) to \d+ (?:months?|years?)$")
_LIST_ITEM = re.compile(r"^[^\W\d_][^\W\d_'’-]*(?:[ -][^\W\d_'’-]+){0,2}$")
_SIZES = re.compile(r"^(?:[A-Z]{0,3} ?\d+(?:[./]\d+)?|[A-Z]{1,4})(?:(?: to |-|–, ).*)?$")
_NOT_SAID = frozenset(
    {
        "contents", "ingredients", "inputs", "allergens", "instructions", "use", "note", "warning",
        "choice", "feature", "features", "extras", "tested", "protects", "measures", "makes",
        "works", "includes", "included", "power", "power supply",
    }
)  # fmt: skip
MAX_NAME_WORDS, MAX_ITEMS, MAX_WORDS = 4, 6, 14


def fact_line(name: str, value: str, subject: Subject = IT) -> str:
    """Return a sentence for a fact; "" where no shape fits and it has to stay a line.

    Args:
        name: of the fact, in plain words.
        value: with its unit; no full stop behind it.
        subject: what the product is called.
    """
    if len(name.split()) > MAX_NAME_WORDS or len(value.split()) > MAX_WORDS:
        return ""
    if re.search(r"[:;|*<>\[\]{}]|^,|,\s*(?:,|$)", value):
        return ""
    key, small_name = name.casefold(), small(name)
    readers = (_size, _use, _status, _suits, _count, _list, _made_of, _picture, _value)
    for read in readers:
        if said := read(key, small_name, value, subject):
            return said
    return ""


def _size(key: str, name: str, value: str, subject: Subject) -> str:
    """Say "Size folded: 36 x 30 cm", "Ring sizes: H to Z", "Length: 30 cm, extends to 45 cm"."""
    it = subject.pronoun
    if (match := _STATE.match(key)) and SIZE.match(value):
        return f"{it} {subject.verb('measure')} {value} {match['state']}."
    if key.split()[-1] == "sizes" and _SIZES.match(value):
        return f"{it} {subject.verb('come')} in {name} {value}."
    if key in ("age", "ages") and _AGE.match(value):
        return f"{it} {subject.be} for ages {value}."
    first, _comma, rest = value.partition(", ")
    if key in DIMENSIONS and subject is IT and _MEASURE.match(first) and _ACTS.match(rest):
        return f"{it} {subject.be} {first} {DIMENSIONS[key]} and {rest}."
    return ""


def order_line(name: str, value: str) -> str:
    """Return "Use only under supervision.", "Tumble dry low."; "" for what is no order."""
    key = name.casefold()
    if key in _ADVICE and _ORDERS.match(value):
        return f"{capital(value)}."
    wash = _WASH_OF.match(key)
    if wash and (heat := _HEAT.match(value)):
        return f"Wash the {wash['part']} at {heat['heat']}."
    if key in _ORDER_NAMES and not _WHERE.match(value) and not re.match(r"\d|yes|no", value):
        return f"{capital(key)} {value}."
    return ""


def _use(key: str, name: str, value: str, subject: Subject) -> str:
    """Say "Use: indoors and outdoors", "For tanks: up to 60 l", "Adjustable: from 20 to 28 cm"."""
    it_is = f"{subject.pronoun} {subject.be}"
    if key in ("use", "wear") and _WHERE.match(value):
        return f"{capital(key)} {subject.object} {value}."
    if key.startswith("for ") and is_plural(name) and _measures(value):
        return f"{it_is} {name} of {value}."
    if key in ("adjustable", "extendable") and re.match(r"from .* to |up to |in \d", value):
        return f"{it_is} {key} {value}."
    return f"{it_is} {key} to {value}." if _PROOF.match(key) and PROTECTION.match(value) else ""


def _status(key: str, name: str, value: str, subject: Subject) -> str:
    """Say "Stand: sold separately", "Monogram: on request", "Hot drinks: not suitable"."""
    are = "are" if is_plural(name) else "is"
    if value in ("sold separately", "available separately"):
        return f"The {name} {are} {value}."
    if name in ("presentation", "packaging") and _BOX.match(value):
        return f"{subject.pronoun} {subject.verb('come')} in {with_article(value)}."
    if value == "on request":
        return f"{capital(with_article(name))} {are} available on request."
    if value in ("suitable", "not suitable") and is_plural(name):
        return f"{subject.pronoun} {subject.be} {value} for {name}."
    if re.match(r"(?:required|needed), [a-z ]+ (?:included|supplied)$", value):
        return f"{capital(name)} {are} {value}."
    if key == "battery" and (match := _CODE.match(value)):
        code = f"{article(match['code'])} {match['code']}"
        return (
            f"{capital(code)} battery is included."
            if match["more"]
            else f"It takes {code} battery."
        )
    return ""


def _suits(key: str, _name: str, value: str, subject: Subject) -> str:
    """Say "Fits: laptops from 11 to 16 inch", "Cuts: paper, card, fabric"."""
    items = value.split(", ")
    if key not in _FITS or _ONLY.match(value) or not 1 <= len(items) <= MAX_ITEMS:
        return ""
    if len(items) > 1 and not all(map(_LIST_ITEM.match, items)):
        return ""
    return f"{subject.pronoun} {subject.verb(key.removesuffix('s'))} {listed(items, 'and')}."


def _count(_key: str, name: str, value: str, _subject: Subject) -> str:
    """Say "Cells per tray: 12", "Colours: 4, two of each", "Pockets: 5 outside, 2 inside"."""
    if (match := _IN_AND_OUT.match(value)) and is_plural(name):
        number, where = match["first"].split()
        return f"There are {number} {name} {where} and {match['last']}."
    match = re.match(r"(?P<number>[2-9]|[1-9]\d{1,3})(?P<rest>, [a-z][a-z -]+ each)?$", value)
    thing = name.split(" per ")[0]
    if not match or not is_plural(thing) or (thing == name and not match["rest"]):
        return ""
    return f"There are {match['number']} {name}{match['rest'] or ''}."


def _list(key: str, name: str, value: str, _subject: Subject) -> str:
    """Say "Spices: garam masala, turmeric, cumin"."""
    items = value.split(", ")
    fewest = 2 if key.split()[-1] in _CHOICES else 3
    is_list = fewest <= len(items) <= MAX_ITEMS and all(map(_LIST_ITEM.match, items))
    if not is_list or not is_plural(name) or key in _NOT_SAID:
        return ""
    return "" if re.search(r"\b(?:and|or|included)\b", value) else _is(name, listed(items, "and"))


def _made_of(key: str, _name: str, value: str, subject: Subject) -> str:
    """Say "Material: 100 % merino wool, 150 g/m²"."""
    first, *others = value.split(", ")
    if key not in MATERIAL_NAMES or not all(_measures(one) or _is_done(one) for one in others):
        return ""
    stuff = _RATING.sub("", first)
    is_known = _is_said_of(stuff) and (stuff != first or bool(others))
    return f"{subject.pronoun} {subject.be} made of {value}." if is_known else ""


def _picture(key: str, name: str, value: str, subject: Subject) -> str:
    """Say "Print: lions, giraffes, a lost penguin"."""
    items = value.split(", ")
    # "Otter" and "cut by hand" are not what a print is of.
    are_things = all(is_plural(item) or item.startswith(("a ", "an ")) for item in items)
    is_picture = key in PICTURES and len(items) <= MAX_ITEMS and are_things
    if not is_picture or re.search(r"\d|\b(?:is|are|only|each)\b", value):
        return ""
    what = listed(items, "and") if " and " not in items[-1] else value
    return f"{subject.pronoun} {subject.have} {with_article(name)} of {what}."


def _value(key: str, name: str, value: str, _subject: Subject) -> str:
    """Say "Flow rate: 450 l/h", "Sheet size: A5", "Paper: uncoated, 90 g/m²"."""
    if key in _NOT_SAID or _NO_THING.search(key) or _EACH.search(value) or _ONLY.match(value):
        return ""
    is_limited = key.split()[-1] in _LIMITED
    if not is_limited and (value.startswith("up to ") or _OF_VOLUME.search(value)):
        return ""
    if match := _POSITIONS.match(value):
        return _is(name, f"adjustable in {match['number']}")
    items = _described_first(value.split(", "))
    if _ACTS.match(value) and (not is_plural(name) or _MAY_BE.match(value)):
        return f"The {name} {value}."
    if len(items) == 1:
        is_kind = key.split()[-1] in _KINDS and bool(_KIND.match(value))
        is_measure = _measures(value) and not is_plural(name)
        is_said = is_kind or is_measure or is_description(value)
        return _is(name, value) if is_said else ""
    if not _describes(items):
        return ""
    is_plain = all(item.isalpha() for item in items)
    return _is(name, listed(items, "and") if is_plain else ", ".join(items))


def _described_first(items: list[str]) -> list[str]:
    """Return "dotted, 100 g/m²" for "100 g/m², dotted"."""
    return [*items[1:], items[0]] if len(items) > 1 and _measures(items[0]) else items


def _describes(items: list[str]) -> bool:
    """Tell whether the first item describes a thing, and each other does or measures it."""
    return _is_said_of(items[0]) and all(_is_said_of(item) or _measures(item) for item in items[1:])


def _measures(item: str) -> bool:
    match = _MEASURE.match(item)
    is_measure = match and (not match["thing"] or match["thing"] in _UNITS)
    return bool(is_measure and _HAS_UNIT.search(item))


def _is_said_of(item: str) -> bool:
    return is_description(item) or bool(_SHARE.match(item)) or is_stuff(item)


def _is_done(item: str) -> bool:
    """Tell whether an item says what was done to a material: "glazed inside"."""
    return bool(re.match(r"[a-z-]+ed(?: (?:inside|outside|on both sides))?$", item))


def _is(name: str, value: str) -> str:
    return f"The {name} {'are' if is_plural(name) else 'is'} {value}."
