"""Say yes and no of a product by rule: "It is dishwasher safe. A lid is not included."

A small model makes nonsense of facts whose value is yes or no: it says no for yes, or takes the
word for a thing. There is one right way to say them, so no model is asked. English only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

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

MAX_NAME_WORDS = 3
_YES = frozenset({"yes", "true", "included"})
_NO = frozenset({"no", "none", "false", "not included"})
# "Dishwasher safe", "BPA-free", "Painted": what the product is.
_QUALITY = re.compile(
    r"(?:safe|opaque|sheer|proof|tight|free|resistant|repellent|drying|wicking|vegan|vegetarian|stainless|antistatic|"
    r"compliant|compatible|adaptive|hypoallergenic|telescopic|magnetic|automatic|organic|kosher|"
    r"halal|wireless|handmade|clean|cordless|seamless|tubeless|friendly|standing|reflective|"
    r"strung|split|\w{3}less|slip|stick|\w{2}(?<!t)(?<!c)able|ible|\w{3}ed)$"
)
_QUALITY_BEGINS = re.compile(r"^(?:suitable|safe|recommended|made|for|tested|approved) \w")
# Of two words that end so, the first is the thing: "Cover removable"; "machine washable" is none.
_OF_A_PART = re.compile(
    r"^(?P<part>\w+(?: \w+)?) (?P<quality>\w{3,}(?<!pat)(?<!suit)(?:able|ible))$"
)
_NO_PART = frozenset(
    {
        "machine", "hand", "fully", "easily", "individually", "height", "length", "freely",
        "infinitely", "dishwasher", "water", "oven", "hydration", "home",
    }
)  # fmt: skip
VERBS = frozenset(
    {
        "folds", "lies", "tilts", "floats", "cuts", "removes", "colours", "stains", "stacks",
        "opens", "rotates", "spins", "swivels", "glows", "vibrates", "rolls", "hangs", "stands",
        "clips", "shrinks", "fades", "sinks", "contains", "needs", "works", "fits",
    }
)  # fmt: skip
_USES = {
    "induction": "induction", "indoor use": "indoor use", "outdoor use": "outdoor use",
    "dry cleaning": "dry cleaning", "food contact": "food contact", "use in water": "use in water",
    "tumble dryer": "the tumble dryer", "dishwasher": "the dishwasher", "oven": "the oven",
    "microwave": "the microwave", "freezer": "the freezer", "steriliser": "the steriliser",
    "barbecue use": "barbecue use", "wet use": "wet use", "wet cleaning": "wet cleaning",
    "use on stairs": "use on stairs", "open fire": "an open fire", "hot drinks": "hot drinks",
}  # fmt: skip
_TO_DO = frozenset({"tumble dry", "iron", "bleach", "dry clean", "machine wash"})
_WORK = frozenset(
    {"assembly", "drilling", "sewing", "wiring", "installation", "ironing", "heating"}
)
# What is in a product rather than on it.
_CONTENTS = frozenset(
    {
        "salt", "added salt", "palm oil", "gluten", "nuts", "peanuts", "alcohol", "fragrance",
        "caffeine", "added sugar", "sugar", "phosphates", "microplastics", "glitter", "lactose",
        "milk", "dairy", "soy", "egg", "eggs", "preservatives", "colourings", "additives",
        "parabens", "sulphates", "silicones", "pvc", "plastic", "latex", "nickel", "lead",
        "perfume", "dyes", "sweeteners", "aluminium salts", "flavourings", "yeast", "real fur",
        "fur", "leather", "grain", "artificial colours", "ammonia", "gelatine", "lecithin",
        "mineral oil", "essential oils", "baking soda", "colour pigments", "scent", "bleach",
    }
)  # fmt: skip
# A name with one of these is more than the name of a thing: "Season before first use".
_NO_THING = re.compile(r"\b(?:before|after|to|on|at|when|inside|outside|if|by|from|without)\b")
_INCLUDED = re.compile(r"\s*\bincluded$", re.IGNORECASE)
_CAN_BE = re.compile(r"^can be (?P<what>\w+)$", re.IGNORECASE)
_FITS = re.compile(r"^(?P<what>.+) suitable$", re.IGNORECASE)
_OUTCOME = re.compile(
    r"^(?P<what>.+) (?P<outcome>required|needed|possible|added|available|allowed)$", re.IGNORECASE
)


@dataclass(slots=True)
class _Said:
    """What is said, sorted by how."""

    subject: Subject = IT
    qualities: list[str] = field(default_factory=list)
    no_qualities: list[str] = field(default_factory=list)
    has: list[str] = field(default_factory=list)
    has_no: list[str] = field(default_factory=list)
    contains: list[str] = field(default_factory=list)
    contains_no: list[str] = field(default_factory=list)
    included: list[str] = field(default_factory=list)
    not_included: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)


def is_yes_no(fact: PromptFact) -> bool:
    """Tell whether a fact says yes or no of something that this module has words for."""
    value, name = _value(fact), one_line(fact.name)
    if value not in _YES | _NO or not name or fact.unit.strip() or not name.isascii():
        return False
    return "included" in value or bool(_way(small(name)))


def yes_no_text(facts: Iterable[PromptFact], subject: Subject = IT) -> str:
    """Return sentences that say the facts, each of which `is_yes_no`; "" for none."""
    return " ".join(yes_no_sentences(facts, subject))


def yes_no_sentences(facts: Iterable[PromptFact], subject: Subject = IT) -> list[str]:
    """Return the sentences one by one."""
    said = _Said(subject)
    for fact in facts:
        value = _value(fact)
        _sort(said, small(one_line(fact.name)), is_so=value in _YES, is_part="included" in value)
    return _sentences(said)


def _value(fact: PromptFact) -> str:
    return one_line(fact.value).casefold().rstrip(" .")


def _way(name: str) -> str:
    """Return how something is said: "part", "sentence", "contents", "quality", "thing"; or ""."""
    if _INCLUDED.search(name):
        return "part"
    if _whole_sentence(name, IT, is_so=True):
        return "sentence"
    if name.casefold() in _CONTENTS:
        return "contents"
    if name.casefold() in _USES or _QUALITY.search(name) or _QUALITY_BEGINS.match(name):
        return "quality"
    is_thing = len(name.split()) <= MAX_NAME_WORDS and not _NO_THING.search(name)
    return "thing" if is_thing else ""


def _sort(said: _Said, name: str, *, is_so: bool, is_part: bool) -> None:
    way = "part" if is_part else _way(name)
    if way == "part":
        (said.included if is_so else said.not_included).append(_INCLUDED.sub("", name))
    elif way == "sentence":
        said.sentences.append(_whole_sentence(name, said.subject, is_so=is_so))
    elif way == "contents":
        (said.contains if is_so else said.contains_no).append(name)
    elif way == "quality":
        use = _USES.get(name.casefold())
        (said.qualities if is_so else said.no_qualities).append(
            f"suitable for {use}" if use else name
        )
    elif way == "thing":
        (said.has if is_so else said.has_no).append(name)


def _whole_sentence(name: str, subject: Subject, *, is_so: bool) -> str:
    """Return the sentence of a fact that no other can share; "" if it is of another kind."""
    words = name.split()
    if name.casefold() in _TO_DO:
        return f"{'You may' if is_so else 'Do not'} {name} {subject.object}."
    if match := _CAN_BE.match(name):
        return f"{subject.pronoun} {'can' if is_so else 'cannot'} be {match['what']}."
    if match := _FITS.match(name):
        be = subject.be if is_so else f"{subject.be} not"
        return f"{subject.pronoun} {be} suitable for {match['what']}."
    if name.casefold() in _WORK:
        return f"{capital(name)} is needed." if is_so else f"No {name} is needed."
    if match := _OUTCOME.match(name):
        return _outcome(match["what"], match["outcome"], is_so=is_so)
    if words[0].casefold() in VERBS and len(words) <= 4:
        rest = " ".join(words[1:])
        base = words[0][:-1]
        verb = subject.verb(base) if is_so else f"{subject.do} not {base}"
        said = f"{subject.pronoun} {verb} {rest}"
        return f"{said.strip()}."
    match = _OF_A_PART.match(name)
    if (
        match
        and match["part"].split()[-1].casefold() not in _NO_PART
        and not _QUALITY.search(match["part"])
    ):
        be = "are" if is_plural(match["part"]) else "is"
        return f"The {match['part']} {be} {'' if is_so else 'not '}{match['quality']}."
    return ""


def _outcome(what: str, outcome: str, *, is_so: bool) -> str:
    be = "are" if is_plural(what) else "is"
    if is_so or outcome in ("possible", "available", "allowed"):
        return f"{capital(what)} {be} {'' if is_so else 'not '}{outcome}."
    return f"No {what} {be} {outcome}."


def _sentences(said: _Said) -> list[str]:
    found = []
    it = said.subject
    it_is, it_has = f"{it.pronoun} {it.be}", f"{it.pronoun} {it.have}"
    it_contains = f"{it.pronoun} {it.verb('contain')}"
    if said.qualities or said.no_qualities:
        yes, no = listed(said.qualities, "and"), listed(said.no_qualities, "or")
        if yes and no:
            found.append(f"{it_is} {yes}, but not {no}.")
        else:
            found.append(f"{it_is} {yes}." if yes else f"{it_is} not {no}.")
    has = listed([with_article(name) for name in said.has], "and")
    has_no = f"no {listed(said.has_no, 'and no')}" if said.has_no else ""
    if has or has_no:
        found.append(f"{it_has} {', but '.join(filter(None, (has, has_no)))}.")
    if said.contains:
        found.append(f"{it_contains} {listed(said.contains, 'and')}.")
    if said.contains_no:
        found.append(f"{it_contains} no {listed(said.contains_no, 'and no')}.")
    if said.included:
        things = listed([with_article(name) for name in said.included], "and")
        be = "are" if len(said.included) > 1 or is_plural(said.included[0]) else "is"
        found.append(f"{capital(things)} {be} included.")
    if said.not_included:
        things = listed(said.not_included, "and the")
        be = "are" if len(said.not_included) > 1 or is_plural(said.not_included[0]) else "is"
        start = "" if is_plural(said.not_included[0]) else "the "
        found.append(f"{capital(start + things)} {be} not included.")
    return [*found, *said.sentences]
