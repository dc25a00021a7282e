"""Findings that an editor dismisses, with a reason."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from shop_content.accounts.models import User
from shop_content.checks.models import CheckResult
from shop_content.checks.services import finding_dismiss, finding_text
from shop_content.review.models import ReviewDecision, ReviewItem
from shop_content.review.services.errors import ReviewBlockedError
from shop_content.review.services.items import decision_record, item_get, item_write


@transaction.atomic
def item_dismiss_finding(
    *, item: ReviewItem, expected_version: int, number: int, reason: str, actor: User
) -> ReviewItem:
    """Let a warning or a note not count in this draft; who did it, and why, stays in its history.

    Args:
        item: that waits.
        expected_version: that the editor saw.
        number: of the finding in the verdict on the current text, from 1.
        reason: why it is right, or does not matter here.
        actor: the editor.

    Raises:
        ReviewConflictError: the item was changed or decided since the editor saw it.
        ReviewBlockedError: there is no such finding, or it stops approval.
    """
    item_write(item=item, expected_version=expected_version)
    version = item.current_version
    result = CheckResult.objects.filter(version=version, fingerprint=version.fingerprint).first()
    findings = result.findings if result else []
    if not 1 <= number <= len(findings):
        raise ReviewBlockedError(_("This finding is not there any more."))
    finding = findings[number - 1]
    try:
        renewed = finding_dismiss(version=version, finding=finding, reason=reason, actor=actor)
    except ValueError as error:
        raise ReviewBlockedError(
            _("A finding that stops approval is overridden with the approval, not dismissed.")
        ) from error
    ReviewItem.objects.filter(pk=item.pk).update(
        num_blocking=renewed.num_blocking, num_warnings=renewed.num_warnings
    )
    decision_record(
        item=item,
        version=version,
        action=ReviewDecision.Action.DISMISSED,
        actor=actor,
        note=f"{finding_text(finding)} — {reason}",
    )
    return item_get(item.pk)
