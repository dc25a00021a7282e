"""Add a LoRA adapter to the weights it was trained beside.

A layer with an adapter computes W x + (alpha / rank) B A x, which is (W + (alpha / rank) B A) x: an
engine that writes with one adapter only need not compute two products.

Source: Hu et al. 2021, LoRA: Low-Rank Adaptation of Large Language Models, section 4.1.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from shop_content.lm.engine import EngineConfig
from shop_content.lm.loading import (
    BaseModel,
    EngineLoadError,
    check_adapter_folder,
    file_digest,
)

ADAPTER_FILE = "adapter_model.safetensors"
CARD_FILE = "card.json"
_LORA = re.compile(r"^base_model\.model\.(?P<module>.+)\.lora_(?P<matrix>[AB])\.weight$")


@dataclass(frozen=True, slots=True)
class Adapter:
    """A checked adapter folder."""

    name: str
    folder: Path
    sha256: str  # of its weights

    @property
    def label(self) -> str:
        """Return its name and the beginning of its digest."""
        return f"{self.name} {self.sha256[:12]}"


def only_adapter(config: EngineConfig, base: BaseModel) -> Adapter | None:
    """Return the adapter to be merged when there is exactly one.

    Raises:
        EngineLoadError: It is incomplete, or was trained beside other weights.
    """
    if len(config.adapters) != 1:
        return None
    [(name, path)] = dict(config.adapters).items()
    folder = Path(path)
    check_adapter_folder(folder)
    card = folder / CARD_FILE
    if card.is_file():
        wanted = json.loads(card.read_text(encoding="utf-8"))["base"]["weights_sha256"]
        if wanted != base.weights_sha256:
            raise EngineLoadError(
                f"Adapter {name} was trained beside weights with SHA-256 {wanted[:12]}…, and "
                f"{base.name} has {base.weights_sha256[:12]}…."
            )
    return Adapter(name, folder, file_digest(folder / ADAPTER_FILE))


def revision_with(revision: str, adapter: Adapter | None) -> str:
    """Return what a model's information says of its revision."""
    return f"{revision} + {adapter.label}".strip() if adapter else revision


def weight_changes(adapter: Adapter) -> dict[str, Tensor]:
    """Return what an adapter adds to each weight: name of the weight to (out, in) float32.

    Raises:
        EngineLoadError: It is no plain LoRA adapter.
    """
    settings = json.loads((adapter.folder / "adapter_config.json").read_text(encoding="utf-8"))
    if settings.get("use_dora") or settings.get("use_rslora") or settings.get("alpha_pattern"):
        raise EngineLoadError(f"Adapter {adapter.name} is no plain LoRA adapter; retrain it.")
    scale = settings["lora_alpha"] / settings["r"]
    matrices: dict[str, dict[str, Tensor]] = {}
    try:
        tensors = load_file(adapter.folder / ADAPTER_FILE)
    except SafetensorError as error:
        raise EngineLoadError(f"Adapter {adapter.name} cannot be read: {error}") from error
    for name, tensor in tensors.items():
        found = _LORA.match(name)
        if found is None:
            raise EngineLoadError(f"Adapter {adapter.name} holds {name}, which is no LoRA matrix.")
        matrices.setdefault(found["module"], {})[found["matrix"]] = tensor.float()
    changes: dict[str, Tensor] = {}
    for module, pair in matrices.items():
        change = scale * (pair["B"] @ pair["A"])  # (out, rank) (rank, in) -> (out, in)
        changes[f"{module}.weight"] = change.T if settings.get("fan_in_fan_out") else change
    return changes


@torch.no_grad()
def merge_adapter(model: Any, adapter: Adapter) -> None:
    """Add an adapter to the weights of a loaded model.

    Raises:
        EngineLoadError: The model has other layers.
    """
    weights = dict(model.named_parameters())
    for name, change in weight_changes(adapter).items():
        weight = weights.get(name)
        if weight is None or weight.shape != change.shape:
            raise EngineLoadError(f"Adapter {adapter.name} does not fit the model: {name}.")
        weight += change.to(weight.device, weight.dtype)
