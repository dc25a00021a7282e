"""Writes of products and their facts, and of the columns that repeat what other rows say."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, models, transaction
from django.db.models import Count, F, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.text import slugify

from shop_content.accounts.models import Merchant, User
from shop_content.accounts.services import audit_record
from shop_content.catalogue.fact_reading import KnownFact, SuggestionData, suggestions_in
from shop_content.catalogue.models import (
    ContentField,
    ContentOrigin,
    Fact,
    FactSource,
    LiveContent,
    Product,
    Variant,
)
from shop_content.catalogue.selectors.products import search_normalized
from shop_content.catalogue.suspicions import (
    SuspicionData,
    suspicions_fingerprint,
    suspicions_in,
)
from shop_content.core.fingerprint import data_fingerprint

REFRESH_CHUNK = 500  # Products refreshed at once: bounds memory and the length of one UPDATE.
MAX_HANDLE_CHARS = 255
_PLAIN_FIELDS = (
    "handle",
    "sku",
    "title",
    "brand",
    "category",
    "gtin",
    "price_cents",
    "currency",
    "image_url",
    "supplier_text",
)
_REPEATED = (
    "facts_fingerprint",
    "search_text",
    "suspicions",
    "num_suspicions",
    "suggestions",
    "num_suggestions",
)
_COUNTERS = ("num_live", "num_published", "num_stale")


class ProductConflictError(Exception):
    """Somebody else saved the product first; `current` is the product as it is now."""

    def __init__(self, current: Product) -> None:
        super().__init__(f"product {current.pk} is at version {current.version}")
        self.current = current


class ProductDuplicateError(Exception):
    """Another product of the merchant has this handle or SKU; `field` says which of the two."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class FactData:
    """One fact as a form or a file gives it."""

    name: str
    value: str
    unit: str = ""
    source: str = FactSource.MERCHANT.value
    is_verified: bool = False
    handling: str = ""


@dataclass(frozen=True, slots=True)
class ProductData:
    """A product as a form or a file gives it."""

    title: str
    handle: str = ""  # empty on a new product: made from the title
    sku: str = ""
    brand: str = ""
    category: str = ""
    gtin: str = ""
    price_cents: int | None = None
    currency: str = ""
    image_url: str = ""
    supplier_text: str = ""
    facts: tuple[FactData, ...] | None = None  # None: leave the facts as they are


def product_search_text(product: Product, variants: Iterable[Variant] = ()) -> str:
    """Return what search looks in: title, SKU, brand, handle, GTIN, and the variants' codes."""
    parts = [product.title, product.sku, product.brand, product.handle, product.gtin]
    for variant in variants:
        parts += [variant.sku, variant.gtin]
    unique = dict.fromkeys(search_normalized(part) for part in parts if part)
    # A line break between the parts keeps a query from matching across two of them.
    return "\n".join(unique)


def product_facts_fingerprint(product: Product, facts: Iterable[Fact]) -> str:
    """Return the fingerprint of all that a draft may rely on.

    The order of the facts does not count, nor who said them: moving a row makes no copy stale.
    """
    rows = sorted(
        [fact.name, fact.value, fact.unit, *([fact.handling] if fact.handling else [])]
        for fact in facts
    )
    return data_fingerprint([product.title, product.brand, product.category, rows])


def product_suspicions(product: Product, facts: Iterable[Fact]) -> list[SuspicionData]:
    """Return what in a product's data speaks to the writing machine."""
    columns = ("title", "brand", "category", "supplier_text")
    texts = [(name, getattr(product, name)) for name in columns]
    texts += [(fact.name, f"{fact.name}\n{fact.value} {fact.unit}") for fact in facts]
    return suspicions_in(texts)


def product_suggestions(
    product: Product,
    facts: Iterable[Fact],
    variants: Iterable[Variant] = (),
    description: str = "",
) -> list[SuggestionData]:
    """Return what a product's texts and options say that is not a fact yet.

    Args:
        product: with its supplier's text, and what was turned down before.
        facts: of the product.
        variants: of the product.
        description: the imported copy that is live, if any; what we wrote says nothing new.
    """
    known = [KnownFact(fact.name, f"{fact.value} {fact.unit}".strip()) for fact in facts]
    known += [KnownFact(row["name"], row["value"]) for row in product.suggestions_declined]
    return suggestions_in(
        [("supplier_text", product.supplier_text), ("description", description)],
        [variant.options for variant in variants],
        known,
    )


