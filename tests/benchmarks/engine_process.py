"""The parent's side of a row: its process, its orders, and who else used the processor."""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.engine_measures import (
    LeftOutError,
    MachineRates,
    Measured,
    Ready,
    RowSpec,
    Surroundings,
    rates_from_json,
)

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 300.0  # For loading and warming up; the first load converts the weights.
MEASURE_SECONDS = 3600.0
END_SECONDS = 20.0
PROC = Path("/proc")


class RowFailedError(Exception):
    """The row broke while it was measured; the message is one line."""


class RowProcess:
    """A row in a fresh interpreter, which waits for orders and does nothing between them."""

    def __init__(self, spec: RowSpec, around: Surroundings, python: str, log: Path) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self._log = log
        with log.open("wb") as file:
            self._process = subprocess.Popen(
                [python, "-m", "tests.benchmarks.engine_child"],
                cwd=ROOT,
                env={**os.environ, "TOKENIZERS_PARALLELISM": "false"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
            )
        self._unread = b""
        self._tell({"spec": asdict(spec), "around": asdict(around)})
        self.ready = Ready(**self._answer(READY_SECONDS)["ready"])

    @property
    def pid(self) -> int:
        """Return the process, whose children belong to the row too."""
        return self._process.pid

    def measure(self, indices: list[int], seeds: list[int]) -> Measured | MachineRates:
        """Have the row answer these prompts from these seeds.

        Raises:
            RowFailedError: It broke, ended or took too long.
        """
        self._tell({"indices": indices, "seeds": seeds})
        answer = self._answer(MEASURE_SECONDS)
        if "rates" in answer:
            return rates_from_json(answer["rates"])
        return Measured(**answer["measured"])

    def close(self) -> None:
        """Tell the row that there are no more orders, and wait for its end."""
        with suppress(BrokenPipeError):
            self._pipe_in.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._pipe_out.close()

    @property
    def _pipe_in(self) -> Any:
        return self._process.stdin

    @property
    def _pipe_out(self) -> Any:
        return self._process.stdout

    def _tell(self, order: dict[str, Any]) -> None:
        with suppress(BrokenPipeError):  # It has ended; reading its answer says so.
            self._pipe_in.write(json.dumps(order).encode() + b"\n")
            self._pipe_in.flush()

    def _answer(self, seconds: float) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = json.loads(self._line(seconds))
        except RowFailedError:
            self._process.terminate()
            self.close()
            raise
        if "left_out" in answer or "failed" in answer:
            self.close()
            if "left_out" in answer:
                raise LeftOutError(answer["left_out"])
            raise RowFailedError(f"{answer['failed']} (see {self._log})")
        return answer

    def _line(self, seconds: float) -> bytes:
        """Return the next line of the row, with all the patience that it is given."""
        deadline = time.monotonic() + seconds
        while b"\n" not in self._unread:
            patience = max(0.0, deadline - time.monotonic())
            if not select.select([self._pipe_out], [], [], patience)[0]:
                raise RowFailedError(f"no answer within {seconds:.0f} s (see {self._log})")
            piece = os.read(self._pipe_out.fileno(), 1 << 16)
            if not piece:
                raise RowFailedError(f"the process ended (see {self._log})")
            self._unread += piece
        line, self._unread = self._unread.split(b"\n", 1)
        return line


@dataclass(frozen=True, slots=True)
class ProcessorTimes:
    """Processor seconds since some start: of the whole machine, and of one row."""

    at: float
    machine: float
    row: float

    def other_cores_since(self, before: ProcessorTimes) -> float:
        """Return how many cores were busy with something else than the row, on average.

        Time that a hypervisor gave to others counts: the row did not have it either.
        """
        other = (self.machine - before.machine) - (self.row - before.row)
        return max(0.0, other / (self.at - before.at))


def processor_times(pid: int) -> ProcessorTimes | None:
    """Return the times of now for a row's process and its children; None outside Linux."""
    if not (PROC / "stat").exists():
        return None
    tick = os.sysconf("SC_CLK_TCK")
    first = (PROC / "stat").read_text().splitlines()[0].split()
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, first[1:9])
    machine = user + nice + system + irq + softirq + steal
    return ProcessorTimes(time.monotonic(), machine / tick, _tree_ticks(pid) / tick)


def available_mib() -> float | None:
    """Return the memory that new processes may take without swapping; None outside Linux."""
    path = PROC / "meminfo"
    if not path.exists():
        return None
    fields = dict(line.split(":") for line in path.read_text().splitlines())
    return int(fields["MemAvailable"].split()[0]) / 1024


def _tree_ticks(root: int) -> int:
    """Return the ticks of a process, its children and theirs, ended ones included."""
    children: dict[int, list[int]] = defaultdict(list)
    ticks: dict[int, int] = {}
    for path in PROC.glob("[0-9]*/stat"):
        try:
            # The name in brackets may hold anything, so the fields are counted from its end.
            fields = path.read_text().rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            continue  # It has just ended.
        pid = int(path.parent.name)
        children[int(fields[1])].append(pid)
        ticks[pid] = sum(map(int, fields[11:15]))  # Own user and system, then those of children.
    total, open_pids = 0, [root]
    while open_pids:
        pid = open_pids.pop()
        total += ticks.get(pid, 0)
        open_pids += children[pid]
    return total
