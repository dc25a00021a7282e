"""Reads of products: what the list finds, what it counts, and what a draft keeps."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from shop_content.catalogue.models import Product
from shop_content.catalogue.selectors import products as selectors
from shop_content.catalogue.selectors.products import (
    facts_snapshot,
    live_fields,
    product_counts,
    product_get,
    product_list,
    search_normalized,
)
from shop_content.catalogue.services.products import product_refresh
from tests import factories
from tests.factories import make_live, make_merchant, make_product


@given(st.text())
def test_normalized_search_is_stable(text):
    once = search_normalized(text)
    assert search_normalized(once) == once
    assert "\x00" not in once
    assert "  " not in once


@pytest.mark.django_db
def test_search_compares_composed_and_decomposed_text_alike():
    product = make_product(title="Cafe\u0301 set")
    product_refresh([product.pk])
    assert product_list(merchant=product.merchant, query="CAFÉ").get() == product


@pytest.mark.django_db
def test_all_words_of_a_query_must_be_there():
    merchant = make_merchant()
    product = make_product(merchant, title="Blue mug")
    make_product(merchant, title="Blue plate", sku="P-1")
    assert list(product_list(merchant=merchant, query="mug  blue")) == [product]


@pytest.mark.django_db
def test_unknown_state_is_all():
    merchant = make_merchant()
    make_product(merchant)
    assert product_list(merchant=merchant, state="nothing").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "mug"])
def test_counts_are_those_of_the_lists(query):
    merchant = make_merchant()
    make_product()
    make_product(merchant)
    make_product(merchant, num_live=2, num_stale=1, num_published=1)
    make_product(merchant, num_live=1, num_in_review=1, title="Plate")
    counts = product_counts(merchant=merchant, query=query)
    assert counts == {
        name: product_list(merchant=merchant, query=query, state=name).count()
        for name in ("", "no_copy", "in_review", "published", "stale", "suggested", "suspicious")
    }


@pytest.mark.django_db
def test_counts_stop_at_the_limit(monkeypatch):
    monkeypatch.setattr(selectors, "MAX_COUNT", 2)
    merchant = make_merchant()
    for _ in range(5):
        make_product(merchant)
    assert product_counts(merchant=merchant)[""] == 3


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["", *selectors.STATES])
def test_list_reads_its_index_in_order_without_sorting(state):
    merchant = make_merchant()
    rows = product_list(merchant=merchant, state=state).order_by("title", "id")[:51]
    plan = rows.explain()
    assert "catalogue_product_" in plan
    if connection.vendor == "sqlite":
        assert "TEMP B-TREE" not in plan


@pytest.mark.django_db
def test_get_finds_own_products_only():
    product = make_product()
    assert product_get(merchant=product.merchant, pk=product.pk) == product
    with pytest.raises(Product.DoesNotExist):
        product_get(merchant=make_merchant(), pk=product.pk)


@pytest.mark.django_db
def test_snapshot_has_the_shape_that_drafts_keep():
    product = make_product(gtin="4006381333931", supplier_text="From the supplier")
    assert facts_snapshot(product) == factories.facts_snapshot(product)


@pytest.mark.django_db
def test_every_field_is_listed_in_order_with_its_copy():
    product = make_product()
    live = make_live(product, field="bullets")
    rows = live_fields(product)
    assert [row.field.value for row in rows][:2] == ["description", "bullets"]
    assert len(rows) == 6
    assert (rows[0].content, rows[1].content) == (None, live)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "made_from", "is_stale"),
    [("A.", "", False), ("A.", "same", False), ("A.", "other", True), ("", "other", False)],
)
def test_copy_is_stale_when_it_was_made_from_other_facts(text, made_from, is_stale):
    product = make_product()
    fingerprint = {"same": product.facts_fingerprint, "other": "0" * 64, "": ""}[made_from]
    live = make_live(product, text, facts_fingerprint=fingerprint)
    assert selectors.is_stale(product, live) is is_stale
    assert not selectors.is_stale(product, None)
