"""What a prompt is made from, and how words of people get onto one line of it.

Everything that people typed is put on one line and cut to a length, so that no value can look like
another part of the prompt. The prompt holds no secret.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from enum import StrEnum

MAX_VALUE_CHARS = 160
MAX_KEYWORDS_CHARS = 2000
MAX_NOTE_CHARS = 400
MAX_SUPPLIER_CHARS = 300  # A source of words only, so a taste of it is enough.

_TAG = re.compile(r"<[^<>]{1,200}>")
_CONTACT = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\S+")


class PromptStyle(StrEnum):
    """Which prompt a model is asked with."""

    REWRITING = "rewriting"  # for instruction models as they come
    FACT_SHEET = "fact_sheet"  # for models that were trained on it
    SENTENCES = "sentences"  # for models trained on single sentences of it: see `planning`


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
    voice_example: str = ""  # Copy that the shop likes; only for models that take instructions.
    verbatim: tuple[str, ...] = ()  # Lines that the text ends with, word for word.
    part: str = ""  # A sentence of the text alone: "opening", "next"; empty: all of it.
    shop_wish: str = (
        ""  # What the shop wants of such texts; only for models that take instructions.
    )
    editor_note: str = ""  # What the editor wants changed.
    previous_text: str = ""  # The draft that the note is about.


def one_line(text: str, max_chars: int = MAX_VALUE_CHARS) -> str:
    """Put text on one line and cut it at a word."""
    line = " ".join(html.unescape(text).split())
    if len(line) <= max_chars:
        return line
    return line[:max_chars].rsplit(" ", 1)[0]


def word_list(words: tuple[str, ...]) -> str:
    """Return the words with commas between them, each once."""
    unique = dict.fromkeys(one_line(word, 80) for word in words)
    return one_line(", ".join(word for word in unique if word), MAX_KEYWORDS_CHARS)


def supplier_words(prompt_input: PromptInput) -> str:
    """Return the start of the supplier's text, without markup, addresses and quotes."""
    text = _CONTACT.sub(" ", _TAG.sub(" ", prompt_input.supplier_text))
    return one_line(text.replace('"', "'"), MAX_SUPPLIER_CHARS)
