"""Say any fact in its simplest form: "The lining is cotton twill, navy."

For facts that a model says better. Where it is at a loss, this is said in place of nonsense.
English only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from shop_content.generation.prompts.english import (
    IT,
    Subject,
    is_plural,
    listed,
    small,
    with_article,
)
from shop_content.generation.prompts.plain_facts import (
    MAX_VALUE_WORDS,
    NOT_COUNTED,
    NOT_PLAIN,
    name_and_value,
)
from shop_content.generation.prompts.source import PromptFact
from shop_content.generation.prompts.yes_no import is_yes_no, yes_no_text

_NOT_SIMPLE = re.compile(
    r"[;:\[\]{}!?…*=<>|\\]|^(?:yes|no|none|not|see|included|supplied|required|needed|possible|for|"
    r"suitable|without|available|sold)\b",
    re.IGNORECASE,
)
_MATERIAL_NAMES = frozenset({"material", "wood", "fabric", "yarn", "leather", "metal"})
_MASS = _MATERIAL_NAMES | {
    "gold", "silver", "steel", "glass", "cotton", "wool", "silk", "linen", "paper", "oil", "wax",
    "felt", "foam", "brass", "stone", "coffee", "tea", "flour", "cocoa", "storage", "lighting",
}  # fmt: skip
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
    r"^(?P<count>\d{1,3})(?P<where> (?:inside|outside|each|per side))?(?P<rest>, .+)$"
)
_YES_NO_AND = re.compile(r"^(?P<so>yes|no|none), (?P<rest>.+)$", re.IGNORECASE)
_ONE = re.compile(r"^1(?P<rest>(?:, .+)?)$")
MAX_NAME_WORDS = 3


def is_material(fact: PromptFact) -> bool:
    """Tell whether a fact says in a few words what the whole product is made of."""
    name, value = name_and_value(fact)
    is_short = re.fullmatch(r"[a-z][a-z -]+", value, re.IGNORECASE) and len(value.split()) <= 5
    return name.casefold() in _MATERIAL_NAMES and bool(is_short) and not NOT_PLAIN.search(value)


def simple_text(facts: Iterable[PromptFact], subject: Subject = IT) -> str:
    """Return a plain sentence for each fact: "The lining is cotton twill, navy."; "" without one.

    Two short sentences become one.
    """
    sentences = [_simple_sentence(*name_and_value(fact), subject) for fact in facts]
    if not all(sentences):
        return ""
    if len(sentences) == 2 and all(
        text.startswith("The ") and "," not in text and " and " not in text for text in sentences
    ):
        first, second = sentences
        return f"{first[:-1]}, and t{second[1:]}"
    return " ".join(sentences)


def _simple_sentence(name: str, value: str, subject: Subject) -> str:
    if so := _YES_NO_AND.match(value):
        fact = PromptFact(name, so["so"])
        return f"{yes_no_text([fact], subject)[:-1]}, {so['rest']}." if is_yes_no(fact) else ""
    if not _is_named(name) or _NOT_SIMPLE.search(value) or len(value.split()) > MAX_VALUE_WORDS:
        return ""
    name = small(name)
    it_has = f"{subject.pronoun} {subject.have}"
    if (match := _COUNTED.match(value)) and is_plural(name) and name not in NOT_COUNTED:
        return f"{it_has} {match['count']} {name}{match['where'] or ''}{match['rest']}."
    if (one := _ONE.match(value)) and not is_plural(name):
        return f"{it_has} 1 {name}{one['rest']}."
    if value.casefold().startswith(name.casefold()):
        return f"{it_has} {value}."
    if value.casefold().endswith(name.casefold()) and not is_plural(name) and name not in _MASS:
        return f"{it_has} {with_article(value)}."
    items = re.split(r",\s+", value)
    has_joint = " and " in value or " or " in value
    is_list = not has_joint and (len(items) > 2 or all(item.isalpha() for item in items))
    one_verb, many_verb = ("comes", "come") if value.startswith("with ") else ("is", "are")
    verb = many_verb if is_plural(name) else one_verb
    return f"The {name} {verb} {listed(items, 'and') if is_list else value}."


def _is_named(name: str) -> bool:
    """Tell whether a name is that of a thing, so that something can be said of it."""
    is_thing = name.casefold() not in _NOT_NAMED and not name.endswith(_OPEN_ENDS)
    return bool(name) and is_thing and len(name.split()) <= MAX_NAME_WORDS
