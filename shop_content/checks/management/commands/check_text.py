"""Check texts in a file of JSON lines against the rules; needs no database."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shop_content.checks.findings import finding_data
from shop_content.checks.jsonl import LineError, line_context, line_data
from shop_content.checks.rules import run_rules

_PLACE = ("rule", "severity", "message", "start", "end")


class Command(BaseCommand):
    """Write each line of the input with its findings to the output."""

    help = "Check the text of each line of a JSON lines file; writes the lines with findings."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the two files and what lines that say nothing else are."""
        parser.add_argument("--input", required=True, help="JSON lines with text, name, facts, …")
        parser.add_argument("--output", required=True, help="where to write the lines")
        parser.add_argument("--field", default="description", help="content field of the texts")
        parser.add_argument("--language", default="en", help="language of the texts")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check line by line; a bad line is reported by number, and the exit status is 1."""
        source_path, target_path = Path(options["input"]), Path(options["output"])
        if source_path.resolve() == target_path.resolve():
            raise CommandError("Input and output are the same file. Name another output.")
        try:
            with (
                source_path.open("rb") as source,
                target_path.open("w", encoding="utf-8", newline="\n") as target,
            ):
                num_checked, num_bad = self._check_lines(source, target, options)
        except OSError as error:
            raise CommandError(f"{error.filename or source_path}: {error.strerror}.") from error
        self.stderr.write(f"{num_checked} texts checked, {num_bad} lines refused.")
        if num_bad:
            sys.exit(1)

    def _check_lines(self, source: Any, target: TextIO, options: dict[str, Any]) -> tuple[int, int]:
        num_checked = num_bad = 0
        for number, raw in enumerate(source, start=1):
            if not raw.strip():
                continue
            try:
                target.write(_checked(raw, options["field"], options["language"]) + "\n")
                num_checked += 1
            except LineError as error:
                num_bad += 1
                self.stderr.write(f"Line {number}: {error}.")
        return num_checked, num_bad


def _checked(raw: bytes, field: str, language: str) -> str:
    """Return the line with its findings.

    Raises:
        LineError: It cannot be checked.
    """
    try:
        data = line_data(raw.decode("utf-8-sig").rstrip("\r\n"))
    except UnicodeDecodeError as error:
        raise LineError("this is not UTF-8") from error
    context = line_context(data, field=field, language=language)
    findings = [finding_data(found) for found in run_rules(data["text"], context)]
    data["findings"] = [{key: found[key] for key in _PLACE} for found in findings]
    # A lone surrogate has no UTF-8; as \\ud800 it goes through.
    line = json.dumps(data, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:
        line = json.dumps(data)
    return line
