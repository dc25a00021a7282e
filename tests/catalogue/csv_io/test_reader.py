"""Products of files: what each dialect says, and what is refused with its row and its reason."""

from __future__ import annotations

import unicodedata

import pytest

from shop_content.catalogue.csv_io.records import FactRecord, ProductRecord, VariantRecord
from tests.catalogue.csv_io.files import (
    SHOPIFY,
    SHOPIFY_OLD,
    WOOCOMMERCE,
    items,
    products,
    refused,
)
from tests.naughty import NAUGHTY_STRINGS


def test_a_shopify_product_has_all_its_rows():
    mug, bowl = products(SHOPIFY)

    assert (mug.first_row, mug.last_row) == (2, 4)
    assert (mug.handle, mug.title, mug.brand) == ("harbour-mug", "Harbour mug", "Tidewater")
    assert (mug.sku, mug.gtin, mug.price_cents) == ("HM-S", "4006381333931", 1250)
    assert mug.category == "Kitchen > Mugs"
    assert mug.variants == (
        VariantRecord("HM-S", "4006381333931", 1250, (("Size", "Small"),)),
        VariantRecord("HM-L", "", 1400, (("Size", "Large"),)),
    )
    assert set(mug.facts) == {
        FactRecord("Size", "Small, Large"),
        FactRecord("Weight", "350", "g"),
        FactRecord("Color", "Blue"),
    }
    assert dict(mug.content) == {
        "description": "Holds tea.",
        "image_alt_text": "A blue mug",
        "meta_title": "Mug | Tidewater",
        "meta_description": "A mug for tea.",
    }
    assert (bowl.category, bowl.variants, bowl.facts) == ("Bowl", (), ())


def test_older_shopify_columns_say_the_same():
    (jug,) = products(SHOPIFY_OLD)

    assert (jug.handle, jug.sku, jug.price_cents) == ("jug", "J-1", 3000)
    assert dict(jug.content)["description"] == "A jug."
    assert FactRecord("Weight", "800", "g") in jug.facts


def test_woocommerce_variations_find_their_product_anywhere():
    sock, soap = products(WOOCOMMERCE)

    assert (sock.sku, sock.category, sock.image_url) == (
        "W-1",
        "Clothes > Socks",
        "https://shop.example/a.jpg",
    )
    assert [variant.sku for variant in sock.variants] == ["W-1-S", "W-1-M"]
    assert dict(sock.content)["description"] == "One\n\nTwo"
    assert FactRecord("Weight", "0.2", "kg") in sock.facts
    assert FactRecord("Size", "S, M") in sock.facts
    assert dict(soap.content)["description"] == "Plain \\n text"
    assert soap.price_cents == 450


def test_a_product_of_woocommerce_without_sku_keeps_its_handle_when_it_is_renamed():
    (before,) = products("ID,SKU,Name,Regular price\n7,,Soap,1\n")
    (after,) = products("ID,SKU,Name,Regular price\n7,,Better soap,1\n")

    assert before.handle == after.handle


def test_a_variation_without_its_product_is_refused():
    (row,) = refused("ID,Type,SKU,Name,Parent,Regular price\n1,variation,V,Sock,NONE,1\n")

    assert row.first_row == 2
    assert "NONE" in str(row.problem)


def test_any_other_file_is_read_by_its_mapping():
    (mug,) = products("Artikelnummer;Bezeichnung;Preis;Marke\nB-1;Becher;19,90;Tidewater\n")

    assert (mug.sku, mug.title, mug.price_cents, mug.brand) == ("B-1", "Becher", 1990, "Tidewater")
    assert mug.matches_by_sku


def test_missing_cells_at_the_end_are_empty():
    (mug,) = products("title,sku,brand\nMug\n")

    assert (mug.title, mug.sku, mug.brand) == ("Mug", "", "")


