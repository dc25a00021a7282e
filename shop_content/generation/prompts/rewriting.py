"""The prompt for instruction models as they come: rewrite the notes on the product.

The wording is made for small instruction models: the task in one short system message, the product
as notes in the user's. Asked to rewrite notes, such a model keeps to the facts far better than
asked to write about a product; an example in the prompt was tried and left out, because its words
turned up in other products' texts.
"""

from __future__ import annotations

import re

from shop_content.generation.prompts.fields import FieldLimit, field_limit
from shop_content.generation.prompts.questions import MIN_SIGNALS
from shop_content.generation.prompts.source import (
    MAX_NOTE_CHARS,
    PromptFact,
    PromptInput,
    one_line,
    supplier_words,
    word_list,
)
from shop_content.lm.engine import Message

MAX_EXAMPLE_CHARS = 300  # Of copy that the shop likes: its manner shows in the first sentences.
VERSION = "3"  # Stored with every draft. Count up with every change of wording.

MAX_PHRASE_CHARS = 40  # A longer value is a sentence of its own.
DEFAULT_TONE = "friendly"
ROLE = "You're an AI assistant for text re-writing."
AIM = "while maintaining its main points and its numbers"
# How people say these facts; all others as "capacity 0.3 l".
PHRASES = {
    "material": "made of {}",
    "color": "in {}",
    "colour": "in {}",
    "gender": "for {}",
}


LANGUAGE_NAMES = {
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "es": "Spanish",
    "fi": "Finnish",
    "fr": "French",
    "it": "Italian",
    "ja": "Japanese",
    "nb": "Norwegian",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "sv": "Swedish",
    "tr": "Turkish",
    "zh": "Chinese",
}


def rewriting_messages(prompt_input: PromptInput) -> tuple[Message, ...]:
    """Return the conversation that asks a model for one content field of one product."""
    limit = field_limit(prompt_input.field, prompt_input.length)
    return (
        Message("system", _task(prompt_input, limit)),
        Message("user", _notes(prompt_input, limit)),
    )


def _task(prompt_input: PromptInput, limit: FieldLimit) -> str:
    """Return the system message: who the model is, what to do, what to mind."""
    tone = one_line(prompt_input.tone, 40).lower() or DEFAULT_TONE
    article = "an" if tone[:1] in set("aeiou") else "a"
    task = limit.task.format(tone=f"{article} {tone}", words=limit.words)
    parts = [
        ROLE,
        f"Rewrite the input text to make it {task} {AIM}.",
        # Without this sentence 10 of 50 texts of the trial model were blocked, with it 5.
        "Add no other numbers.",
    ]
    language = prompt_input.language.split("-")[0].lower()
    if language not in {"", "en"}:
        parts.append(f"Write in {LANGUAGE_NAMES.get(language, language)}.")
    if audience := one_line(prompt_input.audience, 80):
        parts.append(f"The readers are {audience}.")
    words = word_list(prompt_input.must_use + prompt_input.keywords)
    if words:
        parts.append(f"Use these words: {words}.")
    if banned := word_list(prompt_input.must_not_use):
        parts.append(f"Do not use these words: {banned}.")
    if example := one_line(prompt_input.voice_example, MAX_EXAMPLE_CHARS).replace('"', "'"):
        parts.append(f'Write in the manner of this text, not of its facts: "{example}"')
    if wish := one_line(prompt_input.shop_wish, MAX_NOTE_CHARS):
        parts.append(f"Wish of the shop: {wish}")
    if note := one_line(prompt_input.editor_note, MAX_NOTE_CHARS):
        parts.append(f"Note of the editor: {note}")
    return " ".join(parts)


def _notes(prompt_input: PromptInput, limit: FieldLimit) -> str:
    """Return the user's message: the product as a short text, one fact a line for lists."""
    brand = one_line(prompt_input.brand, 80)
    title = one_line(prompt_input.title, 200)
    by_brand = f" by {brand}" if brand and brand.casefold() not in title.casefold() else ""
    usable = [fact for fact in prompt_input.facts if one_line(fact.value)]
    phrases, sentences = _fact_texts(usable[: limit.max_facts], prompt_input.language)
    if len(usable) < MIN_SIGNALS and prompt_input.category:
        leaf = one_line(re.split(r"[>/]", prompt_input.category)[-1], 60)
        phrases.append(f"category {leaf}")
    if limit.max_lines:
        notes = [_sentence(f"{title}{by_brand}"), *map(_sentence, phrases), *sentences]
    else:
        notes = [_sentence(", ".join([f"{title}{by_brand}", *phrases])), *sentences]
    supplier = supplier_words(prompt_input)
    if supplier and (limit.words or not usable):
        notes.append(f'The supplier writes: "{supplier}"')
    if prompt_input.editor_note and prompt_input.previous_text:
        previous = one_line(prompt_input.previous_text, MAX_NOTE_CHARS)
        notes.append(f'The last text was: "{previous}"')
    return ("\n" if limit.max_lines else " ").join(notes)


def _fact_texts(facts: list[PromptFact], language: str) -> tuple[list[str], list[str]]:
    """Return short facts as phrases for one sentence, and the others as sentences.

    What the model copies unchanged, it copies from here: so it should read well. Phrases are
    English; in other languages each fact is a sentence of name and value.
    """
    is_english = language.split("-")[0].lower() in {"", "en"}
    phrases: list[str] = []
    sentences: list[str] = []
    for fact in facts:
        name = one_line(fact.name, 60)
        unit = one_line(fact.unit, 20)
        value = one_line(f"{fact.value} {unit}" if unit else fact.value).rstrip(" .,;")
        is_short = len(value) <= MAX_PHRASE_CHARS and not re.search(r"[.,;:](?: |$)", value)
        if not name:
            sentences.append(_sentence(value))
        elif is_english and is_short:
            phrase = PHRASES.get(name.lower())
            phrases.append(phrase.format(value.lower()) if phrase else f"{name.lower()} {value}")
        else:
            sentences.append(_sentence(f"{name}: {value}"))
    return phrases, sentences


def _sentence(text: str) -> str:
    text = text.rstrip(" .,;")
    return f"{text[:1].upper()}{text[1:]}."
