"""Run any Hugging Face causal language model on numbered slots, by its own forward.

The key-value cache is one tensor a layer, (rows, kv heads, positions, head size): a row is a slot.
The model's attention is replaced by one that reads these rows where they stand, without repeating
the keys of grouped heads; everything else is the model's own code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention
from transformers import Cache
from transformers.modeling_utils import AttentionInterface

from shop_content.lm.model_runner import Chunk

BASE_ADAPTER = "__base__"  # What peft calls the model as it is.
GROWTH_TOKENS = 256  # The cache grows by so many positions, up to the model's length.
_numbers = count()


@dataclass(slots=True)
class _Batch:
    """Where the tokens of one forward pass go, and what they may see."""

    rows: Tensor | None  # (batch,) int64 rows of the cache; None: the first ones, in order.
    num_rows: int
    positions: Tensor  # (batch, new) int64: place of each new token
    num_keys: int  # Positions of the cache that are read.
    is_decode: bool  # One new token a row.


class _SlotCache(Cache):
    """What the model's layers write their keys and values to."""

    def __init__(self, runner: TorchRunner) -> None:
        super().__init__(layers=[])
        self._runner = runner

    def update(
        self, key_states: Tensor, value_states: Tensor, layer_idx: int, *_args: Any, **_kwargs: Any
    ) -> tuple[Tensor, Tensor]:
        """Store the new tokens of a layer, (batch, kv heads, new, head size); return all of it."""
        return self._runner.store(key_states, value_states, layer_idx)

    def get_seq_length(self, layer_idx: int = 0) -> int:
        """Return 0: positions are given by the runner, never counted."""
        return 0


