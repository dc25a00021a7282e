"""Plan a description: which facts each of its sentences says.

A small model that reads eight facts gives values to the wrong things; with two it does not. So each
sentence is asked for alone, with its own facts and no others: what it does not read it cannot mix
up, and a number of another fact cannot be written at all. What is only yes or no is said by rule,
at the end (see `yes_no`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from shop_content.generation.prompts.fields import field_limit
from shop_content.generation.prompts.source import PromptFact, PromptInput, one_line
from shop_content.generation.prompts.yes_no import is_yes_no, yes_no_text

VERSION = "sentences-2"  # Stored with every draft. Count up with every change of the plan.

FIELDS = frozenset({"description"})
# One sentence says about so much: two short facts, or a long one.
MAX_SENTENCE_FACTS, MAX_SENTENCE_WORDS = 2, 9
WORDS_OF_SENTENCE = 12
MAX_OPENING_KEYWORDS = 2
MAX_RULE_FACTS = 6
SENTENCE_FIELD = "short_description"  # Its limits are those of a sentence or two.


def sentence_inputs(prompt_input: PromptInput) -> tuple[PromptInput, ...]:
    """Return what each sentence of a text is asked with; empty if it is not written so.

    The facts keep their order. An editor's wish is about the whole text, and is not planned.
    """
    facts = [fact for fact in prompt_input.facts if one_line(fact.value)]
    if prompt_input.field not in FIELDS or prompt_input.editor_note or len(facts) < 2:
        return ()
    by_rule = _by_rule(prompt_input)
    others = [fact for fact in facts if fact not in by_rule]
    limit = field_limit(prompt_input.field, prompt_input.length)
    max_groups = max(2, limit.words // WORDS_OF_SENTENCE) - bool(by_rule)
    groups = list(_groups(others))[:max_groups]
    words = _words_of(prompt_input, len(groups))
    return tuple(
        replace(
            prompt_input,
            field=SENTENCE_FIELD,
            part="next" if place else "opening",
            facts=tuple(group),
            keywords=words[place],
            must_use=(),
            supplier_text="",
            verbatim=(),
        )
        for place, group in enumerate(groups)
    )


def rule_text(prompt_input: PromptInput) -> str:
    """Return what a planned text ends with: the facts that are only yes or no."""
    return yes_no_text(_by_rule(prompt_input))


def _by_rule(prompt_input: PromptInput) -> list[PromptFact]:
    """Return the facts that are said by rule; none where nothing else is left to begin with."""
    if prompt_input.language.split("-")[0].casefold() not in {"", "en"}:
        return []
    facts = [fact for fact in prompt_input.facts if one_line(fact.value)]
    banned = [word.casefold() for word in prompt_input.must_not_use]
    found = [
        fact
        for fact in facts
        if is_yes_no(fact) and not any(word in fact.name.casefold() for word in banned)
    ]
    return found[:MAX_RULE_FACTS] if len(found) < len(facts) else []


def _groups(facts: Sequence[PromptFact]) -> Iterator[list[PromptFact]]:
    group: list[PromptFact] = []
    num_words = 0
    for fact in facts:
        length = len(fact.value.split()) + len(fact.name.split())
        is_full = len(group) == MAX_SENTENCE_FACTS or num_words + length > MAX_SENTENCE_WORDS
        if group and is_full:
            yield group
            group, num_words = [], 0
        group.append(fact)
        num_words += length
    if group:
        yield group


def _words_of(prompt_input: PromptInput, num_sentences: int) -> list[tuple[str, ...]]:
    """Give the opening the first keywords, and each sentence one of the words that must be used.

    A keyword that a sentence has no use for makes nonsense of it: "new drivers are made of brass".
    """
    shares: list[list[str]] = [[] for _number in range(num_sentences)]
    for place, word in enumerate(dict.fromkeys(prompt_input.must_use)):
        shares[min(place, num_sentences - 1)].append(word)
    shares[0] += prompt_input.keywords[:MAX_OPENING_KEYWORDS]
    return [tuple(dict.fromkeys(words)) for words in shares]
