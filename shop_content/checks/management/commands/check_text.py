"""Check texts against the rules, and tell which facts carry each sentence.

Lines of a file need no database; `--draft` reads a draft of this installation, with what its
review page shows.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shop_content.checks.findings import finding_data
from shop_content.checks.jsonl import LineError, line_context, line_data
from shop_content.checks.rules import CheckContext, run_rules
from shop_content.checks.rules.evidence import sentence_evidence
from shop_content.checks.services import context_for, text_check
from shop_content.drafts.models import Draft
from shop_content.drafts.selectors import newest_version

_PLACE = ("rule", "severity", "message", "start", "end")


class Command(BaseCommand):
    """Write each line of the input with its findings to the output."""

    help = "Check the text of each line of a JSON lines file; writes the lines with findings."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the two files and what lines that say nothing else are."""
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument("--input", help="JSON lines with text, name, facts, …")
        source.add_argument(
            "--draft", type=int, metavar="ID", help="a draft, as its review page shows it"
        )
        parser.add_argument("--output", help="where to write the lines of --input")
        parser.add_argument("--field", default="description", help="content field of the texts")
        parser.add_argument("--language", default="en", help="language of the texts")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check a draft, or line by line; a bad line is reported, and the exit status is 1."""
        if options["draft"] is not None:
            self.stdout.write(_draft_checked(options["draft"]))
            return
        if not options["output"]:
            raise CommandError("Name the file to write to: --output FILE.")
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
    return _line(data | _verdict(data["text"], context))


def _draft_checked(draft_id: int) -> str:
    """Return the newest version of a draft with its findings, as a line.

    Raises:
        CommandError: There is no such draft.
    """
    draft = Draft.objects.filter(pk=draft_id).first()
    if draft is None:
        raise CommandError(f"There is no draft {draft_id}.")
    text = newest_version(draft=draft).text
    context = context_for(field=draft.field, facts=draft.facts, brief=draft.brief)
    found = text_check(draft=draft, text=text)
    return _line({"draft": draft_id, "text": text} | _verdict(text, context, found))


def _verdict(
    text: str, context: CheckContext, found: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """Return what the rules find in a text, and what speaks for each of its sentences.

    Args:
        text: to be checked.
        context: what it is compared with.
        found: what a merchant's own rules found; None asks the rules as they come.
    """
    if found is None:
        found = [finding_data(mark) for mark in run_rules(text, context)]
    return {
        "findings": [
            {key: row[key] for key in (*_PLACE, "dismissed") if key in row}
            | {"said": text[row["start"] : row["end"]]}
            for row in found
        ],
        "evidence": [
            {
                "start": sentence.start,
                "end": sentence.end,
                "facts": [context.facts[place].name for place in sentence.facts],
                "uncarried": [text[start:end] for start, end in sentence.foreign],
            }
            for sentence in sentence_evidence(text, context)
        ],
    }


def _line(data: dict[str, Any]) -> str:
    # A lone surrogate has no UTF-8; as \\ud800 it goes through.
    line = json.dumps(data, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:
        line = json.dumps(data)
    return line
