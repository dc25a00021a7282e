from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from shop_content.lm.engine import SamplingParams
from shop_content.lm.sampling import Draws, draw_tokens


def make_draws(count: int = 1, **params: Any) -> list[Draws]:
    defaults = {"repetition_penalty": 1.0, **params}
    return [Draws.start(SamplingParams(**{"seed": seed, **defaults})) for seed in range(count)]


def spread(draws: list[Draws]) -> list[Draws]:
    """Give the draws evenly spread numbers instead of random ones: frequencies are then exact."""
    for number, draw in enumerate(draws):
        draw.uniforms = [(number + 0.5) / len(draws)] * draw.params.max_tokens
    return draws


def reference_top_p(logits: Tensor, temperature: float, top_p: float) -> Tensor:
    """The kept distribution by the definition: sort all, keep the smallest set, renormalise."""
    probs = torch.softmax(logits.double() / temperature, dim=0)
    order = probs.argsort(descending=True)
    kept = torch.zeros_like(probs)
    total = 0.0
    for index in order.tolist():
        kept[index] = probs[index]
        total += float(probs[index])
        if total >= top_p:
            break
    return kept / kept.sum()


def test_one_token_a_row_comes_back_and_is_noted() -> None:
    draws = make_draws(5)

    tokens = draw_tokens(torch.randn(5, 700), draws)

    assert [draw.token_ids for draw in draws] == [[token] for token in tokens]
    assert all(len(draw.logprobs) == 1 for draw in draws)


def test_temperature_zero_takes_the_likeliest() -> None:
    logits = torch.randn(6, 1000)

    assert draw_tokens(logits.clone(), make_draws(6, temperature=0.0)) == logits.argmax(1).tolist()


def test_top_k_one_takes_the_likeliest() -> None:
    logits = torch.randn(6, 1000)

    assert draw_tokens(logits.clone(), make_draws(6, top_k=1)) == logits.argmax(1).tolist()


def test_top_k_bounds_what_is_drawn() -> None:
    logits = torch.randn(1, 50).repeat(300, 1)
    best = set(logits[0].topk(3).indices.tolist())

    drawn = draw_tokens(logits, make_draws(300, top_k=3, top_p=1.0, temperature=2.0))

    assert set(drawn) == best


@pytest.mark.parametrize("temperature", [0.7, 0.9, 1.3])
@pytest.mark.parametrize(("vocab_size", "scale"), [(40, 2.0), (3000, 0.05), (3000, 1.0), (3000, 4)])
def test_frequencies_follow_the_kept_distribution(
    vocab_size: int, scale: float, temperature: float
) -> None:
    """Scales of 0.05 and 1 are flat: the first look holds 2 and 30 % of what top-p asks for."""
    torch.manual_seed(1)
    logits = torch.randn(vocab_size) * scale
    num_draws = 2000

    drawn = draw_tokens(
        logits.repeat(num_draws, 1),
        spread(make_draws(num_draws, temperature=temperature, top_p=0.8)),
    )

    frequency = torch.bincount(torch.tensor(drawn), minlength=vocab_size) / num_draws
    expected = reference_top_p(logits, temperature, 0.8)
    assert float((frequency - expected).abs().max()) <= 2 / num_draws


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    vocab_size=st.sampled_from([70, 500, 5000]),
    scale=st.floats(0.1, 6.0),
    temperature=st.floats(0.2, 1.6),
    top_p=st.floats(0.05, 1.0),
    penalty=st.sampled_from([0.8, 1.0, 1.2]),
)
def test_no_token_outside_of_top_p_is_drawn(
    seed: int, vocab_size: int, scale: float, temperature: float, top_p: float, penalty: float
) -> None:
    torch.manual_seed(seed)
    logits = torch.randn(vocab_size) * scale
    draws = make_draws(8, temperature=temperature, top_p=top_p, repetition_penalty=penalty)
    written = torch.randint(0, vocab_size, (5,)).tolist()
    for draw in draws:
        draw.token_ids = list(written)
        draw.logprobs = [0.0] * 5
    penalised = logits.clone()
    for token in set(written):
        score = penalised[token]
        penalised[token] = score / penalty if score > 0 else score * penalty

    tokens = draw_tokens(logits.repeat(8, 1), draws)

    # A little wider, since sums are rounded differently.
    kept = reference_top_p(penalised, temperature, min(1.0, top_p + 1e-4))
    assert all(float(kept[token]) > 0 for token in tokens)
    assert [draw.logprobs[-1] for draw in draws] == pytest.approx(
        [float(logits.log_softmax(0)[token]) for token in tokens], abs=1e-4
    )


