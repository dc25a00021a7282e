"""Find environmental claims that no evidence carries. English only.

Directive (EU) 2024/825, applied since 27 September 2026, forbids generic environmental claims
without recognised excellent environmental performance, and claims of neutrality by offsetting; the
words of the first list are those that it and the guides to it name. Those of the second say
something that can be true and shown ("recycled"); they need a fact. US: 16 CFR 260 asks the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from shop_content.checks.rules.base import (
    CheckContext,
    Finding,
    Severity,
    finding,
    first_findings,
    gettext_noop,
)
from shop_content.checks.rules.words import (
    PhraseIndex,
    all_text,
    is_phrase_in,
    split_words,
    word_set,
)

RULE_ID = "green"

GENERIC = gettext_noop(
    "“%(said)s” is a general environmental claim, which Directive (EU) 2024/825 forbids without "
    "evidence. Say what exactly is so, or add the certificate to the product's facts."
)
NEEDS_FACT = gettext_noop(
    "“%(said)s” is a green claim without evidence. Say what it is made of, or add the evidence."
)

_GENERIC = (
    "eco friendly",
    "eco conscious",
    "environmentally conscious",
    "environmentally responsible",
    "for the planet",
    "for the environment",
    "kind to the planet",
    "kind to the environment",
    "kind to nature",
    "low emission",
    "low emissions",
    "energy efficient",
    "the environment",
    "responsibly sourced",
    "responsibly made",
    "carbon footprint",
    "environmentally friendly",
    "environment friendly",
    "earth friendly",
    "planet friendly",
    "sustainable",
    "sustainably",
    "carbon neutral",
    "climate neutral",
    "climate positive",
    "biodegradable",
    "compostable",
    "zero waste",
    "nature's friend",
    "ecological",
    "ecologically",
    "climate friendly",
    "carbon friendly",
    "gentle on the environment",
    "mother nature",
    "biobased",
    "bio based",
    "good for nature",
    "guilt free",
    "co2 neutral",
    "net zero",
    "carbon negative",
    "carbon free",
    "emission free",
    "zero emissions",
    "environmental impact",
    "eco responsible",
    "conscious choice",
    "responsible choice",
    "green choice",
    "greener choice",
    "low impact",
    "on the compost",
    "compost heap",
    "a tree is planted",
    "plants a tree",
    "plant a tree",
    "a new tree",
)
_NEEDS_FACT = (
    "green energy",
    "renewable energy",
    "respect for nature",
    "less water",
    "less energy",
    "less plastic",
    "fewer emissions",
    "saves water",
    "saves energy",
    "water saving",
    "energy saving",
    "ethically sourced",
    "ethically made",
    "recyclable",
    "recycled",
    "organic",
    "natural",
    "all natural",
    "chemical free",
    "plastic free",
    "cruelty free",
    "vegan",
)
_KINDS = (
    (PhraseIndex(_GENERIC), Severity.BLOCK, GENERIC),
    (PhraseIndex(_NEEDS_FACT), Severity.WARN, NEEDS_FACT),
)
_HARMLESS_AFTER = {
    "natural": word_set(
        """
    light daylight look habitat movement choice grip way position
"""
    ),
}


def check_green(text: str, context: CheckContext) -> list[Finding]:
    """Find general environmental claims, and those that need a fact and have none."""
    return first_findings(_find(text, context)) if context.is_english else []


def _find(text: str, context: CheckContext) -> Iterator[Finding]:
    words = split_words(text)
    facts = "\n".join(f"{fact.name} {fact.value}" for fact in context.facts)
    for index, severity, template in _KINDS:
        # That a keyword asks for the word is no evidence that it is so.
        known = facts if severity is Severity.BLOCK else all_text(context)
        for first, past in index.find(words):
            phrase = " ".join(words.forms[first:past])
            after = words.forms[past] if past < len(words.forms) else ""
            if after in _HARMLESS_AFTER.get(phrase, ()) or is_phrase_in(phrase, known):
                continue
            start, end = words.starts[first], words.ends[past - 1]
            yield finding(RULE_ID, severity, template, start, end, said=text[start:end])
