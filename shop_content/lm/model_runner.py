"""What the slot engine asks of a model: read and write tokens in numbered places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor


@dataclass(frozen=True, slots=True)
class Chunk:
    """New tokens for one slot."""

    slot: int
    start: int  # Tokens that the slot holds already; the new ones follow them.
    token_ids: Sequence[int]  # At least one.
    adapter: str = ""


class ModelRunner(Protocol):
    """A model with a key-value cache of numbered slots, one for each text being written."""

    @property
    def num_slots(self) -> int:
        """Return how many texts can be written at once."""
        ...

    @property
    def max_model_len(self) -> int:
        """Return the most tokens, prompt and text together, of one slot."""
        ...

    @property
    def vocab_size(self) -> int:
        """Return how many logits a token has; at least as many as there are tokens."""
        ...

    def forward(self, chunks: Sequence[Chunk]) -> Tensor:
        """Read the new tokens into their slots.

        Returns:
            (chunks, vocab) float32 on the CPU or the model's device: the logits after the last
            token of each chunk. Valid until the next call, and the caller may write to it.
        """
        ...

    def copy(self, source: int, target: int, num_tokens: int) -> None:
        """Let the target slot begin with the first `num_tokens` tokens of the source slot."""
        ...

    def text_logprobs(
        self, prompt_ids: Sequence[int], text_ids: Sequence[int], adapter: str
    ) -> Sequence[float]:
        """Return log P of each token of a text after a prompt, by a plain forward pass.

        Leaves the slots as they are.
        """
        ...
