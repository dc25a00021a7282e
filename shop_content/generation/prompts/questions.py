"""Is there enough to write from, and what to ask the merchant."""

from __future__ import annotations

from collections.abc import Sequence

from shop_content.generation.prompts.needs import Need, gettext_noop, missing_needs
from shop_content.generation.prompts.source import PromptInput, one_line, supplier_words

MIN_SUPPLIER_CHARS = 40  # Shorter text than this says nothing that a text could be made of.
MIN_SIGNALS = 2
# A product with so many facts is asked nothing more, and one that can be written about is asked for
# the most useful only: a list of questions that nobody gets to the end of answers none.
ENOUGH_FACTS, MAX_MORE = 6, 2
MAX_BLOCKING = 4

QUESTION_TITLE = gettext_noop("What is the product called?")


def has_enough_to_write(prompt_input: PromptInput) -> bool:
    """Say whether there is a title and at least two things to say about the product."""
    return bool(one_line(prompt_input.title)) and _num_signals(prompt_input) >= MIN_SIGNALS


def missing_questions(prompt_input: PromptInput) -> list[str]:
    """Return what has to be known before anything is written; empty when there is enough.

    The questions are message ids for gettext, the most useful first.
    """
    if has_enough_to_write(prompt_input):
        return []
    return [need.question for need in needs_to_ask(prompt_input)]


def needs_to_ask(prompt_input: PromptInput, own: Sequence[Need] = ()) -> list[Need]:
    """Return what to ask the merchant about a product, the most useful first.

    Args:
        prompt_input: the product and the wish.
        own: what the merchant wants to be known of this category.
    """
    missing = missing_needs(prompt_input, own)
    if has_enough_to_write(prompt_input):
        num_facts = sum(bool(one_line(fact.value)) for fact in prompt_input.facts)
        if num_facts >= ENOUGH_FACTS:
            return [need for need in missing if need in own][:MAX_MORE]
        return missing[:MAX_MORE]
    title = [] if one_line(prompt_input.title) else [Need("Title", QUESTION_TITLE)]
    return [*title, *missing[:MAX_BLOCKING]]


def _num_signals(prompt_input: PromptInput) -> int:
    facts = {
        (one_line(fact.name).casefold(), one_line(fact.value).casefold())
        for fact in prompt_input.facts
        if one_line(fact.value)
    }
    words = (*prompt_input.keywords, *prompt_input.must_use)
    keywords = {one_line(word).casefold() for word in words} - {""}
    has_supplier_text = len(supplier_words(prompt_input)) > MIN_SUPPLIER_CHARS
    return len(facts) + len(keywords) + int(has_supplier_text)
