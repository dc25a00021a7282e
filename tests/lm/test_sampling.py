from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from shop_content.lm.engine import SamplingParams
from shop_content.lm.sampling import RowSampling, draw_tokens, penalise_repetition

CPU = torch.device("cpu")


def make_rows(count: int = 1, vocab_size: int = 1000, **params: Any) -> RowSampling:
    return RowSampling.from_params(
        [SamplingParams(**{"seed": seed, **params}) for seed in range(count)], vocab_size, CPU
    )


def reference_top_p(logits: Tensor, temperature: float, top_p: float) -> Tensor:
    """The kept distribution by the definition: sort all, keep the smallest set, renormalise."""
    probs = torch.softmax(logits / temperature, dim=0)
    order = probs.argsort(descending=True)
    kept = torch.zeros_like(probs)
    total = 0.0
    for index in order.tolist():
        kept[index] = probs[index]
        total += float(probs[index])
        if total >= top_p:
            break
    return kept / kept.sum()


def test_one_token_a_row_comes_back() -> None:
    tokens = draw_tokens(torch.randn(5, 700), make_rows(5, 700), step=0)

    assert tokens.shape == (5,)
    assert tokens.dtype == torch.int64


def test_temperature_zero_takes_the_likeliest() -> None:
    logits = torch.randn(6, 1000)

    tokens = draw_tokens(logits, make_rows(6, temperature=0.0), step=0)

    assert torch.equal(tokens, logits.argmax(dim=1))


def test_top_k_one_takes_the_likeliest() -> None:
    logits = torch.randn(6, 1000)

    assert torch.equal(draw_tokens(logits, make_rows(6, top_k=1), 0), logits.argmax(dim=1))


def test_top_k_bounds_what_is_drawn() -> None:
    logits = torch.randn(1, 50).expand(300, 50)
    best = set(logits[0].topk(3).indices.tolist())

    drawn = draw_tokens(logits, make_rows(300, 50, top_k=3, top_p=1.0, temperature=2.0), 0)

    assert set(drawn.tolist()) == best


@pytest.mark.parametrize(("vocab_size", "scale"), [(40, 2.0), (2000, 0.05), (2000, 4.0)])
def test_frequencies_follow_the_kept_distribution(vocab_size: int, scale: float) -> None:
    """A scale of 0.05 is nearly flat: 256 of 2,000 hold 13 %, so all are sorted."""
    torch.manual_seed(1)
    logits = torch.randn(vocab_size) * scale
    num_draws = 4000
    rows = make_rows(num_draws, vocab_size, temperature=0.9, top_p=0.8)
    # Evenly spread numbers instead of random ones make the frequencies exact to 1/num_draws.
    rows.uniforms = ((torch.arange(num_draws) + 0.5) / num_draws).unsqueeze(1)

    drawn = draw_tokens(logits.expand(num_draws, vocab_size), rows, step=0)

    frequency = torch.bincount(drawn, minlength=vocab_size) / num_draws
    expected = reference_top_p(logits, 0.9, 0.8)
    assert float((frequency - expected).abs().max()) <= 2 / num_draws


def test_short_rows_do_not_disturb_their_neighbours() -> None:
    torch.manual_seed(2)
    peaked, flat = torch.randn(3000) * 6, torch.zeros(3000)
    together = draw_tokens(torch.stack([peaked, flat]), make_rows(2, 3000), step=0)

    alone = draw_tokens(peaked.unsqueeze(0), make_rows(1, 3000), step=0)

    assert together[0] == alone[0]


def test_a_number_just_below_one_draws_a_kept_token() -> None:
    rows = make_rows(1, 10, top_p=0.5)
    rows.uniforms = torch.full((1, 1), math.nextafter(1.0, 0.0), dtype=torch.float32)
    logits = torch.tensor([[5.0] + [0.0] * 9])

    assert draw_tokens(logits, rows, step=0).tolist() == [0]


def test_draws_depend_on_the_seed_only() -> None:
    wide = RowSampling.from_params(
        [SamplingParams(seed=9, max_tokens=5), SamplingParams(seed=1, max_tokens=40)], 100, CPU
    )
    alone = RowSampling.from_params([SamplingParams(seed=9, max_tokens=5)], 100, CPU)

    assert torch.equal(wide.uniforms[0, :5], alone.uniforms[0, :5])


def test_selected_rows_keep_their_parameters() -> None:
    rows = RowSampling.from_params(
        [SamplingParams(seed=s, top_p=p) for s, p in ((1, 0.5), (2, 0.6), (3, 0.7))], 100, CPU
    )

    kept = rows.select(torch.tensor([2, 0]))

    assert kept.top_p.squeeze(1).tolist() == pytest.approx([0.7, 0.5])
    assert torch.equal(kept.uniforms[1], rows.uniforms[0])


def test_penalty_lowers_written_tokens_only() -> None:
    logits = torch.tensor([[2.0, -2.0, 1.0], [2.0, -2.0, 1.0]])
    written = torch.tensor([[0, 1], [2, 2]])

    result = penalise_repetition(logits, written, torch.tensor([[2.0], [4.0]]))

    assert result.tolist() == [[1.0, -4.0, 1.0], [2.0, -2.0, 0.25]]


def test_nothing_written_is_no_penalty() -> None:
    logits = torch.randn(2, 5)

    result = penalise_repetition(logits, torch.empty((2, 0), dtype=torch.int64), torch.ones(2, 1))

    assert torch.equal(result, logits)
