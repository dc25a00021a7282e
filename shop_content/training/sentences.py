"""Single sentences of people's copy, each with the facts that it says and no others.

A small model that sees few facts mixes up few. What it learns here is what a description is planned
from: an opening sentence, and sentences that go on, a few facts each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from shop_content.checks.judging import check_context
from shop_content.checks.rules import Severity, run_rules
from shop_content.checks.rules.evidence import sentence_evidence
from shop_content.checks.rules.words import is_phrase_in
from shop_content.training.corpus import Pair

FIELDS = frozenset({"description", "short_description"})
MAX_FACTS = 3
MIN_WORDS = 4
KEEP_EVERY = 4
# What a sentence alone may break: it is no whole text.
_OF_WHOLE_TEXTS = frozenset({"length", "must_use"})


def by_sentence(asked: Sequence[Pair]) -> list[Pair]:
    """Return sentences in place of whole descriptions, and some of the texts of other fields.

    The others only keep a model from forgetting what it has learned of them before.
    """
    alone = [pair for pair in asked if pair.source.part and is_carried(pair)]
    whole = [pair for pair in asked if not pair.source.part]
    rest = [pair for pair in whole if pair.source.field not in FIELDS]
    return [*sentence_pairs(whole), *alone, *rest[::KEEP_EVERY]]


def sentence_pairs(asked: Sequence[Pair]) -> list[Pair]:
    """Return the sentences that their own facts carry, in the order of the texts."""
    return [
        found
        for pair in asked
        if pair.source.field in FIELDS
        for found in _sentences(pair)
        if is_carried(found)
    ]


def _sentences(pair: Pair) -> Iterator[Pair]:
    for place, sentence in enumerate(sentence_evidence(pair.text, check_context(pair.source))):
        text = pair.text[sentence.start : sentence.end].strip()
        if not 1 <= len(sentence.facts) <= MAX_FACTS or not _is_whole(text):
            continue
        yield Pair(
            pair.product_id,
            replace(
                pair.source,
                field="short_description",
                part="next" if place else "opening",
                facts=tuple(pair.source.facts[number] for number in sentence.facts),
                keywords=tuple(word for word in pair.source.keywords if is_phrase_in(word, text)),
            ),
            text,
        )


def _is_whole(text: str) -> bool:
    """Tell whether a text is a sentence: "Max." ends none, and what follows it begins none."""
    is_begun = text[0].isupper() or text[0].isdigit()
    return is_begun and text[-1] in ".!?" and len(text.split()) >= MIN_WORDS


def is_carried(pair: Pair) -> bool:
    context = check_context(pair.source)
    return not any(
        mark.severity is not Severity.INFO and mark.rule not in _OF_WHOLE_TEXTS
        for mark in run_rules(pair.text, context)
    )
