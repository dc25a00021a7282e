"""Tell how a file is written: encoding, delimiter, line breaks, quotes."""

from __future__ import annotations

import codecs
import itertools
from dataclasses import dataclass

from shop_content.catalogue.csv_io.problems import FileRefusedError, gettext_noop
from shop_content.catalogue.csv_io.tokens import Row, read_rows

DELIMITERS = ",;\t|"
SAMPLE_ROWS = 20
SAMPLE_CHARS = 200_000  # Where delimiters are counted; more of a file says nothing new.
# Other files that people send by mistake, by their first bytes.
_SIGNATURES = {
    b"PK\x03\x04": gettext_noop(
        "This is an Excel workbook or a zip file. Save the sheet as CSV and send that."
    ),
    b"\xd0\xcf\x11\xe0": gettext_noop(
        "This is an old Excel workbook. Save the sheet as CSV and send that."
    ),
    b"\x1f\x8b": gettext_noop("This file is compressed. Unpack it and send the CSV file inside."),
    b"%PDF": gettext_noop("This is a PDF. Export the products as CSV and send that."),
}
_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
WIDE_SHARE = 0.3  # Latin text in UTF-16 is half NUL bytes; other text has none.


@dataclass(frozen=True, slots=True)
class FileFormat:
    """How a file is written; export writes the same way."""

    encoding: str  # codec name; "utf-8-sig" for UTF-8 with a byte order mark
    has_bom: bool
    delimiter: str
    newline: str  # "\n", "\r\n" or "\r"
    quotes_all: bool  # every cell of the header stands in quotes


@dataclass(frozen=True, slots=True)
class DecodedFile:
    """The text of a file and how it was written."""

    text: str
    format: FileFormat
    header: tuple[str, ...]


def read_file(content: bytes) -> DecodedFile:
    """Decode a file and find out its delimiter and header.

    Raises:
        FileRefusedError: It is empty, no text, or in an encoding that we cannot tell.
    """
    encoding, text = decode(content)
    if not text.strip():
        raise FileRefusedError(
            gettext_noop("The file is empty. Send a file with a header and at least one product.")
        )
    delimiter = find_delimiter(text)
    header = next(read_rows(text, delimiter))
    if header.is_broken:
        raise FileRefusedError(
            gettext_noop(
                "A quotation mark in the first row is not closed. The first row must hold the "
                "names of the columns."
            )
        )
    found = FileFormat(
        encoding=encoding,
        has_bom=content.startswith(tuple(_BOMS)),
        delimiter=delimiter,
        newline=header.ending or "\n",
        quotes_all=all(raw.startswith('"') for raw in header.raw_cells),
    )
    return DecodedFile(text, found, tuple(cell.strip() for cell in header.cells))


def decode(content: bytes) -> tuple[str, str]:
    """Return the encoding and the text, without a byte order mark.

    UTF-8 is tried before Windows-1252: text in the second is hardly ever valid in the first.
    """
    for signature, template in _SIGNATURES.items():
        if content.startswith(signature):
            raise FileRefusedError(template)
    encoding = next((name for bom, name in _BOMS.items() if content.startswith(bom)), "")
    for candidate in [encoding] if encoding else _guesses(content):
        try:
            return candidate, content.decode(candidate).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
    raise FileRefusedError(
        gettext_noop(
            "We cannot tell the encoding of this file. Save it as “CSV UTF-8” and send it again."
        )
    )


def _guesses(content: bytes) -> list[str]:
    sample = content[: SAMPLE_ROWS * 200]
    half = max(1, len(sample) // 2)
    if sample[1::2].count(0) / half > WIDE_SHARE:
        return ["utf-16-le"]
    if sample[0::2].count(0) / half > WIDE_SHARE:
        return ["utf-16-be"]
    return ["utf-8", "cp1252"]


def encode(text: str, found: FileFormat) -> tuple[bytes, bool]:
    """Return the text in the encoding of the file, and whether that encoding had every character.

    Otherwise the bytes are UTF-8 with a byte order mark, which every shop reads.
    """
    try:
        data = text.encode("utf-8" if found.encoding == "utf-8-sig" else found.encoding)
    except UnicodeEncodeError:
        return text.encode("utf-8-sig"), False
    bom = next((mark for mark, name in _BOMS.items() if name == found.encoding), b"")
    return (bom if found.has_bom else b"") + data, True


def find_delimiter(text: str) -> str:
    """Return the delimiter that cuts the first rows into the most equal and most many cells."""
    sample = text[:SAMPLE_CHARS]

    def score(delimiter: str) -> tuple[int, int]:
        rows: list[Row] = list(itertools.islice(read_rows(sample, delimiter), SAMPLE_ROWS))
        if not rows or rows[0].is_broken:
            return 0, 0
        width = len(rows[0].raw_cells)
        num_equal = sum(len(row.raw_cells) == width for row in rows) if width > 1 else 0
        return num_equal * min(width, 4), width

    return max(DELIMITERS, key=score)
