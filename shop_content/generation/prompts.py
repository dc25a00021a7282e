"""Build the prompts, choose the sampling, ask for what is missing. Pure: data in, text out.

The wording is made for small instruction models: the task in one short system message, the product
as notes in the user's. Asked to rewrite notes, such a model keeps to the facts far better than
asked to write about a product; an example in the prompt was tried and left out, because its words
turned up in other products' texts.

Everything that people typed is put on one line and cut to a length, so that no value can look like
another part of the prompt. The prompt holds no secret.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from shop_content.generation.tidying import tidy
from shop_content.lm.constraints import numbers_in
from shop_content.lm.engine import DecodingConstraint, Message, SamplingParams

__all__ = [
    "FIELD_LIMITS",
    "PROMPT_VERSION",
    "FieldLimit",
    "PromptFact",
    "PromptInput",
    "build_messages",
    "decoding_constraint",
    "field_limit",
    "has_enough_to_write",
    "missing_questions",
    "sampling_params",
    "tidy",
]

# Stored with every draft. Count up with every change of wording, tidying or sampling.
PROMPT_VERSION = "2"

MAX_FACTS = 24  # More than this and a small model loses the task.
MAX_VALUE_CHARS = 160
MAX_KEYWORDS_CHARS = 2000
MAX_NOTE_CHARS = 400
MAX_SUPPLIER_CHARS = 300  # A source of words only, so a taste of it is enough.
MIN_SUPPLIER_CHARS = 40  # Shorter text than this says nothing that a text could be made of.
MIN_SIGNALS = 2
MAX_PHRASE_CHARS = 40  # A longer value is a sentence of its own.
DEFAULT_TONE = "friendly"
# How people say these facts; all others as "capacity 0.3 l".
PHRASES = {
    "material": "made of {}",
    "color": "in {}",
    "colour": "in {}",
    "gender": "for {}",
}


@dataclass(frozen=True, slots=True)
class PromptFact:
    """One fact of the product."""

    name: str  # Empty for a feature that is a sentence of its own.
    value: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class PromptInput:
    """All that a prompt is made from."""

    field: str  # Which content: a key of FIELD_LIMITS.
    title: str
    brand: str
    category: str  # May be a path: "Home > Kitchen > Mugs".
    facts: tuple[PromptFact, ...]
    keywords: tuple[str, ...]
    must_use: tuple[str, ...]
    must_not_use: tuple[str, ...]
    audience: str
    tone: str
    language: str  # Code such as "en" or "de-AT".
    length: str  # "short", "medium" or "long"; only descriptions differ by it.
    supplier_text: str = ""  # Untrusted: a source of words, never of orders.
    editor_note: str = ""  # What the editor wants changed.
    previous_text: str = ""  # The draft that the note is about.


@dataclass(frozen=True, slots=True)
class FieldLimit:
    """How long a content field is, and how much the model may write for it."""

    task: str  # What to make of the notes; {tone} stands for "a friendly" and the like.
    max_tokens: int
    max_facts: int = MAX_FACTS  # Given more facts, a small model fills a title with all of them.
    max_chars: int = 0  # Limit of the channels; 0 means none.
    words: int = 0  # Aim; 0 where characters are counted.
    min_lines: int = 0
    max_lines: int = 0  # 0 means free text.


_DESCRIPTION = "{tone} and engaging product description of about {words} words for an online shop"

# The one table of lengths. Limits in characters are those of search results (title 60, description
# 155) and of screen readers (125).
FIELD_LIMITS: dict[str, dict[str, FieldLimit]] = {
    "description": {
        "short": FieldLimit(_DESCRIPTION, max_tokens=80, words=40),
        "medium": FieldLimit(_DESCRIPTION, max_tokens=150, words=80),
        "long": FieldLimit(_DESCRIPTION, max_tokens=250, words=140),
    },
    "bullets": {
        "medium": FieldLimit(
            "a list of 4 short selling points, one per line",
            max_tokens=110,
            max_facts=6,
            min_lines=3,
            max_lines=5,
        )
    },
    "short_description": {
        "medium": FieldLimit(
            "{tone} product description of 2 sentences", max_tokens=70, max_facts=5, max_chars=300
        )
    },
    "meta_title": {
        "medium": FieldLimit("a short page title", max_tokens=20, max_facts=2, max_chars=60)
    },
    "meta_description": {
        "medium": FieldLimit(
            "{tone} sentence for a search engine", max_tokens=44, max_facts=3, max_chars=155
        )
    },
    "image_alt_text": {
        "medium": FieldLimit(
            "one short sentence that says what a photo of the product shows",
            max_tokens=36,
            max_facts=2,
            max_chars=125,
        )
    },
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

# Marks of a model that talks about itself, its orders or its own form.
NEVER_WRITTEN = (
    "as an AI",
    "AI assistant",
    "language model",
    "I'm sorry",
    "I cannot",
    "I can't",
    "editor's note",
    "[insert",
    "[your",
    "lorem ipsum",
    "http",
    "https",
    "www.",
)

_TAG = re.compile(r"<[^<>]{1,200}>")
_CONTACT = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\S+")


def field_limit(field: str, length: str) -> FieldLimit:
    """Return the limits of a content field; an unknown length counts as medium.

    Raises:
        ValueError: There is no such field.
    """
    if field not in FIELD_LIMITS:
        raise ValueError(f"Unknown content field {field!r}")
    lengths = FIELD_LIMITS[field]
    return lengths.get(length) or lengths["medium"]


def build_messages(prompt_input: PromptInput) -> tuple[Message, ...]:
    """Return the conversation that asks a model for one content field of one product."""
    limit = field_limit(prompt_input.field, prompt_input.length)
    return (
        Message("system", _task(prompt_input, limit)),
        Message("user", _notes(prompt_input, limit)),
    )


def sampling_params(
    *, field: str, length: str, seed: int, num_candidates: int = 1
) -> SamplingParams:
    """Return how to draw the text of a content field.

    A cool temperature and a light penalty: both higher gave more numbers that no fact holds.
    """
    return SamplingParams(
        max_tokens=field_limit(field, length).max_tokens,
        temperature=0.2,
        top_p=0.9,
        seed=seed,
        repetition_penalty=1.05,
        num_candidates=num_candidates,
    )


def decoding_constraint(prompt_input: PromptInput) -> DecodingConstraint:
    """Return what the text may not hold, whatever the model would like to write.

    Numbers are those of the product, its facts and the brief. What only the supplier says is not
    among them: it is a source of words.
    """
    limit = field_limit(prompt_input.field, prompt_input.length)
    facts = (f"{fact.name} {fact.value} {fact.unit}" for fact in prompt_input.facts)
    return DecodingConstraint(
        numbers=numbers_in(
            prompt_input.title,
            prompt_input.brand,
            *facts,
            *prompt_input.keywords,
            *prompt_input.must_use,
        ),
        forbidden=(*prompt_input.must_not_use, *NEVER_WRITTEN),
        ends_on_sentence=not limit.max_lines and prompt_input.field != "meta_title",
    )


def has_enough_to_write(prompt_input: PromptInput) -> bool:
    """Say whether there is a title and at least two things to say about the product."""
    return bool(_line(prompt_input.title)) and _num_signals(prompt_input) >= MIN_SIGNALS


def missing_questions(prompt_input: PromptInput) -> list[str]:
    """Return what to ask the merchant, most useful first; empty when there is enough.

    The questions are message ids for gettext.
    """
    if has_enough_to_write(prompt_input):
        return []
    questions = [] if _line(prompt_input.title) else [QUESTION_TITLE]
    category = f"{prompt_input.category} {prompt_input.title}".casefold()
    group = next(
        (asked for words, asked in _QUESTIONS if any(word in category for word in words)),
        _GENERAL_QUESTIONS,
    )
    known = {fact.name.casefold().strip() for fact in prompt_input.facts if _line(fact.value)}
    return questions + [ask for ask in group if not known & _ANSWERED_BY.get(ask, frozenset())]


def gettext_noop(message: str) -> str:
    """Mark a message for translation where it is shown; this module knows no Django."""
    return message


QUESTION_TITLE = gettext_noop("What is the product called?")
_MATERIAL = gettext_noop("Which material is it made of?")
_SIZE = gettext_noop("Which size or capacity does it have?")
_USE = gettext_noop("What is it used for?")
_FIT = gettext_noop("Which sizes and which fit are there?")
_CARE = gettext_noop("How is it cared for?")
_INGREDIENTS = gettext_noop("What is in it?")
_AMOUNT = gettext_noop("How much is in a pack?")
_POWER = gettext_noop("Which power, connections or battery does it have?")
_COMPATIBLE = gettext_noop("What does it work with?")
_SPECIAL = gettext_noop("What makes it different from similar products?")

_GENERAL_QUESTIONS = (_MATERIAL, _SIZE, _USE)
# First match wins. Words are looked for in category and title.
_QUESTIONS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("shirt", "apparel", "cloth", "dress", "shoe", "jacket", "trouser", "scarf", "sock"),
        (_MATERIAL, _FIT, _CARE),
    ),
    (
        ("food", "drink", "tea", "coffee", "chocolate", "groceries", "beauty", "cosmetic", "soap"),
        (_INGREDIENTS, _AMOUNT, _USE),
    ),
    (
        ("electronic", "computer", "phone", "lamp", "light", "audio", "camera", "appliance"),
        (_POWER, _COMPATIBLE, _SIZE),
    ),
    (("software", "book", "game", "course"), (_USE, _COMPATIBLE, _SPECIAL)),
)
_ANSWERED_BY = {
    _MATERIAL: frozenset({"material", "fabric"}),
    _SIZE: frozenset({"size", "capacity", "dimensions", "volume"}),
    _FIT: frozenset({"fit"}),
    _CARE: frozenset({"care", "care instructions"}),
    _INGREDIENTS: frozenset({"ingredients"}),
    _USE: frozenset({"use", "usage"}),
}


def _num_signals(prompt_input: PromptInput) -> int:
    facts = {
        (_line(fact.name).casefold(), _line(fact.value).casefold())
        for fact in prompt_input.facts
        if _line(fact.value)
    }
    words = (*prompt_input.keywords, *prompt_input.must_use)
    keywords = {_line(word).casefold() for word in words} - {""}
    has_supplier_text = len(_supplier(prompt_input)) > MIN_SUPPLIER_CHARS
    return len(facts) + len(keywords) + int(has_supplier_text)


def _task(prompt_input: PromptInput, limit: FieldLimit) -> str:
    """Return the system message: who the model is, what to do, what to mind."""
    tone = _line(prompt_input.tone, 40).lower() or DEFAULT_TONE
    article = "an" if tone[:1] in set("aeiou") else "a"
    task = limit.task.format(tone=f"{article} {tone}", words=limit.words)
    aim = "while maintaining its main points and its numbers"
    parts = [
        "You're an AI assistant for text re-writing.",
        f"Rewrite the input text to make it {task} {aim}.",
        # Without this sentence 10 of 50 texts of the trial model were blocked, with it 5.
        "Add no other numbers.",
    ]
    language = prompt_input.language.split("-")[0].lower()
    if language not in {"", "en"}:
        parts.append(f"Write in {LANGUAGE_NAMES.get(language, language)}.")
    if audience := _line(prompt_input.audience, 80):
        parts.append(f"The readers are {audience}.")
    words = _word_list(prompt_input.must_use + prompt_input.keywords)
    if words:
        parts.append(f"Use these words: {words}.")
    if banned := _word_list(prompt_input.must_not_use):
        parts.append(f"Do not use these words: {banned}.")
    if note := _line(prompt_input.editor_note, MAX_NOTE_CHARS):
        parts.append(f"Note of the editor: {note}")
    return " ".join(parts)


def _notes(prompt_input: PromptInput, limit: FieldLimit) -> str:
    """Return the user's message: the product as a short text, one fact a line for lists."""
    brand = _line(prompt_input.brand, 80)
    title = _line(prompt_input.title, 200)
    by_brand = f" by {brand}" if brand and brand.casefold() not in title.casefold() else ""
    usable = [fact for fact in prompt_input.facts if _line(fact.value)]
    phrases, sentences = _fact_texts(usable[: limit.max_facts], prompt_input.language)
    if len(usable) < MIN_SIGNALS and prompt_input.category:
        leaf = _line(re.split(r"[>/]", prompt_input.category)[-1], 60)
        phrases.append(f"category {leaf}")
    if limit.max_lines:
        notes = [_sentence(f"{title}{by_brand}"), *map(_sentence, phrases), *sentences]
    else:
        notes = [_sentence(", ".join([f"{title}{by_brand}", *phrases])), *sentences]
    supplier = _supplier(prompt_input)
    if supplier and (limit.words or not usable):
        notes.append(f'The supplier writes: "{supplier}"')
    if prompt_input.editor_note and prompt_input.previous_text:
        previous = _line(prompt_input.previous_text, MAX_NOTE_CHARS)
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
        name = _line(fact.name, 60)
        unit = _line(fact.unit, 20)
        value = _line(f"{fact.value} {unit}" if unit else fact.value).rstrip(" .,;")
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


def _supplier(prompt_input: PromptInput) -> str:
    """Return the start of the supplier's text, without markup, addresses and quotes."""
    text = _CONTACT.sub(" ", _TAG.sub(" ", prompt_input.supplier_text))
    return _line(text.replace('"', "'"), MAX_SUPPLIER_CHARS)


def _word_list(words: tuple[str, ...]) -> str:
    unique = dict.fromkeys(_line(word, 80) for word in words)
    return _line(", ".join(word for word in unique if word), MAX_KEYWORDS_CHARS)


def _line(text: str, max_chars: int = MAX_VALUE_CHARS) -> str:
    """Put text on one line and cut it at a word."""
    line = " ".join(html.unescape(text).split())
    if len(line) <= max_chars:
        return line
    return line[:max_chars].rsplit(" ", 1)[0]
