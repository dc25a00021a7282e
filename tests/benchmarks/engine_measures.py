"""What the processes of the engine benchmark tell each other, as plain data.

No import beyond the standard library: an interpreter that has nothing but llama_cpp reads it too.
"""

from __future__ import annotations

import resource
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tests.benchmarks.engine_prompts import Prompt

TEMPERATURE = 0.7
TOP_P = 0.9
MAX_TOKENS = 160


class LeftOutError(Exception):
    """The row cannot be measured here; the message is one line that says why."""


@dataclass(frozen=True, slots=True)
class RowSpec:
    """One row of the table: what to load, and how much of the work to give it."""

    name: str
    kind: str  # "one_by_one", "pipeline", "own", "llama_one", "llama_batched", "worker", "machine"
    num_prompts: int  # Measured in one repeat.
    batch: int = 1  # Texts written together; 0: chosen by a trial.
    engine: str = ""  # Of ours, as `EngineConfig.engine`.
    candidates: int = 1
    is_constrained: bool = False
    top_k: int = 0  # 0: no limit
    min_tokens: int = 0
    max_tokens: int = MAX_TOKENS


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a row's process needs to know beside its row."""

    data_dir: str  # Holds the folder "models" with the converted trial model.
    gguf: str  # The file that the trial model was converted from.
    threads: int
    prompts: tuple[Prompt, ...]
    fixed_texts: tuple[str, ...]  # Answers to the first prompts.
    batches: tuple[int, ...]  # At which the machine is measured.


@dataclass(frozen=True, slots=True)
class Ready:
    """What a row says once it is loaded and warm."""

    batch: int
    weight_bytes: int = 0  # Read once a step; 0: unknown.
    note: str = ""
    # Of the fixed texts, raw, one list a text; None where the engine cannot read given texts.
    logprobs: list[list[float]] | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What one repeat of a row came to."""

    num_drafts: int  # Requests answered: the best of four candidates is one draft.
    num_texts: int
    new_tokens: int  # Of all texts, without the token that ends one.
    prompt_tokens: int
    seconds: float
    peak_mib: float | None = None
    busy_seconds: float | None = None  # Of the engine, where that is only a part of the way.


@dataclass(frozen=True, slots=True)
class MachineRates:
    """What the machine itself can do."""

    read_bytes_per_second: float
    gemm_flops_per_second: dict[int, float]  # By batch, over the model's own layers, float32.
    num_parameters: int  # Used for each token.


class Row(Protocol):
    """A loaded row, in a process of its own."""

    def warm_up(self) -> Ready:
        """Do everything that only the first call costs."""
        ...

    def measure(self, prompts: Sequence[Prompt], seeds: Sequence[int]) -> Measured | MachineRates:
        """Answer the prompts, each drawn from its seed."""
        ...

    def close(self) -> None:
        """End what the row has started."""
        ...


def peak_mib() -> float:
    """Return the largest resident size of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts KiB.


def spec_from_json(row: dict[str, Any]) -> RowSpec:
    """Return a row that came as JSON."""
    return RowSpec(**row)


def surroundings_from_json(row: dict[str, Any]) -> Surroundings:
    """Return the surroundings that came as JSON."""
    prompts = tuple(
        Prompt(item["system"], item["user"], tuple(item["numbers"])) for item in row["prompts"]
    )
    lists = {name: tuple(row[name]) for name in ("fixed_texts", "batches")}
    return Surroundings(**{**row, **lists, "prompts": prompts})


def rates_from_json(row: dict[str, Any]) -> MachineRates:
    """Return the machine's rates that came as JSON, where every key is a string."""
    gemm = {int(batch): rate for batch, rate in row["gemm_flops_per_second"].items()}
    return MachineRates(**{**row, "gemm_flops_per_second": gemm})
