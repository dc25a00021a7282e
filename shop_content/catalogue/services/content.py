"""Writes of live copy: every change is a revision, and the bytes are those that were given."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from shop_content.accounts.models import User
from shop_content.accounts.services import audit_record
from shop_content.catalogue.models import (
    ContentField,
    ContentOrigin,
    LiveContent,
    LiveContentRevision,
    Product,
)
from shop_content.catalogue.services.products import product_counters_update
from shop_content.core.fingerprint import text_fingerprint


class ContentConflictError(Exception):
    """Somebody else changed the field first; `text` and `version` are what is live now."""

    def __init__(self, *, text: str, version: int, changed_by: User | None) -> None:
        super().__init__(f"the live content is at version {version}")
        self.text = text
        self.version = version  # 0 when nothing is live in the field
        self.changed_by = changed_by


@transaction.atomic
def content_set(
    *,
    product: Product,
    field: ContentField | str,
    text: str,
    origin: ContentOrigin | str,
    actor: User | None,
    facts_fingerprint: str = "",
    expected_version: int | None = None,
    restored_number: int | None = None,
) -> LiveContentRevision:
    """Make a text live in one field of a product, byte for byte, and keep it as a revision.

    Args:
        product: the product; its counters are set on this instance too.
        field: which content field.
        text: what is live from now on; "" empties the field and is a revision as well.
        origin: where the text came from.
        actor: the person who does it; None for the system.
        facts_fingerprint: of the facts that the text was made from; "" when nobody knows, then
            the text never counts as stale.
        expected_version: the version that the person saw, 0 for an empty field that never had
            copy; None writes over any.
        restored_number: the revision that a roll-back brings back.

    Raises:
        ContentConflictError: the field is at another version by now.
    """
    # Holding the product's row puts two writers of one field in a line, so that a revision's
    # number is never taken twice. (SQLite: the transaction is the only writer anyway.)
    Product.objects.select_for_update().only("pk").get(pk=product.pk)
    live = (
        LiveContent.objects.select_related("changed_by").filter(product=product, field=field)
    ).first()
    version = live.version if live else 0
    if expected_version is not None and expected_version != version:
        raise _conflict(live)
    values = {
        "text": text,
        "fingerprint": text_fingerprint(text),
        "origin": origin,
        "facts_fingerprint": facts_fingerprint,
        "changed_by": actor,
    }
    revision = LiveContentRevision.objects.create(
        product=product,
        field=field,
        number=version + 1,
        restored_number=restored_number,
        **values,
    )
    _live_write(product, field, version, values)
    product_counters_update(product=product)
    audit_record(
        merchant=product.merchant,
        actor=actor,
        action="catalogue.content_set",
        target=product,
        before_fingerprint=live.fingerprint if live else "",
        after_fingerprint=revision.fingerprint,
        data={"field": str(field), "number": revision.number, "origin": str(origin)},
    )
    return revision


def _live_write(
    product: Product, field: ContentField | str, version: int, values: Mapping[str, object]
) -> None:
    """Write the live row at the version that was read; a row that moved on is an error."""
    if version == 0:
        LiveContent.objects.create(product=product, field=field, version=1, **values)
        return
    rows = LiveContent.objects.filter(product=product, field=field, version=version)
    now = timezone.now()
    if not rows.update(**values, version=version + 1, changed_at=now, is_indexed=False):
        raise _conflict(LiveContent.objects.get(product=product, field=field))


def _conflict(live: LiveContent | None) -> ContentConflictError:
    """Return the error for who comes second, with what is live now."""
    if live is None:
        return ContentConflictError(text="", version=0, changed_by=None)
    return ContentConflictError(text=live.text, version=live.version, changed_by=live.changed_by)