def test_rows_that_need_a_wider_look_do_not_disturb_their_neighbours() -> None:
    torch.manual_seed(2)
    peaked, flat = torch.randn(3000) * 6, torch.zeros(3000)

    together = draw_tokens(torch.stack([peaked, flat, peaked]), make_draws(3))

    assert together[0] == draw_tokens(peaked.unsqueeze(0), make_draws(1))[0]
    assert together[2] == draw_tokens(peaked.unsqueeze(0), make_draws(3)[2:])[0]


def test_a_number_just_below_one_draws_a_kept_token() -> None:
    draws = make_draws(1, top_p=0.5)
    draws[0].uniforms = [math.nextafter(1.0, 0.0)]

    assert draw_tokens(torch.tensor([[5.0] + [0.0] * 9]), draws) == [0]


def test_draws_depend_on_the_seed_only() -> None:
    short = Draws.start(SamplingParams(seed=9, max_tokens=5))
    long = Draws.start(SamplingParams(seed=9, max_tokens=40))

    assert long.uniforms[:5] == short.uniforms


def test_candidates_of_a_seed_draw_differently() -> None:
    streams = {tuple(Draws.start(SamplingParams(seed=3), k).uniforms[:4]) for k in range(16)}

    assert len(streams) == 16


def test_the_largest_seed_and_candidate_have_a_stream() -> None:
    assert Draws.start(SamplingParams(seed=2**63 - 1), 15).uniforms


def test_penalty_lowers_written_tokens_only_and_leaves_logprobs_alone() -> None:
    logits = torch.tensor([[3.0, 2.9, -9.0], [3.0, 2.9, -9.0]])
    draws = make_draws(2, temperature=0.0, repetition_penalty=2.0)
    draws[0].token_ids, draws[0].logprobs = [0], [-1.0]

    tokens = draw_tokens(logits.clone(), draws)

    assert tokens == [1, 0]
    expected = logits.log_softmax(1)
    assert draws[0].logprobs[-1] == pytest.approx(float(expected[0, 1]))
    assert draws[1].logprobs[-1] == pytest.approx(float(expected[1, 0]))


def test_logprob_of_a_penalised_token_is_the_models_own() -> None:
    logits = torch.tensor([[9.0, 0.0, 0.0]])
    [draw] = make_draws(1, temperature=0.0, repetition_penalty=1.5)
    draw.token_ids, draw.logprobs = [0], [-1.0]

    assert draw_tokens(logits.clone(), [draw]) == [0]
    assert draw.logprobs[-1] == pytest.approx(float(logits.log_softmax(1)[0, 0]), abs=1e-5)


def test_refused_tokens_are_drawn_from_the_allowed_ones_in_their_proportion() -> None:
    probs = torch.tensor([0.5, 0.3, 0.15, 0.05])
    num_draws = 6000
    draws = make_draws(num_draws, temperature=1.0, top_p=1.0)

    tokens = draw_tokens(
        probs.log().repeat(num_draws, 1), draws, [lambda token: token not in {0, 3}] * num_draws
    )

    frequency = torch.bincount(torch.tensor(tokens), minlength=4) / num_draws
    assert frequency.tolist() == pytest.approx([0.0, 2 / 3, 1 / 3, 0.0], abs=0.02)


def test_outside_of_top_p_the_likeliest_allowed_token_is_taken() -> None:
    logits = torch.randn(1, 4000) * 8
    order = logits[0].argsort(descending=True).tolist()
    only = order[3000]

    [token] = draw_tokens(logits, make_draws(1, top_p=0.2), [lambda token_id: token_id == only])

    assert token == only


def test_where_nothing_is_allowed_nothing_is_drawn() -> None:
    draws = make_draws(2)

    tokens = draw_tokens(torch.randn(2, 90), draws, [lambda _token: False, None])

    assert tokens[0] == -1
    assert draws[0].token_ids == []
    assert draws[1].token_ids == [tokens[1]]


def test_greedy_takes_the_likeliest_allowed() -> None:
    [token] = draw_tokens(
        torch.tensor([[5.0, 4.0, 3.0]]), make_draws(1, temperature=0.0), [lambda t: t != 0]
    )

    assert token == 1


def test_a_mask_leaves_only_what_it_allows_and_logprobs_are_of_the_model() -> None:
    logits = torch.randn(2, 600)
    mask = torch.zeros(600, dtype=torch.bool)
    mask[[7, 400]] = True
    draws = make_draws(2, top_p=1.0)

    tokens = draw_tokens(logits.clone(), draws, masks={1: mask})

    assert tokens[1] in {7, 400}
    assert draws[1].logprobs == pytest.approx([float(logits.log_softmax(1)[1, tokens[1]])])
    assert tokens[0] == draw_tokens(logits[:1].clone(), make_draws(1, top_p=1.0))[0]
