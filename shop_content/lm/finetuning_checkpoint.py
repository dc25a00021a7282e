"""Write and read what a training run needs to go on after a kill, and its adapter at the end."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from peft import PeftModel
from peft.utils import get_peft_model_state_dict
from safetensors.torch import load_file, save_file
from torch import Tensor

from shop_content.lm.finetuning_data import FinetuneError
from shop_content.lm.loading import file_digest

ADAPTER_FILE = "adapter_model.safetensors"
CHECKPOINT = "checkpoint"


# Of each weight, by its number, what the optimizer keeps of it.
OptimizerState = dict[int, dict[str, Tensor]]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A run after some steps."""

    step: int
    losses: Sequence[float]
    validation: Sequence[tuple[int, float]]
    weights: dict[str, Tensor]
    optimizer: OptimizerState


def write_checkpoint(out: Path, run_id: str, checkpoint: Checkpoint) -> None:
    """Write a checkpoint aside and put it in the place of the last one.

    Raises:
        OSError: No room, or no right to write there.
    """
    part, place, old = (out / f"{CHECKPOINT}{ending}" for ending in (".part", "", ".old"))
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    save_file({name: w.contiguous() for name, w in checkpoint.weights.items()}, part / "weights")
    save_file(_flat(checkpoint.optimizer), part / "optimizer")
    state = {
        "run_id": run_id,
        "step": checkpoint.step,
        "losses": list(checkpoint.losses),
        "validation": list(checkpoint.validation),
    }
    (part / "state.json").write_text(json.dumps(state), encoding="utf-8")
    # A folder cannot be renamed onto another: for a moment only the old one's other name is there,
    # which `read_checkpoint` looks for too.
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    part.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def read_checkpoint(out: Path, run_id: str) -> Checkpoint | None:
    """Return the checkpoint of the same run; None where there is none.

    Raises:
        FinetuneError: It is of other data or other settings.
    """
    place = out / CHECKPOINT
    if not place.exists():
        place = out / f"{CHECKPOINT}.old"
    if not place.exists():
        return None
    state = json.loads((place / "state.json").read_text(encoding="utf-8"))
    if state["run_id"] != run_id:
        raise FinetuneError(
            f"{place} is of a run with other data or settings. Remove it, or choose another folder."
        )
    return Checkpoint(
        step=state["step"],
        losses=state["losses"],
        validation=[(step, loss) for step, loss in state["validation"]],
        weights=load_file(place / "weights"),
        optimizer=_nested(load_file(place / "optimizer")),
    )


def _flat(state: OptimizerState) -> dict[str, Tensor]:
    """Return the state as safetensors keeps it, which has one level of names."""
    return {
        f"{number}.{name}": tensor.contiguous()
        for number, tensors in state.items()
        for name, tensor in tensors.items()
    }


def _nested(tensors: dict[str, Tensor]) -> OptimizerState:
    state: OptimizerState = {}
    for key, tensor in tensors.items():
        number, name = key.split(".", 1)
        state.setdefault(int(number), {})[name] = tensor
    return state


def write_adapter(out: Path, model: PeftModel) -> str:
    """Write the adapter of a model in 16 bits, drop the checkpoint, return the file's digest.

    Raises:
        OSError: No room, or no right to write there.
    """
    out.mkdir(parents=True, exist_ok=True)
    tensors = {
        name: weight.detach().to("cpu", torch.bfloat16).contiguous()
        for name, weight in get_peft_model_state_dict(model).items()
    }
    save_file(tensors, out / ADAPTER_FILE, metadata={"format": "pt"})
    settings = model.peft_config["default"].to_dict()
    # Where the base lay on this disk is nobody's business; the card says which one it was.
    settings |= {"base_model_name_or_path": "", "inference_mode": True}
    plain = {key: sorted(v) if isinstance(v, set) else v for key, v in settings.items()}
    text = json.dumps(plain, indent=1, sort_keys=True, default=str)
    (out / "adapter_config.json").write_text(text + "\n", encoding="utf-8")
    for ending in ("", ".old", ".part"):
        shutil.rmtree(out / f"{CHECKPOINT}{ending}", ignore_errors=True)
    return file_digest(out / ADAPTER_FILE)