def test_only_columns_of_the_file_count_as_said():
    (mug,) = products("title,brand\nMug,\n")

    assert {"title", "brand"} <= mug.fields
    assert not {"sku", "facts", "category"} & mug.fields


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("Mug,M,1,2,3,4,5", "", "7 cells"),
        ('Mug,"M,1', "", "quotation mark"),
        (",M,1", "title", "title"),
        ('Mug,M,"1,5"', "price", "1,5"),
        ("Mug,M,NaN", "price", "NaN"),
        ("Mug,M,1e308", "price", "1e308"),
        ("Mug,M,-1", "price", "-1"),
        ("Mug,M,1.999", "price", "cent"),
        ("Mug,M,٣٫٥", "price", "٣٫٥"),
        (f"{'x' * 256},M,1", "title", "256"),
        (f"Mug,{'x' * 101},1", "sku", "101"),
        ("Mug,a\x00b,1", "sku", "NUL"),
        ("Mug,M,1,4006381333930", "gtin", "check digit"),
        ("Mug,M,1,,javascript:alert(1)", "image_url", "web address"),
        (f"Mug,M,{'1' * 1_000_001}", "price", "1000001"),
    ],
)
def test_a_wrong_row_is_refused_alone_with_number_column_and_reason(row, column, words):
    text = f"title,sku,price,gtin,image_url\nFirst,A,1,,\n{row}\nLast,Z,2,,\n"

    found = items(text)

    assert [item.first_row for item in found] == [2, 3, 4]
    assert isinstance(found[0], ProductRecord)
    assert isinstance(found[2], ProductRecord)
    assert found[1].column == column
    assert words in str(found[1].problem)


def test_a_wrong_variant_refuses_its_whole_product():
    text = "Handle,Title,Variant SKU,Variant Price\nmug,Mug,A,1\nmug,,B,free\njug,Jug,C,2\n"

    (row,) = refused(text)

    assert (row.first_row, row.last_row, row.handle) == (2, 3, "mug")
    assert row.column == "Variant Price"
    assert [item.handle for item in items(text)] == ["mug", "jug"]


@pytest.mark.parametrize(
    "text",
    [
        "title,sku\nMug,A\nJug,A\n",
        "Handle,Title,Variant SKU\nmug,Mug,A\njug,Jug,A\n",
        "Handle,Title,Variant SKU\nmug,Mug,A\njug,Jug,B\njug,,A\n",
    ],
)
def test_a_second_product_with_the_sku_is_refused(text):
    (row,) = refused(text)

    assert "“A” is in row 2" in str(row.problem)


def test_rows_of_one_handle_that_stand_apart_are_refused():
    text = "Handle,Title,Variant SKU\nmug,Mug,A\njug,Jug,B\nmug,Mug,C\n"

    (row,) = refused(text)

    assert row.first_row == 4


def test_a_sku_is_one_sku_however_its_accents_are_written():
    composed, decomposed = (unicodedata.normalize(form, "CAFÉ") for form in ("NFC", "NFD"))

    (row,) = refused(f"title,sku\nMug,{composed}\nJug,{decomposed}\n")

    assert row.first_row == 3


@pytest.mark.parametrize(
    "text", ["a\u202eb", "👩‍👩‍👧‍👦", "\U0001f9e3", "z" + "\u0301" * 100, "a\u200bb"]
)
def test_unusual_characters_are_kept_as_sent(text):
    (mug,) = products(f"title,description\n{text},{text}\n")

    assert mug.title == text
    assert dict(mug.content)["description"] == text


@pytest.mark.parametrize("text", NAUGHTY_STRINGS)
@pytest.mark.parametrize("header", ["title,{},handle", "Handle,Title,{},Variant SKU"])
@pytest.mark.parametrize(
    "column", ["Body (HTML)", "description", "price", "gtin", "image", "brand"]
)
def test_naughty_strings_are_read_or_refused_with_a_reason(text, header, column):
    cell = '"' + text.replace('"', '""') + '"'

    found = items(
        f"{header.format(column)}\nh,t,{cell},s\n"
        if "Body" in column
        else f"{header.format(column)}\nh,{cell},s,\n"
    )

    assert len(found) == 1
    assert isinstance(found[0], ProductRecord) or str(found[0].problem)


def test_cells_of_a_megabyte_are_read():
    (mug,) = products("title,description\nMug," + "x" * 1_000_000 + "\n")

    assert len(dict(mug.content)["description"]) == 1_000_000


def test_the_apostrophe_of_an_export_is_taken_away():
    (mug,) = products("title,description\n'=Mug,'@home\n")

    assert (mug.title, dict(mug.content)["description"]) == ("=Mug", "@home")


def test_only_a_header_holds_no_product():
    assert items("title,sku\n") == []


def test_reading_twice_says_the_same():
    assert items(WOOCOMMERCE) == items(WOOCOMMERCE)


@pytest.mark.parametrize("skus", [("NULL", "null"), ("A B", "A-B"), ("!", "?"), ("ab", "AB")])
def test_two_skus_never_become_one_handle(skus):
    first, second = products(f"title,sku\nMug,{skus[0]}\nJug,{skus[1]}\n")

    assert first.handle != second.handle
    assert (first.sku, second.sku) == skus
