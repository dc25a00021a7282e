"""Write product copy for a file of JSON lines, without a database."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper

from shop_content.checks.judging import badness, check_context
from shop_content.checks.rules import run_rules
from shop_content.generation.engine_settings import engine_config
from shop_content.generation.product_lines import BadLineError, ProductLine, parse_line
from shop_content.generation.prompts import (
    FIELD_LIMITS,
    PromptStyle,
    build_messages,
    decoding_constraint,
    sampling_params,
)
from shop_content.generation.services.choosing import Choice, best_text
from shop_content.generation.services.planned import PlanningEngine, planned
from shop_content.lm.engine import Engine, EngineConfig, GenerationOutput, GenerationRequest
from shop_content.lm.loading import EngineLoadError, load_engine

BAR_CHARS = 30
# The engine fills the places of finished texts at once; only at the end of a batch they run empty.
BATCHES_AT_ONCE = 4


class Command(BaseCommand):
    """Write one text per line of the input; see `help`."""

    help = (
        "Write product copy for a file of JSON lines with id, name, brand, category, facts, "
        "keywords and language. The output holds the same objects with text, findings, model, "
        "seed and seconds, in the same order. No database is needed. A bad line is reported by "
        "number and left out, and the exit status is 1 then."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--input", required=True, type=Path, metavar="FILE.jsonl")
        parser.add_argument("--output", required=True, type=Path, metavar="FILE.jsonl")
        parser.add_argument("--field", default="description", choices=sorted(FIELD_LIMITS))
        parser.add_argument(
            "--seed", default=0, type=int, help="seed of the first line; each next one counts up"
        )
        parser.add_argument("--batch", default=0, type=int, help="texts that are written together")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, write and report."""
        if options["seed"] < 0:
            raise CommandError("--seed must not be negative.")
        raw_lines = _read_lines(options["input"], options["output"])
        lines, num_bad = self._parse(raw_lines, options["field"])
        config = engine_config()
        if options["batch"] > 0:
            config = dataclasses.replace(config, max_batch_size=options["batch"])
        try:
            with options["output"].open("w", encoding="utf-8") as output:
                num_failed = self._write_all(lines, config, options["seed"], output)
        except OSError as error:
            raise CommandError(f"Cannot write {options['output']}: {error.strerror}.") from error
        if num_bad + num_failed:
            raise CommandError(f"{num_bad + num_failed} of {len(raw_lines)} lines were left out.")

    def _parse(self, raw_lines: list[bytes], field: str) -> tuple[list[ProductLine], int]:
        """Return the good lines and the number of bad ones, which are reported."""
        lines: list[ProductLine] = []
        num_bad = 0
        for index, raw in enumerate(raw_lines):
            if not raw.strip():
                continue
            try:
                lines.append(parse_line(raw, index=index, field=field))
            except BadLineError as error:
                num_bad += 1
                self.stderr.write(f"Line {index + 1}: {error}")
        return lines, num_bad

    def _write_all(
        self, lines: list[ProductLine], config: EngineConfig, seed: int, output: IO[str]
    ) -> int:
        """Write batch by batch, so that what is done stays when the command is stopped."""
        if not lines:
            return 0
        try:
            engine = load_engine(config)
        except EngineLoadError as error:
            raise CommandError(str(error)) from error
        progress = Progress(len(lines), self.stderr)
        num_failed = 0
        for batch in _batches(lines, config.max_batch_size * BATCHES_AT_ONCE):
            for line, result in zip(batch, _generate(engine, batch, seed), strict=True):
                if isinstance(result, str):
                    num_failed += 1
                    self.stderr.write(f"\nLine {line.number}: {result}")
                else:
                    row = _result_row(line, result, engine, seed + line.index)
                    output.write(json.dumps(row, ensure_ascii=False) + "\n")
            output.flush()
            progress.advance(len(batch))
        return num_failed


