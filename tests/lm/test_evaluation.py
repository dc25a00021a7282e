from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop_content.lm.echo import EchoEngine
from shop_content.lm.engine import Message, ScoreRequest
from shop_content.lm.evaluation import (
    TextLoss,
    corpus_perplexity,
    information_gain,
    logprob_difference,
    sequence_loss,
)

LETTERS = "abc"
# s(w, h) of a model that looks back one letter only, and at the start of the text at the prompt.
SCORES = {
    "": (0.0, 0.0, 0.0),
    "a": (2.0, -1.0, 0.5),
    "b": (0.3, 0.1, -3.0),
    "c": (700.0, 0.0, 1.0),
}


class LetterEngine(EchoEngine):
    """A language model small enough to compute by hand: softmax of the table of scores."""

    def score(self, requests: Sequence[ScoreRequest]) -> list[tuple[float, ...]]:
        return [tuple(self._logprobs(request)) for request in requests]

    def _logprobs(self, request: ScoreRequest) -> list[float]:
        histories = [request.prompt[-1:], *request.text]
        return [
            SCORES[before][LETTERS.index(letter)] - log_sum(SCORES[before])
            for before, letter in zip(histories, request.text, strict=False)
        ]


class UniformEngine(EchoEngine):
    """Know nothing: each of 50 tokens is as likely as the others."""

    def score(self, requests: Sequence[ScoreRequest]) -> list[tuple[float, ...]]:
        return [(-math.log(50),) * len(request.text.split()) for request in requests]


class FixedEngine(EchoEngine):
    """Return given log-probabilities."""

    def __init__(self, *rows: tuple[float, ...]) -> None:
        super().__init__()
        self.rows = list(rows)

    def score(self, requests: Sequence[ScoreRequest]) -> list[tuple[float, ...]]:
        return self.rows


def log_sum(scores: Sequence[float]) -> float:
    largest = max(scores)
    return largest + math.log(sum(math.exp(score - largest) for score in scores))


def make_score(text: str, prompt: str = "") -> ScoreRequest:
    return ScoreRequest(messages=(), text=text, prompt=prompt)


def make_loss(num_tokens: int, loss: float) -> TextLoss:
    return TextLoss(num_tokens, loss, math.exp(loss / num_tokens), -loss / num_tokens, 1.0)


def test_loss_is_that_of_the_softmax_of_the_scores() -> None:
    # P(b | a) = e^-1 / (e^2 + e^-1 + e^0.5), P(a | b) = e^0.3 / (e^0.3 + e^0.1 + e^-3).
    first = math.exp(-1) / (math.exp(2) + math.exp(-1) + math.exp(0.5))
    second = math.exp(0.3) / (math.exp(0.3) + math.exp(0.1) + math.exp(-3))

    (loss,) = sequence_loss(LetterEngine(), [make_score("ba", prompt="a")])

    assert loss.num_tokens == 2
    assert loss.loss == pytest.approx(-math.log(first) - math.log(second))
    assert loss.mean_logprob == pytest.approx(math.log(first * second) / 2)
    assert loss.perplexity == pytest.approx((first * second) ** -0.5)
    assert loss.bits_per_byte == pytest.approx(-math.log2(first * second) / 2)


@pytest.mark.parametrize("num_letters", [1, 2, 4])
def test_the_probabilities_of_all_texts_of_a_length_sum_to_one(num_letters: int) -> None:
    texts = ["".join(letters) for letters in itertools.product(LETTERS, repeat=num_letters)]

    losses = sequence_loss(LetterEngine(), [make_score(text) for text in texts])

    assert sum(math.exp(-loss.loss) for loss in losses) == pytest.approx(1.0)


def test_a_model_that_knows_nothing_wavers_among_its_whole_vocabulary() -> None:
    losses = sequence_loss(UniformEngine(), [make_score("a mug"), make_score("a mug of clay")])

    assert [loss.perplexity for loss in losses] == pytest.approx([50.0, 50.0])
    assert corpus_perplexity(losses) == pytest.approx(50.0)


def test_bytes_are_counted_and_not_characters() -> None:
    plain, accented = sequence_loss(UniformEngine(), [make_score("the"), make_score("thé")])

    assert plain.bits_per_byte == pytest.approx(math.log2(50) / 3)
    assert accented.bits_per_byte == pytest.approx(math.log2(50) / 4)


def test_half_a_surrogate_pair_is_no_reason_to_fail() -> None:
    assert sequence_loss(UniformEngine(), [make_score("\ud83d")])[0].bits_per_byte > 0


def test_an_empty_text_has_no_loss_and_no_perplexity() -> None:
    empty, full = sequence_loss(UniformEngine(), [make_score(""), make_score("mug")])

    assert (empty.num_tokens, empty.loss) == (0, 0.0)
    assert math.isnan(empty.perplexity)
    assert math.isnan(empty.mean_logprob)
    assert math.isnan(empty.bits_per_byte)
    assert corpus_perplexity([empty, full]) == pytest.approx(50.0)


