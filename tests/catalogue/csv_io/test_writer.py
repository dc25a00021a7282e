"""Files on their way back: untouched cells keep their bytes, ours are right, formulas are safe."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop_content.catalogue.csv_io.detect import FileFormat, encode, read_file
from shop_content.catalogue.csv_io.dialects import Dialect
from shop_content.catalogue.csv_io.reader import read_products
from shop_content.catalogue.csv_io.records import ProductRecord, RefusedRow, VariantRecord
from shop_content.catalogue.csv_io.tokens import read_rows
from shop_content.catalogue.csv_io.writer import (
    OutgoingProduct,
    default_layout,
    header_line,
    new_lines,
    write_products,
    write_refused,
)
from tests.catalogue.csv_io.files import (
    SHOPIFY,
    SHOPIFY_OLD,
    WOOCOMMERCE,
    items,
    open_bytes,
    open_text,
)

FILES = [SHOPIFY, SHOPIFY_OLD, WOOCOMMERCE, "Titel;Beschreibung\rBecher;Blau\r\nKrug;Rot"]
NEW = FileFormat(encoding="utf-8", has_bom=False, delimiter=",", newline="\r\n", quotes_all=False)


def unchanged(record: ProductRecord) -> OutgoingProduct:
    return OutgoingProduct(record, dict(record.content))


def written(content: bytes, new_text: str = "", *, content_only: bool = False) -> bytes:
    """Return the file with this description on each product."""
    file, layout = open_bytes(content)

    def find(record: ProductRecord) -> OutgoingProduct:
        ours = {"description": new_text} if new_text else {}
        return OutgoingProduct(record, dict(record.content) | ours)

    lines = write_products(file.text, layout, file.format, find, content_only=content_only)
    return encode("".join(lines), file.format)[0]


@pytest.mark.parametrize("text", FILES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_file_in_which_nothing_changed_comes_back_byte_for_byte(text, encoding):
    content = text.encode(encoding)

    assert written(content) == content


@pytest.mark.parametrize("text", FILES)
def test_only_the_cells_of_our_columns_change(text):
    before = open_text(text)[0].text
    after = written(text.encode(), "New & <b>old</b>").decode()
    file, layout = open_text(text)
    ours = next(number for number, target in layout.mapping.items() if target == "description")

    for old, new in zip(
        read_rows(before, file.format.delimiter),
        read_rows(after, file.format.delimiter),
        strict=True,
    ):
        assert old.ending == new.ending
        kept = [cell for number, cell in enumerate(old.raw_cells) if number != ours]
        assert kept == [cell for number, cell in enumerate(new.raw_cells) if number != ours]


@pytest.mark.parametrize("text", FILES)
@pytest.mark.parametrize(
    "copy", ["New & <b>old</b>", "One\n\nTwo\n- a\n- b", "=1+1", "Ä 🫖", "\\n"]
)
def test_our_copy_is_read_back(text, copy):
    file, layout = open_bytes(written(text.encode(), copy))

    for item in read_products(file.text, layout):
        assert isinstance(item, ProductRecord)
        got = dict(item.content)["description"]
        assert got.replace("\n\n", "\n") == copy.replace("\n\n", "\n")


def test_shops_get_paragraphs_and_lists_without_live_markup():
    after = written(SHOPIFY_OLD.encode(), "Strong & <i>blue</i>\n\n- 350 ml\n- 9 cm").decode()

    assert (
        "<p>Strong &amp; &lt;i&gt;blue&lt;/i&gt;</p>\n<ul><li>350 ml</li><li>9 cm</li></ul>"
        in after
    )


def test_woocommerce_gets_line_breaks_as_it_writes_them():
    after = written(WOOCOMMERCE.encode(), "One\n\nTwo").decode()

    assert "<p>One</p>\\n<p>Two</p>" in after
    assert after.count("\n") == WOOCOMMERCE.count("\n")


def test_no_cell_of_an_export_runs_as_a_formula():
    rows = ["=1+1", "+cmd|x", "-2+3", "@SUM(A1)", '"=HYPERLINK(""x"")"', '"\tx"', '"\rx"']
    text = "title,description,Tags\n" + "".join(
        f"Mug {n},x,{cell}\n" for n, cell in enumerate(rows)
    )

    after = written(text.encode(), "=cmd()").decode()

    for row in read_rows(after, ","):
        assert not [cell for cell in row.cells if cell[:1] in tuple("=+-@\t\r")]


def test_numbers_stay_numbers():
    text = "title,description,Tax,Phone\nMug,x,-1.50,+4930123\n"

    assert written(text.encode()) == text.encode()


def test_content_only_has_keys_and_copy_and_a_row_a_product():
    rows = list(read_rows(written(SHOPIFY.encode(), "New", content_only=True).decode(), ","))

    assert rows[0].cells == [
        "Title",
        "URL handle",
        "Description",
        "SKU",
        "Image alt text",
        "SEO title",
        "SEO description",
    ]
    assert [row.cells[1] for row in rows[1:]] == ["harbour-mug", "plain-bowl"]


def test_rows_that_were_refused_stay_in_the_file():
    text = "title,price,description\nMug,free,x\nJug,1,y\n,,\n"

    assert written(text.encode(), "New") == b"title,price,description\nMug,free,x\nJug,1,New\n,,\n"


def test_a_product_that_is_gone_keeps_its_row():
    file, layout = open_text(SHOPIFY)

    assert "".join(write_products(file.text, layout, file.format, lambda record: None)) == SHOPIFY


def test_missing_cells_are_filled_up_to_ours():
    assert written(b"title,brand,description\nMug\n", "New") == (
        b"title,brand,description\nMug,,New\n"
    )


@pytest.mark.parametrize("dialect", list(Dialect))
def test_a_product_without_a_file_is_read_back_from_a_new_one(dialect):
    record = ProductRecord(
        first_row=0,
        last_row=0,
        handle="mug",
        title="=Mug",
        sku="M-1",
        brand="Tidewater",
        category="Kitchen > Mugs, blue",
        gtin="4006381333931",
        price_cents=1250,
        image_url="https://shop.example/mug.jpg",
    )
    content = {"description": "One\n\nTwo", "meta_title": "-Mug-", "meta_description": "A, b"}
    layout = default_layout(dialect)
    text = header_line(layout, NEW)
    text += "".join(new_lines([OutgoingProduct(record, content)], layout, NEW))

    (read,) = items(text)

    assert isinstance(read, ProductRecord)
    for name in ("title", "sku", "brand", "category", "gtin", "price_cents", "image_url"):
        assert getattr(read, name) == getattr(record, name)
    assert {name: text for name, text in read.content if text} == content


@pytest.mark.parametrize("dialect", [Dialect.SHOPIFY, Dialect.SHOPIFY_OLD])
def test_variants_are_read_back_from_a_new_shopify_file(dialect):
    variants = (
        VariantRecord("S", "", 100, (("Size", "Small"), ("Colour", "Blue"))),
        VariantRecord("L", "4006381333931", None, (("Size", "Large"), ("Colour", "Blue"))),
    )
    record = ProductRecord(0, 0, "mug", "Mug", sku="S", variants=variants)
    layout = default_layout(dialect)
    text = header_line(layout, NEW) + "".join(new_lines([unchanged(record)], layout, NEW))

    (read,) = items(text)

    assert isinstance(read, ProductRecord)
    assert read.variants == variants


def test_new_products_come_as_drafts():
    layout = default_layout(Dialect.SHOPIFY)
    row = "".join(new_lines([unchanged(ProductRecord(0, 0, "mug", "Mug"))], layout, NEW))

    assert "draft" in row
    assert "FALSE" in row


def refused_file(text: str) -> str:
    file, layout = open_text(text)
    problems = {
        item.first_row: (item.last_row, str(item.problem))
        for item in read_products(file.text, layout)
        if isinstance(item, RefusedRow)
    }
    return "".join(write_refused(file.text, layout, file.format, problems))


def test_refused_rows_come_with_their_problem_in_the_last_column():
    text = refused_file("title,price\nMug,free\nJug,1\nCup,NaN\n")

    rows = [row.cells for row in read_rows(text, ",")]
    assert rows[0] == ["title", "price", "Problem"]
    assert [row[0] for row in rows[1:]] == ["Mug", "Cup"]
    assert "free" in rows[1][2]


def test_all_rows_of_a_refused_product_come():
    text = refused_file("Handle,Title,Variant SKU,Variant Price\nm,Mug,A,1\nm,,B,x\nj,Jug,C,1\n")

    assert [row.cells[2] for row in read_rows(text, ",")] == ["Variant SKU", "A", "B"]


def test_mended_rows_are_taken_and_their_problem_is_left_out():
    mended = refused_file("title,price\nMug,free\nJug,1\n").replace("Mug,free", "Mug,2")

    (mug,) = items(mended)

    assert isinstance(mug, ProductRecord)
    assert mug.price_cents == 200
    assert mug.facts == ()


def test_a_second_try_has_one_column_of_problems():
    once = refused_file("title,price\nMug,free\n")

    assert refused_file(once) == once


def test_a_broken_row_comes_back_in_cells_that_can_be_opened():
    rows = list(read_rows(refused_file('title,price\n"Mug,1\n'), ","))

    assert not any(row.is_broken for row in rows)
    assert rows[1].cells[0] == '"Mug'


text_values = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=30
)
line_values = text_values.map(str.strip)


@given(
    rows=st.lists(
        st.tuples(line_values.filter(bool), line_values, text_values), min_size=1, max_size=4
    ),
    delimiter=st.sampled_from(",;\t|"),
    quotes_all=st.booleans(),
)
@settings(max_examples=1000, deadline=None)
def test_what_goes_out_comes_in_again(rows, delimiter, quotes_all):
    layout = dataclasses.replace(default_layout(Dialect.GENERIC), delimiter=delimiter)
    found = dataclasses.replace(NEW, delimiter=delimiter, quotes_all=quotes_all)
    outgoing = [
        OutgoingProduct(
            ProductRecord(0, 0, f"h{number}", title, brand=brand), {"description": text}
        )
        for number, (title, brand, text) in enumerate(rows)
    ]
    text = header_line(layout, found) + "".join(new_lines(outgoing, layout, found))

    file = read_file(encode(text, found)[0])
    read = list(read_products(file.text, layout))

    assert file.format.delimiter == delimiter
    for item, product in zip(read, outgoing, strict=True):
        assert isinstance(item, ProductRecord)
        assert (item.title, item.brand) == (product.record.title, product.record.brand)
        expected = product.content["description"]
        assert dict(item.content)["description"] == (expected if expected.strip() else "")
