"""The headers that shops really send, and guesses of columns that are facts."""

from __future__ import annotations

import pytest

from shop_content.catalogue.csv_io.dialects import (
    HEADERS,
    MAX_COLUMNS,
    MAX_FACTS,
    Dialect,
    check_header,
    fact_target,
    find_dialect,
    find_mapping,
    mapping_problems,
)
from shop_content.catalogue.csv_io.problems import FileRefusedError

# The header of Shopify's template, and the older one of its exports, as shops have them.
TEMPLATE = [
    "Title",
    "URL handle",
    "Description",
    "Vendor",
    "Product category",
    "Type",
    "Tags",
    "Published on online store",
    "Status",
    "SKU",
    "Barcode",
    "Option1 name",
    "Option1 value",
    "Option1 Linked To",
    "Price",
    "Compare-at price",
    "Weight value (grams)",
    "Product image URL",
    "Image position",
    "Image alt text",
    "SEO title",
    "SEO description",
    "Color (product.metafields.shopify.color-pattern)",
    "Google Shopping / Google product category",
    "Google Shopping / Gender",
]
OLD_EXPORT = [
    "Handle",
    "Title",
    "Body (HTML)",
    "Vendor",
    "Product Category",
    "Type",
    "Tags",
    "Published",
    "Option1 Name",
    "Option1 Value",
    "Variant SKU",
    "Variant Grams",
    "Variant Price",
    "Variant Barcode",
    "Image Src",
    "Image Alt Text",
    "SEO Title",
    "SEO Description",
    "Status",
]
WOO_EXPORT = [
    "ID",
    "Type",
    "SKU",
    "GTIN, UPC, EAN, or ISBN",
    "Name",
    "Published",
    "Short description",
    "Description",
    "Weight (kg)",
    "Regular price",
    "Categories",
    "Parent",
    "Attribute 1 name",
    "Attribute 1 value(s)",
    "Meta: _yoast_wpseo_title",
    "Meta: rank_math_description",
]


@pytest.mark.parametrize(
    ("header", "dialect"),
    [
        (TEMPLATE, Dialect.SHOPIFY),
        (OLD_EXPORT, Dialect.SHOPIFY_OLD),
        (["Handle", "Title", *TEMPLATE[2:], "Variant Price"], Dialect.SHOPIFY_OLD),
        (WOO_EXPORT, Dialect.WOOCOMMERCE),
        ([name.upper() for name in WOO_EXPORT], Dialect.WOOCOMMERCE),
        (["name", "sku", "price"], Dialect.GENERIC),
        (["Artikelnummer", "Bezeichnung", "Preis"], Dialect.GENERIC),
        (["a"], Dialect.GENERIC),
        ([""], Dialect.GENERIC),
    ],
)
def test_the_header_tells_the_dialect(header, dialect):
    assert find_dialect(header) is dialect


def targets_of(header: list[str]) -> dict[str, str]:
    mapping = find_mapping(find_dialect(header), header)
    return {header[number]: target for number, target in mapping.items()}


def test_shopify_columns_are_known():
    targets = targets_of(TEMPLATE)

    assert targets["URL handle"] == "handle"
    assert targets["Description"] == "description"
    assert targets["SEO description"] == "meta_description"
    assert targets["Image alt text"] == "image_alt_text"
    assert targets["Color (product.metafields.shopify.color-pattern)"] == "fact:Color"
    assert targets["Weight value (grams)"] == "fact:Weight|g"
    assert "Tags" not in targets


def test_older_shopify_columns_are_known():
    targets = targets_of(OLD_EXPORT)

    assert targets["Handle"] == "handle"
    assert targets["Body (HTML)"] == "description"
    assert targets["Variant SKU"] == "sku"
    assert targets["Variant Barcode"] == "gtin"


def test_woocommerce_columns_are_known():
    targets = targets_of(WOO_EXPORT)

    assert targets["GTIN, UPC, EAN, or ISBN"] == "gtin"
    assert targets["Name"] == "title"
    assert targets["Weight (kg)"] == "fact:Weight|kg"
    assert targets["Attribute 1 value(s)"] == "attribute1_value"
    assert targets["Meta: _yoast_wpseo_title"] == "meta_title"
    assert targets["Meta: rank_math_description"] == "meta_description"


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("Artikelnummer", "sku"),
        ("Bezeichnung", "title"),
        ("Product Name", "title"),
        ("Marke", "brand"),
        ("Langtext", "description"),
        ("Kurzbeschreibung", "short_description"),
        ("EAN", "gtin"),
        ("Währung", "currency"),
        ("bild_url", "image_url"),
        ("Farbe", "fact:Farbe"),
        ("Material", "fact:Material"),
        ("Weight (g)", "fact:Weight|g"),
        ("Gewicht [kg]", "fact:Gewicht|kg"),
    ],
)
def test_columns_of_other_files_are_guessed_in_two_languages(name, target):
    assert find_mapping(Dialect.GENERIC, [name]) == {0: target}


@pytest.mark.parametrize("name", ["", "stock", "Lagerbestand", "Problem", "x" * 500])
def test_unknown_columns_are_left_alone(name):
    assert find_mapping(Dialect.GENERIC, [name]) == {}


def test_a_column_that_is_there_twice_is_refused_in_a_known_dialect():
    with pytest.raises(FileRefusedError, match=r"Title.*twice.*1.*26"):
        find_mapping(Dialect.SHOPIFY, [*TEMPLATE, "Title"])


def test_of_two_columns_with_one_meaning_the_first_is_guessed():
    assert find_mapping(Dialect.GENERIC, ["Name", "Title"]) == {0: "title"}


def test_the_column_of_problems_is_left_out():
    header = [*TEMPLATE, "Problem"]

    assert len(TEMPLATE) not in find_mapping(Dialect.SHOPIFY, header)


def test_too_many_columns_are_refused():
    check_header(["a"] * MAX_COLUMNS)
    with pytest.raises(FileRefusedError, match="10000 columns"):
        check_header(["a"] * 10_000)


def test_a_nul_in_a_name_is_refused():
    with pytest.raises(FileRefusedError, match="column 2"):
        check_header(["a", "b\x00"])


@pytest.mark.parametrize(
    ("name", "target"),
    [("Colour", "fact:Colour"), ("a|b", "fact:a/b"), ("Height (cm)", "fact:Height|cm")],
)
def test_a_fact_is_named_as_its_column(name, target):
    assert fact_target(name) == target


def test_a_mapping_needs_a_title_and_each_meaning_once():
    assert mapping_problems({0: "title", 1: "sku", 2: "fact:a", 3: "fact:a"}) == []
    assert len(mapping_problems({0: "sku"})) == 1
    assert len(mapping_problems({0: "title", 1: "title"})) == 1
    assert mapping_problems({0: "title", **dict.fromkeys(range(1, MAX_FACTS + 2), "fact:a")})


@pytest.mark.parametrize("dialect", list(Dialect))
def test_a_new_file_is_recognized_as_what_it_is(dialect):
    header = HEADERS[dialect]

    assert find_dialect(header) is dialect
    assert "title" in find_mapping(dialect, header).values()
