from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from shop_content.generation.management.commands import write_descriptions
from shop_content.lm.echo import EchoEngine
from shop_content.lm.engine import (
    ErrorCode,
    FinishReason,
    GenerationOutput,
    GenerationRequest,
    StepHook,
)

REPOSITORY = Path(__file__).resolve().parents[2]
Run = Callable[..., tuple[list[dict[str, Any]], str]]


def make_product(number: int = 1, **overrides: Any) -> dict[str, Any]:
    return {
        "id": f"p{number}",
        "name": f"Mug {number}",
        "brand": "Holm",
        "category": "Mugs",
        "facts": {"material": "stoneware", "capacity": "0.3 l"},
        "keywords": ["tea"],
        "language": "en",
        **overrides,
    }


@pytest.fixture
def run(tmp_path: Path, settings: Any) -> Run:
    """Run the command on these lines; give its rows and what it said."""
    settings.SHOP_CONTENT_LM_ENGINE = "echo"
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"

    def run_command(lines: list[Any], *options: str) -> tuple[list[dict[str, Any]], str]:
        raw = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
        source.write_bytes(b"\n".join(raw) + b"\n")
        said = StringIO()
        try:
            call_command(
                "write_descriptions",
                "--input",
                str(source),
                "--output",
                str(target),
                *options,
                stderr=said,
            )
        except CommandError as error:
            said.write(f"ERROR {error.returncode}: {error}")
        rows = target.read_text(encoding="utf-8").splitlines() if target.exists() else []
        return [json.loads(row) for row in rows], said.getvalue()

    return run_command


def test_each_line_gets_a_text(run: Run) -> None:
    products = [make_product(number) for number in range(5)]

    rows, said = run(products)

    assert [row["id"] for row in rows] == ["p0", "p1", "p2", "p3", "p4"]
    for product, row in zip(products, rows, strict=True):
        assert product.items() <= row.items()
        assert "stoneware" in row["text"]
        assert row["model"].startswith("echo@")
        assert row["seconds"] >= 0
    assert "ERROR" not in said


def test_the_seed_counts_up_and_is_stored(run: Run) -> None:
    rows, _ = run([make_product(), make_product(), make_product()], "--seed", "40")

    assert [row["seed"] for row in rows] == [40, 41, 42]


def test_a_seed_is_that_of_the_line_whatever_came_before(run: Run) -> None:
    product = make_product(3)

    (_, after_good), _ = run([make_product(), product])
    (after_bad,), _ = run([b"{", product])

    assert after_good == after_bad


@pytest.mark.parametrize("batch", ["1", "2", "100"])
def test_the_batch_does_not_change_the_texts(run: Run, batch: str) -> None:
    products = [make_product(number) for number in range(5)]
    expected, _ = run(products)

    rows, _ = run(products, "--batch", batch)

    assert rows == expected


