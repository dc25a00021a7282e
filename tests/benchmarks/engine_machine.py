"""Row 5: what the machine allows, whatever the program: bytes read and sums done in a second."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from shop_content.lm.trial_model import trial_model_folder
from tests.benchmarks.engine_measures import MachineRates, Ready, RowSpec, Surroundings
from tests.benchmarks.engine_prompts import Prompt
from tests.benchmarks.engine_shapes import layer_shapes, num_parameters

READ_BYTES = 256 * 1024 * 1024  # Far more than any cache holds.
NUM_TRIES = 5  # The best counts: a bound is what the machine can do, not what it does on average.


class Machine:
    """Memory and arithmetic units, measured with torch."""

    def __init__(self, spec: RowSpec, around: Surroundings) -> None:
        self.spec = spec
        self.around = around
        self._folder = trial_model_folder(Path(around.data_dir) / "models").folder
        torch.set_num_threads(around.threads)
        # All layers, not one again and again, which would stay in a cache as no model does.
        self._weights = [torch.randn(shape) for shape in layer_shapes(self._folder)]
        self._block = torch.ones(READ_BYTES // 4)

    def warm_up(self) -> Ready:
        """Touch every weight once."""
        self._pass(1)
        return Ready(batch=1)

    @torch.inference_mode()
    def measure(self, prompts: Sequence[Prompt], seeds: Sequence[int]) -> MachineRates:
        """Measure the rates; what is to be written does not matter."""
        num = num_parameters(self._folder)
        return MachineRates(
            read_bytes_per_second=READ_BYTES / min(self._read() for _try in range(NUM_TRIES)),
            gemm_flops_per_second={
                batch: 2 * num * batch / min(self._pass(batch) for _try in range(NUM_TRIES))
                for batch in self.around.batches
            },
            num_parameters=num,
        )

    def close(self) -> None:
        """Leave it to the end of the process."""

    def _read(self) -> float:
        began = time.perf_counter()
        self._block.sum()
        return time.perf_counter() - began

    def _pass(self, batch: int) -> float:
        """Return the seconds of all products of one step, without what lies between them."""
        inputs: dict[int, Tensor] = {}
        for weight in self._weights:
            columns = weight.shape[1]
            inputs.setdefault(columns, torch.randn(batch, columns))
        began = time.perf_counter()
        for weight in self._weights:
            torch.nn.functional.linear(inputs[weight.shape[1]], weight)
        return time.perf_counter() - began
