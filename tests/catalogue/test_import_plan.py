"""What a file does to products that are there: what changes, what stays, what is refused."""

from __future__ import annotations

import pytest

from shop_content.accounts.models import Merchant
from shop_content.catalogue.csv_io.dialects import Dialect
from shop_content.catalogue.csv_io.records import FactRecord, ProductRecord, VariantRecord
from shop_content.catalogue.models import (
    ContentOrigin,
    Fact,
    FactSource,
    LiveContentRevision,
    Product,
    Variant,
)
from shop_content.catalogue.services.content import content_set
from shop_content.catalogue.services.import_plan import Plan, products_plan
from shop_content.catalogue.services.import_write import plans_apply
from shop_content.catalogue.services.products import (
    product_facts_fingerprint,
    product_search_text,
)
from tests.factories import make_merchant, make_product

pytestmark = pytest.mark.django_db

ALL_FIELDS = frozenset(
    {
        "handle",
        "sku",
        "title",
        "brand",
        "category",
        "gtin",
        "price",
        "currency",
        "image_url",
        "facts",
        "variants",
    }
)


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(currency="EUR")


def record(**values: object) -> ProductRecord:
    fields = {"first_row": 2, "last_row": 2, "handle": "mug", "title": "Mug", "fields": ALL_FIELDS}
    return ProductRecord(**{**fields, **values})  # type: ignore[arg-type]  # Plain keywords.


def plan(merchant: Merchant, *records: ProductRecord, replaces_written: bool = False) -> list[Plan]:
    return products_plan(
        merchant=merchant,
        records=records,
        dialect=Dialect.SHOPIFY,
        replaces_written=replaces_written,
    )


def apply(merchant: Merchant, *records: ProductRecord, replaces_written: bool = False) -> Plan:
    """Carry a plan out and return the first; another look then finds nothing to change."""
    plans = plan(merchant, *records, replaces_written=replaces_written)
    plans_apply(merchant=merchant, actor=None, plans=plans)
    for again in plan(merchant, *records, replaces_written=replaces_written):
        if again.problem is None:
            assert again.outcome == "unchanged", again.changes
    return plans[0]


def test_a_file_leaves_facts_alone_of_which_somebody_has_said_what_copy_may_do(merchant):
    first = (FactRecord("Voltage", "230", "V"), FactRecord("Glaze", "matt", ""))
    apply(merchant, record(facts=first))
    Fact.objects.filter(name="Voltage").update(handling="locked")

    apply(
        merchant,
        record(facts=(FactRecord("voltage", "110", "V"), FactRecord("Glaze", "shiny", ""))),
    )

    assert sorted(Fact.objects.values_list("name", "value", "handling")) == [
        ("Glaze", "shiny", ""),
        ("Voltage", "230", "locked"),
    ]


def test_a_new_product_is_written_with_all_that_belongs_to_it(merchant):
    made = apply(
        merchant,
        record(
            sku="M-1",
            price_cents=500,
            facts=(FactRecord("Weight", "350", "g"), FactRecord("Glaze", "matt")),
            variants=(VariantRecord("M-1", "", 500, (("Size", "S"),)), VariantRecord("M-2")),
            content=(("description", "A mug."), ("meta_title", "")),
        ),
    )

    product = Product.objects.get(merchant=merchant)
    facts = list(product.facts.all())
    variants = list(product.variants.all())
    assert made.outcome == "unchanged" or made.product == product
    assert (product.handle, product.price_cents, product.currency) == ("mug", 500, "EUR")
    assert [(fact.name, fact.value, fact.unit) for fact in facts] == [
        ("Weight", "350", "g"),
        ("Glaze", "matt", ""),
    ]
    assert {fact.source for fact in facts} == {FactSource.IMPORT}
    assert [(item.sku, item.options) for item in variants] == [
        ("M-1", [["Size", "S"]]),
        ("M-2", []),
    ]
    assert product.live_contents.get().origin == ContentOrigin.IMPORTED
    assert product.num_live == 1
    assert product.facts_fingerprint == product_facts_fingerprint(product, facts)
    assert product.search_text == product_search_text(product, variants)


def test_only_columns_of_the_file_change(merchant):
    product = make_product(
        merchant, handle="mug", sku="M-1", title="Mug", brand="Tide", category="Mugs", facts=[]
    )

    changed = apply(
        merchant, record(brand="Other", category="Cups", fields=frozenset({"title", "category"}))
    )

    product.refresh_from_db()
    assert changed.changes == ["category"]
    assert (product.brand, product.category, product.sku) == ("Tide", "Cups", "M-1")
    assert product.version == 2


def test_an_empty_cell_empties_nothing(merchant):
    product = make_product(merchant, handle="mug", sku="M-1", title="Mug", brand="Tide")
    content_set(product=product, field="description", text="Old.", origin="imported", actor=None)

    (planned,) = plan(merchant, record(brand="", sku="", content=(("description", ""),)))

    assert "brand" not in planned.values
    assert "sku" not in planned.values
    assert planned.contents == {}


