"""How a file is written: encoding, delimiter, breaks; and files that are none."""

from __future__ import annotations

import pytest

from shop_content.catalogue.csv_io.detect import encode, read_file
from shop_content.catalogue.csv_io.problems import FileRefusedError

TEXT = "title;price\nGrüner Becher;19,90\nTeller – groß;5,00\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("cp1252"), "cp1252"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_the_encoding_is_found_and_written_back(content, encoding):
    file = read_file(content)

    assert file.text == TEXT
    assert file.format.encoding == encoding
    assert encode(file.text, file.format) == (content, True)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiter_and_breaks_are_found(delimiter, newline):
    rows = [["title", "text", "price"], ["Mug", '"Blue, big; round | so"', "1"], ["Jug", "x", "2"]]
    text = newline.join(delimiter.join(row) for row in rows) + newline

    found = read_file(text.encode()).format

    assert (found.delimiter, found.newline) == (delimiter, newline)


def test_one_column_needs_no_delimiter():
    assert read_file(b"title\nMug\nJug\n").header == ("title",)


def test_quotes_around_every_cell_are_noticed():
    assert read_file(b'"title","sku"\n"Mug","M"\n').format.quotes_all
    assert not read_file(b'"title",sku\n"Mug","M"\n').format.quotes_all


def test_a_character_that_the_encoding_lacks_makes_the_file_utf_8():
    file = read_file("title\nBücher\n".encode("cp1252"))

    content, keeps_encoding = encode("title\nBücher 🫖\n", file.format)

    assert not keeps_encoding
    assert content.decode("utf-8-sig") == "title\nBücher 🫖\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b" \n\r\n\t\n", "empty"),
        (b"PK\x03\x04rest", "Excel"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel"),
        (b"\x1f\x8brest", "compressed"),
        (b"%PDF-1.7", "PDF"),
        (b"title\nM\xfcg \x81\x8d\n", "encoding"),
        (b"\xff\xfea\x00b", "encoding"),
        (b'"title,price\nMug,1\n', "quotation mark"),
    ],
)
def test_what_is_no_file_of_products_is_refused_with_what_to_do(content, words):
    with pytest.raises(FileRefusedError) as caught:
        read_file(content)

    assert words in str(caught.value)


def reads(content: bytes) -> bool:
    try:
        return bool(read_file(content).header)
    except FileRefusedError as error:
        return not str(error)


def test_every_start_of_a_file_is_text_or_refused():
    content = "title,price\nMüg,1\n".encode("utf-16")

    found = [reads(content[:length]) for length in range(len(content) + 1)]

    # Half of a character at the end is refused; the whole file is not.
    assert found[-1]
    assert not found[0]