def suspicions_look(*, product: Product, actor: User) -> None:
    """Note that somebody has looked at what speaks to the machine; other passages come up anew."""
    seen = suspicions_fingerprint(product.suspicions)
    Product.objects.filter(pk=product.pk).update(suspicions_seen=seen, num_suspicions=0)
    audit_record(
        merchant=product.merchant,
        actor=actor,
        action="catalogue.suspicions_look",
        target=product,
        data={"num": len(product.suspicions)},
    )


@transaction.atomic
def product_save(
    *,
    merchant: Merchant,
    actor: User | None,
    data: ProductData,
    product: Product | None = None,
    expected_version: int | None = None,
) -> Product:
    """Make a product, or change the one given.

    Args:
        merchant: owner of the product.
        actor: the person who does it; None for the system.
        data: all columns; those left out are emptied (facts only when they are given).
        product: the product to change; None makes a new one.
        expected_version: the version that the person saw; None writes over any.

    Raises:
        ProductConflictError: the product is at another version by now.
        ProductDuplicateError: the handle or the SKU belongs to another product.
    """
    before = product.facts_fingerprint if product else ""
    values = {name: getattr(data, name) for name in _PLAIN_FIELDS}
    if not data.handle:
        values["handle"] = product.handle if product else free_handle(merchant, data.title)
    _refuse_duplicates(merchant, values, product)
    try:
        with transaction.atomic():
            if product is None:
                saved = Product.objects.create(merchant=merchant, **values)
            else:
                saved = _product_update(product, values, expected_version)
    except IntegrityError:
        # Another request took the handle or the SKU since we looked.
        _refuse_duplicates(merchant, values, product)
        raise
    if data.facts is not None:
        _facts_replace(saved, data.facts)
    product_refresh([saved.pk])
    saved.refresh_from_db()
    audit_record(
        merchant=merchant,
        actor=actor,
        action="catalogue.product_change" if product else "catalogue.product_add",
        target=saved,
        before_fingerprint=before,
        after_fingerprint=saved.facts_fingerprint,
        data={"version": saved.version},
    )
    return saved


def _product_update(
    product: Product, values: dict[str, object], expected_version: int | None
) -> Product:
    rows = Product.objects.filter(pk=product.pk)
    if expected_version is not None:
        rows = rows.filter(version=expected_version)
    if not rows.update(**values, version=F("version") + 1, updated_at=timezone.now()):
        raise ProductConflictError(Product.objects.get(pk=product.pk))
    return Product.objects.get(pk=product.pk)


def _refuse_duplicates(
    merchant: Merchant, values: dict[str, object], product: Product | None
) -> None:
    others = Product.objects.filter(merchant=merchant)
    if product is not None:
        others = others.exclude(pk=product.pk)
    if others.filter(handle=values["handle"]).exists():
        raise ProductDuplicateError("handle")
    if values["sku"] and others.filter(sku=values["sku"]).exists():
        raise ProductDuplicateError("sku")


def free_handle(merchant: Merchant, title: str) -> str:
    """Return a handle made from the title that no product of the merchant has."""
    base = slugify(title, allow_unicode=True)[: MAX_HANDLE_CHARS - 8] or "product"
    taken = set(
        Product.objects.filter(merchant=merchant, handle__startswith=base).values_list(
            "handle", flat=True
        )
    )
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


def _facts_replace(product: Product, facts: Sequence[FactData]) -> None:
    """Write the facts in their order; rows that are the same already are left alone."""
    current = [
        FactData(fact.name, fact.value, fact.unit, fact.source, fact.is_verified, fact.handling)
        for fact in product.facts.all()
    ]
    if current == list(facts):
        return
    product.facts.all().delete()
    Fact.objects.bulk_create(
        Fact(
            product=product,
            position=position,
            name=fact.name,
            value=fact.value,
            unit=fact.unit,
            source=fact.source,
            is_verified=fact.is_verified,
            handling=fact.handling,
        )
        for position, fact in enumerate(facts)
    )


@transaction.atomic
def fact_add(*, product: Product, data: FactData, actor: User | None) -> Fact:
    """Add one fact to the end of a product's facts; the same name and value twice adds nothing."""
    same = product.facts.filter(name__iexact=data.name, value=data.value, unit=data.unit).first()
    if same is not None:
        return same
    last = product.facts.aggregate(last=models.Max("position"))["last"]
    fact = Fact.objects.create(
        product=product,
        position=0 if last is None else last + 1,
        name=data.name,
        value=data.value,
        unit=data.unit,
        source=data.source,
        is_verified=data.is_verified,
    )
    before = product.facts_fingerprint
    Product.objects.filter(pk=product.pk).update(
        version=F("version") + 1, updated_at=timezone.now()
    )
    product_refresh([product.pk])
    product.refresh_from_db()
    audit_record(
        merchant=product.merchant,
        actor=actor,
        action="catalogue.fact_add",
        target=product,
        before_fingerprint=before,
        after_fingerprint=product.facts_fingerprint,
        data={"fact": fact.pk},
    )
    return fact


