"""Say any fact in its simplest form: "The lining is cotton twill."

For facts that a model says better. Where it is at a loss, this is said in place of nonsense.
English only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from shop_content.generation.prompts.english import (
    IT,
    Subject,
    capital,
    is_plural,
    listed,
    small,
    with_article,
)
from shop_content.generation.prompts.fact_lines import fact_line, order_line
from shop_content.generation.prompts.part_phrases import (
    MATERIAL_NAMES,
    is_description,
    material_phrase,
    part_phrase,
)
from shop_content.generation.prompts.plain_facts import NOT_COUNTED, name_and_value
from shop_content.generation.prompts.source import PromptFact
from shop_content.generation.prompts.yes_no import VERBS, is_yes_no, yes_no_text

_NOT_SIMPLE = re.compile(
    r"[;:\[\]{}!?…*=<>|\\]|^(?:yes|no|none|not|see|included|supplied|required|needed|possible|for|"
    r"suitable|without|available|sold)\b",
    re.IGNORECASE,
)
_NOT_NAMED = frozenset(
    {
        "use", "uses", "for", "fits", "suits", "holds", "includes", "included", "serves", "feature",
        "features", "notes", "note", "tip", "ideal for", "contains", "made from", "comes with",
        "suitable for", "compatible with", "folds", "also in", "warning", "storage", "care",
        "tested", "suitable", "adjustable", "choice", "operating", "protects", "measures",
        "makes", "works",
    }
)  # fmt: skip
_OPEN_ENDS = (
    " included", " for", " in", " with", " to", " from", " by", " on", " of", " at", " per",
)  # fmt: skip
# "5 outside, 2 inside", "4, 36 mm wide"
_COUNTED = re.compile(
    r"^(?P<count>\d{1,3})(?P<where> (?:inside|outside|each|per side))?(?P<rest>, [^\d,]+)$"
)
_YES_NO_AND = re.compile(r"^(?P<so>yes|no|none), (?P<rest>.+)$", re.IGNORECASE)
# "canvas, included", "included, with screws"
_INCLUDED = re.compile(
    r"^(?:(?P<what>[^,]+), )?(?P<so>(?:not )?included)(?P<rest>(?:, | )(?:with|in) .+)?$",
    re.IGNORECASE,
)
_NEEDED = re.compile(r"^(?P<no>not |none )?(?P<so>needed|required)$", re.IGNORECASE)
_FOLLOWS = re.compile(r"(?:by|with|in|at|from|on|for) ")
_SEVERAL = re.compile(r"^(?P<count>[2-9]|[1-9]\d): (?P<rest>[^:]+)$")  # "4: coarse, fine"
_NOT_SAID = re.compile(r"[;\[\]{}!?…*<|\\]")
MAX_NAME_WORDS, MAX_REST_WORDS, MAX_LINE_WORDS = 3, 6, 24


def is_material(fact: PromptFact) -> bool:
    """Tell whether a fact says in a few words what the whole product is made of."""
    name, value = name_and_value(fact)
    return name.casefold() in MATERIAL_NAMES and bool(material_phrase(value))


def simple_sentences(facts: Iterable[PromptFact], subject: Subject = IT) -> list[str]:
    """Return a plain sentence for each fact: "The lining is cotton twill."; none for some.

    What fits no sentence is said as in a list: "Protectors: shoulders and elbows, CE Level 1."
    """
    rows = map(name_and_value, facts)
    sentences = [order_line(*row) or _simple_sentence(*row, subject) for row in rows]
    return [sentence for sentence in sentences if sentence]


def _simple_sentence(name: str, value: str, subject: Subject) -> str:
    if not name or not value or len(value.split()) > MAX_LINE_WORDS or _NOT_SAID.search(value):
        return ""
    if so := _YES_NO_AND.match(value):
        return _yes_no_and(name, so["so"].casefold(), so["rest"], subject)
    if match := _NEEDED.match(value):
        thing = small(name) if match["no"] else capital(small(name))
        are = "are" if is_plural(name) else "is"
        return f"{'No ' if match['no'] else ''}{thing} {are} {match['so']}."
    if match := _INCLUDED.match(value):
        return _included(name, match) or fact_line(name, value, subject) or _line(name, value)
    if name.casefold() in MATERIAL_NAMES and (stuff := material_phrase(value)):
        return f"{subject.pronoun} {subject.be} made of {stuff}."
    if match := _SEVERAL.match(value):
        return f"{match['count']} {small(name)}: {listed(match['rest'].split(', '), 'and')}."
    as_list = _as_list(name, value, subject)
    if not _is_named(name) or _NOT_SIMPLE.search(value):
        return as_list
    name = small(name)
    it_has = f"{subject.pronoun} {subject.have}"
    if (match := _COUNTED.match(value)) and is_plural(name) and name not in NOT_COUNTED:
        return f"{it_has} {match['count']} {name}{match['where'] or ''}{match['rest']}."
    items = re.split(r",\s+", value)
    has_joint = " and " in value or " or " in value
    is_list = not has_joint and len(items) > 1 and all(item.isalpha() for item in items)
    if not (is_list and is_plural(name)) and not is_description(value):
        return as_list
    verb = "are" if is_plural(name) else "is"
    return f"The {name} {verb} {listed(items, 'and') if is_list else value}."


def _as_list(name: str, value: str, subject: Subject) -> str:
    """Return "Tasting notes: cocoa, treacle."; "It folds to 6 cm.", "Set of 6."."""
    if name.endswith(" included") and value.isdigit():
        thing = small(name.removesuffix(" included"))
        return f"{value} {thing} {'are' if is_plural(thing) else 'is'} included."
    if name.endswith(_OPEN_ENDS) and not name.endswith(" included"):
        verb, _blank, rest = name.partition(" ")
        listing = listed(re.split(r",\s+", value), "and")
        if verb.casefold() in VERBS:
            return f"{subject.pronoun} {subject.verb(verb.casefold()[:-1])} {rest} {listing}."
        return f"{capital(name)} {listing}."
    return fact_line(name, value, subject) or _line(name, value)


def _line(name: str, value: str) -> str:
    # "pH" keeps its small letter.
    return f"{name if name[1:2].isupper() else capital(name)}: {value}."


def _yes_no_and(name: str, so: str, rest: str, subject: Subject) -> str:
    """Say "yes, 7 cm", "no, rain resistant", "yes, up to 4"."""
    fact = PromptFact(name, so)
    said = yes_no_text([fact], subject)[:-1] if is_yes_no(fact) else ""
    is_short = len(rest.split()) <= MAX_REST_WORDS and "," not in rest
    is_quality = said == f"{subject.pronoun} {subject.be} not {small(name)}"
    if is_quality and is_description(rest):
        return f"{subject.pronoun} {subject.be} {rest}, but not {small(name)}."
    if said and so == "yes" and rest.startswith("not "):
        return f"{said}, but {rest}."
    if said and is_short and _FOLLOWS.match(rest):
        return f"{said} {rest}."
    if said and is_short and so == "yes" and rest.startswith("up to "):
        return f"{said}, {rest}."
    if said and so != "yes":
        return f"{said}: {rest}."
    if so == "yes":
        return order_line(name, rest) or fact_line(name, rest, subject) or _line(name, rest)
    return _line(name, f"{so}, {rest}")


def _included(name: str, match: re.Match[str]) -> str:
    """Return "A canvas pouch is included.", "2 cushions are not included."; "" where unsure."""
    what = match["what"] or ""
    thing = small(name)
    if what.isdigit():
        said = f"{what} {thing}"
        are = is_plural(thing)
    elif not what or part_phrase(PromptFact(name, what)):
        said = part_phrase(PromptFact(name, what)) or with_article(thing)
        are = is_plural(thing)
    else:
        return ""
    return f"{capital(said)} {'are' if are else 'is'} {match['so']}{match['rest'] or ''}."


def _is_named(name: str) -> bool:
    """Tell whether a name is that of a thing, so that something can be said of it."""
    is_thing = name.casefold() not in _NOT_NAMED and not name.endswith(_OPEN_ENDS)
    return bool(name) and is_thing and len(name.split()) <= MAX_NAME_WORDS
