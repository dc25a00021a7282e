"""Plan a description: which facts each of its sentences says.

A small model that reads eight facts gives values to the wrong things; with two it does not. So each
sentence is asked for alone, with its own facts and no others: what it does not read it cannot mix
up, and a number of another fact cannot be written at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from shop_content.generation.prompts.fields import field_limit
from shop_content.generation.prompts.source import PromptFact, PromptInput, one_line

VERSION = "sentences-1"  # Stored with every draft. Count up with every change of the plan.

FIELDS = frozenset({"description"})
# One sentence says about so much: two short facts, or a long one.
MAX_SENTENCE_FACTS, MAX_SENTENCE_WORDS = 2, 9
WORDS_OF_SENTENCE = 12
MAX_OPENING_KEYWORDS = 2
SENTENCE_FIELD = "short_description"  # Its limits are those of a sentence or two.


def sentence_inputs(prompt_input: PromptInput) -> tuple[PromptInput, ...]:
    """Return what each sentence of a text is asked with; empty if it is not written so.

    The facts keep their order. An editor's wish is about the whole text, and is not planned.
    """
    facts = [fact for fact in prompt_input.facts if one_line(fact.value)]
    if prompt_input.field not in FIELDS or prompt_input.editor_note or len(facts) < 2:
        return ()
    limit = field_limit(prompt_input.field, prompt_input.length)
    groups = list(_groups(facts))[: max(2, limit.words // WORDS_OF_SENTENCE)]
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
