"""Reads of products: the list, one product, and the facts as a draft keeps them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shop_content.accounts.models import Merchant
from shop_content.catalogue.fact_reading import SuggestionData
from shop_content.catalogue.models import ContentField, Fact, LiveContent, Product

MAX_QUERY_CHARS = 200  # Nothing that we search is longer than a title.
MAX_COUNT = 10_000  # Counts stop here and show "10,000+": a page must not count 100,000 rows.
STATES: dict[str, Q] = {
    "no_copy": Q(num_live=0),
    "in_review": Q(num_in_review__gt=0),
    "published": Q(num_published__gt=0),
    "stale": Q(num_stale__gt=0),
    "suggested": Q(num_suggestions__gt=0),
    "suspicious": Q(num_suspicions__gt=0),
}


PLACES = {
    "supplier_text": _("Supplier's text"),
    "description": _("Imported description"),
    "options": _("Options of the variants"),
}


@dataclass(frozen=True, slots=True)
class LiveField:
    """One content field of a product and what is live in it."""

    field: ContentField
    content: LiveContent | None
    is_stale: bool  # the facts have changed since the text was made


def search_normalized(text: str) -> str:
    """Return text as search compares it: composed (NFC), without capitals, one space between."""
    return " ".join(unicodedata.normalize("NFC", text.replace("\x00", "")).casefold().split())


def product_list(*, merchant: Merchant, query: str = "", state: str = "") -> QuerySet[Product]:
    """Return the merchant's products that match.

    Args:
        merchant: owner of the products.
        query: words, each of which must be in title, SKU, brand, handle or GTIN.
        state: "no_copy", "in_review", "published", "stale"; anything else is all.
    """
    rows = Product.objects.filter(merchant=merchant)
    if state in STATES:
        rows = rows.filter(STATES[state])
    for word in search_normalized(query[:MAX_QUERY_CHARS]).split():
        rows = rows.filter(search_text__contains=word)
    return rows


def product_counts(*, merchant: Merchant, query: str = "") -> dict[str, int]:
    """Return how many products each filter shows, "" being all; MAX_COUNT + 1 means more.

    Without a query each count reads its own partial index and stops at the limit. With one, a
    single pass over the merchant's rows counts everything.
    """
    rows = product_list(merchant=merchant, query=query)
    if search_normalized(query):
        counts: dict[str, int] = rows.aggregate(
            all=Count("id"), **{name: Count("id", filter=state) for name, state in STATES.items()}
        )
        return {"": counts.pop("all"), **counts}
    return {
        name: product_list(merchant=merchant, state=name).order_by()[: MAX_COUNT + 1].count()
        for name in ("", *STATES)
    }


def product_get(*, merchant: Merchant, pk: int) -> Product:
    """Return one product of the merchant with its facts and variants.

    Raises:
        Product.DoesNotExist: there is none, or it is another merchant's.
    """
    return product_details(merchant=merchant).get(pk=pk)


def product_details(*, merchant: Merchant) -> QuerySet[Product]:
    """Return the merchant's products as a page about one of them needs them."""
    return Product.objects.filter(merchant=merchant).prefetch_related("facts", "variants")


def live_fields(product: Product) -> list[LiveField]:
    """Return every content field in its order with what is live in it."""
    rows = LiveContent.objects.select_related("changed_by").filter(product=product)
    contents = {content.field: content for content in rows}
    return [
        LiveField(field, contents.get(field), is_stale(product, contents.get(field)))
        for field in ContentField
    ]


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """A suggested fact as a page shows it."""

    suggestion: SuggestionData
    where: str | Promise
    fact: Fact | None  # of the same name, which says something else


def suggestion_rows(product: Product) -> list[SuggestionRow]:
    """Return what the product's texts say that is not a fact yet, with what it contradicts."""
    by_name = {fact.name.casefold(): fact for fact in product.facts.all()}
    return [
        SuggestionRow(row, PLACES.get(row["where"], ""), by_name.get(row["name"].casefold()))
        for row in product.suggestions
    ]


def is_stale(product: Product, content: LiveContent | None) -> bool:
    """Tell whether the product's facts have changed since the live text was made from them."""
    if content is None or not content.text or not content.facts_fingerprint:
        return False
    return content.facts_fingerprint != product.facts_fingerprint


def facts_snapshot(product: Product) -> dict[str, Any]:
    """Return the facts of a product as a draft keeps them, whatever becomes of the product."""
    return {
        "title": product.title,
        "brand": product.brand,
        "category": product.category,
        "gtin": product.gtin,
        "supplier_text": product.supplier_text,
        # Somebody has looked at all that speaks to the writing machine.
        "is_trusted": bool(product.suspicions_seen) and not product.num_suspicions,
        "facts": [
            {
                "name": fact.name,
                "value": fact.value,
                "unit": fact.unit,
                "source": fact.source,
                "is_verified": fact.is_verified,
                "handling": fact.handling,
            }
            for fact in product.facts.all()
        ],
    }
