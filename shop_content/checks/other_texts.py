"""Read the texts of a product's other fields, for the rule that compares them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Max

from shop_content.drafts.models import Draft, DraftVersion

# Of review items: what was turned down says nothing of the product.
_NOT_OF_USE = ("rejected", "sent_back", "superseded")


def other_texts_of(drafts: Iterable[Draft]) -> dict[int, tuple[tuple[str, str], ...]]:
    """Return by draft the field and newest text of each other field of its product.

    A field's text is that of its newest draft that was not turned down. Two queries for all.
    """
    rows = list(drafts)
    newest = (
        Draft.objects.filter(product_id__in={row.product_id for row in rows})
        .exclude(review_item__status__in=_NOT_OF_USE)
        .order_by("product_id", "field")
        .values_list("product_id", "field")
        .annotate(newest=Max("id"))
    )
    by_product: dict[int, dict[str, int]] = {}
    for product_id, field, pk in newest:
        by_product.setdefault(product_id, {})[field] = pk
    wanted = {
        row.pk: {
            field: pk
            for field, pk in by_product.get(row.product_id, {}).items()
            if field != row.field
        }
        for row in rows
    }
    ids = {pk for fields in wanted.values() for pk in fields.values()}
    versions = DraftVersion.objects.filter(draft_id__in=ids).order_by("draft_id", "number")
    texts = dict(versions.values_list("draft_id", "text")) if ids else {}
    return {
        draft_id: tuple((field, texts[pk]) for field, pk in fields.items() if texts.get(pk))
        for draft_id, fields in wanted.items()
    }