def test_nothing_at_all_has_no_perplexity() -> None:
    assert sequence_loss(UniformEngine(), []) == []
    assert math.isnan(corpus_perplexity([]))


def test_an_impossible_or_hardly_possible_text_has_infinite_perplexity() -> None:
    engine = FixedEngine((-math.inf, -1.0), (-1e6,))

    losses = sequence_loss(engine, [make_score("a b"), make_score("c")])

    assert [loss.perplexity for loss in losses] == [math.inf, math.inf]
    assert corpus_perplexity(losses) == math.inf


def test_an_engine_that_loses_a_text_is_not_believed() -> None:
    with pytest.raises(ValueError, match="shorter"):
        sequence_loss(FixedEngine((-1.0,)), [make_score("a"), make_score("b")])


def test_each_token_of_a_corpus_weighs_the_same() -> None:
    # 9 tokens of 1 nat and 1 token of 5 nats: 14 nats over 10 tokens, not (1 + 5) / 2.
    assert corpus_perplexity([make_loss(9, 9.0), make_loss(1, 5.0)]) == pytest.approx(math.exp(1.4))


@given(
    st.lists(st.lists(st.floats(-20, 0), min_size=1, max_size=8), min_size=1, max_size=5),
)
def test_the_perplexity_of_a_corpus_lies_among_those_of_its_texts(rows: list[list[float]]) -> None:
    engine = FixedEngine(*(tuple(row) for row in rows))
    losses = sequence_loss(engine, [make_score("mug")] * len(rows))

    each = [loss.perplexity for loss in losses]

    assert min(each) * (1 - 1e-9) <= corpus_perplexity(losses) <= max(each) * (1 + 1e-9)
    assert min(each) >= 1.0


def test_the_difference_is_a_mean_over_tokens_and_not_over_texts() -> None:
    reference = [(-1.0, -2.0, -3.0), (-1.0,)]
    other = [(-1.1, -1.9, -3.0), (-1.6,)]

    assert logprob_difference(reference, other) == pytest.approx((0.1 + 0.1 + 0.0 + 0.6) / 4)


def test_a_model_does_not_differ_from_itself() -> None:
    rows = [(-1.0, -math.inf), (), (-0.5,)]

    assert logprob_difference(rows, rows) == 0.0


@pytest.mark.parametrize(
    ("reference", "other"),
    [
        ([(-1.0,)], []),
        ([(-1.0,), (-1.0,)], [(-1.0, -1.0)]),
        ([(-1.0, -2.0)], [(-1.0,)]),
        ([(), (-1.0,)], [(-1.0,), ()]),
    ],
)
def test_rows_of_other_tokens_are_not_compared(
    reference: list[tuple[float, ...]], other: list[tuple[float, ...]]
) -> None:
    with pytest.raises(ValueError, match="Tokens per text differ"):
        logprob_difference(reference, other)


@pytest.mark.parametrize("rows", [[], [()], [(), ()]])
def test_the_difference_of_nothing_keeps_no_limit(rows: list[tuple[float, ...]]) -> None:
    assert not logprob_difference(rows, rows) <= 1.0


def test_gain_is_the_difference_that_the_prompt_makes() -> None:
    texts = ("bb", "ca")

    gains = information_gain(
        LetterEngine(),
        [make_score(text, prompt="a") for text in texts],
        [make_score(text) for text in texts],
    )

    # Only the first letter sees the prompt; two letters share the gain. Without a prompt, P = 1/3.
    scores = SCORES["a"]
    expected = [(scores[i] - log_sum(scores) - math.log(1 / 3)) / 2 for i in (1, 2)]
    assert gains == pytest.approx(expected)
    assert gains[1] > gains[0]


def test_a_text_without_tokens_gains_nothing() -> None:
    assert information_gain(UniformEngine(), [make_score("")], [make_score("")]) == [0.0]


def test_gains_of_different_texts_are_refused() -> None:
    with pytest.raises(ValueError, match="same texts"):
        information_gain(UniformEngine(), [make_score("a")], [make_score("b")])
    with pytest.raises(ValueError, match="same texts"):
        information_gain(UniformEngine(), [make_score("a")], [])


def test_gains_of_different_tokens_are_refused() -> None:
    with pytest.raises(ValueError, match="different tokens"):
        information_gain(FixedEngine((-1.0,), (-1.0, -2.0)), [make_score("a")], [make_score("a")])


def test_a_prompt_of_messages_reaches_the_engine() -> None:
    facts = (Message("user", "Capacity 0.3 l."),)
    text = "It holds 0.3 l."

    (gain,) = information_gain(EchoEngine(), [ScoreRequest(facts, text)], [ScoreRequest((), text)])

    assert gain != 0.0
