"""Suggested facts: accepted, one or many, and turned down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from shop_content.accounts.models import Merchant, User
from shop_content.accounts.services import audit_record
from shop_content.catalogue.fact_reading import SuggestionData
from shop_content.catalogue.models import Fact, FactSource, Product
from shop_content.catalogue.services.products import product_refresh

CHUNK_SIZE = 500


def suggestion_find(*, product: Product, name: str, value: str) -> SuggestionData | None:
    """Return the suggestion with this name and value; None when it is not offered any more."""
    rows: list[SuggestionData] = product.suggestions
    return next((row for row in rows if (row["name"], row["value"]) == (name, value)), None)


@transaction.atomic
def suggestion_accept(*, product: Product, suggestion: SuggestionData, actor: User) -> Fact:
    """Keep a suggestion as a verified fact; it takes the place of a fact of the same name."""
    same = product.facts.filter(name__iexact=suggestion["name"]).first()
    fact = same or Fact(product=product, position=_next_position(product))
    fact.name = same.name if same else suggestion["name"]
    fact.value, fact.unit = suggestion["value"], suggestion["unit"]
    fact.source, fact.is_verified = _source(suggestion), True
    fact.save()
    _changed([product.pk])
    _audit(product, actor, "suggestion_accept", fact=fact.pk)
    return fact


@transaction.atomic
def suggestions_accept_all(*, merchant: Merchant, product_ids: Sequence[int], actor: User) -> int:
    """Keep all suggestions of products, those left out that contradict a fact; return how many."""
    num = 0
    for start in range(0, len(product_ids), CHUNK_SIZE):
        ids = product_ids[start : start + CHUNK_SIZE]
        rows = Product.objects.filter(merchant=merchant, pk__in=ids, num_suggestions__gt=0)
        products = list(
            rows.select_for_update(of=("self",))
            .select_related("merchant")
            .prefetch_related("facts")
        )
        facts = [fact for product in products for fact in _new_facts(product)]
        Fact.objects.bulk_create(facts)
        touched = {fact.product_id for fact in facts}
        _changed(touched)
        for product in products:
            if product.pk in touched:
                _audit(product, actor, "suggestions_accept_all", num=len(product.suggestions))
        num += len(facts)
    return num


@transaction.atomic
def suggestion_decline(*, product: Product, suggestion: SuggestionData, actor: User) -> None:
    """Offer a suggestion no more."""
    value = f"{suggestion['value']} {suggestion['unit']}".strip()
    row = Product.objects.select_for_update().get(pk=product.pk)
    row.suggestions_declined = [
        *row.suggestions_declined,
        {"name": suggestion["name"], "value": value},
    ]
    row.save(update_fields=["suggestions_declined"])
    product_refresh([product.pk])
    _audit(product, actor, "suggestion_decline")


def _new_facts(product: Product) -> list[Fact]:
    facts = list(product.facts.all())
    names = {fact.name.casefold() for fact in facts}
    last = max((fact.position for fact in facts), default=-1)
    wanted = [row for row in product.suggestions if row["name"].casefold() not in names]
    return [
        Fact(
            product=product,
            position=last + number,
            name=row["name"],
            value=row["value"],
            unit=row["unit"],
            source=_source(row),
            is_verified=True,
        )
        for number, row in enumerate(wanted, start=1)
    ]


def _source(suggestion: SuggestionData) -> str:
    # Not "imported": the next file replaces imported facts, and this one somebody has accepted.
    is_supplier = suggestion["where"] == "supplier_text"
    return FactSource.SUPPLIER.value if is_supplier else FactSource.MERCHANT.value


def _next_position(product: Product) -> int:
    last = product.facts.aggregate(last=models.Max("position"))["last"]
    return 0 if last is None else last + 1


def _changed(product_ids: Iterable[int]) -> None:
    ids = list(product_ids)
    Product.objects.filter(pk__in=ids).update(version=F("version") + 1, updated_at=timezone.now())
    product_refresh(ids)


def _audit(product: Product, actor: User, verb: str, **data: int) -> None:
    audit_record(
        merchant=product.merchant,
        actor=actor,
        action=f"catalogue.{verb}",
        target=product,
        data=data,
    )
