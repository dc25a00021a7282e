"""Decisions on a draft: approve, reject, send back, ask again, and take a decision back."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from shop_content.accounts.models import User
from shop_content.catalogue.models import FactHandling
from shop_content.catalogue.services.products import num_in_review_add
from shop_content.checks.models import CheckResult
from shop_content.checks.services import finding_text
from shop_content.generation.models import GenerationJob
from shop_content.generation.services.jobs import JobStateError, job_ask_again, job_cancel
from shop_content.review.models import RejectionReason, ReviewDecision, ReviewItem
from shop_content.review.services.errors import ReviewBlockedError, ReviewUndoError
from shop_content.review.services.items import decision_record, item_get, item_write

UNDO_MINUTES = 10  # Long enough to notice a slip, short enough that nobody built on it.

# Rules about facts of which the merchant has said what copy may do with them.
_NEVER = frozenset({"private", "verbatim"})
Status = ReviewItem.Status
Action = ReviewDecision.Action


@transaction.atomic
def item_approve(
    *, item: ReviewItem, expected_version: int, actor: User, override_reason: str = ""
) -> ReviewDecision:
    """Approve the current version, for exactly its text.

    Raises:
        ReviewConflictError: the item was changed or decided since the editor saw it.
        ReviewBlockedError: a check stops it, or the product's facts changed, and no reason to
            approve it all the same was given.
    """
    _decide(item, expected_version, actor, Status.APPROVED)
    version = item.current_version
    result = CheckResult.objects.filter(version=version, fingerprint=version.fingerprint).first()
    _refuse_forbidden(item, result)
    if not override_reason.strip():
        _refuse_blocked(item, result)
    return decision_record(
        item=item,
        version=version,
        action=Action.APPROVED,
        actor=actor,
        before=version.fingerprint,
        override_reason=override_reason.strip(),
    )


def _refuse_forbidden(item: ReviewItem, result: CheckResult | None) -> None:
    """Refuse what no reason can excuse: the merchant has said so of the fact."""
    locked = {
        fact["name"]
        for fact in item.draft.facts.get("facts", [])
        if fact.get("handling") == FactHandling.LOCKED
    }
    for found in result.findings if result else []:
        contradicts = (
            found["rule"] == "contradiction" and found.get("params", {}).get("name") in locked
        )
        if found["rule"] in _NEVER or contradicts:
            raise ReviewBlockedError(
                _(
                    "%(finding)s No reason can override this: the product's facts say how this "
                    "one is handled."
                )
                % {"finding": finding_text(found)}
            )


def _refuse_blocked(item: ReviewItem, result: CheckResult | None) -> None:
    if result is None:
        raise ReviewBlockedError(_("This text has not been checked yet. Save it once more."))
    if result.num_blocking:
        raise ReviewBlockedError(
            _("A finding stops this text. Mend it, or say why it may go live all the same.")
        )
    if item.draft.facts_fingerprint != item.product.facts_fingerprint:
        raise ReviewBlockedError(
            _(
                "The product changed after this draft was written. Ask for another draft, or say "
                "why this one may go live all the same."
            )
        )


@transaction.atomic
def item_reject(
    *,
    item: ReviewItem,
    expected_version: int,
    actor: User,
    reason: RejectionReason,
    note: str = "",
) -> ReviewDecision:
    """Reject the draft for one of the merchant's reasons; no other draft is asked for.

    Raises:
        ReviewConflictError: the item was changed or decided since the editor saw it.
    """
    _decide(item, expected_version, actor, Status.REJECTED)
    return decision_record(
        item=item,
        version=item.current_version,
        action=Action.REJECTED,
        actor=actor,
        reason=reason,
        note=note,
    )


@transaction.atomic
def item_send_back(
    *, item: ReviewItem, expected_version: int, actor: User, note: str
) -> ReviewDecision:
    """Send the draft back; the note and the text go into the prompt of the next draft.

    Raises:
        ReviewConflictError: the item was changed or decided since the editor saw it.
        GenerationLimitError: the hour's number of drafts for this field is used up.
    """
    _decide(item, expected_version, actor, Status.SENT_BACK)
    _ask(item, actor, note=note)
    return decision_record(
        item=item,
        version=item.current_version,
        action=Action.SENT_BACK,
        actor=actor,
        note=note,
    )


@transaction.atomic
def item_ask_again(*, item: ReviewItem, expected_version: int, actor: User) -> ReviewDecision:
    """Ask for another draft; this one stays in the queue until the new one takes its place.

    Raises:
        ReviewConflictError: the item was changed or decided since the editor saw it.
        GenerationLimitError: the hour's number of drafts for this field is used up.
    """
    item_write(item=item, expected_version=expected_version)
    _ask(item, actor)
    return decision_record(
        item=item, version=item.current_version, action=Action.ASKED_AGAIN, actor=actor
    )


def _ask(item: ReviewItem, actor: User, note: str = "") -> GenerationJob:
    return job_ask_again(
        product=item.product,
        field=item.field,
        brief=item.draft.brief,
        actor=actor,
        editor_note=note,
        previous_text=item.current_version.text if note else "",
    )


def _decide(item: ReviewItem, expected_version: int, actor: User, status: Status) -> None:
    item_write(
        item=item,
        expected_version=expected_version,
        status=status,
        decided_by=actor,
        decided_at=timezone.now(),
        leased_until=None,
    )
    # The caller's instance may be older than the version that was just confirmed.
    fresh = item_get(item.pk)
    item.current_version, item.draft, item.product = (
        fresh.current_version,
        fresh.draft,
        fresh.product,
    )
    num_in_review_add(product_ids=[item.product_id], delta=-1)


@transaction.atomic
def item_reopen(*, item: ReviewItem, expected_version: int, actor: User) -> ReviewItem:
    """Take one's own decision back, a short while after it; the item waits again.

    The text that an approval put live is for the caller to take down (publication does).

    Raises:
        ReviewUndoError: it is too late, somebody else's, or something followed.
    """
    since = timezone.now() - timedelta(minutes=UNDO_MINUTES)
    rows = ReviewItem.objects.filter(
        pk=item.pk,
        version=expected_version,
        decided_by=actor,
        decided_at__gte=since,
        status__in=[Status.APPROVED, Status.REJECTED, Status.SENT_BACK],
    )
    try:
        with transaction.atomic():
            reopened = rows.update(
                status=Status.WAITING, version=F("version") + 1, decided_by=None, decided_at=None
            )
    except IntegrityError as error:  # One item of a text may wait: review_item_one_open_per_field.
        raise ReviewUndoError(
            _("A newer draft of this text waits in the queue already.")
        ) from error
    if not reopened:
        raise ReviewUndoError(_("This decision cannot be taken back any more."))
    if item.status == Status.SENT_BACK:
        _stop_asking(item, actor)
    num_in_review_add(product_ids=[item.product_id], delta=1)
    decision_record(item=item, version=item.current_version, action=Action.REOPENED, actor=actor)
    return item_get(item.pk)


def _stop_asking(item: ReviewItem, actor: User) -> None:
    """Cancel the draft that the send-back asked for; one that is being written already comes."""
    job = GenerationJob.objects.filter(
        product_id=item.product_id,
        field=item.field,
        status=GenerationJob.Status.QUEUED,
        previous_text=item.current_version.text,
    ).last()
    if job is None:
        return
    try:
        job_cancel(job=job, actor=actor)
    except JobStateError:
        return
