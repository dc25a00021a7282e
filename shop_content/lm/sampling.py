"""Draw the next token of every text of a batch, each text by its own parameters.

Sorting a vocabulary of 49,152 for top-p costs as much as the whole forward pass of a small model.
The likeliest few tokens nearly always hold the probability that top-p asks for, and then drawing
from them is exact. Rows where they do not are looked at again, wider, and in the end sorted in
full.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from shop_content.lm.engine import SamplingParams

# Looked at first, and for the rows that need more: small enough to cost next to nothing.
FIRST_LOOK = 64
SECOND_LOOK = 1024
# Odd, and far from any seed that people choose: candidate k starts its stream at seed + k times it.
CANDIDATE_STRIDE = 0x9E3779B97F4A7C15

Allowed = Callable[[int], bool]


@dataclass(slots=True)
class Draws:
    """How one text draws its tokens, and what it has drawn so far.

    Every text has random numbers of its own that start at the request's seed: neighbours in a
    batch do not change what it draws.
    """

    params: SamplingParams
    uniforms: list[float]  # In [0, 1), one for each step.
    chance: random.Random  # For drawing again after a refused token.
    token_ids: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)

    @classmethod
    def start(cls, params: SamplingParams, candidate: int = 0) -> Draws:
        """Begin the stream of a candidate."""
        seed = (params.seed + candidate * CANDIDATE_STRIDE) % 2**63
        generator = torch.Generator().manual_seed(seed)
        uniforms: list[float] = torch.rand(params.max_tokens, generator=generator).tolist()
        return cls(params, uniforms, random.Random(seed))  # noqa: S311 - no secret.

    @property
    def is_greedy(self) -> bool:
        """Tell whether the likeliest token is taken each time."""
        return self.params.temperature == 0


@dataclass(slots=True)
class _Look:
    """The likeliest tokens of some rows, as far as has been looked."""

    ids: Tensor  # (rows, looked) int64, likeliest first
    weights: Tensor  # (rows, looked) float32: probability times a constant of the row
    cumulative: Tensor  # (rows, looked) float32, of those that may be drawn; constant after them
    num_kept: Tensor  # (rows,) int64, how many of them may be drawn


def draw_tokens(
    logits: Tensor,
    draws: Sequence[Draws],
    allowed: Sequence[Allowed | None] = (),
    masks: Mapping[int, Tensor] | None = None,
) -> list[int]:
    """Draw a token for each row, and append it with its log-probability to the row's `draws`.

    The log-probabilities are the model's own: of the logits as they came, before penalty,
    temperature, filters and refusals. A row's `allowed` is asked for the token drawn; a refused
    token loses its probability and the row draws again, which is the same as drawing from the
    allowed tokens in the first place. If none of the tokens within top-p is allowed, the likeliest
    allowed one is taken.

    Args:
        logits: (rows, vocab) float32; written to.
        draws: One for each row.
        allowed: One for each row, None where every token is allowed; empty means that all are.
            The end of a text is a token too.
        masks: Row to (vocab,) bool, true where a token is allowed.

    Returns:
        (rows,) token ids; -1 where no token of the vocabulary is allowed.
    """
    log_total = torch.logsumexp(logits, dim=1)  # (rows,)
    for row, mask in (masks or {}).items():
        logits[row].masked_fill_(~mask, -torch.inf)
    written, raw = _penalise_repetition(logits, draws)
    look = _look(logits, draws, log_total)
    places = _places(look, draws)
    tokens = look.ids.gather(1, places.unsqueeze(1)).squeeze(1).tolist()
    for row, is_allowed in enumerate(allowed):
        if is_allowed is not None and not is_allowed(tokens[row]):
            tokens[row] = _draw_again(look, row, int(places[row]), draws[row], is_allowed, logits)
    if written is not None:
        logits.scatter_(1, written, raw)  # What came from the model, again.
    chosen = torch.tensor(tokens, device=logits.device).clamp(min=0).unsqueeze(1)  # (rows, 1)
    logprobs = (logits.gather(1, chosen).squeeze(1) - log_total).tolist()
    for row, draw in enumerate(draws):
        if tokens[row] >= 0:
            draw.token_ids.append(tokens[row])
            draw.logprobs.append(logprobs[row])
    return tokens


def _penalise_repetition(logits: Tensor, draws: Sequence[Draws]) -> tuple[Tensor | None, Tensor]:
    """Make the tokens that a row has already written less likely, in place.

    Only written tokens count, not those of the prompt: the prompt holds the facts, and a penalty
    on them drives the model to numbers that are not in the facts.

    Returns:
        (rows, longest) int64 written tokens and (rows, longest) float32 their logits before;
        None and an empty tensor when nothing was changed.

    Source: Keskar et al. 2019, CTRL, section 4.1.
    """
    longest = max(len(draw.token_ids) for draw in draws)
    if longest == 0 or all(draw.params.repetition_penalty == 1.0 for draw in draws):
        return None, logits.new_empty(0)
    # A row is filled up with its own last token: writing the same value twice changes nothing.
    rows = [
        draw.token_ids + [draw.token_ids[-1] if draw.token_ids else 0] * (longest - length)
        for draw in draws
        for length in (len(draw.token_ids),)
    ]
    # A row that has written nothing yet must not change its token 0.
    factors = [draw.params.repetition_penalty if draw.token_ids else 1.0 for draw in draws]
    written = torch.tensor(rows, device=logits.device)  # (rows, longest)
    penalty = torch.tensor(factors, device=logits.device).unsqueeze(1)  # (rows, 1)
    raw = logits.gather(1, written)  # (rows, longest)
    logits.scatter_(1, written, torch.where(raw > 0, raw / penalty, raw * penalty))
    return written, raw


def _look(logits: Tensor, draws: Sequence[Draws], log_total: Tensor) -> _Look:
    """Find the tokens that each row may draw from, looking only as far as needed."""
    look, is_short = _look_at(logits, draws, log_total, FIRST_LOOK)
    for num_looked in (SECOND_LOOK, logits.shape[1]):
        if not is_short:
            break
        rows = torch.tensor(is_short, device=logits.device)
        wider, still = _look_at(
            logits[rows], [draws[row] for row in is_short], log_total[rows], num_looked
        )
        look = _widened(look, rows, wider)
        is_short = [is_short[row] for row in still]
    return look


def _look_at(
    logits: Tensor, draws: Sequence[Draws], log_total: Tensor, num_looked: int
) -> tuple[_Look, list[int]]:
    """Look at the likeliest tokens of each row, and tell which rows need a wider look."""
    vocab_size = logits.shape[1]
    num_looked = min(num_looked, vocab_size)
    column = _columns(draws, vocab_size, logits.device)
    values, ids = logits.topk(num_looked, dim=1)  # (rows, looked), descending
    # Divided by the likeliest token's probability, so that nothing overflows.
    weights = torch.exp((values - values[:, :1]) / column.temperature)
    before = weights.cumsum(dim=1) - weights  # Weight of the likelier tokens.
    total = weights.sum(dim=1, keepdim=True)  # (rows, 1)
    is_short = torch.zeros(len(draws), dtype=torch.bool, device=logits.device)
    if num_looked < vocab_size:
        total = _total_weight(logits, values, before, total, log_total, column)
        seen = before[:, -1] + weights[:, -1]
        is_short = (seen < (column.top_p * total)[:, 0]) & (column.top_k[:, 0] > num_looked)
    rank = torch.arange(num_looked, device=logits.device).unsqueeze(0)  # (1, looked)
    is_kept = (before < column.top_p * total) & (rank < column.top_k)
    is_kept[:, 0] = True
    cumulative = (weights * is_kept).cumsum(dim=1)
    look = _Look(ids, weights, cumulative, num_kept=is_kept.sum(dim=1))
    return look, is_short.nonzero().squeeze(1).tolist()


@dataclass(slots=True)
class _Columns:
    """Sampling parameters of the rows as tensors, (rows, 1) each."""

    temperature: Tensor  # float32, > 0
    top_p: Tensor  # float32
    top_k: Tensor  # int64, >= 1
    lifts: Tensor  # bool: a penalty below 1 makes written tokens likelier


def _columns(draws: Sequence[Draws], vocab_size: int, device: torch.device) -> _Columns:
    # Temperature 0 is "the likeliest token": the first of the sorted ones at any temperature.
    rows = [
        (
            d.params.temperature or 1.0,
            d.params.top_p,
            1 if d.is_greedy else d.params.top_k or vocab_size,
            d.params.repetition_penalty < 1,
        )
        for d in draws
    ]
    temperature, top_p, top_k, lifts = (
        torch.tensor(column, device=device).unsqueeze(1) for column in zip(*rows, strict=True)
    )
    return _Columns(temperature, top_p, top_k, lifts)


def _total_weight(
    logits: Tensor,
    values: Tensor,
    before: Tensor,
    seen: Tensor,
    log_total: Tensor,
    column: _Columns,
) -> Tensor:
    """Return the weight of the whole vocabulary, (rows, 1), as exactly as top-p needs it.

    At a temperature up to 1 the tokens that were not looked at weigh at most what they weigh at
    temperature 1, times what the temperature takes from the last token that was looked at. Where
    that upper bound would keep the same tokens as the lower bound, nothing, the exact sum over the
    vocabulary is not needed; that is nearly everywhere.
    """
    top, last = values[:, :1], values[:, -1:]
    plain = torch.exp(values - top).sum(dim=1, keepdim=True)
    rest = (torch.exp(log_total.unsqueeze(1) - top) - plain).clamp(min=0)
    most = seen + rest * torch.exp((last - top) * (1 / column.temperature - 1))
    ends = torch.cat([before[:, 1:], seen], dim=1)  # (rows, looked): weight up to each token
    is_open = (ends < column.top_p * most) != (ends < column.top_p * seen)
    is_open = is_open.any(dim=1, keepdim=True) & (column.top_k > 1)
    # Above temperature 1, and with a penalty that lifts, the bound does not hold.
    needed = (is_open | (column.temperature > 1) | column.lifts).squeeze(1)  # (rows,)
    if not bool(needed.any()):
        return seen
    exact = torch.exp((logits[needed] - top[needed]) / column.temperature[needed])
    total = seen.clone()
    total[needed] = exact.sum(dim=1, keepdim=True)
    return total


def _widened(look: _Look, rows: Tensor, wider: _Look) -> _Look:
    """Put a wider look at some rows in the place of the first one."""
    num_rows, old = look.ids.shape
    width = wider.ids.shape[1]

    def spread(tensor: Tensor, new: Tensor) -> Tensor:
        out = tensor.new_zeros((num_rows, width))
        out[:, :old] = tensor
        out[rows] = new
        return out

    cumulative = spread(look.cumulative, wider.cumulative)
    others = torch.ones(num_rows, dtype=torch.bool, device=rows.device)
    others[rows] = False
    cumulative[others, old:] = look.cumulative[others, -1:]  # Stays ascending.
    num_kept = look.num_kept.clone()
    num_kept[rows] = wider.num_kept
    return _Look(
        ids=spread(look.ids, wider.ids),
        weights=spread(look.weights, wider.weights),
        cumulative=cumulative,
        num_kept=num_kept,
    )


def _places(look: _Look, draws: Sequence[Draws]) -> Tensor:
    """Turn a uniform number per row into a place, (rows,), by the inverse of the cumulative."""
    uniforms = [draw.uniforms[len(draw.token_ids)] for draw in draws]
    uniform = torch.tensor(uniforms, device=look.ids.device).unsqueeze(1)  # (rows, 1)
    target = uniform * look.cumulative[:, -1:]
    place = torch.searchsorted(look.cumulative, target, right=True).squeeze(1)
    # Rounding may put the target beyond the last kept token.
    return torch.minimum(place, look.num_kept - 1)


def _draw_again(
    look: _Look, row: int, refused: int, draws: Draws, is_allowed: Allowed, logits: Tensor
) -> int:
    """Draw from the row's other tokens until one is allowed."""
    num_kept = int(look.num_kept[row])
    ids: list[int] = look.ids[row].tolist()
    weights: list[float] = look.weights[row, :num_kept].tolist()
    weights[refused] = 0.0
    for _ in range(num_kept - 1):
        if not any(weights):
            break
        place = draws.chance.choices(range(num_kept), weights)[0]
        if is_allowed(ids[place]):
            return ids[place]
        weights[place] = 0.0
    for token_id in ids[num_kept:]:
        if is_allowed(token_id):
            return token_id
    ranked: list[int] = logits[row].argsort(descending=True).tolist()
    return next((token_id for token_id in ranked if is_allowed(token_id)), -1)
