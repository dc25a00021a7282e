"""The prompt for models trained on it: the product as a sheet of facts, then the task.

It is what the starter adapter has learned from, so every change of it needs another training. The
product comes first and the task last: all fields of a product then share the reading of its sheet.
"""

from __future__ import annotations

import re

from shop_content.generation.prompts.fields import MAX_FACTS, field_limit
from shop_content.generation.prompts.rewriting import LANGUAGE_NAMES
from shop_content.generation.prompts.source import (
    MAX_NOTE_CHARS,
    PromptFact,
    PromptInput,
    one_line,
    supplier_words,
    word_list,
)
from shop_content.lm.engine import Message

VERSION = "facts-1"  # Stored with every draft. Count up with every change of wording.

SYSTEM = "You write product copy from a sheet of facts. Say all of the facts and nothing else."
FIELD_NAMES = {
    "description": "description",
    "short_description": "short description of one or two sentences",
    "bullets": "selling points, one a line",
    "title": "product title",
    "meta_title": "page title",
    "meta_description": "sentence for a search engine",
    "image_alt_text": "image text",
}
PART_NAMES = {"opening": "opening sentence", "next": "next sentence"}
DEFAULT_TONE = "plain"
# How many words it takes to say a fact, a name and a keyword; measured on the starter corpus.
WORDS_OF_FACT, WORDS_OF_FRAME = 8, 8
MIN_WORDS = 20
MIN_FACTS = 2  # With fewer, the supplier's words are a source too.


def fact_sheet_messages(prompt_input: PromptInput, num_words: int = 0) -> tuple[Message, ...]:
    """Return the conversation that asks for one content field of one product.

    Args:
        prompt_input: the product and the wish.
        num_words: how long a description should be; 0 lets the facts and the wish decide.
    """
    sheet = "\n".join(_sheet(prompt_input))
    return (
        Message("system", SYSTEM),
        Message("user", f"{sheet}\n{_task(prompt_input, num_words)}"),
    )


def words_wanted(prompt_input: PromptInput) -> int:
    """Return how long a description should be: what was asked for, as far as the facts carry it."""
    limit = field_limit(prompt_input.field, prompt_input.length)
    num_facts = min(sum(bool(one_line(fact.value)) for fact in prompt_input.facts), MAX_FACTS)
    carried = WORDS_OF_FACT * num_facts + WORDS_OF_FRAME
    return max(MIN_WORDS, min(limit.words, carried)) // 10 * 10


def _sheet(prompt_input: PromptInput) -> list[str]:
    lines = [f"Name: {one_line(prompt_input.title, 200)}"]
    if brand := one_line(prompt_input.brand, 80):
        lines.append(f"Brand: {brand}")
    if category := one_line(re.split(r"[>/]", prompt_input.category)[-1], 60):
        lines.append(f"Category: {category}")
    facts = [fact for fact in prompt_input.facts if one_line(fact.value)]
    lines += [_fact_line(fact) for fact in facts[:MAX_FACTS]]
    supplier = supplier_words(prompt_input) if len(facts) < MIN_FACTS else ""
    if supplier:
        lines.append(f"The supplier writes: {supplier}")
    if words := word_list(prompt_input.must_use + prompt_input.keywords):
        lines.append(f"Keywords: {words}")
    return lines


def _fact_line(fact: PromptFact) -> str:
    name, unit = one_line(fact.name, 60), one_line(fact.unit, 20)
    value = one_line(f"{fact.value} {unit}" if unit else fact.value).rstrip(" .,;")
    return f"{name}: {value}" if name else f"Feature: {value}"


def _task(prompt_input: PromptInput, num_words: int) -> str:
    tone = one_line(prompt_input.tone, 40).lower() or DEFAULT_TONE
    wanted = PART_NAMES.get(prompt_input.part) or FIELD_NAMES[prompt_input.field]
    parts = [f"Write the {wanted}, {tone}"]
    if prompt_input.field == "description" and not prompt_input.part:
        parts.append(f"about {num_words or words_wanted(prompt_input)} words")
    language = prompt_input.language.split("-")[0].lower()
    if language not in {"", "en"}:
        parts.append(f"in {LANGUAGE_NAMES.get(language, language)}")
    if audience := one_line(prompt_input.audience, 80):
        parts.append(f"for {audience}")
    if banned := word_list(prompt_input.must_not_use):
        parts.append(f"without the words: {banned}")
    task = ", ".join(parts) + "."
    if note := one_line(prompt_input.editor_note, MAX_NOTE_CHARS):
        task += f" The editor asks: {note}"
    return task
