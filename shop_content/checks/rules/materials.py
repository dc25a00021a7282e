"""Find materials that nothing about the product mentions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shop_content.checks.rules.base import (
    CheckContext,
    Finding,
    Severity,
    finding,
    first_findings,
    gettext_noop,
)
from shop_content.checks.rules.vocabulary import AMBIGUOUS_MATERIALS, KINDS, MATERIALS
from shop_content.checks.rules.words import (
    PhraseIndex,
    Words,
    facts_text,
    is_phrase_in,
    split_words,
    stem,
    stemmed,
    word_set,
)

RULE_ID = "material"

UNSUPPORTED = gettext_noop(
    "The text says %(said)s; nothing about the product does. "
    "Take it out, or add the material to the product's facts."
)
ONLY_SUPPLIER = gettext_noop(
    "The text says %(said)s; only the supplier's text does. "
    "Check it, and add the material to the product's facts."
)
MAYBE = gettext_noop(
    "The text mentions %(said)s. If the product is made of it, add it to the product's facts."
)

_ADJECTIVES = {"wooden": "wood", "woollen": "wool", "woolen": "wool", "leathers": "leather"}
_INDEX = PhraseIndex(
    [material.replace("-", " ") for material in MATERIALS] + list(_ADJECTIVES) + ["feather"]
)
# Words before it that say the product is made of it, within three words and one clause.
_MADE = word_set(
    """
    made crafted constructed built woven knitted sewn forged carved cast moulded molded
    turned fashioned upholstered lined wrapped genuine solid real pure finest fine full-
    grain
"""
)
# Words before it that say it is something else: "for leather shoes", "like silk", "no plastic".
_OTHER = word_set(
    """
    for on against like no not non without than instead unlike faux fake imitation free
    clean cleans cleaning cut cuts cutting drill drills over under fits onto protects suits
    between through across of-a via any all replace
"""
)
_DOWN_COMPANY = word_set(
    "duck goose eider filled filling fill feather feathers and of jacket pillow duvet quilt power"
)
_STOPS = re.compile(r"[.!?;:\n]")
_NOT_A_MATERIAL = (
    "gold standard",
    "silver lining",
    "silver linings",
    "iron out",
    "golden rule",
    "wine glass",
    "cast iron stomach",
    "steel yourself",
    "glass of",
    "glass half",
    "paper trail",
    "on paper",
    "pine nut",
    "pine nuts",
    "maple syrup",
    "ash tray",
    "walnut halves",
    "iron on",
    "felt tip",
    "paper size",
    "down to",
    "wood burning",
    "glass ceiling",
    "iron man",
    "rock and metal",
    "plastic surgery",
    "cotton candy",
    "cotton on",
    "silk road",
    "oak ridge",
    "copper age",
    "gold medal",
    "silver medal",
    "bronze medal",
    "bronze age",
    "iron age",
    "carbon copy",
    "rubber stamp",
    "rubber band",
    "linen cupboard",
    "linen closet",
    "table linen",
    "bed linen",
    "paper towel",
    "paper towels",
    "glass door",
    "clay court",
    "silk screen",
    "silk touch",
    "leather conditioner",
    "velvet texture",
    "marble run",
    "steel blue",
    "bone china",
    "low iron",
    "steam iron",
    "curling iron",
    "waffle iron",
    "wood smoke",
    "oak aged",
)
_HARMLESS = PhraseIndex(_NOT_A_MATERIAL)


def check_materials(text: str, context: CheckContext) -> list[Finding]:
    """Find names of materials without support in facts, name, keywords or supplier's text."""
    return first_findings(_find(text, context)) if context.is_english else []


def _find(text: str, context: CheckContext) -> Iterator[Finding]:
    words, facts = split_words(text), facts_text(context)
    harmless = {at for first, past in _HARMLESS.find(words) for at in range(first, past)}
    for first, past in _INDEX.find(words):
        if first in harmless or _is_a_direction(words, first):
            continue
        phrase = " ".join(words.forms[first:past])
        severity = _severity(text, words, first, past)
        if severity is None or _is_supported(phrase, facts):
            continue
        start, end = words.starts[first], words.ends[past - 1]
        said = text[start:end]
        if _is_supported(phrase, context.supplier_text):
            yield finding(RULE_ID, Severity.WARN, ONLY_SUPPLIER, start, end, said=said)
        else:
            template = UNSUPPORTED if severity is Severity.BLOCK else MAYBE
            yield finding(RULE_ID, severity, template, start, end, said=said)


def _is_a_direction(words: Words, place: int) -> bool:
    """Tell whether "down" is where something goes, not what fills it."""
    if words.forms[place] != "down":
        return False
    around = {*words.forms[max(0, place - 2) : place], *words.forms[place + 1 : place + 2]}
    return not around & _DOWN_COMPANY


def _severity(text: str, words: Words, first: int, past: int) -> Severity | None:
    """Return how sure it is that the text says the product is made of it; None: it does not."""
    before = []
    for index in range(first - 1, max(-1, first - 6), -1):
        if _STOPS.search(text[words.ends[index] : words.starts[index + 1]]):
            break
        before.append(words.forms[index])
    after = text[words.ends[past - 1] : words.ends[past - 1] + 6].lower()
    if after.startswith(("-free", " free", "-look", "-style", "-like", "-effe", " look", " effe")):
        return None
    material = "-".join(words.forms[first:past])
    is_made = any(word in _MADE for word in before) or (before[:1] == ["of"] and "made" in before)
    if is_made and not _OTHER & set(before[:1]):
        return Severity.BLOCK
    if _OTHER & set(before[:3]):
        return None if material in AMBIGUOUS_MATERIALS else Severity.WARN
    if material in AMBIGUOUS_MATERIALS:
        return Severity.WARN
    return Severity.BLOCK


def _is_supported(phrase: str, text: str) -> bool:
    """Tell whether the text names the material, or a kind of it."""
    noun = _ADJECTIVES.get(phrase, phrase)
    if is_phrase_in(noun, text):
        return True
    known = stemmed(text)
    head = stem(noun.split()[-1])
    kinds = KINDS.get(stem(noun), frozenset())
    if any(f" {kind} " in known for kind in kinds):
        return True
    # A word grown together with the material: "aluminium" in "aluminiumlegierung", "woodgrain".
    return len(head) > 4 and " " not in noun and head in known
