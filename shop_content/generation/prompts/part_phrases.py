"""Say a part of a product in a few words: "a black aluminium housing", "a handle of 32 cm".

What a merchant enters as "Housing: aluminium, black" a copywriter says so. Only for parts and for
values whose words surely stand in front of the part or behind it; else nothing is said. English
only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from shop_content.generation.prompts.english import (
    article,
    is_plural,
    listed,
    small,
    with_article,
)
from shop_content.generation.prompts.plain_facts import NOT_PLAIN, name_and_value
from shop_content.generation.prompts.source import PromptFact

# The last word of a part's name, singular.
_PARTS = frozenset(
    {
        "accent", "apron", "arm", "armrest", "axle", "back", "backing", "backrest", "bag", "band",
        "bar", "barrel", "base", "basket", "bead", "bed", "bell", "belt", "bezel", "binding", "bit",
        "blade", "board", "body", "bodice", "bolt", "bottle", "bottom", "bowl", "box", "bracelet",
        "bracket", "brake", "bridge", "brim", "bristle", "brush", "brushhead", "buckle", "bulb",
        "button", "cable", "calibre", "canopy", "cap", "cartridge", "case", "casing", "castor",
        "centre", "chain", "chamber", "chassis", "charger", "chuck", "clasp", "clip", "closure",
        "coat", "coating", "collar", "compartment", "cone", "connection", "connector", "container",
        "controller", "cord", "core", "corner", "counter", "cover", "cradle", "crank", "crown",
        "cuff", "cup", "cushion", "cut", "cylinder", "deck", "dial", "diaphragm", "display", "door",
        "drawer", "drawstring", "drip", "drive", "drum", "ear", "earcup", "edge", "elastic",
        "element", "embroidery", "engraving", "eye", "eyelet", "facing", "fastener", "fastening",
        "felt", "ferrule", "filling", "film", "filter", "fingerboard", "finish", "fit", "fitting",
        "fixing", "flap", "fly", "foil", "foot", "footbed", "fork", "frame", "frets", "fretboard",
        "fringe", "front", "fuel", "gear", "glaze", "glide", "globe", "grate", "grille", "grip",
        "guard", "hammer", "handle", "handlebar", "hanger", "hardware", "harness", "head",
        "headband", "heading", "headstock", "heel", "hem", "hinge", "holder", "hood", "hook",
        "hoop", "hose", "housing", "hull", "infuser", "ink", "inlay", "inlet", "insole", "insert",
        "interior", "jar", "jaw", "joint", "jug", "key", "keyboard", "keypad", "knob", "knit",
        "label", "lace", "laminate", "layer", "leaf", "leg", "lens", "lever", "lid", "light",
        "line", "liner", "lining", "link", "lip", "lock", "loop", "lug", "magazine", "magnet",
        "mattress", "mechanism", "mesh", "midsole", "mirror", "motif", "motor", "mount", "mouth",
        "mouthpiece", "movement", "nail", "neck", "neckline", "needle", "net", "nib", "nozzle",
        "nut", "outer", "outlet", "outsole", "overlay", "packaging", "packing", "pad", "padding",
        "paddle", "page", "palm", "pan", "panel", "partition", "patch", "pattern", "pedal", "peg",
        "pen", "pendant", "piece", "pile", "pillow", "pin", "pipe", "piping", "pipette", "plate",
        "platform", "plating", "plug", "pocket", "pole", "pot", "pouch", "pouring", "print",
        "prong", "protector", "pull", "pump", "rack", "rail", "rear", "reel", "rib", "ribbon",
        "rim", "ring", "rod", "roller", "roof", "rope", "rung", "saddle", "sauce", "saucer",
        "scale", "screen", "screw", "seam", "seat", "seatpost", "shade", "shaft", "shank", "shell",
        "shelf", "shield", "shoulder", "shutter", "side", "skirt", "sleeve", "slider", "slot",
        "socket", "sole", "soleplate", "soundboard", "spindle", "spine", "spoke", "spool", "spoon",
        "spout", "spring", "stand", "stem", "step", "stitching", "stone", "stopper", "strap",
        "string", "strip", "stuffing", "support", "surface", "surround", "suspension", "swatch",
        "switch", "table", "tail", "tank", "tap", "tape", "tassel", "tension", "thread", "tie",
        "tin", "tip", "toe", "tongue", "tooth", "top", "trailer", "tray", "trigger", "trim",
        "trimming", "tube", "tuner", "tuning", "turntable", "tyre", "underside", "upholstery",
        "upper", "valve", "veneer", "visor", "waist", "waistband", "wall", "weave", "wheel", "wick",
        "window", "wing", "wire", "wrap", "wrist", "yoke", "zip", "zipper",
        # what is no part, and yet is had
        "aroma", "colourway", "construction", "design", "flavour", "fragrance", "mood",
        "roast", "scent", "shape", "style", "texture", "tone",
    }
)  # fmt: skip
_PLURALS = {"feet": "foot", "teeth": "tooth", "leaves": "leaf", "shelves": "shelf"}
# "A scent of cedar and fig": more than one is not put in front of these.
_OF = frozenset({"aroma", "flavour", "fragrance", "mood", "pattern", "print", "scent"})
_OF_SEVERAL = _OF - {"pattern", "print"}
PICTURES = frozenset({"pattern", "print", "design", "motif", "embroidery", "engraving"})
_NO_ARTICLE = frozenset(
    {
        "embroidery", "engraving", "hardware", "packaging", "packing", "padding", "piping",
        "plating", "stitching", "stuffing", "upholstery", "felt", "ink", "glaze", "elastic",
        "trimming", "wire", "mesh", "filling", "film", "foil", "laminate",
    }
)  # fmt: skip
_COLOURS = frozenset(
    {
        "black", "white", "grey", "navy", "blue", "red", "green", "yellow", "orange", "pink",
        "purple", "brown", "beige", "cream", "ivory", "gold", "silver", "teal", "olive", "charcoal",
        "turquoise", "burgundy", "natural", "clear", "transparent", "anthracite", "khaki", "sand",
        "rust", "mustard", "lilac", "mint", "coral", "copper", "bronze", "graphite", "amber",
        "smoke", "pine", "sage", "tan", "camel", "chestnut", "cognac", "plum", "rose", "sky",
        "petrol", "indigo", "terracotta", "taupe", "ecru", "cobalt", "emerald", "ruby", "scarlet",
    }
)  # fmt: skip
_MATERIALS = frozenset(
    {
        "acetate", "acrylic", "aluminium", "ash", "bamboo", "beech", "birch", "brass", "canvas",
        "cashmere", "ceramic", "chrome", "cork", "cotton", "denim", "elastane", "fabric", "felt",
        "fibreglass", "fleece", "foam", "glass", "gold", "horn", "iron", "jersey", "jute",
        "leather", "linen", "maple", "marble", "mesh", "metal", "microfibre", "neoprene", "nickel",
        "nylon", "oak", "paper", "card", "cardboard", "plastic", "plywood", "polycarbonate",
        "polyester", "polypropylene", "porcelain", "rattan", "rosewood", "rubber", "satin",
        "silicone", "silk", "silver", "slate", "spruce", "stainless", "steel", "stoneware", "suede",
        "tinplate", "titanium", "twill", "velvet", "walnut", "wood", "wool", "zinc", "ebony",
        "mahogany", "pine", "poplar", "cedar", "carbon", "fibre", "resin", "wax", "latex", "abs",
        "pvc", "pet", "tpu", "pu", "eva", "mdf", "webbing", "corduroy", "flannel", "terry",
        "mohair", "gauze", "damask", "muslin", "poplin", "percale", "jacquard", "chenille", "tweed",
        "tarpaulin",
    }
)  # fmt: skip
_DESCRIBES = re.compile(
    r"^(?:\w{3,}(?<!\bspe)(?:ed|able|ible|al|ic|ive|ous|ular|less|proof|tight|woven|spun|sewn|blown|"
    r"drawn|thrown|wound)|free|safe|resistant|repellent|fast|slip|stick|close|way|fitting|grade|"
    r"grain|ply|proof|drying|hardened|cast|cut|made|carved|knit|knitted|marking|neck|tone)$"
)
# What a fact calls that of which the whole product is made.
MATERIAL_NAMES = frozenset({"material", "wood", "fabric", "yarn", "leather", "metal"})
_SIMPLE_ADJECTIVES = frozenset(
    {
        "flat", "round", "square", "oval", "curved", "straight", "soft", "hard", "firm", "thick",
        "thin", "wide", "narrow", "low", "high", "deep", "long", "short", "large", "small", "full",
        "half", "open", "closed", "plain", "solid", "matt", "glossy", "gloss", "rough", "smooth",
        "double", "single", "triple", "light", "dark", "pale", "bright", "warm", "cool", "fixed",
        "loose", "tight", "regular", "relaxed", "slim", "removable", "adjustable", "washable",
        "rectangular", "hexagonal", "conical", "transparent", "opaque", "anti-slip", "non-slip",
    }
)  # fmt: skip
_MEASURE = re.compile(r"^(?:\d[\d.,]*(?:[-–]\d[\d.,]*)?) ?(?:mm|cm|m|l|ml|W|V|g|kg|inch|µm)$")
SIZE = re.compile(r"^\d[\d.,]*(?: ?[x×] ?\d[\d.,]*){1,2} ?(?:mm|cm|m|in)$")
_COUNT = re.compile(r"^(?:[2-9]|[1-9]\d{1,2})$")
# "2 keys", "5 mm lugs", "double stitching": a thing of its own.
_OWN_THING = re.compile(r"^(?:[2-9]|[1-9]\d{1,2}) [a-z][a-z -]+s$")
_COUNTED = re.compile(r"^\d+ [a-z]")
# "lined", in front of "with silk".
_PARTICIPLE = re.compile(r"^(?:[a-z]+ly )?[a-z]{3,}(?:ed|wn|ought|ound|un|ut|able|ible)$")
_DONE = re.compile(r"^[a-z-]{3,}(?:ed|wn) (?:with|in|on|by|from|inside|around|along) \S")
_BEHIND = re.compile(r"^(?:with|in|into|on|for|at|of|from|around|along|inside|outside|under) \S")
_SPLIT_BEHIND = re.compile(r" (?=(?:with|on|in|from|for|at|around|along|inside|under) )")
_WORD = re.compile(r"^%$|^[\w%°.'’/+-]*\w[%®™]?$")
_NO_DESCRIPTION = re.compile(
    r"\b(?:none|no|yes|not|optional|included|required|available|supplied|sold|possible|various|"
    r"assorted|each|only|by|to|and/or|or|up|if|when|see|can|is|are|be|per|approx|about|than|"
    r"minimum|maximum|max|min|via|automatically|every|plus|over|across|"
    r"fold|folds|unlined)\b",
    re.IGNORECASE,
)
_NOT_IN_FRONT = frozenset({"the", "a", "an", "inside", "outside"})
_SHARE = re.compile(r"^\d[\d.,]* ?% [a-z][\w -]*$", re.IGNORECASE)
_RATING = re.compile(r"\d(?![\d.,]* ?%)")
_MEASURED, _QUALITY, _COLOURED, _STUFF = range(4)  # the order in which they stand
MAX_BEFORE_WORDS, MAX_BEHIND_WORDS, MAX_NAME_WORDS, MAX_MATERIAL_WORDS = 4, 5, 3, 6


def part_phrase(fact: PromptFact) -> str:
    """Return the part with what is known of it, as what follows "It has"; "" where unsure."""
    name, value = name_and_value(fact)
    if not _is_part(name) or not value or NOT_PLAIN.search(value):
        return ""
    if _NO_DESCRIPTION.search(value):
        return ""
    return _phrase(small(name), value)


def material_phrase(value: str) -> str:
    """Return "vegetable-tanned cow leather" for "cow leather, vegetable-tanned"; "" if unsure."""
    first, *others = [piece.strip() for piece in re.split(r",\s+", value)]
    if NOT_PLAIN.search(value) or _NO_DESCRIPTION.search(value):
        return ""
    if others and all(map(_SHARE.match, (first, *others))):
        return listed([first, *others], "and")
    is_known = len(first.split()) <= MAX_MATERIAL_WORDS and all(map(_WORD.match, first.split()))
    if not is_known or not all(map(_stands_in_front, others)) or _RATING.search(value):
        return ""
    words = sorted([first, *others], key=_rank)
    if words[-1] != first:
        return ""
    return " ".join(_small_known(piece) for piece in words)


def is_description(value: str) -> bool:
    """Tell whether "is" can stand before a value: "ribbed", "solid oak", "rolled in cocoa"."""
    first, *rest = value.split()
    is_done = bool(rest) and bool(_PARTICIPLE.match(first)) and bool(_BEHIND.match(" ".join(rest)))
    is_plain = not NOT_PLAIN.search(value) and not _NO_DESCRIPTION.search(value)
    known = _COLOURS | _MATERIALS
    is_known = all(word in known or _is_quality(word) for word in value.casefold().split())
    return is_plain and (is_done or is_known)


def is_stuff(value: str) -> bool:
    """Tell whether a value names a material: "316L stainless steel", "cotton corduroy"."""
    words = value.split()
    is_plain = not NOT_PLAIN.search(value) and not _NO_DESCRIPTION.search(value)
    is_short = len(words) <= MAX_MATERIAL_WORDS and all(map(_WORD.match, words))
    return is_plain and is_short and words[-1].casefold() in _MATERIALS


def _is_part(name: str) -> bool:
    return (
        name.isascii()
        and " per " not in name
        and len(name.split()) <= MAX_NAME_WORDS
        and _single(name) in _PARTS
    )


def _single(name: str) -> str:
    last = (name.casefold().split() or [""])[-1]
    return last if last in _PARTS else _PLURALS.get(last, last.removesuffix("s"))


@dataclass(slots=True)
class _Described:
    """A part, with what stands before it and behind it."""

    name: str
    count: str = ""
    itself: str = ""  # "7-speed hub gear" for the gears: the value names the part
    before: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)


def _phrase(name: str, value: str) -> str:
    first, *others = [piece.strip() for piece in re.split(r",\s+", value)]
    if _single(name) in _OF_SEVERAL and others and not all(map(_is_quality, others)):
        return _of(name, listed([first, *others], "and"))
    if first == "1" and not others and not is_plural(name):
        return f"1 {name}"
    part = _Described(name)
    if others and (_COUNT.match(first) if is_plural(name) else first == "1"):
        part.count, (first, *others) = f"{first} ", others
    is_counted = bool(_COUNTED.match(first)) and (others or part.count)
    if is_counted and not _MEASURE.match(first):
        return ""
    is_plain = _take_first(part, first) and all(_take(part, piece) for piece in others)
    if not is_plain or not _is_clear(part, first, others):
        return ""
    if _single(name) in _OF and (" and " in first or is_plural(first)):
        return _of(name, first) if part.before == [first] and not part.behind else ""
    return _said(part)


def _take_first(part: _Described, first: str) -> bool:
    """Sort the first piece of a value in; tell whether it has a place."""
    first, *behind = ["", first] if _BEHIND.match(first) else _SPLIT_BEHIND.split(first, maxsplit=1)
    if behind and _PARTICIPLE.match(first):
        first, behind = "", [f"{first} {behind[0]}"]
    part.behind += behind
    if _is_in_words(first, part.name):
        part.itself = first
    elif first:
        part.before.append(first)
        return _can_stand_in_front(first, part.name)
    return True


def _take(part: _Described, piece: str) -> bool:
    """Sort a further piece of a value in; tell whether it has a place."""
    if _BEHIND.match(piece) or _DONE.match(piece):
        part.behind.append(piece)
    elif _OWN_THING.match(piece):
        part.behind.append(f"with {piece}")
    elif SIZE.match(piece):
        part.behind.append(f"of {piece}")
    else:
        part.before.append(piece)
        return _stands_in_front(piece)
    return True


def _is_clear(part: _Described, first: str, others: Sequence[str]) -> bool:
    """Tell whether a part can be said with all that describes it in one breath."""
    # "Cuts: paper, card, fabric" is a list, "cotton, black" and "oak, oiled" describe one thing.
    ranks = [_rank(piece) for piece in part.before]
    if ranks.count(_MEASURED) + bool(part.count) > 1 or ranks.count(_STUFF) > 1:
        return False
    if len(" ".join(part.before).split()) > MAX_BEFORE_WORDS or len(part.behind) > 1:
        return False
    if any(len(text.split()) > MAX_BEHIND_WORDS for text in part.behind):
        return False
    is_picture = _single(part.name) in PICTURES and (part.behind or others)
    return not is_picture or _stands_in_front(_SPLIT_BEHIND.split(first)[0])


def _said(part: _Described) -> str:
    before = sorted(part.before, key=_rank)
    if len(before) > 1 and all(_rank(piece) == _COLOURED for piece in before):
        before = [listed(before, "and")]
    thing = _small_known(part.itself) or part.name
    words = " ".join([*map(_small_known, before), thing])
    has_article = not part.count and not is_plural(thing) and _single(thing) not in _NO_ARTICLE
    said = f"{article(words)} {words}" if has_article else f"{part.count}{words}"
    return " ".join([said, *part.behind])


def _small_known(piece: str) -> str:
    """Return "stainless steel" for "Stainless steel"; "Bakelite" and "Goodyear" may be names."""
    if not piece:
        return ""
    first = re.split(r"[ -]", piece.casefold())[0]
    whole = piece.casefold().split()[0]
    is_known = first in _COLOURS | _MATERIALS or _is_quality(first) or _is_quality(whole)
    return small(piece) if is_known else piece


def _rank(piece: str) -> int:
    """Return where a description stands: measure, quality, colour, material."""
    last = piece.casefold().split()[-1]
    if _MEASURE.match(piece):
        return _MEASURED
    if last in _COLOURS:
        return _COLOURED
    return _QUALITY if _is_quality(last) else _STUFF


def _of(name: str, value: str) -> str:
    """Return "a scent of cedar and fig"."""
    if _single(name) not in _OF or is_plural(name):
        return ""
    return f"{with_article(name)} of {small(value)}"


def _is_in_words(value: str, name: str) -> bool:
    last = re.split(r"[ -]", value.casefold())[-1]
    return _single(last) == _single(name) and len(value.split()) > 1


def _stands_in_front(piece: str) -> bool:
    """Tell whether a further piece of a value describes, and names no thing of its own."""
    words = piece.casefold().split()
    if _MEASURE.match(piece):
        return True
    if not words or len(words) > 3 or not all(_WORD.match(word) for word in words):
        return False
    last = words[-1]
    is_known = last in _COLOURS or last in _MATERIALS or _is_quality(last)
    return is_known and not _SPLIT_BEHIND.search(piece)


def _is_quality(word: str) -> bool:
    is_described = bool(_DESCRIBES.search(word.split("-")[-1]))
    return word in _SIMPLE_ADJECTIVES or (is_described and word not in _MATERIALS)


def _can_stand_in_front(first: str, name: str) -> bool:
    words = first.split()
    if len(words) > MAX_BEFORE_WORDS or not all(_WORD.match(word) for word in words):
        return False
    if _NOT_IN_FRONT.intersection(first.casefold().split()):
        return False
    if _single(name) in _OF:
        return True
    last = words[-1].casefold()
    if " and " in first:
        # "cotton and linen lining" is one, "hammered and twisted finishes" are two.
        halves = first.split(" and ")
        return all(_stands_in_front(half) for half in halves)
    is_many = is_plural(last) and last not in _MATERIALS and not last.endswith("less")
    return not is_many
