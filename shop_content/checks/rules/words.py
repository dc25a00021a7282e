"""Words of a text with their places, and fast search for phrases among them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from shop_content.checks.rules.base import CheckContext

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
# A point within "0.35" or "example.com" ends nothing.
_SENTENCE = re.compile(r"(?:[^.!?。！？\n]|[.!?](?=\w))+(?:[.!?。！？]+|\n)?")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text, compared without case and compatibility forms."""

    forms: tuple[str, ...]
    starts: tuple[int, ...]  # code points
    ends: tuple[int, ...]


@lru_cache(maxsize=256)  # A dozen rules ask for the words of the same text and of the same facts.
def split_words(text: str) -> Words:
    """Return the words of the text."""
    matches = list(_WORD.finditer(text))
    return Words(
        forms=tuple(fold(match.group()) for match in matches),
        starts=tuple(match.start() for match in matches),
        ends=tuple(match.end() for match in matches),
    )


def word_set(words: str) -> frozenset[str]:
    """Return the words of a list written as text."""
    return frozenset(words.split())


def fold(word: str) -> str:
    """Return the word for comparison: no case, one spelling of each letter and apostrophe."""
    if word.isascii():
        return word.lower()
    return unicodedata.normalize("NFKC", word.replace("’", "'")).casefold()


def stem(form: str) -> str:
    """Return a folded word without its plural or possessive ending."""
    form = form.removesuffix("'s")
    if len(form) > 4 and form.endswith("ies"):
        return form[:-3] + "y"
    if len(form) > 4 and form.endswith(("ches", "shes", "sses", "xes", "zes")):
        return form[:-2]
    if len(form) > 3 and form.endswith("s") and not form.endswith(("ss", "us", "is")):
        return form[:-1]
    return form


@lru_cache(maxsize=256)
def stemmed(text: str) -> str:
    """Return the text as stems between blanks, for the test " stem stem " in it."""
    return " " + " ".join(stem(form) for form in split_words(text).forms) + " "


def is_phrase_in(phrase: str, text: str) -> bool:
    """Tell whether the text has the phrase, in whatever case, number or hyphenation."""
    return bool(phrase.strip()) and stemmed(phrase) in stemmed(text)


class PhraseIndex:
    """Phrases found in one pass over the words, the longest first."""

    def __init__(self, phrases: Iterable[str]) -> None:
        """Index the phrases by their first word."""
        self._by_first: dict[str, list[tuple[str, ...]]] = {}
        for phrase in phrases:
            forms = split_words.__wrapped__(phrase).forms
            if forms:
                self._by_first.setdefault(forms[0], []).append(forms)
        for candidates in self._by_first.values():
            candidates.sort(key=len, reverse=True)

    def find(self, words: Words) -> Iterator[tuple[int, int]]:
        """Yield (first, past the last) positions of the words of each phrase, none overlapping."""
        forms, position = words.forms, 0
        while position < len(forms):
            length = 0
            for phrase in self._by_first.get(forms[position], ()):
                if forms[position : position + len(phrase)] == phrase:
                    length = len(phrase)
                    yield position, position + length
                    break
            position += length or 1


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of the sentences and lines of the text."""
    for match in _SENTENCE.finditer(text):
        if match.group().strip():
            yield match.span()


def facts_text(context: CheckContext) -> str:
    """Return all that the merchant says of the product and its brief, one thing a line."""
    facts = (f"{fact.name}: {fact.value} {fact.unit}" for fact in context.facts)
    parts = (context.name, context.brand, context.category, *facts)
    return "\n".join((*parts, *context.keywords, *context.must_use))


def all_text(context: CheckContext) -> str:
    """Return all that is known of the product, what the supplier wrote included."""
    return f"{facts_text(context)}\n{context.supplier_text}"
