"""Measure how well a model foresees a text: loss, perplexity, and what the facts add to it.

A model gives each word w of its vocabulary a score s(w, h) after the words h before it, and
P(w | h) = exp s(w, h) / sum over the vocabulary of exp s(v, h). Everything here is made of the
logarithms of these probabilities, which `ScoringEngine.score` returns for the tokens of a text.

Source: Bengio et al. 2003, A Neural Probabilistic Language Model, section 2 (softmax, perplexity).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from shop_content.lm.engine import ScoreRequest, ScoringEngine


@dataclass(frozen=True, slots=True)
class TextLoss:
    """How unexpected one text was; a text without tokens has a loss of 0, and nan for the rest."""

    num_tokens: int
    loss: float  # L = -sum of log P(token | tokens before), nats.
    perplexity: float  # exp(L / num_tokens): among how many tokens the model wavered, 1 or more.
    mean_logprob: float  # -L / num_tokens, nats.
    # L / log 2 / bytes of the text in UTF-8: unlike the others, comparable between tokenizers.
    bits_per_byte: float


def sequence_loss(engine: ScoringEngine, requests: Sequence[ScoreRequest]) -> list[TextLoss]:
    """Judge each text under its prompt, in their order.

    Raises:
        ValueError: Prompt and text together do not fit the model.
    """
    rows = engine.score(requests)
    return [_text_loss(request.text, row) for request, row in zip(requests, rows, strict=True)]


def corpus_perplexity(losses: Sequence[TextLoss]) -> float:
    """Return the perplexity of all texts as one, in which each token weighs the same.

    The mean of the perplexities would be ruled by a few short and strange texts.

    Returns:
        1 or more; nan if there are no tokens.
    """
    num_tokens = sum(loss.num_tokens for loss in losses)
    return _perplexity(math.fsum(loss.loss for loss in losses), num_tokens)


def logprob_difference(
    reference: Sequence[Sequence[float]], other: Sequence[Sequence[float]]
) -> float:
    """Return the mean absolute difference of log-probabilities per token, in nats.

    It says how far a quantised model, or the same model on another device, is from its reference.

    Args:
        reference: As `ScoringEngine.score` returns it: a row of log-probabilities for each text.
        other: The same tokens of the same texts.

    Returns:
        0 or more; nan if there are no tokens, so that no limit counts as kept.

    Raises:
        ValueError: Texts or tokens differ in number, so rows are not of the same tokens.
    """
    lengths = [len(row) for row in reference]
    other_lengths = [len(row) for row in other]
    if lengths != other_lengths:
        raise ValueError(f"Tokens per text differ: {lengths[:8]} and {other_lengths[:8]}")
    # Equal values first: two infinite ones differ by nothing, but their difference is nan.
    differences = [
        0.0 if a == b else abs(a - b)
        for row, other_row in zip(reference, other, strict=True)
        for a, b in zip(row, other_row, strict=True)
    ]
    return math.fsum(differences) / len(differences) if differences else math.nan


def information_gain(
    engine: ScoringEngine,
    with_facts: Sequence[ScoreRequest],
    without_facts: Sequence[ScoreRequest],
) -> list[float]:
    """Return how much likelier the facts make each text, in nats per token.

    log P(text | facts) - log P(text | no facts) is the information that the text and the facts
    share: high for a text that says what the facts say, about 0 for one that fits any product, and
    below 0 for one that the facts make less likely. Plain likelihood favours what fits any product.

    Args:
        with_facts: The texts under the prompt that holds the facts.
        without_facts: The same texts, under a prompt without them.

    Returns:
        One number a text; 0 for a text without tokens.

    Raises:
        ValueError: The texts of the two differ, or one does not fit the model with its prompt.

    Source: Church and Hanks 1990, Word Association Norms, Mutual Information, and Lexicography.
    """
    if [request.text for request in with_facts] != [request.text for request in without_facts]:
        raise ValueError("Gains need the same texts with and without facts, in the same order.")
    # One call, so that the engine fills its batches.
    rows = engine.score([*with_facts, *without_facts])
    informed, uninformed = rows[: len(with_facts)], rows[len(with_facts) :]
    return [_gain(a, b) for a, b in zip(informed, uninformed, strict=True)]


def _gain(informed: Sequence[float], uninformed: Sequence[float]) -> float:
    if len(informed) != len(uninformed):
        raise ValueError("The engine reads the same text as different tokens under two prompts.")
    if not informed:
        return 0.0
    return (math.fsum(informed) - math.fsum(uninformed)) / len(informed)


def _text_loss(text: str, logprobs: Sequence[float]) -> TextLoss:
    num_tokens = len(logprobs)
    if num_tokens == 0:
        return TextLoss(0, 0.0, math.nan, math.nan, math.nan)
    loss = -math.fsum(logprobs)
    # Half of a surrogate pair can stand in a text of users, and UTF-8 has no form for it.
    num_bytes = len(text.encode("utf-8", "surrogatepass"))
    return TextLoss(
        num_tokens=num_tokens,
        loss=loss,
        perplexity=_perplexity(loss, num_tokens),
        mean_logprob=-loss / num_tokens,
        bits_per_byte=loss / math.log(2) / num_bytes if num_bytes else math.nan,
    )


def _perplexity(loss: float, num_tokens: int) -> float:
    if num_tokens == 0:
        return math.nan
    try:
        return math.exp(loss / num_tokens)
    except OverflowError:
        return math.inf