class Progress:
    """A bar on a terminal, a line per batch elsewhere."""

    def __init__(self, total: int, stream: OutputWrapper) -> None:
        """Start the clock for that many texts."""
        self._total = total
        self._stream = stream
        self._done = 0
        self._began = time.monotonic()

    def advance(self, count: int) -> None:
        """Show that so many more are done."""
        self._done += count
        elapsed = max(time.monotonic() - self._began, 1e-6)
        left = timedelta(seconds=round(elapsed / self._done * (self._total - self._done)))
        full = BAR_CHARS * self._done // self._total
        text = (
            f"[{'#' * full}{'.' * (BAR_CHARS - full)}] {self._done}/{self._total} "
            f"{60 * self._done / elapsed:.0f} a minute, {left} left"
        )
        is_last = self._done == self._total
        if self._stream.isatty():
            self._stream.write(f"\r{text}", ending="\n" if is_last else "")
            self._stream.flush()
        else:
            self._stream.write(text)


def _read_lines(source: Path, target: Path) -> list[bytes]:
    if source.resolve() == target.resolve():
        raise CommandError("--input and --output must be two files.")
    try:
        return source.read_bytes().splitlines()
    except OSError as error:
        raise CommandError(f"Cannot read {source}: {error.strerror}.") from error


def _batches(lines: list[ProductLine], size: int) -> Iterator[list[ProductLine]]:
    for start in range(0, len(lines), max(1, size)):
        yield lines[start : start + max(1, size)]


def _generate(engine: Engine, batch: list[ProductLine], seed: int) -> list[Choice | str]:
    """Return the best text or the reason of a failure for each line.

    A batch that fails is tried again line by line, so that one bad line costs only itself.
    """
    requests = [_request(line, seed + line.index) for line in batch]
    outputs: dict[str, list[GenerationOutput]] = {request.request_id: [] for request in requests}
    try:
        for output in PlanningEngine(engine, badness).generate(requests):
            outputs[output.request_id].append(output)
    except Exception as error:
        if len(batch) == 1:
            return [f"the model failed: {type(error).__name__}"]
        return [_generate(engine, [line], seed)[0] for line in batch]
    return [_chosen(line, outputs[str(line.number)]) for line in batch]


def _chosen(line: ProductLine, outputs: list[GenerationOutput]) -> Choice | str:
    texts = [output for output in outputs if output.error_code is None]
    if not texts:
        return outputs[0].error or "the model wrote nothing"
    return (
        best_text(line.prompt_input, texts, judge=badness)
        or "the model wrote nothing that could be used"
    )


def _request(line: ProductLine, seed: int) -> GenerationRequest:
    asked = line.prompt_input
    style = PromptStyle(settings.SHOP_CONTENT_LM_PROMPT)
    request = GenerationRequest(
        request_id=str(line.number),
        messages=build_messages(asked, style),
        params=sampling_params(
            field=asked.field,
            length=asked.length,
            seed=seed,
            num_candidates=settings.SHOP_CONTENT_LM_CANDIDATES,
            style=style,
        ),
        constraint=decoding_constraint(asked),
        adapter=settings.SHOP_CONTENT_LM_ADAPTER,
    )
    return planned(request, asked) if style is PromptStyle.SENTENCES else request


def _result_row(line: ProductLine, choice: Choice, engine: Engine, seed: int) -> dict[str, Any]:
    """Return the object of the input with the text and all that is known about it."""
    text, output = choice.text, choice.output
    findings = run_rules(text, check_context(line.prompt_input))
    return {
        **line.product,
        "text": text,
        "findings": [
            {
                "rule": finding.rule,
                "severity": finding.severity.value,
                "message": finding.message,
                "start": finding.start,
                "end": finding.end,
            }
            for finding in findings
        ],
        "model": f"{engine.info.name}@{engine.info.weights_sha256[:12]}",
        "seed": seed,
        "seconds": round(output.prefill_seconds + output.decode_seconds, 3),
    }
