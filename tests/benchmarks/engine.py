"""How fast the engines write, side by side: `python -m tests.benchmarks.engine [--quick]`.

Each row has a process of its own. A repeat goes through all rows in turn, so that a machine that
grows slower does so for all of them, and a row is compared with row 1 of the same repeat. Prints a
table and writes `build/bench/engine.json`. The exit status is 1 when a row broke.

LLAMA_PYTHON names an interpreter that has llama_cpp, where this one has not.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.benchmarks import engine_prompts
from tests.benchmarks.engine_measures import (
    MAX_TOKENS,
    LeftOutError,
    MachineRates,
    RowSpec,
    Surroundings,
)
from tests.benchmarks.engine_process import (
    ROOT,
    RowFailedError,
    RowProcess,
    available_mib,
    processor_times,
)
from tests.benchmarks.engine_report import (
    BASELINE,
    RowResult,
    bound_rows,
    busy_warning,
    summary,
    table,
    write_json,
)
from tests.benchmarks.engine_rows import (
    LLAMA_BATCHES,
    OWN_BATCH,
    all_rows,
    chosen_rows,
    scaling_rows,
)

DATA_DIR = Path(os.environ.get("SHOP_CONTENT_TEST_MODEL_DIR", ROOT / "var" / "test-models"))
OUTPUT = ROOT / "build" / "bench"
SEEDS_PER_REPEAT = 1000  # A prompt is drawn from another seed in each repeat, the same in all rows.
QUICK_SECONDS = 240.0  # No row begins later: the slowest takes less than what is left of 5 minutes.
# A row stays loaded for its next repeat while so much memory is free: twice what a row may need.
KEEP_MIB = 6000.0


@dataclass(slots=True)
class Bench:
    """One run of the benchmark: its rows' processes and what they have measured."""

    around: Surroundings
    llama_python: str  # Empty: there is none.
    deadline: float = float("inf")  # Monotonic time after which no row begins.
    results: dict[str, RowResult] = field(default_factory=dict)
    rates: dict[int, MachineRates] = field(default_factory=dict)
    num_failed: int = 0
    _processes: dict[str, RowProcess] = field(default_factory=dict)
    _gone: set[str] = field(default_factory=set)

    def run(self, rows: Sequence[RowSpec], num_repeats: int) -> None:
        """Go through all rows, again and again; say what is left out, and why."""
        try:
            for repeat in range(num_repeats):
                for spec in rows:
                    if spec.name not in self._gone:
                        self._visit(spec, repeat, is_last=repeat + 1 == num_repeats)
        finally:
            for process in self._processes.values():
                process.close()
            self._processes.clear()

    def _visit(self, spec: RowSpec, repeat: int, *, is_last: bool) -> None:
        try:
            self._measure(spec, repeat)
        except LeftOutError as reason:
            say(f"left out: {spec.name}: {reason}")
            self._gone.add(spec.name)
        except RowFailedError as reason:
            say(f"FAILED: {spec.name}: {reason}")
            self._gone.add(spec.name)
            self.num_failed += 1
        if spec.name in self._gone:
            self._processes.pop(spec.name, None)
        elif is_last or not _has_room():
            self._processes.pop(spec.name).close()

    def _measure(self, spec: RowSpec, repeat: int) -> None:
        process = self._processes.get(spec.name) or self._start(spec)
        indices = engine_prompts.share_of_prompts(spec.num_prompts, repeat)
        seeds = [repeat * SEEDS_PER_REPEAT + index for index in indices]
        before = processor_times(process.pid)
        found = process.measure(indices, seeds)
        after = processor_times(process.pid)
        if isinstance(found, MachineRates):
            self.rates[repeat] = found
            return
        result = self.results.setdefault(spec.name, RowResult(spec, process.ready))
        result.repeats[repeat] = found
        if before and after:
            result.other_cores.append(after.other_cores_since(before))
        say(f"repeat {repeat + 1}: {spec.name}: {found.num_drafts} drafts in {found.seconds:.1f} s")

    def _start(self, spec: RowSpec) -> RowProcess:
        if time.monotonic() > self.deadline:
            raise LeftOutError("the time of a quick run is over")
        python = sys.executable
        if spec.kind.startswith("llama"):
            if not self.llama_python:
                raise LeftOutError(
                    "llama-cpp-python is not installed: run `pip install .[bench]`, or name an "
                    "interpreter that has it in LLAMA_PYTHON"
                )
            python = self.llama_python
        process = RowProcess(spec, self.around, python, OUTPUT / "logs" / f"{spec.name}.log")
        self._processes[spec.name] = process
        return process


