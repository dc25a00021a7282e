"""The matrices of a model, from its configuration alone: how much a token costs at least."""

from __future__ import annotations

import json
from pathlib import Path


def layer_shapes(folder: Path) -> list[tuple[int, int]]:
    """Return (outputs, inputs) of every matrix that a token passes, in their order.

    Queries, keys and values are one matrix, so are the two sides of the gate: the fewer and the
    larger, the better for the machine.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    hidden: int = config["hidden_size"]
    inner: int = config["intermediate_size"]
    heads: int = config["num_attention_heads"]
    head_dim: int = config.get("head_dim") or hidden // heads
    keys: int = config.get("num_key_value_heads", heads) * head_dim
    num_layers: int = config["num_hidden_layers"]
    vocab_size: int = config["vocab_size"]
    layer = [
        (heads * head_dim + 2 * keys, hidden),
        (hidden, heads * head_dim),
        (2 * inner, hidden),
        (hidden, inner),
    ]
    return layer * num_layers + [(vocab_size, hidden)]


def num_parameters(folder: Path) -> int:
    """Return how many weights each token is multiplied with."""
    return sum(rows * columns for rows, columns in layer_shapes(folder))
