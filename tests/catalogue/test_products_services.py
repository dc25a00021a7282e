"""Services of products: saving, conflicts, duplicates, and the columns that repeat other rows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop_content.accounts.models import AuditEvent
from shop_content.catalogue.models import ContentOrigin, Fact, LiveContent, Product, Variant
from shop_content.catalogue.services.products import (
    FactData,
    ProductConflictError,
    ProductData,
    ProductDuplicateError,
    fact_add,
    free_handle,
    num_in_review_add,
    product_facts_fingerprint,
    product_refresh,
    product_save,
)
from tests.factories import make_live, make_member, make_merchant, make_product

pytestmark = pytest.mark.django_db

MUG = ProductData(
    title="Harbour mug",
    sku="HM-1",
    brand="Tidewater",
    category="Kitchen > Mugs",
    price_cents=1950,
    facts=(FactData("Material", "stoneware"), FactData("Capacity", "350", "ml")),
)


def test_new_product_has_everything_that_was_given() -> None:
    merchant = make_merchant()
    actor = make_member(merchant)
    product = product_save(merchant=merchant, actor=actor, data=MUG)
    assert (product.title, product.sku, product.price_cents) == ("Harbour mug", "HM-1", 1950)
    assert [(fact.name, fact.value, fact.unit) for fact in product.facts.all()] == [
        ("Material", "stoneware", ""),
        ("Capacity", "350", "ml"),
    ]
    assert product.version == 1


def test_new_product_gets_a_handle_from_its_title() -> None:
    merchant = make_merchant()
    first = product_save(merchant=merchant, actor=None, data=ProductData(title="Harbour mug"))
    second = product_save(merchant=merchant, actor=None, data=ProductData(title="Harbour mug"))
    assert (first.handle, second.handle) == ("harbour-mug", "harbour-mug-2")


@pytest.mark.parametrize("title", ["???", "🫖", "\u200b"])
def test_a_title_without_letters_still_gives_a_handle(title: str) -> None:
    assert free_handle(make_merchant(), title).startswith("product")


def test_search_text_holds_all_codes_in_lower_case() -> None:
    data = ProductData(title="HARBOUR Mug", sku="HM-1", brand="Tide", gtin="4006381333931")
    product = product_save(merchant=make_merchant(), actor=None, data=data)
    Variant.objects.create(product=product, sku="HM-1-BLUE")
    product_refresh([product.pk])
    product.refresh_from_db()
    for word in ["harbour mug", "hm-1", "tide", "4006381333931", "harbour-mug", "hm-1-blue"]:
        assert word in product.search_text


def test_change_counts_the_version_up() -> None:
    merchant = make_merchant()
    product = product_save(merchant=merchant, actor=None, data=MUG)
    changed = product_save(
        merchant=merchant,
        actor=None,
        data=ProductData(title="Quay mug"),
        product=product,
        expected_version=1,
    )
    assert (changed.pk, changed.title, changed.version) == (product.pk, "Quay mug", 2)


def test_change_without_a_handle_keeps_the_handle() -> None:
    merchant = make_merchant()
    product = product_save(merchant=merchant, actor=None, data=MUG)
    changed = product_save(
        merchant=merchant, actor=None, data=ProductData(title="Other"), product=product
    )
    assert changed.handle == product.handle


def test_facts_none_leaves_the_facts_and_empty_facts_remove_them() -> None:
    merchant = make_merchant()
    product = product_save(merchant=merchant, actor=None, data=MUG)
    product_save(merchant=merchant, actor=None, data=ProductData(title="A"), product=product)
    assert product.facts.count() == 2
    product_save(
        merchant=merchant, actor=None, data=ProductData(title="A", facts=()), product=product
    )
    assert product.facts.count() == 0


def test_same_facts_keep_their_rows() -> None:
    merchant = make_merchant()
    product = product_save(merchant=merchant, actor=None, data=MUG)
    before = list(product.facts.values_list("pk", flat=True))
    product_save(merchant=merchant, actor=None, data=MUG, product=product)
    assert list(product.facts.values_list("pk", flat=True)) == before


def test_second_writer_of_a_version_loses_and_changes_nothing() -> None:
    merchant = make_merchant()
    product = product_save(merchant=merchant, actor=None, data=MUG)
    product_save(
        merchant=merchant,
        actor=None,
        data=ProductData(title="First"),
        product=product,
        expected_version=1,
    )
    with pytest.raises(ProductConflictError) as error:
        product_save(
            merchant=merchant,
            actor=None,
            data=ProductData(title="Second", facts=()),
            product=product,
            expected_version=1,
        )
    assert error.value.current.title == "First"
    product.refresh_from_db()
    assert product.title == "First"
    assert product.facts.count() == 2


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (ProductData(title="B", handle="harbour-mug"), "handle"),
        (ProductData(title="B", sku="HM-1"), "sku"),
    ],
)
def test_duplicate_code_is_refused_by_name(data: ProductData, field: str) -> None:
    merchant = make_merchant()
    product_save(merchant=merchant, actor=None, data=MUG)
    with pytest.raises(ProductDuplicateError) as error:
        product_save(merchant=merchant, actor=None, data=data)
    assert error.value.field == field
    assert merchant.products.count() == 1


def test_two_merchants_may_have_the_same_codes() -> None:
    for merchant in (make_merchant(), make_merchant()):
        product_save(merchant=merchant, actor=None, data=MUG)
    assert Product.objects.filter(sku="HM-1").count() == 2


def test_two_products_without_a_sku_are_fine() -> None:
    merchant = make_merchant()
    for title in ("A", "B"):
        product_save(merchant=merchant, actor=None, data=ProductData(title=title))
    assert merchant.products.count() == 2


def test_save_is_in_the_audit_trail_with_fingerprints() -> None:
    merchant = make_merchant()
    actor = make_member(merchant)
    product = product_save(merchant=merchant, actor=actor, data=MUG)
    changed = product_save(
        merchant=merchant, actor=actor, data=ProductData(title="New"), product=product
    )
    change, add = AuditEvent.objects.filter(object_id=product.pk)
    assert (add.action, change.action) == ("catalogue.product_add", "catalogue.product_change")
    assert change.before_fingerprint == product.facts_fingerprint
    assert change.after_fingerprint == changed.facts_fingerprint
    assert change.actor == actor


def test_fingerprint_ignores_order_and_source_but_not_value() -> None:
    product = make_product(facts=[])
    one = Fact(name="Material", value="oak")
    two = Fact(name="Width", value="40", unit="cm", source="import", is_verified=True)
    three = Fact(name="Width", value="40", unit="cm")
    other = Fact(name="Width", value="41", unit="cm")
    same = product_facts_fingerprint(product, [one, two])
    assert same == product_facts_fingerprint(product, [three, one])
    assert same != product_facts_fingerprint(product, [one, other])


@pytest.mark.parametrize("column", ["title", "brand", "category"])
def test_fingerprint_stands_for_title_brand_and_category(column: str) -> None:
    product = make_product()
    before = product_facts_fingerprint(product, [])
    setattr(product, column, "Something else")
    assert product_facts_fingerprint(product, []) != before


def test_change_of_a_fact_makes_the_copy_stale_and_back_again() -> None:
    merchant = make_merchant()
    product = product_save(merchant=merchant, actor=None, data=MUG)
    make_live(product, facts_fingerprint=product.facts_fingerprint)
    wider = ProductData(**{**_as_dict(MUG), "facts": (FactData("Material", "porcelain"),)})
    product = product_save(merchant=merchant, actor=None, data=wider, product=product)
    assert product.num_stale == 1
    product = product_save(merchant=merchant, actor=None, data=MUG, product=product)
    assert product.num_stale == 0


def _as_dict(data: ProductData) -> dict[str, object]:
    return {name: getattr(data, name) for name in ProductData.__slots__}


def test_copy_whose_facts_nobody_knows_is_never_stale() -> None:
    merchant = make_merchant()
    product = make_product(merchant)
    make_live(product, facts_fingerprint="")
    changed = product_save(
        merchant=merchant, actor=None, data=ProductData(title="New"), product=product
    )
    assert (changed.num_live, changed.num_stale) == (1, 0)


def test_refresh_counts_live_published_and_leaves_emptied_fields_out() -> None:
    product = make_product()
    make_live(product, origin=ContentOrigin.PUBLISHED)
    LiveContent.objects.create(product=product, field="bullets", text="", origin="written")
    product_refresh([product.pk])
    product.refresh_from_db()
    assert (product.num_live, product.num_published) == (1, 1)


def test_refresh_takes_as_many_queries_for_many_products() -> None:
    merchant = make_merchant()
    one = make_product(merchant)
    many = [make_product(merchant) for _ in range(20)]
    counts = []
    for products in ([one], many):
        Product.objects.filter(pk__in=[row.pk for row in products]).update(search_text="old")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            product_refresh([row.pk for row in products])
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 7


def test_refresh_writes_nothing_when_nothing_is_different() -> None:
    product = make_product()
    product_refresh([product.pk])
    with CaptureQueriesContext(connection) as queries:
        product_refresh([product.pk])
    assert not [query for query in queries if query["sql"].startswith("UPDATE")]


def test_refresh_of_nothing_and_of_what_is_gone_is_harmless() -> None:
    product_refresh([])
    product_refresh([987_654_321])


def test_added_fact_goes_last_and_changes_the_fingerprint() -> None:
    product = make_product()
    before = product.facts_fingerprint
    fact = fact_add(product=product, data=FactData("Origin", "Portugal"), actor=None)
    assert list(product.facts.all())[-1] == fact
    assert product.facts_fingerprint != before
    assert product.version == 2


def test_same_fact_is_not_added_twice() -> None:
    product = make_product()
    first = fact_add(product=product, data=FactData("Origin", "Portugal"), actor=None)
    second = fact_add(product=product, data=FactData("origin", "Portugal"), actor=None)
    assert first == second


def test_open_drafts_are_counted_up_and_down_but_not_below_zero() -> None:
    product = make_product()
    for delta, expected in [(2, 2), (-1, 1), (-5, 0)]:
        num_in_review_add(product_ids=[product.pk], delta=delta)
        product.refresh_from_db()
        assert product.num_in_review == expected
