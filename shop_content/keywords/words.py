"""Keywords as people type them: cut apart, cleaned, and held against each other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

MAX_WORDS = 30  # In one list; more dilutes every one of them.
MAX_WORD_CHARS = 80
MAX_TOTAL_CHARS = 2_000  # Of all lists together: what a prompt can hold (L17).
PLACEHOLDERS = ("title", "brand", "category")
_SEPARATORS = re.compile(r"[,\n\r;]+")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class WordProblemKind(StrEnum):
    """What is wrong with a word."""

    TOO_MANY = "too_many"
    TOO_LONG = "too_long"
    TOO_MUCH = "too_much"
    UNKNOWN_PLACEHOLDER = "unknown_placeholder"
    USED_AND_FORBIDDEN = "used_and_forbidden"
    KEYWORD_FORBIDDEN = "keyword_forbidden"


@dataclass(frozen=True, slots=True)
class WordProblem:
    """One thing that is wrong with the words, for a person to mend."""

    kind: WordProblemKind
    word: str = ""
    other: str = ""  # the word that it clashes with
    count: int = 0  # how many there are, where there are too many
    is_blocking: bool = True  # False: worth a look, but the run may start


def word_cleaned(text: str) -> str:
    """Return one word or phrase composed (NFC), with single spaces and none around it."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def words_parsed(text: str) -> list[str]:
    """Return the words of a text in which commas, semicolons or line breaks stand between them.

    Empty ones are left out; of two that differ in capitals only, the first stays.
    """
    words: dict[str, str] = {}
    for part in _SEPARATORS.split(text):
        word = word_cleaned(part)
        if word:
            words.setdefault(_compared(word), word)
    return list(words.values())


def words_joined(words: Iterable[str]) -> str:
    """Return words as a person edits them; parsing gives the same words back."""
    return ", ".join(words)


def placeholders_filled(word: str, *, title: str, brand: str, category: str) -> str:
    """Return the word with its placeholders filled in; of a category path, its last part."""
    values = {
        "title": title,
        "brand": brand,
        "category": category.rsplit(">", 1)[-1],
    }
    filled = _PLACEHOLDER.sub(lambda match: values.get(match[1].strip(), match[0]), word)
    return word_cleaned(filled)


def list_problems(words: Sequence[str]) -> list[WordProblem]:
    """Return what is wrong with one list by itself: too many, too long, unknown placeholders."""
    problems = []
    if len(words) > MAX_WORDS:
        problems.append(WordProblem(WordProblemKind.TOO_MANY, count=len(words)))
    for word in words:
        if len(word) > MAX_WORD_CHARS:
            problems.append(WordProblem(WordProblemKind.TOO_LONG, word=word, count=len(word)))
        problems += [
            WordProblem(WordProblemKind.UNKNOWN_PLACEHOLDER, word=word, other=name)
            for name in _PLACEHOLDER.findall(word)
            if name.strip() not in PLACEHOLDERS
        ]
    return problems


def common_problems(
    *, keywords: Sequence[str], must_use: Sequence[str], must_not_use: Sequence[str]
) -> list[WordProblem]:
    """Return what is wrong between the lists: too much together, and words that clash."""
    problems = []
    total = num_chars([*keywords, *must_use, *must_not_use])
    if total > MAX_TOTAL_CHARS:
        problems.append(WordProblem(WordProblemKind.TOO_MUCH, count=total))
    for word in must_use:
        problems += [
            WordProblem(WordProblemKind.USED_AND_FORBIDDEN, word=word, other=forbidden)
            for forbidden in must_not_use
            if _contains(word, forbidden)
        ]
    for word in keywords:
        problems += [
            WordProblem(
                WordProblemKind.KEYWORD_FORBIDDEN, word=word, other=forbidden, is_blocking=False
            )
            for forbidden in must_not_use
            if _contains(word, forbidden)
        ]
    return problems


def num_chars(words: Iterable[str]) -> int:
    """Return the length of all words together, in code points."""
    return sum(len(word) for word in words)


def _compared(text: str) -> str:
    return unicodedata.normalize("NFC", text.casefold())


def _contains(phrase: str, part: str) -> bool:
    """Tell whether the words of `part` stand next to each other in `phrase`."""
    words, wanted = _compared(phrase).split(), _compared(part).split()
    starts = range(len(words) - len(wanted) + 1)
    return bool(wanted) and any(words[at : at + len(wanted)] == wanted for at in starts)
