"""From the repeats of each row to the table and the JSON file: arithmetic only."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.benchmarks.engine_measures import MachineRates, Measured, Ready, RowSpec

BASELINE = "one_by_one"
BUSY_CORES = 0.1  # More than this for others, and the numbers are not to be trusted.
FLOPS_PER_WEIGHT = 2  # One product and one sum.


@dataclass(slots=True)
class RowResult:
    """All that is known of a row: its repeats by their number."""

    spec: RowSpec
    ready: Ready
    repeats: dict[int, Measured] = field(default_factory=dict)
    other_cores: list[float] = field(default_factory=list)


def drafts_per_minute(measured: Measured) -> float:
    """Return how many requests a minute were answered."""
    return 60 * measured.num_drafts / measured.seconds


def tokens_per_second(measured: Measured) -> float:
    """Return how many new tokens a second were written, over all texts."""
    return measured.new_tokens / measured.seconds


def spread(values: Sequence[float]) -> dict[str, float] | None:
    """Return median, smallest and largest; None of nothing."""
    if not values:
        return None
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def ratios(row: Mapping[int, Measured], base: Mapping[int, Measured], rate: Any) -> list[float]:
    """Return a rate of a row over that of the base, for each repeat that both were measured in."""
    return [rate(row[number]) / rate(base[number]) for number in sorted(row.keys() & base.keys())]


def logprob_difference(
    found: Sequence[Sequence[float]] | None, reference: Sequence[Sequence[float]] | None
) -> float | None:
    """Return the mean absolute difference per token; None where there is nothing to compare.

    Texts that were cut into tokens in another way cannot be compared token by token.
    """
    if not found or not reference or [len(row) for row in found] != [len(row) for row in reference]:
        return None
    pairs = [
        abs(one - other)
        for row, known in zip(found, reference, strict=True)
        for one, other in zip(row, known, strict=True)
    ]
    return sum(pairs) / len(pairs) if pairs else None


def bound_tokens_per_second(ready: Ready, rates: MachineRates | None) -> float | None:
    """Return the most tokens a second that the machine allows at a row's batch; None if unknown.

    At batch 1 every weight is read for a single token, so memory bounds it. With more, the same
    weights serve many tokens and the arithmetic bounds it, here in float32: a row of whole numbers
    may pass it.
    """
    if rates is None:
        return None
    if ready.batch == 1:
        return rates.read_bytes_per_second / ready.weight_bytes if ready.weight_bytes else None
    flops = rates.gemm_flops_per_second.get(ready.batch)
    return flops / (FLOPS_PER_WEIGHT * rates.num_parameters) if flops else None


def bound_rows(
    base: RowResult, rates: Mapping[int, MachineRates], batches: Iterable[int]
) -> list[RowResult]:
    """Return what the texts of row 1 would have taken at the machine's own bound, as rows."""
    rows = []
    for batch in batches:
        ready = replace(base.ready, batch=batch, note=_bound_note(batch), logprobs=None)
        repeats = {}
        for number in sorted(base.repeats.keys() & rates.keys()):
            most = bound_tokens_per_second(ready, rates[number])
            if most:
                known = base.repeats[number]
                repeats[number] = replace(known, seconds=known.new_tokens / most, peak_mib=None)
        name = "bound_by_memory_1" if batch == 1 else f"bound_by_arithmetic_{batch}"
        rows.append(RowResult(replace(base.spec, name=name, kind="bound"), ready, repeats))
    return [row for row in rows if row.repeats]


