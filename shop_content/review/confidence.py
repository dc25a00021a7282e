"""How sure the model was of each word that it wrote, from the log-probabilities of its tokens.

The probabilities are the model's own, P(w | h), before any sampling filter or constraint. A word is
as sure as the least likely of its tokens.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Probability below which a word is marked so: one chance in two, in ten, in a hundred.
LEVELS = ((0.01, 3), (0.1, 2), (0.5, 1))
MAX_LEAST = 5  # words that are listed


@dataclass(frozen=True, slots=True)
class ConfidenceWord:
    """A word with the space before it."""

    text: str
    probability: float  # 0 to 1, of its least likely token
    level: int  # 0: at least one half; 3: below one hundredth

    @property
    def percent(self) -> float:
        """Return the probability in percent, for the page."""
        return 100 * self.probability


@dataclass(frozen=True, slots=True)
class ConfidenceMap:
    """A text as the model wrote it, word by word."""

    words: tuple[ConfidenceWord, ...]
    least: tuple[ConfidenceWord, ...]  # the least likely first
    perplexity: float  # exp of minus the mean log P of the tokens


def confidence_map(token_logprobs: Sequence[tuple[str, float]]) -> ConfidenceMap | None:
    """Return the words of a draft with their probabilities; None where the engine gave none.

    Args:
        token_logprobs: pieces of text with log P of their token, nats, in the order of the text.
    """
    if not token_logprobs:
        return None
    words = tuple(_words(token_logprobs))
    mean = sum(logprob for _piece, logprob in token_logprobs) / len(token_logprobs)
    unsure = sorted((word for word in words if word.level), key=lambda word: word.probability)
    return ConfidenceMap(words, tuple(unsure[:MAX_LEAST]), _exp(-mean))


def _words(token_logprobs: Iterable[tuple[str, float]]) -> Iterable[ConfidenceWord]:
    text, lowest = "", 0.0
    for piece, logprob in token_logprobs:
        if text and piece[:1].isspace():
            yield _word(text, lowest)
            text, lowest = "", 0.0
        text += piece
        lowest = min(lowest, logprob)
    if text:
        yield _word(text, lowest)


def _word(text: str, logprob: float) -> ConfidenceWord:
    probability = math.exp(logprob)
    level = next((level for below, level in LEVELS if probability < below), 0)
    return ConfidenceWord(text, probability, level)


def _exp(value: float) -> float:
    return math.exp(min(value, 700.0))  # Beyond that a float overflows.
