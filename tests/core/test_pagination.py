"""Keyset pages: every row once, in order, in both directions, whatever the cursor."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop_content.catalogue.models import Product
from shop_content.core.pagination import KeysetPage, keyset_page
from tests.factories import make_merchant, make_product

pytestmark = pytest.mark.django_db

ORDERS = [("title", "id"), ("-title", "id"), ("-id",), ("-updated_at", "-id"), ("num_live", "id")]


def pages(order, size=3, cursor="") -> list[KeysetPage[Product]]:
    found = []
    while True:
        page = keyset_page(Product.objects.all(), order=order, cursor=cursor, size=size)
        found.append(page)
        if not page.next_cursor:
            return found
        cursor = page.next_cursor


@pytest.fixture
def products():
    merchant = make_merchant()
    titles = ["b", "a", "a", "c", "B", "ä", "a", "d", "c", "e"]
    return [make_product(merchant, title=title) for title in titles]


@pytest.mark.parametrize("order", ORDERS)
def test_the_pages_together_are_all_rows_in_order(products, order):
    rows = [row.pk for page in pages(order) for row in page.rows]
    assert rows == list(Product.objects.order_by(*order).values_list("pk", flat=True))


@pytest.mark.parametrize("order", ORDERS)
def test_going_back_shows_the_same_pages(products, order):
    forward = pages(order)
    page = forward[-1]
    for expected in reversed(forward[:-1]):
        page = keyset_page(Product.objects.all(), order=order, cursor=page.previous_cursor, size=3)
        assert [row.pk for row in page.rows] == [row.pk for row in expected.rows]
    assert page.previous_cursor == ""


def test_the_first_page_has_none_before_and_the_last_none_after(products):
    found = pages(("title", "id"))
    assert found[0].previous_cursor == ""
    assert found[-1].next_cursor == ""
    assert all(page.previous_cursor for page in found[1:])


def test_a_page_that_is_just_full_is_the_last(products):
    assert keyset_page(Product.objects.all(), order=("id",), size=10).next_cursor == ""


def test_rows_added_before_the_cursor_do_not_shift_the_next_page(products):
    first = keyset_page(Product.objects.all(), order=("title", "id"), size=3)
    make_product(products[0].merchant, title="0 comes first")
    second = keyset_page(
        Product.objects.all(), order=("title", "id"), cursor=first.next_cursor, size=3
    )
    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}


def test_an_empty_list_has_one_empty_page():
    page = keyset_page(Product.objects.all(), order=("id",))
    assert (page.rows, page.next_cursor, page.previous_cursor) == ([], "", "")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "====",
        "WzAsMV0",
        "bnVsbA",
        "W10",
        "ä",
        "WzAsIngiLCJ5IiwieiJd",
        "WzAseyJhIjoxfSwyXQ",
        "\x00",
    ],
)
def test_a_cursor_that_is_not_ours_starts_at_the_beginning(products, cursor):
    page = keyset_page(Product.objects.all(), order=("title", "id"), cursor=cursor, size=3)
    first = keyset_page(Product.objects.all(), order=("title", "id"), size=3)
    assert [row.pk for row in page.rows] == [row.pk for row in first.rows]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cursor=st.text(max_size=60))
def test_no_cursor_breaks_a_page(products, cursor):
    keyset_page(Product.objects.all(), order=("-updated_at", "-id"), cursor=cursor, size=3)
