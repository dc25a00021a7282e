"""Which rows the engine benchmark has, and how much work each gets in one repeat."""

from __future__ import annotations

from collections.abc import Sequence

from tests.benchmarks.engine_measures import RowSpec
from tests.benchmarks.engine_prompts import NUM_PROMPTS
from tests.benchmarks.engine_report import BASELINE

OWN_ENGINES = ("openvino", "transformers")
OWN_BATCH = 64
LLAMA_BATCHES = (8, 16, 32)
LLAMA_TOP_K = 40  # Its default: sorting the whole vocabulary for top-p costs it dearly.
NUM_CANDIDATES = 4
NUM_WORKER_DRAFTS = 500
SCALING_TOKENS = 64


def all_rows(default_engine: str, *, is_quick: bool) -> list[RowSpec]:
    """Return the rows in the order in which a repeat goes through them.

    Slow rows get a few prompts only, others in each repeat; all others get the same 64. A row with
    four candidates gets a quarter of the prompts, and so writes as many texts. A quick run leaves
    out what others answer too, and gives the slower rows less.
    """
    num_slow = 2 if is_quick else 3
    rows = [
        RowSpec(BASELINE, "one_by_one", num_slow),
        RowSpec("machine", "machine", 1),
        *(row for engine in OWN_ENGINES for row in _own_rows(engine, is_quick=is_quick)),
        RowSpec("llama_one_by_one", "llama_one", num_slow),
        *_llama_rows(),
        RowSpec(
            "worker_path",
            "worker",
            NUM_PROMPTS if is_quick else NUM_WORKER_DRAFTS,
            batch=OWN_BATCH,
            engine=default_engine,
        ),
        RowSpec("pipeline_16", "pipeline", 16 if is_quick else NUM_PROMPTS, batch=16),
    ]
    if not is_quick:
        rows.append(RowSpec("pipeline_64", "pipeline", NUM_PROMPTS, batch=64))
    return rows


def chosen_rows(rows: Sequence[RowSpec], only: str) -> list[RowSpec]:
    """Return the rows that the words name or begin, and always row 1.

    Raises:
        ValueError: A word fits no row.
    """
    words = [word.strip() for word in only.split(",") if word.strip()]
    if not words:
        return list(rows)
    unknown = [word for word in words if not any(row.name.startswith(word) for row in rows)]
    if unknown:
        names = ", ".join(row.name for row in rows)
        raise ValueError(f"No row is called {unknown[0]!r}; there are {names}.")
    names = {row.name for row in rows}
    exact = {word for word in words if word in names} | {BASELINE}
    beginnings = tuple(word for word in words if word not in names)
    return [row for row in rows if row.name in exact or row.name.startswith(beginnings)]


def scaling_rows(engine: str) -> dict[str, list[RowSpec]]:
    """Return the rows of each scaling table, by its title.

    All texts have 64 tokens exactly, so that only what the table varies differs.
    """

    def row(name: str, num_prompts: int, *, batch: int = 16, candidates: int = 1) -> RowSpec:
        return RowSpec(
            name=name,
            kind="own",
            num_prompts=num_prompts,
            batch=batch,
            engine=engine,
            candidates=candidates,
            min_tokens=SCALING_TOKENS,
            max_tokens=SCALING_TOKENS,
        )

    return {
        "batch": [row(str(num), max(4, num), batch=num) for num in (1, 4, 16, 64)],
        "prompt length": [row(str(num), 16) for num in (50, 100, 200, 400)],
        "candidates": [row(str(num), 16 // num, candidates=num) for num in (1, 2, 4, 8)],
    }


def _own_rows(engine: str, *, is_quick: bool) -> list[RowSpec]:
    num_texts = OWN_BATCH // 2 if is_quick else OWN_BATCH

    def row(
        name: str,
        num: int,
        *,
        candidates: int = 1,
        is_constrained: bool = False,
        num_prompts: int = 0,
    ) -> RowSpec:
        return RowSpec(
            name=f"{engine}_{name}",
            kind="own",
            num_prompts=num_prompts or num // candidates,
            batch=num,
            engine=engine,
            candidates=candidates,
            is_constrained=is_constrained,
        )

    if is_quick and engine != OWN_ENGINES[0]:
        return [row("1", num_texts)]
    rows = [
        row("1", OWN_BATCH),
        row("4", num_texts, candidates=NUM_CANDIDATES),
        row("1_constrained", OWN_BATCH, is_constrained=True),
        # One product at a time, as when somebody waits for it.
        row("alone_1", 1, num_prompts=2),
        row("alone_4", NUM_CANDIDATES, candidates=NUM_CANDIDATES, num_prompts=2),
    ]
    if not is_quick:
        rows.append(row("4_constrained", num_texts, candidates=NUM_CANDIDATES, is_constrained=True))
    return rows


def _llama_rows() -> list[RowSpec]:
    num = max(LLAMA_BATCHES)
    return [
        RowSpec("llama_batched", "llama_batched", num, batch=0),
        RowSpec(
            f"llama_batched_top_k_{LLAMA_TOP_K}", "llama_batched", num, batch=0, top_k=LLAMA_TOP_K
        ),
    ]
