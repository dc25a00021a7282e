"""Lay out prompts and texts as rows of tokens, so that a shared prompt is read once.

The texts of one product begin with the same sheet of facts. Their row holds that beginning once
and then each text as a branch, which sees the beginning and itself and not the other branches:
the same loss as from rows of their own, for about two thirds of the tokens.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from shop_content.lm.finetuning_data import FinetuneError, TrainingExample
from shop_content.lm.prompt_layout import PromptLayout

MIN_SHARED_TOKENS = 24  # A shorter shared beginning is not worth a branch.
MAX_BRANCHES = 8
# Rows of similar length are batched within windows of so many rows: little padding, and still
# another order in each epoch.
WINDOW_ROWS = 48


@dataclass(slots=True)
class Row:
    """A beginning and its branches, token by token."""

    ids: list[int]
    positions: list[int]
    branches: list[int]  # 0 for the beginning
    # (place, token): what the model should foresee at that place.
    targets: list[tuple[int, int]] = field(default_factory=list)
    num_texts: int = 0

    @property
    def num_learned(self) -> int:
        """Return how many tokens are learned."""
        return len(self.targets)


@dataclass(frozen=True, slots=True)
class Inputs:
    """A batch of rows as tensors, padded right."""

    ids: Tensor  # (rows, seq) int64
    positions: Tensor  # (rows, seq) int64
    is_seen: Tensor  # (rows, 1, seq, seq) bool: does this place see that one
    before: Tensor  # (rows, seq) bool: the places that foresee a token of a text
    targets: Tensor  # (learned,) int64, in the order of `before`


def rows_of(
    examples: Sequence[TrainingExample], layout: PromptLayout, max_tokens: int
) -> list[Row]:
    """Return the examples as rows; neighbours that begin alike share one.

    Raises:
        FinetuneError: An example is longer than `max_tokens`, or has no text.
    """
    rows: list[Row] = []
    group: list[tuple[list[int], list[int]]] = []
    for example in examples:
        one = _encoded(example, layout, max_tokens)
        if group and (
            len(group) >= MAX_BRANCHES
            or _num_shared([*group, one]) < MIN_SHARED_TOKENS
            or _num_shared([*group, one]) < _num_shared(group) // 2
        ):
            rows.append(_row(group))
            group = []
        group.append(one)
    return [*rows, _row(group)] if group else rows


def batches_of(rows: Sequence[Row], num_texts: int, seed: str) -> list[list[Row]]:
    """Return the rows in batches of about so many texts: shuffled, of similar length each."""
    generator = random.Random(seed)  # noqa: S311 - an order of data
    order = list(rows)
    generator.shuffle(order)
    batches: list[list[Row]] = []
    for start in range(0, len(order), WINDOW_ROWS):
        batch: list[Row] = []
        for row in sorted(order[start : start + WINDOW_ROWS], key=lambda row: len(row.ids)):
            batch.append(row)
            if sum(one.num_texts for one in batch) >= num_texts:
                batches.append(batch)
                batch = []
        if batch:
            batches.append(batch)
    generator.shuffle(batches)
    return batches


def padded(batch: Sequence[Row], device: torch.device) -> Inputs:
    """Return a batch of rows as tensors."""
    length = max(len(row.ids) for row in batch)
    ids = torch.zeros((len(batch), length), dtype=torch.long)
    positions = torch.zeros_like(ids)
    branches = torch.full_like(ids, -1)  # of no branch: padding
    before = torch.zeros((len(batch), length), dtype=torch.bool)
    for number, row in enumerate(batch):
        ids[number, : len(row.ids)] = torch.tensor(row.ids)
        positions[number, : len(row.ids)] = torch.tensor(row.positions)
        branches[number, : len(row.ids)] = torch.tensor(row.branches)
        before[number, [place for place, _token in row.targets]] = True
    is_earlier = torch.ones((length, length), dtype=torch.bool).tril()
    is_same = branches.unsqueeze(2) == branches.unsqueeze(1)  # (rows, seq, seq)
    # Padding sees itself: a place that sees nothing has no probabilities.
    is_seen = is_earlier & (is_same | (branches == 0).unsqueeze(1))
    targets = torch.tensor([token for row in batch for _place, token in row.targets])
    return Inputs(
        ids=ids.to(device),
        positions=positions.to(device),
        is_seen=is_seen.unsqueeze(1).to(device),
        before=before.to(device),
        targets=targets.to(device),
    )


def _encoded(
    example: TrainingExample, layout: PromptLayout, max_tokens: int
) -> tuple[list[int], list[int]]:
    """Return prompt and text as tokens, the text with the token that ends it."""
    prompt_ids = layout.prompt_ids(example.messages, "")
    text_ids = layout.text_ids(example.text)
    length = len(prompt_ids) + len(text_ids) + 1
    if not prompt_ids or not text_ids or length > max_tokens:
        raise FinetuneError(
            f"The example that begins with {example.text[:40]!r} has {length} tokens; it needs a "
            f"prompt, a text, and at most {max_tokens}."
        )
    return prompt_ids, [*text_ids, layout.tokenizer.eos_token_id]


def _row(group: Sequence[tuple[list[int], list[int]]]) -> Row:
    """Put examples that begin alike into one row."""
    # The last token of a prompt is read in the branch: it foresees the first of the text.
    num_shared = _num_shared(group) if len(group) > 1 else len(group[0][0]) - 1
    row = Row(group[0][0][:num_shared], list(range(num_shared)), [0] * num_shared)
    for branch, (prompt_ids, text_ids) in enumerate(group, start=1):
        read = [*prompt_ids[num_shared:], *text_ids[:-1]]
        first = len(row.ids) + len(prompt_ids) - num_shared - 1
        row.targets += [(first + place, token) for place, token in enumerate(text_ids)]
        row.ids += read
        row.positions += range(num_shared, num_shared + len(read))
        row.branches += [branch] * len(read)
    row.num_texts = len(group)
    return row


def _num_shared(group: Sequence[tuple[list[int], list[int]]]) -> int:
    """Return how many tokens all prompts begin with, but for the last one of each."""
    shortest = min(len(prompt_ids) for prompt_ids, _text_ids in group) - 1
    first = group[0][0]
    for place in range(shortest):
        if any(prompt_ids[place] != first[place] for prompt_ids, _text_ids in group):
            return place
    return shortest
