"""Values of single cells."""

from __future__ import annotations

import pytest

from shop_content.catalogue.csv_io.cells import (
    check_length,
    currency_code,
    gtin,
    normal_code,
    price_cents,
    slug,
    web_address,
)
from shop_content.catalogue.csv_io.problems import CellError


@pytest.mark.parametrize(
    ("value", "cents"),
    [
        ("", None),
        ("  ", None),
        ("19.50", 1950),
        ("19.5", 1950),
        ("19", 1900),
        ("0", 0),
        ("0.01", 1),
        ("19.5000", 1950),
        ("€19.50", 1950),
        ("19.50 EUR", 1950),
        ("USD 19.50", 1950),
        ("999999999999.99", 99999999999999),
    ],
)
def test_prices_become_cents(value, cents):
    assert price_cents(value, has_decimal_comma=False) == cents


@pytest.mark.parametrize(("value", "cents"), [("1,5", 150), ("19,50", 1950), ("7,00 €", 700)])
def test_a_decimal_comma_is_read_where_commas_part_no_cells(value, cents):
    assert price_cents(value, has_decimal_comma=True) == cents


@pytest.mark.parametrize(
    "value",
    [
        "1,5",
        "NaN",
        "1e308",
        "-1",
        "-0.01",
        "inf",
        "free",
        "19.555",
        "1.234,50",
        "1,234.50",
        "0x10",
        "٣٫٥",
        "９９",
        "1 2",
        "9" * 400,
    ],
)
def test_what_is_no_price_is_refused(value):
    with pytest.raises(CellError, match=r"19\.50"):
        price_cents(value, has_decimal_comma=False)


def test_a_comma_for_thousands_is_refused_even_with_decimal_commas():
    with pytest.raises(CellError):
        price_cents("1,500", has_decimal_comma=True)


@pytest.mark.parametrize(
    ("value", "digits"),
    [
        ("", ""),
        ("4006381333931", "4006381333931"),
        ("'4006381333931", "4006381333931"),
        (" 4006381-333931 ", "4006381333931"),
        ("96385074", "96385074"),
    ],
)
def test_gtins_become_digits(value, digits):
    assert gtin(value) == digits


@pytest.mark.parametrize("value", ["4006381333930", "123", "4.00638E+12", "abc", "٤٠٠٦٣٨١٣٣٣٩٣١"])
def test_a_wrong_gtin_is_refused(value):
    with pytest.raises(CellError, match="check digit"):
        gtin(value)


@pytest.mark.parametrize(
    ("value", "address"),
    [("", ""), (" https://example.com/a.jpg ", "https://example.com/a.jpg")],
)
def test_addresses_are_taken(value, address):
    assert web_address(value) == address


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        "a.jpg",
        "https://",
        "http://[broken",
        "https://a.example/b c.jpg",
        "https://a.example/" + "x" * 2000,
    ],
)
def test_what_no_browser_should_open_is_refused(value):
    with pytest.raises(CellError):
        web_address(value)


def test_currencies_are_three_capitals():
    assert currency_code(" eur ") == "EUR"
    assert currency_code("") == ""
    with pytest.raises(CellError):
        currency_code("€")


def test_a_long_value_is_refused_with_its_length():
    assert check_length("x" * 255, "title") == "x" * 255
    with pytest.raises(CellError, match=r"256.*255"):
        check_length("x" * 256, "title")


def test_two_ways_to_write_an_accent_are_one_code():
    assert normal_code(" cafe\u0301 ") == normal_code("café") == "café"


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Harbour Mug, 35 cl", "harbour-mug-35-cl"),
        ("Größe_1", "grösse-1"),
        ("田中", "田中"),
        ("!", ""),
    ],
)
def test_a_slug_is_made_of_words(text, made):
    assert slug(text) == made


def test_a_reason_quotes_no_more_than_a_few_words():
    with pytest.raises(CellError) as caught:
        price_cents("x" * 500, has_decimal_comma=False)

    assert len(str(caught.value)) < 120
