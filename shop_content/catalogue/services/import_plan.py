"""Say what a file would do to the catalogue: the same answer for the dry run and for the import."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from shop_content.accounts.models import Merchant
from shop_content.catalogue.csv_io.cells import normal_code
from shop_content.catalogue.csv_io.dialects import Dialect
from shop_content.catalogue.csv_io.problems import Problem, gettext_noop
from shop_content.catalogue.csv_io.records import FactRecord, ProductRecord, VariantRecord
from shop_content.catalogue.csv_io.writer import same_text
from shop_content.catalogue.models import (
    ContentOrigin,
    Fact,
    FactSource,
    ImportRow,
    LiveContent,
    Product,
    Variant,
)

Outcome = ImportRow.Outcome

# Columns of a product by the name of the file's field.
_COLUMNS = {
    "sku": "sku",
    "title": "title",
    "brand": "brand",
    "category": "category",
    "gtin": "gtin",
    "price": "price_cents",
    "currency": "currency",
    "image_url": "image_url",
    "supplier_text": "supplier_text",
}
_TAKEN_SKU = gettext_noop(
    "The SKU “%(sku)s” belongs to another product, “%(handle)s”. Change one of the two."
)
_TAKEN_HANDLE = gettext_noop(
    "Another product, with the SKU “%(sku)s”, has the handle “%(handle)s”. Give this one a handle."
)
_TWICE = gettext_noop("An earlier row of the file changes the same product, “%(handle)s”.")


@dataclass(slots=True)
class Plan:
    """What becomes of one product of the file."""

    record: ProductRecord
    product: Product | None = None  # None: a new one
    values: dict[str, object] = field(default_factory=dict)  # product columns that change
    facts: tuple[FactRecord, ...] | None = None  # imported facts from now on; None: as they are
    variants: tuple[VariantRecord, ...] | None = None
    contents: dict[str, str] = field(default_factory=dict)  # copy that changes
    live: dict[str, LiveContent] = field(default_factory=dict)  # copy that is there
    num_kept: int = 0  # fields whose own copy stays
    column: str = ""  # of a refusal
    problem: Problem | None = None

    @property
    def changes(self) -> list[str]:
        """Return the names of what changes."""
        named = {"facts": self.facts, "variants": self.variants}
        extra = [name for name, value in named.items() if value is not None]
        return [*self.values, *extra, *self.contents]

    @property
    def outcome(self) -> str:
        """Return what the file does to the product."""
        if self.problem is not None:
            return Outcome.REFUSED
        if self.product is None:
            return Outcome.NEW
        return Outcome.CHANGED if self.changes else Outcome.UNCHANGED


@dataclass(slots=True)
class _Stock:
    """What the database holds for a chunk of the file."""

    by_handle: dict[str, Product] = field(default_factory=dict)
    sku_owners: dict[str, Product] = field(default_factory=dict)
    variant_owners: dict[str, Product] = field(default_factory=dict)
    facts: dict[int, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    variants: dict[int, list[Variant]] = field(default_factory=lambda: defaultdict(list))
    live: dict[int, dict[str, LiveContent]] = field(default_factory=lambda: defaultdict(dict))


def products_plan(
    *,
    merchant: Merchant,
    records: Sequence[ProductRecord],
    dialect: Dialect,
    replaces_written: bool,
    is_locked: bool = False,
) -> list[Plan]:
    """Compare products of a file with the catalogue, in a handful of queries.

    Args:
        merchant: whose catalogue.
        records: products of the file.
        dialect: how the file writes copy.
        replaces_written: whether copy written or published here may be replaced.
        is_locked: hold the products' rows for the transaction, against edits by hand meanwhile.
    """
    stock = _stock(merchant, records, is_locked=is_locked)
    plans = []
    taken: set[int] = set()
    for record in records:
        plan = _match(record, stock)
        if plan.product is not None and plan.problem is None:
            if plan.product.pk in taken:
                plan.problem = Problem(_TWICE, {"handle": plan.product.handle})
            taken.add(plan.product.pk)
        if plan.problem is None:
            _compare(plan, stock, merchant, dialect, replaces_written=replaces_written)
        plans.append(plan)
    return plans


def _stock(merchant: Merchant, records: Sequence[ProductRecord], *, is_locked: bool) -> _Stock:
    stock = _Stock()
    skus = _forms(sku for record in records for sku in _skus(record))
    handles = _forms(record.handle for record in records)
    rows = Product.objects.filter(merchant=merchant).filter(Q(handle__in=handles) | Q(sku__in=skus))
    products = {row.pk: row for row in (rows.select_for_update() if is_locked else rows)}
    for product in products.values():
        stock.by_handle[normal_code(product.handle)] = product
        if product.sku:
            stock.sku_owners[normal_code(product.sku)] = product
    variants = Variant.objects.filter(product__merchant=merchant)
    for variant in variants.filter(sku__in=skus).select_related("product"):
        stock.variant_owners[normal_code(variant.sku)] = variant.product
    for fact in Fact.objects.filter(product__in=products):
        stock.facts[fact.product_id].append(fact)
    for variant in variants.filter(product__in=products):
        stock.variants[variant.product_id].append(variant)
    for live in LiveContent.objects.filter(product__in=products):
        stock.live[live.product_id][live.field] = live
    return stock


def _skus(record: ProductRecord) -> set[str]:
    return {record.sku, *(variant.sku for variant in record.variants)} - {""}


def _forms(codes: Iterable[str]) -> set[str]:
    """Return the codes in both ways to write accents: older rows may have either."""
    return {form for code in codes for form in (code, unicodedata.normalize("NFD", code))}


def _match(record: ProductRecord, stock: _Stock) -> Plan:
    """Find the product that a record means; refuse what would mix two products up."""
    product = stock.by_handle.get(record.handle)
    if record.matches_by_sku and record.sku:
        owner = stock.sku_owners.get(record.sku)
        if owner is None and product is not None and product.sku:
            problem = Problem(_TAKEN_HANDLE, {"sku": product.sku, "handle": product.handle})
            return Plan(record, problem=problem)
        product = owner or product
    for sku in sorted(_skus(record)):
        for owners in (stock.sku_owners, stock.variant_owners):
            other = owners.get(sku)
            if other is not None and (product is None or other.pk != product.pk):
                problem = Problem(_TAKEN_SKU, {"sku": sku, "handle": other.handle})
                return Plan(record, column="SKU", problem=problem)
    return Plan(record, product)


def _compare(
    plan: Plan, stock: _Stock, merchant: Merchant, dialect: Dialect, *, replaces_written: bool
) -> None:
    record, product = plan.record, plan.product
    pk = product.pk if product is not None else 0
    for name, column in _COLUMNS.items():
        value = getattr(record, column)
        # An empty cell says nothing: it never empties what is known here.
        if name in record.fields and value not in ("", None):
            current = getattr(product, column) if product is not None else None
            if column == "sku" and isinstance(current, str):
                current = normal_code(current)
            if value != current:
                plan.values[column] = value
    has_currency = bool(product and product.currency) or "currency" in plan.values
    if "price_cents" in plan.values and not has_currency:
        plan.values["currency"] = merchant.currency
    if "facts" in record.fields:
        _compare_facts(plan, stock.facts[pk])
    if record.variants and record.variants != _variant_records(stock.variants[pk]):
        plan.variants = record.variants
    plan.live = stock.live[pk]
    _compare_content(plan, dialect, replaces_written=replaces_written)


def _compare_facts(plan: Plan, current: Sequence[Fact]) -> None:
    """Plan the facts that the file gives; a fact of the same name from a person stands.

    So does one for which a person has said what copy may do with it: locked, private, verbatim.
    """
    imported = [fact for fact in current if fact.source == FactSource.IMPORT and not fact.handling]
    own_names = {fact.name.casefold() for fact in current if fact not in imported}
    wanted = tuple(fact for fact in plan.record.facts if fact.name.casefold() not in own_names)
    if wanted != tuple(FactRecord(fact.name, fact.value, fact.unit) for fact in imported):
        plan.facts = wanted


def _variant_records(variants: Sequence[Variant]) -> tuple[VariantRecord, ...]:
    return tuple(
        VariantRecord(
            variant.sku,
            variant.gtin,
            variant.price_cents,
            tuple((name, value) for name, value in variant.options),
        )
        for variant in variants
    )


def _compare_content(plan: Plan, dialect: Dialect, *, replaces_written: bool) -> None:
    for name, text in plan.record.content:
        live = plan.live.get(name)
        ours = live.text if live else ""
        if not text or same_text(dialect, name, ours, text):
            continue
        # Copy that a person wrote or approved here is worth more than the file's, emptied or not.
        if live and live.origin != ContentOrigin.IMPORTED and not replaces_written:
            plan.num_kept += 1
        else:
            plan.contents[name] = text
