"""Split CSV text into rows without losing a character, and write cells.

Each cell is kept as it stands in the file, quotes included, so that what nobody changed can be
written back byte for byte. A row that breaks the rules of quoting (RFC 4180) is given up at the end
of its line; the rows after it are read on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

# What spreadsheets take for a formula at the start of a cell.
FORMULA_START = "=+-@\t\r"
_ESCAPED = re.compile(rf"'+[{re.escape(FORMULA_START)}]")
_NEEDS_ESCAPE = re.compile(rf"'*[{re.escape(FORMULA_START)}]")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*", re.ASCII)
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file."""

    number: int  # the header is row 1; blank lines count
    raw_cells: tuple[str, ...]  # as in the file, quotes included
    ending: str  # its line break; "" at the end of the file
    is_broken: bool = False  # a quotation mark is open or stands where it may not

    @property
    def cells(self) -> list[str]:
        """Return the cells without their quotes."""
        return [cell_text(raw) for raw in self.raw_cells]


@lru_cache(maxsize=8)
def _cell_pattern(delimiter: str) -> re.Pattern[str]:
    other = f"[^{re.escape(delimiter)}\\r\\n]"
    # Possessive (*+): a cell that does not end as it should fails at once, without backtracking.
    return re.compile(
        rf'("[^"]*+(?:""[^"]*+)*+" *+|(?!"){other}*+)({re.escape(delimiter)}|\r\n|\r|\n|\Z)'
    )


def read_rows(text: str, delimiter: str) -> Iterator[Row]:
    """Yield the rows of the text; blank lines are counted and left out."""
    match_cell = _cell_pattern(delimiter).match
    position, number, length = 0, 0, len(text)
    while position < length:
        number += 1
        start = position
        cells: list[str] = []
        while True:
            match = match_cell(text, position)
            if match is None:
                yield _broken_row(text, start, number, delimiter)
                position = _next_line(text, start)
                break
            cells.append(match[1])
            position = match.end()
            if match[2] != delimiter:
                if cells != [""]:
                    yield Row(number, tuple(cells), match[2])
                break


def _broken_row(text: str, start: int, number: int, delimiter: str) -> Row:
    end = _LINE_END.search(text, start)
    line = text[start : end.start() if end else len(text)]
    return Row(number, tuple(line.split(delimiter)), end[0] if end else "", is_broken=True)


def _next_line(text: str, start: int) -> int:
    end = _LINE_END.search(text, start)
    return end.end() if end else len(text)


def cell_text(raw: str) -> str:
    """Return what a cell says."""
    if raw[:1] != '"':
        return raw
    # Files that are laid out in columns have spaces after the closing quotation mark.
    quoted = raw.rstrip(" ")
    if len(quoted) > 1 and quoted[-1] == '"':
        return quoted[1:-1].replace('""', '"')
    return raw


def cell_raw(value: str, delimiter: str, *, is_quoted: bool = False) -> str:
    """Return the value as a cell of the file, in quotes where it needs them or by wish."""
    needs_quotes = any(character in value for character in (delimiter, '"', "\r", "\n"))
    if is_quoted or needs_quotes or value != value.strip():
        return '"' + value.replace('"', '""') + '"'
    return value


def formula_escaped(value: str) -> str:
    """Keep a spreadsheet from running the value: put an apostrophe before it (OWASP, CWE-1236).

    Numbers stay as they are. `formula_unescaped` gives every value back exactly.
    """
    if _NEEDS_ESCAPE.match(value) and not _NUMBER.fullmatch(value):
        return "'" + value
    return value


def formula_unescaped(value: str) -> str:
    """Take the apostrophe of `formula_escaped` away again."""
    return value[1:] if _ESCAPED.match(value) else value


def safe_raw(raw: str, delimiter: str) -> str:
    """Return a cell of the file as it is, or with an apostrophe if it would run as a formula."""
    value = cell_text(raw)
    # A value that has its apostrophe already was made safe before, by us or by the shop.
    if value[:1] not in FORMULA_START or not value or _NUMBER.fullmatch(value):
        return raw
    return cell_raw("'" + value, delimiter, is_quoted=raw[:1] == '"')


def joined(raw_cells: Sequence[str], delimiter: str, ending: str) -> str:
    """Return a line of the file."""
    return delimiter.join(raw_cells) + ending
