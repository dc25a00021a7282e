"""Measure how a shop's copy speaks: length of sentences, ease of reading, whom it addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

MIN_TEXTS = 5  # With fewer, chance speaks rather than the shop.
MAX_TEXT_CHARS = 5_000
# A pronoun in so many of a hundred texts is a habit, in so few none.
HABIT, SELDOM = 0.5, 0.1
EXAMPLE_CHARS = 300
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_VOWELS = re.compile(r"[aeiouyäöü]+")
# By language. Polite "Sie" and "Ihr" cannot be told from "she" and "her".
WE = {
    "en": frozenset("we our ours us we're we've we'll".split()),  # noqa: SIM905  # Read as a line.
    "de": frozenset({"wir", "unser", "unsere", "unserer", "unserem", "unseren", "uns"}),
}
YOU = {
    "en": frozenset({"you", "your", "yours", "yourself", "you're", "you'll", "you've", "you'd"}),
    "de": frozenset({"du", "dein", "deine", "deiner", "deinem", "deinen", "dir", "dich"}),
}
_WE, _YOU = (frozenset().union(*forms.values()) for forms in (WE, YOU))


@dataclass(frozen=True, slots=True)
class VoiceMeasure:
    """How texts speak."""

    num_texts: int
    words_per_sentence: float
    reading_ease: float  # Flesch 1948, "A new readability yardstick": 100 is easy, 30 is hard
    you_share: float  # of the texts that address the reader, 0 to 1
    we_share: float  # of the texts in which the shop speaks of itself

    def data(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return {name: round(value, 3) for name, value in asdict(self).items()}


def measure_voice(texts: Sequence[str]) -> VoiceMeasure | None:
    """Return how texts speak; None for too few of them to tell."""
    rows = [text[:MAX_TEXT_CHARS] for text in texts if _WORD.search(text)]
    if len(rows) < MIN_TEXTS:
        return None
    words = [[word.casefold() for word in _WORD.findall(text)] for text in rows]
    num_words = sum(map(len, words))
    num_sentences = sum(
        1 for text in rows for match in _SENTENCE.finditer(text) if _WORD.search(match.group())
    )
    num_syllables = sum(_syllables(word) for row in words for word in row)
    length = num_words / max(1, num_sentences)
    return VoiceMeasure(
        num_texts=len(rows),
        words_per_sentence=length,
        reading_ease=206.835 - 1.015 * length - 84.6 * num_syllables / num_words,
        you_share=sum(not _YOU.isdisjoint(row) for row in words) / len(rows),
        we_share=sum(not _WE.isdisjoint(row) for row in words) / len(rows),
    )


def person_of(measure: VoiceMeasure) -> str:
    """Return whom texts address: "we", "you", "none"; "" where they differ."""
    if measure.we_share >= HABIT:
        return "we"
    if measure.you_share >= HABIT:
        return "you" if measure.we_share <= SELDOM else ""
    return "none" if max(measure.you_share, measure.we_share) <= SELDOM else ""


def example_of(texts: Sequence[str], measure: VoiceMeasure) -> str:
    """Return the text whose sentences are of the usual length, as far as a prompt has room."""

    def distance(text: str) -> float:
        own = [len(_WORD.findall(match.group())) for match in _SENTENCE.finditer(text)]
        own = [num for num in own if num]
        return abs(sum(own) / max(1, len(own)) - measure.words_per_sentence)

    best = min(texts, key=distance, default="")
    line = " ".join(best.split())
    return line if len(line) <= EXAMPLE_CHARS else line[:EXAMPLE_CHARS].rsplit(" ", 1)[0]


def _syllables(word: str) -> int:
    """Return about how many syllables a word has: runs of vowels, a silent e left out."""
    num = len(_VOWELS.findall(word))
    return max(1, num - (word.endswith("e") and not word.endswith("le") and num > 1))
