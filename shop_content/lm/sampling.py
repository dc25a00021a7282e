"""Draw the next token of every row of a batch, each row by its own parameters.

Sorting a vocabulary of 49,152 for top-p costs as much as the whole forward pass of a small model.
The 256 likeliest tokens nearly always hold the probability that top-p asks for, and then drawing
from them is exact; rows where they do not are sorted in full.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from shop_content.lm.engine import SamplingParams

# Large enough for top_p 0.9 at temperatures of copywriting, small enough to cost next to nothing.
FIRST_LOOK = 256


@dataclass(slots=True)
class RowSampling:
    """Sampling parameters of a batch as tensors, one entry a row."""

    temperature: Tensor  # (batch, 1) float32, > 0
    top_p: Tensor  # (batch, 1) float32
    top_k: Tensor  # (batch, 1) int64, >= 1
    penalty: Tensor  # (batch, 1) float32
    uniforms: Tensor  # (batch, max_new) float32 in [0, 1): one draw per row and step

    @classmethod
    def from_params(
        cls, params: list[SamplingParams], vocab_size: int, device: torch.device
    ) -> RowSampling:
        """Lay the parameters of each request into a row.

        Every row draws from a generator of its own that starts at the request's seed, on the CPU
        whatever the model's device: the neighbours in a batch do not change what a request draws.
        """

        def column(values: list[float] | list[int], dtype: torch.dtype) -> Tensor:
            return torch.tensor(values, dtype=dtype, device=device).unsqueeze(1)

        # Temperature 0 is "the likeliest token": the first of the sorted ones at any temperature.
        top_k = [1 if p.temperature == 0 else (p.top_k or vocab_size) for p in params]
        max_new = max(p.max_tokens for p in params)
        draws = [
            torch.rand(max_new, generator=torch.Generator().manual_seed(p.seed)) for p in params
        ]
        return cls(
            temperature=column([p.temperature or 1.0 for p in params], torch.float32),
            top_p=column([p.top_p for p in params], torch.float32),
            top_k=column(top_k, torch.int64),
            penalty=column([p.repetition_penalty for p in params], torch.float32),
            uniforms=torch.stack(draws).to(device),
        )

    def select(self, rows: Tensor) -> RowSampling:
        """Keep these rows, given as indices (kept,)."""
        return RowSampling(
            temperature=self.temperature[rows],
            top_p=self.top_p[rows],
            top_k=self.top_k[rows],
            penalty=self.penalty[rows],
            uniforms=self.uniforms[rows],
        )


def penalise_repetition(logits: Tensor, written: Tensor, penalty: Tensor) -> Tensor:
    """Make the tokens that a row has already written less likely.

    Only written tokens count, not those of the prompt: the prompt holds the facts, and a penalty
    on them drives the model to numbers that are not in the facts.

    Args:
        logits: (batch, vocab) float32.
        written: (batch, steps) int64, token ids.
        penalty: (batch, 1) float32, 1 changes nothing.

    Source: Keskar et al. 2019, CTRL, section 4.1.
    """
    if written.shape[1] == 0:
        return logits
    scores = logits.gather(1, written)  # (batch, steps)
    scores = torch.where(scores > 0, scores / penalty, scores * penalty)
    return logits.scatter(1, written, scores)  # (batch, vocab)


def draw_tokens(logits: Tensor, rows: RowSampling, step: int) -> Tensor:
    """Draw one token a row.

    Args:
        logits: (batch, vocab) float32.
        rows: The parameters of these rows.
        step: Which of the prepared random numbers to use.

    Returns:
        (batch,) int64, token ids.
    """
    scaled = logits / rows.temperature  # (batch, vocab)
    log_total = torch.logsumexp(scaled, dim=1, keepdim=True)  # (batch, 1)
    num_first = min(FIRST_LOOK, logits.shape[1])
    values, ids = scaled.topk(num_first, dim=1)  # (batch, num_first), descending
    probs = torch.exp(values - log_total)
    uniforms = rows.uniforms[:, step : step + 1]  # (batch, 1)
    chosen = _invert(probs, ids, rows.top_p, rows.top_k, uniforms)

    held = probs.sum(dim=1, keepdim=True)
    is_short = ((held < rows.top_p) & (rows.top_k > num_first)).squeeze(1)  # (batch,)
    if bool(is_short.any()):
        values, ids = scaled[is_short].sort(dim=1, descending=True)  # (short, vocab)
        probs = torch.exp(values - log_total[is_short])
        chosen[is_short] = _invert(
            probs, ids, rows.top_p[is_short], rows.top_k[is_short], uniforms[is_short]
        )
    return chosen


def _invert(probs: Tensor, ids: Tensor, top_p: Tensor, top_k: Tensor, uniforms: Tensor) -> Tensor:
    """Turn a uniform number per row into a token, by the inverse of the cumulative distribution.

    Args:
        probs: (batch, candidates) descending; they need not sum to 1.
        ids: (batch, candidates) token ids.
        top_p, top_k, uniforms: (batch, 1).

    Returns:
        (batch,) int64, token ids.
    """
    before = probs.cumsum(dim=1) - probs  # Probability of the likelier tokens.
    rank = torch.arange(probs.shape[1], device=probs.device).unsqueeze(0)  # (1, candidates)
    is_kept = (before < top_p) & (rank < top_k)
    is_kept[:, 0] = True
    cumulative = (probs * is_kept).cumsum(dim=1)  # (batch, candidates)
    target = uniforms * cumulative[:, -1:]  # (batch, 1)
    place = torch.searchsorted(cumulative, target, right=True)
    # Rounding may put the target beyond the last kept candidate.
    place = torch.minimum(place, is_kept.sum(dim=1, keepdim=True) - 1)
    return ids.gather(1, place).squeeze(1)