def product_refresh(product_ids: Iterable[int]) -> None:
    """Recompute fingerprint, search text and counters of products after changes to their rows.

    Five reads and one write for each chunk, whatever the number of rows; a product for which
    nothing is different is not written.
    """
    ids = sorted(set(product_ids))
    for start in range(0, len(ids), REFRESH_CHUNK):
        _refresh_chunk(ids[start : start + REFRESH_CHUNK])


def _refresh_chunk(ids: Sequence[int]) -> None:
    facts: dict[int, list[Fact]] = defaultdict(list)
    for fact in Fact.objects.filter(product_id__in=ids):
        facts[fact.product_id].append(fact)
    variants: dict[int, list[Variant]] = defaultdict(list)
    for variant in Variant.objects.filter(product_id__in=ids):
        variants[variant.product_id].append(variant)
    live: dict[int, list[tuple[str, str]]] = defaultdict(list)
    contents = LiveContent.objects.filter(product_id__in=ids).exclude(text="")
    for pk, origin, fingerprint in contents.values_list(
        "product_id", "origin", "facts_fingerprint"
    ):
        live[pk].append((origin, fingerprint))
    imported = LiveContent.objects.filter(
        product_id__in=ids, field=ContentField.DESCRIPTION, origin=ContentOrigin.IMPORTED
    )
    descriptions = dict(imported.values_list("product_id", "text"))
    changed = [
        product
        for product in Product.objects.filter(pk__in=ids)
        if _refresh_values(
            product,
            facts[product.pk],
            variants[product.pk],
            live[product.pk],
            descriptions.get(product.pk, ""),
        )
    ]
    if changed:
        Product.objects.bulk_update(
            changed,
            [*_REPEATED, *_COUNTERS],
            batch_size=REFRESH_CHUNK,
        )


def _refresh_values(
    product: Product,
    facts: Sequence[Fact],
    variants: Sequence[Variant],
    live: Sequence[tuple[str, str]],
    description: str,
) -> bool:
    """Set the repeated columns on the instance; tell whether one of them is different."""
    fingerprint = product_facts_fingerprint(product, facts)
    suspicions = product_suspicions(product, facts)
    is_seen = suspicions_fingerprint(suspicions) == product.suspicions_seen
    suggestions = product_suggestions(product, facts, variants, description)
    values: dict[str, object] = {
        "suggestions": suggestions,
        "num_suggestions": len(suggestions),
        "suspicions": suspicions,
        "num_suspicions": 0 if is_seen else len(suspicions),
        "facts_fingerprint": fingerprint,
        "search_text": product_search_text(product, variants),
        "num_live": len(live),
        "num_published": sum(origin == ContentOrigin.PUBLISHED for origin, _ in live),
        "num_stale": sum(bool(made_from) and made_from != fingerprint for _, made_from in live),
    }
    is_changed = any(getattr(product, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(product, name, value)
    return is_changed


def product_counters_update(*, product: Product) -> None:
    """Count the live fields of one product again, on the row and on the instance given."""
    counts = (
        LiveContent.objects.filter(product=product)
        .exclude(text="")
        .aggregate(
            num_live=Count("id"),
            num_published=Count("id", filter=Q(origin=ContentOrigin.PUBLISHED)),
            num_stale=Count(
                "id",
                filter=~Q(facts_fingerprint="")
                & ~Q(facts_fingerprint=F("product__facts_fingerprint")),
            ),
        )
    )
    Product.objects.filter(pk=product.pk).update(**counts, updated_at=timezone.now())
    for name, value in counts.items():
        setattr(product, name, value)


def num_in_review_add(*, product_ids: Iterable[int], delta: int) -> None:
    """Count open drafts of products up or down, never below zero; an id may come repeatedly."""
    by_times: dict[int, list[int]] = defaultdict(list)
    for product_id, times in Counter(product_ids).items():
        by_times[times].append(product_id)
    for times, ids in by_times.items():
        Product.objects.filter(pk__in=ids).update(
            num_in_review=Greatest(F("num_in_review") + Value(times * delta), Value(0))
        )