class TorchRunner:
    """A `ModelRunner` over a transformers model."""

    def __init__(
        self,
        model: Any,
        *,
        vocab_size: int,
        num_slots: int,
        max_model_len: int,
        has_adapters: bool = False,
    ) -> None:
        """Take a model in evaluation mode, on its device; its attention is replaced.

        With `has_adapters` it is a peft model, which is told the adapter of each row.
        """
        self._has_adapters = has_adapters
        self.num_slots = num_slots
        self.max_model_len = max_model_len
        self.vocab_size = vocab_size
        self._model = model
        self._device: torch.device = model.device
        self._keys: list[Tensor] = []  # One a layer: (rows, kv heads, positions, head size).
        self._values: list[Tensor] = []
        self._capacity = 0  # Positions that a row has room for.
        self._row_of = list(range(num_slots))
        self._slot_of = list(range(num_slots))
        self._lengths = [0] * num_slots  # Tokens of each slot that the cache holds.
        self._batch: _Batch | None = None
        self._cache = _SlotCache(self)
        name = f"slots-{next(_numbers)}"
        AttentionInterface.register(name, self.attend)
        model.config._attn_implementation = name  # No mask is made for a name unknown to masks.

    def forward(self, chunks: Sequence[Chunk]) -> Tensor:
        """Read new tokens into their slots. See `ModelRunner.forward`."""
        self._grow(max(chunk.start + len(chunk.token_ids) for chunk in chunks))
        is_decode = all(len(chunk.token_ids) == 1 for chunk in chunks)
        if is_decode:
            self._arrange([chunk.slot for chunk in chunks])
        ids, positions = self._padded(chunks)
        rows = torch.tensor([self._row_of[chunk.slot] for chunk in chunks], device=self._device)
        is_in_order = is_decode and all(self._row_of[c.slot] == i for i, c in enumerate(chunks))
        self._batch = _Batch(
            rows=None if is_in_order else rows,
            num_rows=len(chunks),
            positions=positions,
            num_keys=int(positions.max()) + 1,
            is_decode=is_decode,
        )
        for chunk in chunks:
            self._lengths[chunk.slot] = chunk.start + len(chunk.token_ids)
        logits = self._run(ids, positions, [chunk.adapter for chunk in chunks], num_logits=1)
        return logits[:, -1, :].float()  # (batch, 1, vocab) -> (batch, vocab)

    def copy(self, source: int, target: int, num_tokens: int) -> None:
        """Let a slot begin as another does. See `ModelRunner.copy`."""
        from_row, to_row = self._row_of[source], self._row_of[target]
        for tensor in (*self._keys, *self._values):
            tensor[to_row, :, :num_tokens] = tensor[from_row, :, :num_tokens]
        self._lengths[target] = num_tokens

    def text_logprobs(
        self, prompt_ids: Sequence[int], text_ids: Sequence[int], adapter: str
    ) -> Sequence[float]:
        """Score a text by a plain forward pass. See `ModelRunner.text_logprobs`."""
        ids = torch.tensor([[*prompt_ids, *text_ids]], device=self._device)  # (1, tokens)
        positions = torch.arange(ids.shape[1], device=self._device).unsqueeze(0)
        self._batch = None  # Attend to what is given, store nothing.
        # The logits before each token of the text, and those after the last one.
        logits = self._run(ids, positions, [adapter], num_logits=len(text_ids) + 1)
        logits = logits[0, :-1].float()  # (text, vocab)
        chosen = torch.tensor(text_ids, device=self._device).unsqueeze(1)
        found: list[float] = logits.log_softmax(dim=1).gather(1, chosen).squeeze(1).tolist()
        return found

    def store(self, keys: Tensor, values: Tensor, layer: int) -> tuple[Tensor, Tensor]:
        """Write new keys and values, (batch, kv heads, new, head size), return those to attend to.

        Returns:
            (batch, kv heads, keys, head size) each: views of the cache where rows are in order.
        """
        batch = self._batch
        if batch is None:
            return keys, values
        while len(self._keys) <= layer:
            shape = (self.num_slots, keys.shape[1], self._capacity)
            self._keys.append(keys.new_zeros((*shape, keys.shape[3])))
            self._values.append(values.new_zeros((*shape, values.shape[3])))
        rows = batch.rows
        if rows is None:
            rows = torch.arange(batch.num_rows, device=keys.device)
        places = (rows.unsqueeze(1), slice(None), batch.positions)
        # Indexing puts the heads last but one: (batch, new, kv heads, head size).
        self._keys[layer][places] = keys.transpose(1, 2)
        self._values[layer][places] = values.transpose(1, 2)
        found = []
        for tensor in (self._keys[layer], self._values[layer]):
            read = tensor[:, :, : batch.num_keys]
            found.append(read[: batch.num_rows] if batch.rows is None else read[batch.rows])
        return found[0], found[1]

    def attend(
        self,
        module: Any,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        attention_mask: Tensor | None = None,
        scaling: float | None = None,
        **kwargs: Any,
    ) -> tuple[Tensor, None]:
        """Attend from new tokens to their rows: what the model's layers call.

        Grouped heads are read as further queries of their key head, so that no key is repeated.

        Args:
            module: The layer; not needed.
            query: (batch, heads, new, head size).
            key: (batch, kv heads, keys, head size).
            value: (batch, kv heads, keys, value size).
            attention_mask: None: no mask is made for us.
            scaling: Factor of the scores; None is one over the root of the head size.
            kwargs: Of these `sliding_window` and `softcap` change the result and are obeyed.

        Returns:
            (batch, new, heads, value size), and no weights.
        """
        num_rows, num_heads, num_new, _ = query.shape
        num_groups = num_heads // key.shape[1]
        grouped = query.reshape(num_rows, key.shape[1], num_groups * num_new, query.shape[3])
        mask = self._mask(num_new, key.shape[2], kwargs.get("sliding_window"), query)
        if mask.shape[2] > 1:
            mask = mask.repeat(1, 1, num_groups, 1)  # (batch, 1, groups * new, keys)
        if kwargs.get("softcap"):
            found = _capped_attention(grouped, key, value, mask, scaling, kwargs["softcap"])
        else:
            found = scaled_dot_product_attention(grouped, key, value, attn_mask=mask, scale=scaling)
        found = found.reshape(num_rows, num_heads, num_new, value.shape[3])
        return found.transpose(1, 2).contiguous(), None

    def _mask(self, num_new: int, num_keys: int, window: int | None, query: Tensor) -> Tensor:
        """Return what is added to the scores: (batch, 1, new, keys), 0 or minus infinity."""
        device = query.device
        keys = torch.arange(num_keys, device=device)  # (keys,)
        if self._batch is None:
            places = torch.arange(num_new, device=device).unsqueeze(0)  # (1, new)
        else:
            places = self._batch.positions  # (batch, new)
        distance = places.unsqueeze(2) - keys  # (batch, new, keys)
        is_hidden = distance < 0
        if window is not None:
            is_hidden |= distance >= window
        mask = torch.zeros(distance.shape, dtype=query.dtype, device=device)
        return mask.masked_fill_(is_hidden, -torch.inf).unsqueeze(1)

    def _run(
        self, ids: Tensor, positions: Tensor, adapters: Sequence[str], *, num_logits: int
    ) -> Tensor:
        """Run the model on tokens, (batch, new); return its last logits, (batch, n, vocab)."""
        extra = {}
        if self._has_adapters:
            extra["adapter_names"] = [name or BASE_ADAPTER for name in adapters]
        result = self._model(
            input_ids=ids,
            position_ids=positions,
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=num_logits,  # Logits of a whole prompt would be 49,152 floats a token.
            **extra,
        )
        logits: Tensor = result.logits
        return logits

    def _padded(self, chunks: Sequence[Chunk]) -> tuple[Tensor, Tensor]:
        """Return ids and positions, (batch, longest) int64 each, the last token of each row last.

        A short chunk is filled up before its first token with that token at the same position: the
        copies come to the same keys and values, so it does not matter which of them is stored.
        """
        longest = max(len(chunk.token_ids) for chunk in chunks)
        ids, positions = [], []
        for chunk in chunks:
            num_new = len(chunk.token_ids)
            fill = longest - num_new
            ids.append([*[chunk.token_ids[0]] * fill, *chunk.token_ids])
            positions.append([*[chunk.start] * fill, *range(chunk.start, chunk.start + num_new)])
        return (
            torch.tensor(ids, device=self._device),
            torch.tensor(positions, device=self._device),
        )

    def _arrange(self, slots: Sequence[int]) -> None:
        """Let the rows of these slots be the first ones, in order."""
        for row, slot in enumerate(slots):
            other = self._slot_of[row]
            if other == slot:
                continue
            old = self._row_of[slot]
            num = max(self._lengths[slot], self._lengths[other])
            for tensor in (*self._keys, *self._values):
                kept = tensor[row, :, :num].clone()
                tensor[row, :, :num] = tensor[old, :, :num]
                tensor[old, :, :num] = kept
            self._row_of[slot], self._row_of[other] = row, old
            self._slot_of[row], self._slot_of[old] = slot, other

    def _grow(self, num_positions: int) -> None:
        """Make room for so many positions in every row."""
        if num_positions <= self._capacity:
            return
        steps = -(-num_positions // GROWTH_TOKENS)
        self._capacity = min(self.max_model_len, steps * GROWTH_TOKENS)
        for tensors in (self._keys, self._values):
            for layer, old in enumerate(tensors):
                new = old.new_zeros((old.shape[0], old.shape[1], self._capacity, old.shape[3]))
                new[:, :, : old.shape[2]] = old
                tensors[layer] = new


def _capped_attention(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor, scaling: float | None, cap: float
) -> Tensor:
    """Attend with scores that are squeezed into (-cap, cap), as Gemma 2 does."""
    factor = query.shape[3] ** -0.5 if scaling is None else scaling
    scores = query @ key.transpose(2, 3) * factor  # (batch, kv heads, queries, keys)
    scores = torch.tanh(scores / cap) * cap + mask
    return scores.softmax(dim=-1, dtype=torch.float32).to(value.dtype) @ value