def summary(row: RowResult, base: RowResult, rates: Mapping[int, MachineRates]) -> dict[str, Any]:
    """Return one row of `engine.json`."""
    repeats = [row.repeats[number] for number in sorted(row.repeats)]
    bounds = [bound_tokens_per_second(row.ready, rate) for rate in rates.values()]
    bound = statistics.median(known) if (known := [most for most in bounds if most]) else None
    tokens = statistics.median(map(tokens_per_second, repeats))
    peaks = [one.peak_mib for one in repeats if one.peak_mib is not None]
    reference = None if row.spec.kind == "bound" else base.ready.logprobs
    # The worker writes by the product's own prompts; its shorter texts are no merit of its own.
    rate = tokens_per_second if row.spec.kind == "worker" else drafts_per_minute
    return {
        "name": row.spec.name,
        "drafts_per_minute": statistics.median(map(drafts_per_minute, repeats)),
        "tokens_per_second": tokens,
        "seconds": statistics.median(one.seconds for one in repeats),
        "peak_mib": max(peaks, default=None),
        "ratio_to_one_by_one": spread(ratios(row.repeats, base.repeats, rate)),
        "token_ratio_to_one_by_one": spread(ratios(row.repeats, base.repeats, tokens_per_second)),
        "logprob_difference": logprob_difference(row.ready.logprobs, reference),
        "num_repeats": len(repeats),
        "num_drafts": sum(one.num_drafts for one in repeats),
        "batch": row.ready.batch,
        "candidates": row.spec.candidates,
        "tokens_per_text": sum(one.new_tokens for one in repeats)
        / sum(one.num_texts for one in repeats),
        "tokens_per_prompt": sum(one.prompt_tokens for one in repeats)
        / sum(one.num_drafts for one in repeats),
        "bound_tokens_per_second": bound,
        "share_of_bound": tokens / bound if bound else None,
        "overhead_share": _overhead(repeats),
        "other_cores": max(row.other_cores, default=None),
        "note": row.ready.note,
    }


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the rows as text, and their notes below."""
    width = max(len(row["name"]) for row in rows)
    head = (
        f"{'row':<{width}}  drafts/min  tokens/s  seconds  tok/text  peak MiB"
        "   ratio (min - max)        logprob diff  of bound"
    )
    lines = [head, "-" * len(head)]
    lines += [
        f"{row['name']:<{width}}  {_number(row['drafts_per_minute'], 10, 1)}"
        f"  {_number(row['tokens_per_second'], 8, 1)}  {_number(row['seconds'], 7, 1)}"
        f"  {_number(row['tokens_per_text'], 8, 0)}  {_number(row['peak_mib'], 8, 0)}"
        f"  {_spread(row['ratio_to_one_by_one']):<24}"
        f"  {_number(row['logprob_difference'], 12, 5)}  {_percent(row['share_of_bound'])}"
        for row in rows
    ]
    lines += [f"{row['name']}: {row['note']}" for row in rows if row["note"]]
    lines += [
        f"{row['name']}: {row['overhead_share']:.1%} on top of the engine's own time"
        for row in rows
        if row["overhead_share"] is not None
    ]
    return "\n".join(lines) + "\n"


def busy_warning(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return a line when others used the machine meanwhile; empty when it was ours."""
    busy = [row for row in rows if (row["other_cores"] or 0.0) > BUSY_CORES]
    if not busy:
        return ""
    worst = max(busy, key=lambda row: float(row["other_cores"]))
    return (
        f"WARNING: the machine was busy with other things during {len(busy)} of {len(rows)} rows "
        f"(up to {worst['other_cores']:.2f} cores, during {worst['name']}): "
        "measure again when it is idle.\n"
    )


def write_json(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the rows as a list, whole or not at all."""
    text = json.dumps(list(rows), indent=1, allow_nan=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(text + "\n", encoding="utf-8")
    part.replace(path)


def _bound_note(batch: int) -> str:
    if batch == 1:
        return "every float32 weight read once a token, at the measured bandwidth"
    return f"the matrix products of {batch} tokens at once in float32, and nothing else"


def _overhead(repeats: Sequence[Measured]) -> float | None:
    """Return the time beside the engine's own, as a share of that."""
    pairs = [(one.seconds, one.busy_seconds) for one in repeats if one.busy_seconds]
    if not pairs:
        return None
    return statistics.median(wall / busy - 1 for wall, busy in pairs)


def _number(value: float | None, width: int, digits: int) -> str:
    text = "-" if value is None or math.isnan(value) else f"{value:,.{digits}f}"
    return f"{text:>{width}}"


def _spread(value: Mapping[str, float] | None) -> str:
    if value is None:
        return "-"
    return f"{value['median']:7.2f} ({value['min']:.2f} - {value['max']:.2f})"


def _percent(value: float | None) -> str:
    return f"{'-' if value is None else f'{value:.0%}':>8}"
