"""Which shop wrote a file, and what its columns mean."""

from __future__ import annotations

import pytest

from shop_content.catalogue.csv_io.dialects import (
    HEADERS,
    MAX_COLUMNS,
    Dialect,
    check_header,
    find_dialect,
    find_mapping,
    mapping_problems,
)
from shop_content.catalogue.csv_io.problems import FileRefusedError


@pytest.mark.parametrize("dialect", list(Dialect))
def test_our_own_headers_are_known_again(dialect):
    assert find_dialect(HEADERS[dialect]) is dialect


def test_names_are_known_in_any_case():
    assert find_dialect(["HANDLE", "TITLE", "BODY (HTML)"]) is Dialect.SHOPIFY_OLD


def test_a_handle_alone_is_not_shopify():
    assert find_dialect(["handle", "title", "price"]) is Dialect.GENERIC


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("Artikelnummer", "sku"),
        ("Art.-Nr.", "sku"),
        ("Bezeichnung", "title"),
        ("Product Name", "title"),
        ("Hersteller", "brand"),
        ("EAN", "gtin"),
        ("Preis", "price"),
        ("Kurzbeschreibung", "short_description"),
        ("Meta-Description", "meta_description"),
    ],
)
def test_other_names_are_guessed(name, target):
    assert find_mapping(Dialect.GENERIC, [name]) == {0: target}


def test_what_nobody_knows_is_left_out():
    assert find_mapping(Dialect.GENERIC, ["Lagerplatz", "title"]) == {1: "title"}


def test_a_second_guess_of_one_meaning_is_left_out():
    assert find_mapping(Dialect.GENERIC, ["Name", "Titel"]) == {0: "title"}


def test_metafields_and_attributes_become_facts():
    shopify = ["Title", "URL handle", "Care (product.metafields.custom.care)"]
    woo = ["Weight (kg)", "Attribute 2 name", "Attribute 2 value(s)", "Attribute 2 visible"]

    assert find_mapping(Dialect.SHOPIFY, shopify)[2] == "fact:Care"
    assert find_mapping(Dialect.WOOCOMMERCE, woo) == {
        0: "fact:Weight|kg",
        1: "attribute2_name",
        2: "attribute2_value",
    }


def test_our_column_of_problems_is_left_out():
    assert 2 not in find_mapping(Dialect.SHOPIFY, ["Title", "URL handle", "Problem"])


def test_a_known_column_that_is_there_twice_is_refused():
    with pytest.raises(FileRefusedError, match="columns 1 and 3"):
        find_mapping(Dialect.SHOPIFY, ["Title", "URL handle", "title"])


def test_of_two_plugins_for_one_meaning_the_first_counts():
    header = ["Meta: _yoast_wpseo_title", "Meta: rank_math_title"]

    assert find_mapping(Dialect.WOOCOMMERCE, header) == {0: "meta_title"}


def test_a_header_of_ten_thousand_columns_is_refused():
    with pytest.raises(FileRefusedError, match=str(MAX_COLUMNS)):
        check_header(["x"] * 10_000)


def test_a_header_with_nul_is_refused():
    with pytest.raises(FileRefusedError, match="column 2"):
        check_header(["title", "sk\x00u"])


@pytest.mark.parametrize(
    ("mapping", "num_problems"),
    [
        ({0: "title", 1: "fact:Colour", 2: "fact:Colour"}, 0),
        ({0: "sku"}, 1),
        ({0: "title", 1: "title"}, 1),
        ({}, 1),
    ],
)
def test_a_mapping_needs_a_title_and_single_meanings(mapping, num_problems):
    assert len(mapping_problems(mapping)) == num_problems