def test_findings_have_rule_severity_message_and_place(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    class WrongNumber(EchoEngine):
        def _output(self, request: GenerationRequest) -> GenerationOutput:
            output = super()._output(request)
            values = {name: getattr(output, name) for name in GenerationOutput.__slots__}
            return GenerationOutput(**{**values, "text": "The stoneware mug holds 750 ml."})

    monkeypatch.setattr(write_descriptions, "load_engine", lambda config: WrongNumber())

    (row,), _ = run([make_product()])

    blocking = [f for f in row["findings"] if f["severity"] == "B"]
    assert blocking
    assert set(blocking[0]) == {"rule", "severity", "message", "start", "end"}
    assert "750" in row["text"][blocking[0]["start"] : blocking[0]["end"]]


@pytest.mark.parametrize(
    "bad", [b"{", b"[]", b'{"brand": "x"}', b"\xff", b'{"name": "Mug without more"}']
)
def test_a_bad_line_is_reported_by_number_and_the_rest_is_written(run: Run, bad: bytes) -> None:
    rows, said = run([make_product(1), bad, make_product(3)])

    assert [row["id"] for row in rows] == ["p1", "p3"]
    assert "Line 2: " in said
    assert "ERROR 1: 1 of 3 lines were left out." in said


def test_a_line_that_the_model_fails_on_costs_only_itself(run: Run) -> None:
    rows, said = run([make_product(1), make_product(2, name="Mug ECHO_RAISE"), make_product(3)])

    assert [row["id"] for row in rows] == ["p1", "p3"]
    assert "Line 2: the model failed: EchoRaisedError" in said
    assert "ERROR 1: 1 of 3" in said


def test_a_prompt_that_is_too_long_is_reported(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class NoRoom(EchoEngine):
        def generate(
            self, requests: Sequence[GenerationRequest], on_step: StepHook | None = None
        ) -> list[GenerationOutput]:
            return [
                dataclasses.replace(
                    output,
                    text="",
                    finish_reason=FinishReason.ERROR,
                    error_code=ErrorCode.PROMPT_TOO_LONG,
                    error="The prompt has 9 tokens, the model reads 8 with the text.",
                )
                for output in super().generate(requests, on_step)
            ]

    monkeypatch.setattr(write_descriptions, "load_engine", lambda config: NoRoom())

    rows, said = run([make_product()])

    assert rows == []
    assert "Line 1: The prompt has 9 tokens" in said


def test_empty_lines_are_no_lines(run: Run) -> None:
    rows, said = run([make_product(1), b"", b"  ", make_product(2)])

    assert len(rows) == 2
    assert "ERROR" not in said


def test_an_empty_file_is_an_empty_file(run: Run) -> None:
    assert run([]) == ([], "")


@pytest.mark.parametrize("field", ["bullets", "meta_title", "image_alt_text"])
def test_another_field_can_be_asked_for(run: Run, field: str) -> None:
    ((row),), _ = run([make_product()], "--field", field)

    assert row["text"]
    assert "description of about" not in row["text"]


def test_an_unknown_field_is_refused(run: Run) -> None:
    _, said = run([make_product()], "--field", "slogan")

    assert "slogan" in said


def test_texts_stay_as_unicode(run: Run) -> None:
    (row,), _ = run([make_product(name="Müsli-Schale 🥣")])

    assert "Müsli-Schale 🥣" in row["text"]


def test_progress_is_shown(run: Run) -> None:
    _, said = run([make_product(number) for number in range(5)], "--batch", "1")

    assert "4/5" in said
    assert "[##############################] 5/5" in said


def test_on_a_terminal_the_bar_stays_on_its_line() -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    progress = write_descriptions.Progress(2, write_descriptions.OutputWrapper(stream))

    progress.advance(1)
    progress.advance(1)

    assert stream.getvalue().count("\r") == 2
    assert stream.getvalue().count("\n") == 1


def test_a_missing_input_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command(
            "write_descriptions",
            "--input",
            str(tmp_path / "none"),
            "--output",
            str(tmp_path / "out"),
        )


def test_an_output_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps(make_product()))

    with pytest.raises(CommandError, match="Cannot write"):
        call_command(
            "write_descriptions",
            "--input",
            str(source),
            "--output",
            str(tmp_path / "no" / "out"),
        )


def test_the_input_is_never_overwritten(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text("kept")

    with pytest.raises(CommandError, match="two files"):
        call_command("write_descriptions", "--input", str(source), "--output", str(source))

    assert source.read_text() == "kept"


def test_a_model_that_cannot_be_loaded_is_one_line(run: Run, settings: Any, tmp_path: Path) -> None:
    settings.SHOP_CONTENT_LM_ENGINE = "transformers"
    settings.SHOP_CONTENT_LM_MODEL = str(tmp_path / "nowhere")

    _, said = run([make_product()])

    assert "ERROR 1: Model folder" in said


def test_it_works_without_a_database(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps(make_product()) + "\n{\n")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": "postgres://nobody:nothing@127.0.0.1:1/none",
    }

    done = subprocess.run(
        [
            sys.executable,
            "manage.py",
            "write_descriptions",
            "--input",
            str(source),
            "--output",
            str(target),
        ],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1, done.stderr
    assert "Line 2: it is not valid JSON" in done.stderr
    assert json.loads(target.read_text())["id"] == "p1"
