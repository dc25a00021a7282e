"""Read the texts of a product's other fields, for the rule that compares them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from django.db.models import Max

from shop_content.catalogue.models import LiveContent
from shop_content.drafts.models import Draft, DraftVersion

# Of review items: what was turned down says nothing of the product.
_NOT_OF_USE = ("rejected", "sent_back", "superseded")


def other_texts_of(drafts: Iterable[Draft]) -> dict[int, tuple[tuple[str, str], ...]]:
    """Return by draft the field and newest text of each other field of its product.

    A field's text is that of its newest draft that was not turned down; without one it is what is
    live there, as an import brings it. Three queries for all.
    """
    rows = list(drafts)
    fields: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        fields[row.product_id].add(row.field)
    live, drafted = _live_texts(fields), _drafted_texts(fields)
    return {
        row.pk: tuple(
            (field, text)
            for field, text in sorted((live[row.product_id] | drafted[row.product_id]).items())
            if text and field != row.field
        )
        for row in rows
    }


def _live_texts(product_ids: Collection[int]) -> Mapping[int, dict[str, str]]:
    """Return by product and field what is live."""
    texts: Mapping[int, dict[str, str]] = defaultdict(dict)
    rows = LiveContent.objects.filter(product_id__in=product_ids).exclude(text="")
    for product_id, field, text in rows.values_list("product_id", "field", "text"):
        texts[product_id][field] = text
    return texts


def _drafted_texts(fields: Mapping[int, set[str]]) -> Mapping[int, dict[str, str]]:
    """Return by product and field the text of the newest draft that was not turned down.

    Args:
        fields: of each product that are compared; with none but itself, a field's text is not read.
    """
    newest = (
        Draft.objects.filter(product_id__in=fields)
        .exclude(review_item__status__in=_NOT_OF_USE)
        .order_by("product_id", "field")
        .values_list("product_id", "field")
        .annotate(newest=Max("id"))
    )
    places = {
        pk: (product_id, field) for product_id, field, pk in newest if fields[product_id] != {field}
    }
    texts: Mapping[int, dict[str, str]] = defaultdict(dict)
    versions = DraftVersion.objects.filter(draft_id__in=places).order_by("draft_id", "number")
    for draft_id, text in versions.values_list("draft_id", "text"):
        product_id, field = places[draft_id]
        texts[product_id][field] = text  # Of several versions the last one stays.
    return texts
