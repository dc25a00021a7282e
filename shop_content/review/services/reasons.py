"""The merchant's list of reasons to reject."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from shop_content.accounts.models import Merchant, User
from shop_content.accounts.services import audit_record
from shop_content.review.models import RejectionReason


def default_labels() -> list[str]:
    """Return the reasons that a new merchant starts with, in the language of who asks first."""
    return [
        _("Says something that is not in the facts"),
        _("Makes a claim that we may not make"),
        _("Leaves out what matters"),
        _("Not our voice"),
        _("Too long"),
        _("Too short"),
        _("Repeats itself"),
        _("Bad language"),
        _("Another reason"),
    ]


@transaction.atomic
def reasons_ensure(*, merchant: Merchant) -> list[RejectionReason]:
    """Return the reasons in use, in their order; a merchant without any gets the usual ones."""
    rows = list(RejectionReason.objects.filter(merchant=merchant))
    if not rows:
        RejectionReason.objects.bulk_create(
            [
                RejectionReason(merchant=merchant, position=position, label=label)
                for position, label in enumerate(default_labels(), start=1)
            ],
            ignore_conflicts=True,  # Two first editors at once make one list.
        )
        rows = list(RejectionReason.objects.filter(merchant=merchant))
    return [row for row in rows if row.is_active]


@transaction.atomic
def reason_save(
    *,
    merchant: Merchant,
    actor: User,
    label: str,
    position: int,
    is_active: bool = True,
    reason: RejectionReason | None = None,
) -> RejectionReason:
    """Add a reason, or change one; decisions keep pointing at it."""
    row = reason or RejectionReason(merchant=merchant)
    row.label, row.position, row.is_active = label, position, is_active
    row.save()
    audit_record(merchant=merchant, actor=actor, action="review.reason", target=row)
    return row
