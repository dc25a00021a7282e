"""Find what a text adds to the warranty that the product's facts give. English only.

Whether there is one at all, and for how long, is told by `claims` and `numbers`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

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
from shop_content.checks.rules.evidence import root_of, roots_of
from shop_content.checks.rules.plain_words import FREQUENT_WORDS
from shop_content.checks.rules.words import split_words, word_set
from shop_content.core.units import unit_named

RULE_ID = "warranty"

MORE = gettext_noop(
    "The text says “%(said)s”; the product says %(name)s: %(value)s. "
    "Say no more of the warranty than that."
)
BOTH = gettext_noop(
    "The text gives one time to two warranties; the product says %(name)s: %(value)s. "
    "Correct the text."
)

# What is covered stands behind it: "a 10-year warranty on frame and cover".
_SCOPE = re.compile(
    r"\b(?:warranty|guarantee|guaranteed|warrantied)(?: (?:that|which|of \w+ \w+))?"
    r" (?:on|covers?|covering|includes?|including|for|against|extends to)\b"
    r"(?P<what>[^.!?;:\n,]{0,80})",
    re.IGNORECASE,
)
_BOTH = re.compile(r"\bboth\b[^.!?\n]{0,80}\b(?:warrant|guarant)\w+", re.IGNORECASE)
_WARRANTY = re.compile(r"warrant|guarant", re.IGNORECASE)
_EXCLUDED = re.compile(r"\b(?:exclud\w+|except\w*|without|not|but no)\b(?P<what>.*)", re.IGNORECASE)
_HARMLESS = word_set(
    "manufacturer maker peace mind purchase date buy product item years two five last lasts run "
    "runs apply applies valid"
)


def check_warranties(text: str, context: CheckContext) -> list[Finding]:
    """Find parts that a text puts under warranty and no fact does."""
    facts = [fact for fact in context.facts if _WARRANTY.search(f"{fact.name} {fact.value}")]
    if not facts or not context.is_english:
        return []
    return first_findings(_find(text, facts, context))


def _find(text: str, facts: list[FactValue], context: CheckContext) -> Iterator[Finding]:
    covered, excluded = _covered(facts), _excluded(facts)
    covered |= roots_of(f"{context.name} {context.category}")  # "warranty on the sofa"
    for match in _SCOPE.finditer(text):
        things = [form for form in split_words(match.group("what")).forms if _is_thing(form)]
        roots = {root_of(form) for form in things}
        if roots & excluded or (roots and not roots <= covered):
            yield _finding(MORE, match, facts[0])
    times = {fact.value for fact in facts}
    for match in _BOTH.finditer(text):
        if len(times) > 1:
            yield _finding(BOTH, match, facts[0])


def _covered(facts: list[FactValue]) -> set[str]:
    return {
        root for fact in facts for root in roots_of(f"{fact.name} {_EXCLUDED.sub(' ', fact.value)}")
    }


def _excluded(facts: list[FactValue]) -> set[str]:
    matches = [match for fact in facts if (match := _EXCLUDED.search(fact.value))]
    return {
        root_of(form)
        for match in matches
        for form in split_words(match.group("what")).forms
        if _is_thing(form)
    }


def _is_thing(form: str) -> bool:
    return (
        len(form) > 2
        and form.isalpha()
        and form not in FREQUENT_WORDS - _NOT_FREQUENT
        and form not in _HARMLESS
        and unit_named(form) is None
    )


# Frequent in copy, and parts all the same.
_NOT_FREQUENT = word_set("cover covers parts part")


def _finding(template: str, match: re.Match[str], fact: FactValue) -> Finding:
    return finding(
        RULE_ID,
        Severity.BLOCK,
        template,
        match.start(),
        match.end(),
        said=excerpt(match.group()),
        name=fact.name,
        value=excerpt(f"{fact.value} {fact.unit}".strip()),
    )