def say(line: str) -> None:
    """Print a line now."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def llama_python() -> str:
    """Return an interpreter that has llama_cpp; empty when there is none."""
    named = os.environ.get("LLAMA_PYTHON", "")
    if not named:
        return sys.executable if importlib.util.find_spec("llama_cpp") else ""
    done = subprocess.run([named, "-c", "import llama_cpp"], capture_output=True, check=False)
    return named if done.returncode == 0 else ""


def surroundings(prompts: Sequence[engine_prompts.Prompt]) -> Surroundings:
    """Return what every row's process needs to know."""
    from shop_content.lm.trial_model import find_trial_weights

    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return Surroundings(
        data_dir=str(DATA_DIR),
        gguf=str(find_trial_weights()),
        threads=threads or 1,
        prompts=tuple(prompts),
        fixed_texts=engine_prompts.FIXED_TEXTS,
        batches=tuple(sorted({1, *LLAMA_BATCHES, OWN_BATCH})),
    )


def measured_rows(bench: Bench) -> list[dict[str, object]]:
    """Return the rows of `engine.json`, the machine's bounds after row 1."""
    base = bench.results[BASELINE]
    batches = sorted({1} | {row.ready.batch for row in bench.results.values()})
    rows = [base, *bound_rows(base, bench.rates, batches)]
    rows += [row for name, row in bench.results.items() if name != BASELINE]
    return [summary(row, base, bench.rates) for row in rows]


def scaling(options: argparse.Namespace) -> int:
    """Print how the cost grows with batch, prompt length and candidates; return the exit status."""
    num_failed = 0
    for title, rows in scaling_rows(options.engine).items():
        say(f"\n{title:>14}  texts  prompt tokens  seconds  tokens/s  s/text")
        for spec in rows:
            prompts = engine_prompts.own_prompts()
            if title == "prompt length":
                prompts = engine_prompts.prompts_of_length(int(spec.name), len(prompts))
            named = replace(spec, name=f"scaling_{title.replace(' ', '_')}_{spec.name}")
            bench = Bench(surroundings(prompts), "")
            bench.run([named], 1)
            num_failed += bench.num_failed
            for row in bench.results.values():
                [one] = row.repeats.values()
                say(
                    f"{spec.name:>14}  {one.num_texts:>5}"
                    f"  {one.prompt_tokens / one.num_drafts:>13.0f}  {one.seconds:>7.2f}"
                    f"  {one.new_tokens / one.seconds:>8.1f}  {one.seconds / one.num_texts:>6.3f}"
                )
    return int(num_failed > 0)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.engine", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one repeat, within five minutes")
    parser.add_argument("--only", default="", help="beginnings of row names, and always row 1")
    parser.add_argument("--repeats", type=int, default=0, help="5, or 1 when quick")
    parser.add_argument("--tokens", type=int, default=MAX_TOKENS, help="new tokens at most")
    parser.add_argument("--prompts", choices=("own", "product"), default="own")
    parser.add_argument("--engine", default="auto", help="of the worker path and of --scaling")
    parser.add_argument("--scaling", action="store_true", help="print the scaling tables instead")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Measure, print, write; return the exit status."""
    began = time.monotonic()
    options = parse(arguments)
    say(f"load average at the start: {_load()}")
    if options.scaling:
        return scaling(options)
    made = engine_prompts.product_prompts if options.prompts == "product" else None
    bench = Bench(surroundings((made or engine_prompts.own_prompts)()), llama_python())
    if options.quick:
        bench.deadline = began + QUICK_SECONDS
    every = all_rows(options.engine, is_quick=options.quick)
    rows = [replace(row, max_tokens=options.tokens) for row in chosen_rows(every, options.only)]
    bench.run(rows, options.repeats or (1 if options.quick else 5))
    if BASELINE not in bench.results:
        say("Row 1 could not be measured, so there is nothing to compare with.")
        return 1
    found = measured_rows(bench)
    write_json(OUTPUT / "engine.json", found)
    sys.stdout.write(f"\n{table(found)}{busy_warning(found)}")
    say(f"load average at the end: {_load()}; {time.monotonic() - began:.0f} s in all")
    say(f"written to {(OUTPUT / 'engine.json').relative_to(ROOT)}")
    return int(bench.num_failed > 0)


def _has_room() -> bool:
    """Tell whether a row may stay loaded beside the next one."""
    available = available_mib()
    return available is not None and available > KEEP_MIB


def _load() -> str:
    return " ".join(f"{value:.2f}" for value in os.getloadavg())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
