"""`manage.py check_text`: lines in, lines with findings out, bad lines reported by number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from shop_content.checks.services import text_check, text_evidence
from tests.factories import make_draft, make_version

GOOD = {
    "id": "1",
    "name": "Mug",
    "facts": {"Width": "16 mm", "Colours": ["blue", "red"], "Volume": {"value": 350, "unit": "ml"}},
    "keywords": ["mug"],
    "text": "A blue mug, 60 mm wide, that holds 350 ml.",
    "extra": {"kept": True},
}


def run(tmp_path: Path, *lines: bytes | dict[str, Any], **options: str) -> list[dict[str, Any]]:
    """Write the lines, check them, and return what came out."""
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    raw = (line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    source.write_bytes(b"\n".join(raw))
    call_command("check_text", input=str(source), output=str(target), **options)
    return read(target)


def read(path: Path) -> list[dict[str, Any]]:
    """Return the JSON lines of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_line_comes_back_with_its_findings(tmp_path: Path) -> None:
    (line,) = run(tmp_path, GOOD)
    (found,) = line.pop("findings")
    line.pop("evidence")
    assert line == GOOD
    assert set(found) == {"rule", "severity", "message", "start", "end", "said"}
    assert found["said"] == "60 mm"
    assert (found["rule"], found["severity"]) == ("numbers", "B")
    assert GOOD["text"][found["start"] : found["end"]] == "60 mm"
    assert found["message"] == "The text says 60 mm; the product says 16 mm. Correct the text."


def test_each_sentence_comes_with_the_facts_that_carry_it(tmp_path: Path) -> None:
    text = "A blue mug of 350 ml. It comes with a yurt."
    (line,) = run(tmp_path, {**GOOD, "text": text})
    first, second = line["evidence"]
    assert (first["facts"], first["uncarried"]) == (["Colours", "Volume"], [])
    assert (second["facts"], second["uncarried"]) == ([], ["yurt"])
    assert text[second["start"] : second["end"]].strip() == "It comes with a yurt."


@pytest.mark.django_db
def test_draft_is_told_as_its_review_page_tells_it(capsys: pytest.CaptureFixture[str]) -> None:
    version = make_version(make_draft(), "A red mug, 60 mm wide.\nIt comes with a yurt.")
    call_command("check_text", draft=version.draft_id)
    line = json.loads(capsys.readouterr().out)
    shown = text_check(draft=version.draft, text=version.text)
    assert shown
    assert [(f["rule"], f["start"], f["end"], f["message"]) for f in line["findings"]] == [
        (f["rule"], f["start"], f["end"], f["message"]) for f in shown
    ]
    evidence = text_evidence(draft=version.draft, text=version.text)
    assert [(row["start"], row["end"]) for row in line["evidence"]] == [
        (row.start, row.end) for row in evidence
    ]


@pytest.mark.django_db
def test_draft_that_is_not_there_is_an_error() -> None:
    with pytest.raises(CommandError, match="There is no draft 404"):
        call_command("check_text", draft=404)


def test_output_is_asked_for(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text("{}")
    with pytest.raises(CommandError, match="--output"):
        call_command("check_text", input=str(source))


def test_places_are_code_points(tmp_path: Path) -> None:
    text = "👩‍👧 A blue mug, 60 mm wide."
    (line,) = run(tmp_path, {**GOOD, "text": text})
    found = next(found for found in line["findings"] if found["rule"] == "numbers")
    assert text[found["start"] : found["end"]] == "60 mm"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"{", "this is not JSON"),
        (b"[" * 100_000, "this is not JSON"),
        (b"[1]", "this is not a JSON object"),
        (b'{"text": 1}', '"text" is missing or not a string'),
        (b"{}", '"text" is missing or not a string'),
        (b'{"text": "\xff"}', "this is not UTF-8"),
        (b'{"text": "x", "facts": []}', '"facts" must be an object'),
        (b'{"text": "x", "keywords": "k"}', '"keywords" must be a list of strings'),
        (b'{"text": "x", "name": 1}', '"name" must be a string'),
        (b'{"text": "x", "field": "title"}', '"field" must be one of'),
    ],
)
def test_bad_line_is_reported_by_number_and_the_rest_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], bad: bytes, reason: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(tmp_path, GOOD, bad, GOOD)
    assert stopped.value.code == 1
    errors = capsys.readouterr().err
    assert f"Line 2: {reason}" in errors
    assert "2 texts checked, 1 lines refused." in errors
    assert len(read(tmp_path / "out.jsonl")) == 2


def test_blank_lines_and_byte_order_mark_are_no_error(tmp_path: Path) -> None:
    assert len(run(tmp_path, b"\xef\xbb\xbf" + json.dumps(GOOD).encode(), b"", b"  ", GOOD)) == 2


def test_lone_surrogate_goes_through(tmp_path: Path) -> None:
    (line,) = run(tmp_path, b'{"text": "A \\ud800 mug"}')
    assert line["text"] == "A \ud800 mug"
    assert "characters" in {found["rule"] for found in line["findings"]}


def test_field_and_language_of_lines_that_say_none(tmp_path: Path) -> None:
    (line,) = run(tmp_path, {"text": "Becher " * 12}, field="meta_title", language="de")
    assert "length" in {found["rule"] for found in line["findings"]}


def test_missing_input_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none\.jsonl: No such file"):
        call_command("check_text", input=str(tmp_path / "none.jsonl"), output=str(tmp_path / "o"))


def test_same_file_for_both_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps(GOOD))
    with pytest.raises(CommandError, match="same file"):
        call_command("check_text", input=str(path), output=str(path))
    assert json.loads(path.read_text()) == GOOD
