"""Reads of what went live."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, QuerySet

from shop_content.accounts.models import Merchant
from shop_content.catalogue.models import LiveContent, LiveContentRevision, Product
from shop_content.publication.models import Publication
from shop_content.review.diff import DiffPiece, word_diff

NUM_REVISIONS = 50  # Of one field on its page; more is behind the older numbers' link.


@dataclass(frozen=True, slots=True)
class RevisionChange:
    """A revision with its difference to the one before it."""

    revision: LiveContentRevision
    pieces: list[DiffPiece]
    is_live: bool


def publications(*, merchant: Merchant) -> QuerySet[Publication]:
    """Return what went live, each with `is_live` and `is_stale` as of now."""
    live = LiveContent.objects.filter(
        product_id=OuterRef("product_id"),
        field=OuterRef("field"),
        version=OuterRef("revision__number"),
    )
    stale = live.exclude(facts_fingerprint=F("product__facts_fingerprint"))
    return (
        Publication.objects.filter(merchant=merchant)
        .select_related("product", "published_by", "revision")
        .annotate(is_live=Exists(live), is_stale=Exists(stale))
    )


def texts_before(*, rows: list[Publication]) -> dict[int, str]:
    """Return for each publication the text that it took the place of, in one query."""
    revisions = LiveContentRevision.objects.filter(
        product_id__in={row.product_id for row in rows},
        number__in={row.revision.number - 1 for row in rows},
    )
    texts = {
        (revision.product_id, revision.field, revision.number): revision.text
        for revision in revisions
    }
    return {
        row.pk: texts.get((row.product_id, row.field, row.revision.number - 1), "") for row in rows
    }


def revision_changes(
    *, product: Product, field: str, below: int | None = None
) -> list[RevisionChange]:
    """Return the newest revisions of a field (those under number `below`), newest first."""
    rows = LiveContentRevision.objects.filter(product=product, field=field)
    newest = rows.order_by("-number").values_list("number", flat=True).first()
    if below is not None:
        rows = rows.filter(number__lt=below)
    found = list(
        rows.select_related("changed_by", "publication__draft_version").order_by("-number")[
            : NUM_REVISIONS + 1
        ]
    )
    changes = []
    for place, revision in enumerate(found[:NUM_REVISIONS]):
        before = found[place + 1].text if place + 1 < len(found) else ""
        changes.append(
            RevisionChange(
                revision=revision,
                pieces=word_diff(before, revision.text),
                is_live=revision.number == newest,
            )
        )
    return changes
