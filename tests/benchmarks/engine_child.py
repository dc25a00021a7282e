"""The process of one row: loads, warms up, and measures whenever it is told to.

Started by `tests.benchmarks.engine`, never by hand. A line of JSON comes in, a line of JSON goes
out; whatever else is printed goes to the row's log. Between two lines it waits in a read, so that
the other rows have the machine to themselves.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from dataclasses import asdict
from typing import Any, TextIO

from tests.benchmarks.engine_measures import (
    LeftOutError,
    MachineRates,
    Row,
    RowSpec,
    Surroundings,
    spec_from_json,
    surroundings_from_json,
)


def load(spec: RowSpec, around: Surroundings) -> Row:
    """Load what a row needs; only here are the heavy libraries imported."""
    if spec.kind in {"one_by_one", "pipeline"}:
        from tests.benchmarks.engine_hf import OneByOne, Pipeline

        return (OneByOne if spec.kind == "one_by_one" else Pipeline)(spec, around)
    if spec.kind == "own":
        from tests.benchmarks.engine_own import OwnEngine

        return OwnEngine(spec, around)
    if spec.kind in {"llama_one", "llama_batched"}:
        from tests.benchmarks.engine_llama import LlamaBatched, LlamaOneByOne

        return (LlamaOneByOne if spec.kind == "llama_one" else LlamaBatched)(spec, around)
    if spec.kind == "worker":
        from tests.benchmarks.engine_worker import WorkerPath

        return WorkerPath(spec, around)
    from tests.benchmarks.engine_machine import Machine

    return Machine(spec, around)


def one_line(error: BaseException) -> str:
    """Return the first line of an error, with its type where the message alone says too little."""
    lines = str(error).strip().splitlines() or ["no message"]
    return lines[0] if isinstance(error, LeftOutError) else f"{type(error).__name__}: {lines[0]}"


def serve(orders: TextIO, answers: TextIO) -> None:
    """Answer orders until there are no more."""

    def answer(**fields: Any) -> None:
        answers.write(json.dumps(fields) + "\n")
        answers.flush()

    first = json.loads(orders.readline())
    spec, around = spec_from_json(first["spec"]), surroundings_from_json(first["around"])
    try:
        row = load(spec, around)
    except Exception as error:  # Whatever a library raises that is missing, old or broken.
        traceback.print_exc()
        answer(left_out=one_line(error))
        return
    try:
        answer(ready=asdict(row.warm_up()))
        for line in orders:
            order = json.loads(line)
            prompts = [around.prompts[index] for index in order["indices"]]
            found = row.measure(prompts, order["seeds"])
            answer(**{"rates" if isinstance(found, MachineRates) else "measured": asdict(found)})
    except LeftOutError as error:
        answer(left_out=one_line(error))
    except Exception as error:  # The other rows go on; the parent says that this one failed.
        traceback.print_exc()
        answer(failed=one_line(error))
    finally:
        row.close()


def main() -> None:
    """Keep the pipe to the parent for answers alone, and serve."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # Libraries may print what they like.
    # Asked to end, it still ends what it has started.
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(1))
    serve(sys.stdin, answers)


if __name__ == "__main__":
    main()
