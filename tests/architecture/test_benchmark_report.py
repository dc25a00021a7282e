"""The arithmetic of the engine benchmark: what its table and its file say of given measurements."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import engine
from tests.benchmarks.engine_measures import (
    LeftOutError,
    MachineRates,
    Measured,
    Ready,
    RowSpec,
    Surroundings,
    rates_from_json,
    spec_from_json,
    surroundings_from_json,
)
from tests.benchmarks.engine_process import (
    ProcessorTimes,
    RowProcess,
    available_mib,
    processor_times,
)
from tests.benchmarks.engine_prompts import (
    FIXED_TEXTS,
    NUM_PROMPTS,
    own_prompts,
    product_prompts,
    prompts_of_length,
    share_of_prompts,
)
from tests.benchmarks.engine_report import (
    RowResult,
    bound_rows,
    bound_tokens_per_second,
    busy_warning,
    logprob_difference,
    ratios,
    spread,
    summary,
    table,
    tokens_per_second,
    write_json,
)
from tests.benchmarks.engine_rows import all_rows, chosen_rows, scaling_rows
from tests.benchmarks.engine_shapes import layer_shapes, num_parameters
from tests.benchmarks.engine_worker import DraftRow, busy_from_drafts, busy_from_log
from tests.conftest import wait_until

ROOT = Path(__file__).resolve().parents[2]
# What the file promises to whoever reads it.
PROMISED = {
    "name",
    "drafts_per_minute",
    "tokens_per_second",
    "seconds",
    "peak_mib",
    "ratio_to_one_by_one",
    "logprob_difference",
}
RATES = MachineRates(
    read_bytes_per_second=2e10, gemm_flops_per_second={1: 1e10, 64: 1.2e11}, num_parameters=10**8
)


def measured(seconds: float = 60.0, **overrides: Any) -> Measured:
    fields = {
        "num_drafts": 4,
        "num_texts": 4,
        "new_tokens": 600,
        "prompt_tokens": 320,
        "seconds": seconds,
        "peak_mib": 900.0,
    }
    return Measured(**{**fields, **overrides})


def result(name: str, repeats: dict[int, Measured], **ready: Any) -> RowResult:
    spec = RowSpec(name, "one_by_one" if name == "one_by_one" else "own", 4)
    fields = {"batch": 1, "weight_bytes": 4 * 10**8, "logprobs": [[-1.0, -2.0], [-0.5]]}
    return RowResult(spec, Ready(**{**fields, **ready}), repeats)


def surroundings(**overrides: Any) -> Surroundings:
    fields = {
        "data_dir": "data",
        "gguf": "model.gguf",
        "threads": 2,
        "prompts": tuple(own_prompts()[:2]),
        "fixed_texts": FIXED_TEXTS,
        "batches": (1, 64),
    }
    return Surroundings(**{**fields, **overrides})


def row_seconds(pid: int) -> float:
    times = processor_times(pid)
    assert times is not None
    return times.row


def drafts(*seconds: float, started_at: datetime) -> list[DraftRow]:
    return [
        DraftRow(started_at, started_at + timedelta(seconds=value), value, 80, 140)
        for value in seconds
    ]


def test_a_row_is_compared_within_each_repeat_and_not_by_its_medians() -> None:
    # The machine became half as fast in the second repeat, for both.
    base = {0: measured(10), 1: measured(20), 2: measured(10)}
    row = {0: measured(1), 1: measured(2), 2: measured(2)}
    found = summary(result("fast", row), result("one_by_one", base), {})
    assert found["ratio_to_one_by_one"] == {"median": 10.0, "min": 5.0, "max": 10.0}
    assert found["drafts_per_minute"] == 120.0
    assert found["num_repeats"] == 3


def test_repeats_that_only_one_of_two_rows_has_are_not_compared() -> None:
    base, row = {0: measured(10), 2: measured(10)}, {1: measured(1), 2: measured(5)}
    assert ratios(row, base, tokens_per_second) == [2.0]
    assert spread(ratios({1: measured()}, base, tokens_per_second)) is None


def test_four_texts_of_a_request_are_one_draft_and_all_their_tokens_count() -> None:
    row = {0: measured(60, num_drafts=2, num_texts=8, new_tokens=1200)}
    found = summary(result("four", row), result("one_by_one", {0: measured(60)}), {})
    assert found["drafts_per_minute"] == 2.0
    assert found["tokens_per_second"] == 20.0
    assert found["tokens_per_text"] == 150.0
    assert found["ratio_to_one_by_one"]["median"] == 0.5
    assert found["token_ratio_to_one_by_one"]["median"] == 2.0


def test_shorter_texts_of_the_worker_do_not_raise_its_ratio() -> None:
    base = result("one_by_one", {0: measured(60)})
    row = RowResult(
        RowSpec("worker_path", "worker", 8), Ready(batch=64), {0: measured(60, num_drafts=8)}
    )
    found = summary(row, base, {})
    assert found["drafts_per_minute"] == 8.0
    assert found["ratio_to_one_by_one"]["median"] == 1.0


@pytest.mark.parametrize(
    ("found", "reference", "expected"),
    [
        ([[-1.0, -2.0]], [[-1.0, -2.0]], 0.0),
        ([[-1.0, -2.0], [-3.0]], [[-1.5, -2.0], [-2.0]], 0.5),
        ([[-1.0]], [[-1.0, -2.0]], None),  # Other tokens.
        ([[-1.0]], [[-1.0], [-2.0]], None),  # Another number of texts.
        ([[]], [[]], None),
        (None, [[-1.0]], None),
        ([[-1.0]], None, None),
    ],
)
def test_log_probabilities_are_compared_token_by_token(
    found: list[list[float]] | None, reference: list[list[float]] | None, expected: float | None
) -> None:
    assert logprob_difference(found, reference) == expected


@pytest.mark.parametrize(
    ("ready", "expected"),
    [
        (Ready(batch=1, weight_bytes=4 * 10**8), 50.0),  # Bytes a second over bytes a token.
        (Ready(batch=1, weight_bytes=10**8), 200.0),
        (Ready(batch=1), None),  # Unknown weights.
        (Ready(batch=64, weight_bytes=10**8), 600.0),  # Operations a second over those of a token.
        (Ready(batch=63), None),  # Not measured at this batch.
    ],
)
def test_the_bound_is_memory_for_one_text_and_arithmetic_for_many(
    ready: Ready, expected: float | None
) -> None:
    assert bound_tokens_per_second(ready, RATES) == expected
    assert bound_tokens_per_second(ready, None) is None


def test_the_machines_bounds_are_rows_over_the_texts_of_row_one() -> None:
    base = result("one_by_one", {0: measured(60), 1: measured(30)})
    memory, arithmetic = bound_rows(base, {0: RATES}, [1, 64])
    found = summary(memory, base, {0: RATES})
    assert found["name"] == "bound_by_memory_1"
    assert found["tokens_per_second"] == pytest.approx(50.0)
    assert found["ratio_to_one_by_one"]["median"] == pytest.approx(5.0)  # 10 tokens a second.
    assert found["share_of_bound"] == pytest.approx(1.0)
    assert found["peak_mib"] is None
    assert found["logprob_difference"] is None
    assert arithmetic.repeats[0].seconds == pytest.approx(1.0)
    assert bound_rows(base, {}, [1, 64]) == []


def test_a_rows_share_is_of_the_bound_that_fits_its_batch() -> None:
    base = result("one_by_one", {0: measured(60)})
    assert summary(base, base, {0: RATES})["share_of_bound"] == pytest.approx(0.2)
    many = result("many", {0: measured(60, new_tokens=18_000)}, batch=64)
    assert summary(many, base, {0: RATES})["share_of_bound"] == pytest.approx(0.5)
    assert summary(many, base, {})["share_of_bound"] is None


def test_the_matrices_of_a_model_are_known_from_its_configuration(tmp_path: Path) -> None:
    config = {
        "hidden_size": 8,
        "intermediate_size": 20,
        "num_attention_heads": 4,
        "num_key_value_heads": 1,
        "num_hidden_layers": 2,
        "vocab_size": 100,
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    shapes = layer_shapes(tmp_path)
    assert shapes == [(12, 8), (8, 8), (40, 8), (8, 20)] * 2 + [(100, 8)]
    assert num_parameters(tmp_path) == 2 * (96 + 64 + 320 + 160) + 800


def test_the_overhead_is_what_the_engine_was_not_busy_with() -> None:
    base = result("one_by_one", {0: measured(60)})
    row = result("worker_path", {0: measured(63, busy_seconds=60.0)})
    assert summary(row, base, {})["overhead_share"] == pytest.approx(0.05)
    assert summary(base, base, {})["overhead_share"] is None
    assert "worker_path: 5.0% on top" in table([summary(row, base, {})])


def test_the_file_is_a_list_of_rows_with_what_was_promised(tmp_path: Path) -> None:
    base = result("one_by_one", {0: measured(60)})
    row = result("many", {0: measured(6)}, batch=64, logprobs=[[-1.5, -2.0], [-0.5]])
    path = tmp_path / "bench" / "engine.json"
    write_json(path, [summary(base, base, {}), summary(row, base, {})])
    first, second = json.loads(path.read_text())
    assert first.keys() >= PROMISED
    assert first.keys() == second.keys()
    assert second["ratio_to_one_by_one"] == {"median": 10.0, "min": 10.0, "max": 10.0}
    assert second["logprob_difference"] == pytest.approx(1 / 6)
    assert second["peak_mib"] == 900.0
    assert [file.name for file in path.parent.iterdir()] == ["engine.json"]


def test_a_number_that_is_none_is_refused_by_the_file(tmp_path: Path) -> None:
    path = tmp_path / "engine.json"
    with pytest.raises(ValueError):
        write_json(path, [{"name": "broken", "seconds": float("nan")}])
    assert not path.exists()


def test_the_table_has_a_line_for_each_row_with_its_spread_and_its_note() -> None:
    base = result("one_by_one", {0: measured(10), 1: measured(10)})
    row = result("many", {0: measured(1), 1: measured(2)}, note="16 slots")
    lines = table([summary(base, base, {}), summary(row, base, {})]).splitlines()
    assert [line.split()[0] for line in lines[2:4]] == ["one_by_one", "many"]
    assert "7.50 (5.00 - 10.00)" in lines[3]
    assert lines[4] == "many: 16 slots"
    assert len({len(line) for line in lines[1:4]}) == 1


def test_a_busy_machine_is_named_with_the_row_that_saw_most_of_it() -> None:
    rows: Sequence[dict[str, Any]] = [
        {"name": "one_by_one", "other_cores": 0.02},
        {"name": "many", "other_cores": 0.75},
        {"name": "bound", "other_cores": None},
    ]
    assert busy_warning(rows[:1]) == ""
    assert "1 of 3 rows (up to 0.75 cores, during many)" in busy_warning(rows)


def test_the_processor_time_of_others_is_what_is_left_of_the_machines() -> None:
    before, after = ProcessorTimes(10.0, 100.0, 40.0), ProcessorTimes(20.0, 118.0, 55.0)
    assert after.other_cores_since(before) == pytest.approx(0.3)
    assert replace(after, row=60.0).other_cores_since(before) == 0.0  # Clocks round differently.


@pytest.mark.skipif(not Path("/proc/stat").exists(), reason="only Linux tells these times")
def test_the_work_of_a_rows_children_counts_as_the_rows_own() -> None:
    burn = "import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    starter = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}]); input()"
    with subprocess.Popen(
        [sys.executable, "-c", f"print(1, flush=True); {starter}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as row:
        assert row.stdout is not None
        row.stdout.readline()
        before = processor_times(row.pid)
        assert before is not None
        assert wait_until(lambda: row_seconds(row.pid) - before.row >= 0.25)
        after = processor_times(row.pid)
        row.communicate(b"\n")
    assert after is not None
    assert after.machine - before.machine >= 0.25
    assert (available_mib() or 0) > 0


def test_there_are_64_different_prompts_that_begin_with_the_same_words() -> None:
    for prompts in (own_prompts(), product_prompts()):
        assert len({(prompt.system, prompt.user) for prompt in prompts}) == NUM_PROMPTS == 64
    assert len({prompt.system for prompt in own_prompts()}) == 1
    mug = own_prompts()[1]
    assert mug.numbers == ("0.3",)
    assert [message["role"] for message in mug.messages] == ["system", "user"]


def test_each_fixed_text_is_about_the_product_of_its_prompt() -> None:
    assert len(FIXED_TEXTS) == 4
    for prompt, text in zip(own_prompts(), FIXED_TEXTS, strict=False):
        title = prompt.user.splitlines()[0].removeprefix("Product: ").split(" by ")[0]
        assert title.split()[-1].lower() in text.lower()
        assert all(number in text for number in prompt.numbers)


def test_a_longer_prompt_has_as_many_words_more_as_were_asked_for() -> None:
    short, long = (prompts_of_length(num, 3) for num in (100, 400))
    assert len(short) == len(long) == 3
    assert len(long[0].user.split()) - len(short[0].user.split()) == 300


@pytest.mark.parametrize("num", [1, 4, 6, 16, 64, 500])
def test_shares_go_through_all_prompts_before_one_comes_again(num: int) -> None:
    size = min(num, NUM_PROMPTS)
    seen = [
        index for repeat in range(NUM_PROMPTS // size) for index in share_of_prompts(num, repeat)
    ]
    assert len(seen) == len(set(seen)) == NUM_PROMPTS // size * size
    assert set(seen) <= set(range(NUM_PROMPTS))


def test_row_names_are_unique_and_a_quick_run_has_a_row_of_each_kind() -> None:
    full, quick = (all_rows("auto", is_quick=is_quick) for is_quick in (False, True))
    for rows in (full, quick):
        assert len({row.name for row in rows}) == len(rows)
    assert rows[0].name == "one_by_one"
    assert {row.kind for row in quick} == {row.kind for row in full}
    assert {row.name for row in quick} < {row.name for row in full}
    # Without those of one product at a time, and the worker's.
    own = [row for row in full if row.engine == "openvino" and "_alone_" not in row.name]
    assert {(row.candidates, row.is_constrained) for row in own} == {
        (1, False),
        (4, False),
        (1, True),
        (4, True),
    }
    assert {row.num_prompts * row.candidates for row in own} == {NUM_PROMPTS}


def test_rows_are_chosen_by_how_their_names_begin_and_row_one_always_comes() -> None:
    rows = all_rows("auto", is_quick=False)
    assert chosen_rows(rows, "") == rows
    names = [row.name for row in chosen_rows(rows, "llama, worker_path")]
    assert names[0] == "one_by_one"
    assert names[1].startswith("llama")
    assert names[-1] == "worker_path"
    with pytest.raises(ValueError, match="No row is called 'lama'; there are one_by_one"):
        chosen_rows(rows, "lama")


def test_scaling_varies_one_thing_at_a_time() -> None:
    tables = scaling_rows("auto")
    assert [row.batch for row in tables["batch"]] == [1, 4, 16, 64]
    assert {row.batch for row in tables["prompt length"]} == {16}
    candidates = tables["candidates"]
    assert [row.candidates for row in candidates] == [1, 2, 4, 8]
    assert {row.num_prompts * row.candidates for row in candidates} == {16}
    assert all(row.min_tokens == row.max_tokens for rows in tables.values() for row in rows)


def test_busy_seconds_are_summed_over_the_lines_that_a_worker_logs() -> None:
    lines = [
        {"message": "engine busy_seconds=12.500 wall_seconds=13.000 drafts=16"},
        {"message": "Task accepted"},
        {"message": "engine busy_seconds=2.25 wall_seconds=3.0 drafts=4"},
    ]
    assert busy_from_log("\n".join(map(json.dumps, lines))) == 14.75
    assert busy_from_log('{"message": "Task accepted"}') is None


def test_drafts_of_one_claim_are_busy_as_long_as_the_slowest() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    rows = drafts(3.0, 5.0, 4.0, started_at=start)
    rows += drafts(2.0, started_at=start + timedelta(seconds=6))
    assert busy_from_drafts(rows) == 7.0


def test_what_the_processes_tell_each_other_survives_json() -> None:
    def through(value: Any) -> Any:
        return json.loads(json.dumps(asdict(value)))

    spec = all_rows("auto", is_quick=True)[3]
    assert spec_from_json(through(spec)) == spec
    assert surroundings_from_json(through(surroundings())) == surroundings()
    assert rates_from_json(through(RATES)) == RATES
    assert Measured(**through(measured())) == measured()


def test_a_row_that_cannot_be_loaded_is_left_out_with_its_reason(tmp_path: Path) -> None:
    spec = RowSpec("own", "own", 1, engine="no-such-engine")
    around = surroundings(data_dir=str(tmp_path))
    with pytest.raises(LeftOutError, match="EngineLoadError: Unknown engine 'no-such-engine'"):
        RowProcess(spec, around, sys.executable, tmp_path / "own.log")
    assert "Traceback" in (tmp_path / "own.log").read_text()


def test_an_echoing_engine_goes_through_a_process_of_its_own_twice(tmp_path: Path) -> None:
    spec = RowSpec("echo", "machine_test", 2, batch=2, engine="echo")
    process = RowProcess(
        replace(spec, kind="own"),
        surroundings(data_dir=str(tmp_path)),
        sys.executable,
        tmp_path / "echo.log",
    )
    try:
        for seeds in ([1, 2], [3, 4]):
            found = process.measure([0, 1], seeds)
            assert isinstance(found, Measured)
            assert found.num_drafts == found.num_texts == 2
            assert found.new_tokens > 0
            assert found.peak_mib is not None
            assert found.peak_mib > 1
        assert process.ready.note.startswith("echo")
        assert process.ready.logprobs is not None
        assert len(process.ready.logprobs) == 2
    finally:
        process.close()


def test_the_parent_loads_no_framework_so_that_its_size_is_in_no_row() -> None:
    code = (
        "import sys, tests.benchmarks.engine as engine; engine.surroundings([]);"
        "sys.exit(bool({'torch', 'transformers', 'openvino'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert done.returncode == 0


def test_without_llama_cpp_its_rows_are_left_out_and_say_what_to_install(
    capsys: pytest.CaptureFixture[str],
) -> None:
    bench = engine.Bench(surroundings(), llama_python="")
    rows = [row for row in all_rows("auto", is_quick=True) if row.kind.startswith("llama")]
    bench.run(rows, 2)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(rows) == 3
    assert all("pip install .[bench]" in line for line in lines)
    assert bench.num_failed == 0


def test_after_its_time_a_quick_run_begins_no_row(capsys: pytest.CaptureFixture[str]) -> None:
    bench = engine.Bench(surroundings(), llama_python="", deadline=0.0)
    bench.run(all_rows("auto", is_quick=True)[:2], 1)
    assert capsys.readouterr().out.count("the time of a quick run is over") == 2
    assert bench.results == {}
