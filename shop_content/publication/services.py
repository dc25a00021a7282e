"""Put approved text on the product record, byte for byte, and take it back."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from shop_content.accounts.models import User
from shop_content.accounts.services import audit_record
from shop_content.catalogue.models import (
    ContentOrigin,
    LiveContent,
    LiveContentRevision,
    Product,
)
from shop_content.catalogue.services.content import ContentConflictError, content_set
from shop_content.core.fingerprint import text_fingerprint
from shop_content.drafts.selectors import is_candidate
from shop_content.publication.models import Publication
from shop_content.review.models import ReviewDecision, ReviewItem
from shop_content.review.services import ReviewUndoError, item_approve, item_reopen


class PublicationError(Exception):
    """The decision is no approval of this very text; nothing was published."""


@transaction.atomic
def publish(*, decision: ReviewDecision) -> Publication:
    """Make the approved version live; a second call returns the first publication.

    Raises:
        PublicationError: the decision is no approval, or the text is not the one approved.
    """
    version = decision.draft_version
    if decision.action != ReviewDecision.Action.APPROVED:
        raise PublicationError("Only an approval can be published.")
    if decision.fingerprint != text_fingerprint(version.text):
        raise PublicationError("The approval is for another text.")
    # Taken before we look: of two calls at once the second waits and then finds the first's row.
    item = ReviewItem.objects.select_for_update().get(pk=decision.item_id)
    existing = Publication.objects.filter(approval=decision).first()
    if existing is not None:
        return existing
    newest = item.decisions.latest("id")
    if item.status != ReviewItem.Status.APPROVED or newest.pk != decision.pk:
        raise PublicationError("The approval was taken back.")
    draft = version.draft
    revision = content_set(
        product=draft.product,
        field=draft.field,
        text=version.text,
        origin=ContentOrigin.PUBLISHED,
        actor=decision.decided_by,
        facts_fingerprint=draft.facts_fingerprint,
    )
    publication = Publication.objects.create(
        merchant_id=item.merchant_id,
        product_id=draft.product_id,
        field=draft.field,
        draft_version=version,
        approval=decision,
        revision=revision,
        fingerprint=version.fingerprint,
        is_machine_text=version.number == 1 or is_candidate(version=version),
        published_by=decision.decided_by,
    )
    audit_record(
        merchant=publication.merchant,
        actor=decision.decided_by,
        action="publication.publish",
        target=publication,
        after_fingerprint=publication.fingerprint,
        data={"decision": decision.pk, "revision": revision.pk},
    )
    return publication


@transaction.atomic
def approve_and_publish(
    *, item: ReviewItem, expected_version: int, actor: User, override_reason: str = ""
) -> Publication:
    """Approve the current version and make it live; both or neither.

    Raises:
        ReviewConflictError, ReviewBlockedError: as `review.services.item_approve`.
    """
    decision = item_approve(
        item=item,
        expected_version=expected_version,
        actor=actor,
        override_reason=override_reason,
    )
    return publish(decision=decision)


@transaction.atomic
def decision_take_back(*, item: ReviewItem, expected_version: int, actor: User) -> ReviewItem:
    """Take one's own decision back; what an approval put live makes way for what was there.

    Raises:
        ReviewUndoError: it is too late, or the live text has changed since.
    """
    was_approved = item.status == ReviewItem.Status.APPROVED
    reopened = item_reopen(item=item, expected_version=expected_version, actor=actor)
    if was_approved:
        publication = Publication.objects.select_related("revision", "product").get(
            approval=item.decisions.filter(action=ReviewDecision.Action.APPROVED).latest("id")
        )
        _take_down(publication, actor)
    return reopened


def _take_down(publication: Publication, actor: User) -> None:
    number = publication.revision.number
    before = LiveContentRevision.objects.filter(
        product=publication.product, field=publication.field, number=number - 1
    ).first()
    try:
        content_set(
            product=publication.product,
            field=publication.field,
            text=before.text if before else "",
            origin=before.origin if before else ContentOrigin.WRITTEN,
            actor=actor,
            facts_fingerprint=before.facts_fingerprint if before else "",
            expected_version=number,
            restored_number=before.number if before else None,
        )
    except ContentConflictError as error:
        raise ReviewUndoError(
            _("The live text was changed since; roll it back in its history.")
        ) from error


@transaction.atomic
def roll_back(
    *, product: Product, field: str, number: int, actor: User, expected_version: int
) -> LiveContentRevision:
    """Make an earlier revision live again, byte for byte and with its own origin.

    Raises:
        LiveContentRevision.DoesNotExist: the field never had this revision.
        ContentConflictError: the live text is at another version by now.
    """
    old = LiveContentRevision.objects.get(product=product, field=field, number=number)
    before = LiveContent.objects.filter(product=product, field=field).first()
    revision = content_set(
        product=product,
        field=field,
        text=old.text,
        origin=old.origin,
        actor=actor,
        facts_fingerprint=old.facts_fingerprint,
        expected_version=expected_version,
        restored_number=old.number,
    )
    audit_record(
        merchant=product.merchant,
        actor=actor,
        action="publication.roll_back",
        target=revision,
        before_fingerprint=before.fingerprint if before else "",
        after_fingerprint=revision.fingerprint,
        data={"restored": number, "number": revision.number},
    )
    return revision
