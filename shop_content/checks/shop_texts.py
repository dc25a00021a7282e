"""Compare texts with the others of the shop, through an index of their signatures.

The index holds one text of each content field of each product: whichever came last, a draft that
was checked or copy that went live. Checks put in what they check; copy that goes live, by an import
as by hand, is put in by a task that looks for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count

from shop_content.catalogue.models import LiveContent
from shop_content.checks.models import SignatureBand, TextSignature
from shop_content.checks.rules.base import Finding, Severity, excerpt, finding, gettext_noop
from shop_content.checks.signatures import (
    NUM_BANDS,
    opening_key,
    opening_words,
    signature_keys,
    similarities,
    text_signature,
)
from shop_content.core.database import skip_locked
from shop_content.drafts.models import Draft

RULE_ID = "sameness"
# Titles and image texts of one shop are alike by nature.
FIELDS = frozenset({"description", "short_description", "bullets"})
MIN_SIMILARITY = 0.7  # Of the runs of words: the same text with another name in it.
# Looked at for a text; of more that are alike, one is as good to name.
MAX_CANDIDATES = 200
MAX_OF_KEY = MAX_CANDIDATES // NUM_BANDS
SLICE_SIZE = 200  # Live texts put into the index in one transaction: about 0.2 s.
MIN_OPENINGS = 5  # So many other texts of the shop that begin alike are worth a note.

SAME = gettext_noop(
    "This text shares %(percent)s %% of its words with that of “%(title)s”. Pages with the "
    "same text are found less: vary it."
)
OPENING = gettext_noop(
    "%(num)s other texts of the shop begin with “%(said)s”. Begin in another way."
)


@dataclass(frozen=True, slots=True)
class ShopText:
    """A text about to be compared or put into the index."""

    merchant_id: int
    product_id: int
    field: str
    text: str

    @classmethod
    def of_draft(cls, draft: Draft, text: str) -> ShopText:
        """Return a text of a draft."""
        return cls(draft.merchant_id, draft.product_id, str(draft.field), text)


@dataclass(frozen=True, slots=True)
class _Signed:
    row: ShopText
    signature: bytes
    keys: list[int]
    opening: int


def shop_findings(rows: Sequence[ShopText]) -> list[list[Finding]]:
    """Return for each text what it shares with others of its shop; four queries for all.

    Texts of one call are compared with each other where they are in the index already.
    """
    signed = {place: found for place, row in enumerate(rows) if (found := _signed(row))}
    others = _candidates([one.keys for one in signed.values()])
    openings = _openings([one.opening for one in signed.values()])
    stored = _stored_openings([one.row.product_id for one in signed.values()])
    return [
        _findings(signed[place], others, openings, stored) if place in signed else []
        for place in range(len(rows))
    ]


def texts_index(rows: Iterable[ShopText]) -> None:
    """Put texts into the index, each in place of the older text of its field.

    A text too short to tell takes the older one out.
    """
    newest = {(row.product_id, row.field): row for row in rows if row.field in FIELDS}
    # In one order, so that two workers never wait for each other's rows.
    signed = [found for _place, row in sorted(newest.items()) if (found := _signed(row))]
    untold = newest.keys() - {(one.row.product_id, one.row.field) for one in signed}
    for field in sorted({field for _product, field in untold}):
        ids = [product_id for product_id, of in untold if of == field]
        TextSignature.objects.filter(product_id__in=ids, field=field).delete()
    if not signed:
        return
    stored = TextSignature.objects.bulk_create(
        (
            TextSignature(
                merchant_id=one.row.merchant_id,
                product_id=one.row.product_id,
                field=one.row.field,
                signature=one.signature,
                opening=one.opening,
            )
            for one in signed
        ),
        update_conflicts=True,
        unique_fields=["product", "field"],
        update_fields=["signature", "opening"],
    )
    SignatureBand.objects.filter(signature__in=[row.pk for row in stored]).delete()
    SignatureBand.objects.bulk_create(
        SignatureBand(signature=row, key=key)
        for row, one in zip(stored, signed, strict=True)
        for key in one.keys
    )


@transaction.atomic
def live_texts_index() -> int:
    """Put live texts that are not in the index there, a slice of them; return how many.

    Two workers at once take different ones; one that is killed has done nothing.
    """
    rows = skip_locked(
        LiveContent.objects.filter(is_indexed=False).select_related("product").order_by("pk")
    )[:SLICE_SIZE]
    live = list(rows)
    if live:
        texts_index(
            ShopText(row.product.merchant_id, row.product_id, row.field, row.text) for row in live
        )
        LiveContent.objects.filter(pk__in=[row.pk for row in live]).update(is_indexed=True)
    return len(live)


def _signed(row: ShopText) -> _Signed | None:
    signature = text_signature(row.text) if row.field in FIELDS else None
    opening = opening_key(row.text)
    if signature is None or opening is None:
        return None
    scope = f"{row.merchant_id}/{row.field}"
    return _Signed(row, signature, signature_keys(signature, scope), opening)


def _candidates(keys: Sequence[list[int]]) -> dict[int, list[TextSignature]]:
    """Return the texts in the index under each of the keys."""
    found: dict[int, list[TextSignature]] = defaultdict(list)
    wanted = {key for row in keys for key in row}
    rows_found = SignatureBand.objects.filter(key__in=wanted).values_list("key", "signature_id")
    # Cut in the database: a shop of one template has all its texts under the same keys. And cut
    # again for each key, or each text of a batch would be compared with those of all the others.
    by_key: dict[int, list[int]] = defaultdict(list)
    for key, pk in rows_found[: MAX_CANDIDATES * max(1, len(keys))]:
        if len(by_key[key]) < MAX_OF_KEY:
            by_key[key].append(pk)
    ids = {pk for pks in by_key.values() for pk in pks}
    rows = TextSignature.objects.select_related("product").in_bulk(ids) if ids else {}
    for key, pks in by_key.items():
        found[key] = [rows[pk] for pk in pks if pk in rows]
    return found


def _openings(keys: Sequence[int]) -> dict[tuple[int, str, int], int]:
    """Count the texts by merchant, field and opening."""
    rows = TextSignature.objects.filter(opening__in=set(keys)).order_by()
    counted = rows.values_list("merchant_id", "field", "opening").annotate(num=Count("id"))
    return {(merchant, field, key): num for merchant, field, key, num in counted}


def _stored_openings(product_ids: Sequence[int]) -> dict[tuple[int, str], int]:
    """Return by product and field the opening in the index: of the text itself or an older one."""
    rows = TextSignature.objects.filter(product_id__in=set(product_ids)).order_by()
    return {
        (product, field): key
        for product, field, key in rows.values_list("product_id", "field", "opening")
    }


def _findings(
    one: _Signed,
    others: dict[int, list[TextSignature]],
    openings: dict[tuple[int, str, int], int],
    stored: dict[tuple[int, str], int],
) -> list[Finding]:
    text = one.row
    candidates = {
        row.pk: row
        for key in one.keys
        for row in others.get(key, ())
        if row.product_id != text.product_id and row.merchant_id == text.merchant_id
    }
    shares = similarities(one.signature, [bytes(row.signature) for row in candidates.values()])
    scored = list(zip(shares, candidates, strict=True))
    found = []
    share, pk = max(scored, default=(0.0, 0))
    if share >= MIN_SIMILARITY:
        title = excerpt(candidates[pk].product.title)
        percent = str(round(100 * share))
        found.append(finding(RULE_ID, Severity.WARN, SAME, percent=percent, title=title))
    is_own = stored.get((text.product_id, text.field)) == one.opening
    num = openings.get((text.merchant_id, text.field, one.opening), 0) - is_own
    if num >= MIN_OPENINGS:
        said = opening_words(text.text)
        start = text.text.index(said)
        found.append(
            finding(
                RULE_ID, Severity.INFO, OPENING, start, start + len(said),
                num=str(num), said=excerpt(said),
            )
        )  # fmt: skip
    return found