def test_facts_of_people_stand_and_imported_ones_follow_the_file(merchant):
    product = make_product(merchant, handle="mug", sku="", title="Mug", facts=[])
    for name, value, source in [
        ("Material", "porcelain", FactSource.MERCHANT),
        ("Origin", "Portugal", FactSource.ANSWER),
        ("Glaze", "matt", FactSource.IMPORT),
        ("Gone", "x", FactSource.IMPORT),
    ]:
        Fact.objects.create(product=product, name=name, value=value, source=source)
    Fact.objects.filter(name="Glaze").update(is_verified=True)

    apply(
        merchant,
        record(
            facts=(
                FactRecord("material", "clay"),
                FactRecord("Glaze", "matt"),
                FactRecord("Height", "9", "cm"),
            )
        ),
    )

    facts = {fact.name: (fact.value, fact.is_verified) for fact in product.facts.all()}
    assert facts == {
        "Material": ("porcelain", False),
        "Origin": ("Portugal", False),
        "Glaze": ("matt", True),
        "Height": ("9", False),
    }


def test_new_facts_make_copy_that_was_drafted_from_the_old_ones_stale(merchant):
    product = make_product(merchant, handle="mug", sku="", title="Mug", facts=[])
    content_set(
        product=product,
        field="description",
        text="Approved.",
        origin="published",
        actor=None,
        facts_fingerprint=product.facts_fingerprint,
    )

    apply(merchant, record(facts=(FactRecord("Glaze", "matt"),)))

    product.refresh_from_db()
    assert product.num_stale == 1


def test_variants_follow_the_file(merchant):
    product = make_product(merchant, handle="mug", sku="", title="Mug", facts=[])
    Variant.objects.create(product=product, sku="OLD")

    apply(merchant, record(variants=(VariantRecord("A", "", 1), VariantRecord("B", "", 2))))

    assert list(product.variants.values_list("sku", "position")) == [("A", 0), ("B", 1)]


@pytest.mark.parametrize("origin", [ContentOrigin.WRITTEN, ContentOrigin.PUBLISHED])
def test_copy_made_here_is_kept_and_counted(merchant, origin):
    product = make_product(merchant, handle="mug", sku="", title="Mug", facts=[])
    content_set(product=product, field="description", text="Ours.", origin=origin, actor=None)
    content_set(product=product, field="meta_title", text="", origin=origin, actor=None)
    theirs = record(content=(("description", "Theirs."), ("meta_title", "Theirs.")))

    kept = apply(merchant, theirs)
    texts = dict(product.live_contents.values_list("field", "text"))
    assert (kept.num_kept, kept.contents) == (2, {})
    assert texts == {"description": "Ours.", "meta_title": ""}

    product.live_contents.update(is_indexed=True)
    apply(merchant, theirs, replaces_written=True)
    assert not product.live_contents.filter(is_indexed=True).exists()
    texts = dict(product.live_contents.values_list("field", "text"))
    assert texts == {"description": "Theirs.", "meta_title": "Theirs."}
    numbers = LiveContentRevision.objects.filter(product=product, field="description")
    assert list(numbers.values_list("number", "origin")) == [(2, "imported"), (1, origin)]


def test_imported_copy_follows_the_file(merchant):
    product = make_product(merchant, handle="mug", sku="", title="Mug", facts=[])
    content_set(product=product, field="description", text="Old.", origin="imported", actor=None)

    apply(merchant, record(content=(("description", "New."),)))

    live = product.live_contents.get()
    assert (live.text, live.version) == ("New.", 2)


def test_copy_that_only_went_through_html_is_the_same(merchant):
    product = make_product(merchant, handle="mug", sku="", title="Mug", facts=[])
    content_set(
        product=product,
        field="description",
        text="Two  spaces.\n\n\nAnd lines.",
        origin="written",
        actor=None,
    )

    (planned,) = plan(merchant, record(content=(("description", "Two spaces.\n\nAnd lines."),)))

    assert (planned.num_kept, planned.contents) == (0, {})


def test_a_sku_of_another_product_is_refused(merchant):
    make_product(merchant, handle="jug", sku="M-1")
    other = make_product(merchant, handle="bowl", sku="")
    Variant.objects.create(product=other, sku="V-1")

    by_product, by_variant = plan(
        merchant,
        record(sku="M-1"),
        record(handle="cup", variants=(VariantRecord("V-1"),), first_row=3),
    )

    assert "jug" in str(by_product.problem)
    assert "bowl" in str(by_variant.problem)
    assert by_product.outcome == by_variant.outcome == "refused"


def test_a_product_is_found_by_its_sku_where_the_file_has_no_handles(merchant):
    product = make_product(merchant, handle="old-handle", sku="cafe\u0301", title="Mug", facts=[])

    (planned,) = plan(merchant, record(handle="cafe", sku="café", matches_by_sku=True))

    assert planned.product == product


def test_products_of_other_merchants_are_not_seen(merchant):
    make_product(make_merchant(), handle="mug", sku="M-1")

    (planned,) = plan(merchant, record(sku="M-1"))

    assert planned.outcome == "new"


def test_a_chunk_takes_as_many_queries_as_one_product(merchant, django_assert_max_num_queries):
    records = [record(handle=f"mug-{n}", sku=f"M-{n}", first_row=n + 2) for n in range(200)]

    with django_assert_max_num_queries(6):
        plans = plan(merchant, *records)
    with django_assert_max_num_queries(8):
        plans_apply(merchant=merchant, actor=None, plans=plans)
    with django_assert_max_num_queries(6):
        again = plan(merchant, *records)

    assert {item.outcome for item in again} == {"unchanged"}
