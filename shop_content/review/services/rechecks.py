"""Check all texts again when the rules have changed, in slices, in the background.

The row of the re-check is the job, a message to a worker is only a bell. Each slice stores its
verdicts and moves `last_item_id` in one transaction, under the claim's token: a worker that is
killed loses one slice, and two workers do none twice.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery

from shop_content.accounts.models import Merchant, User
from shop_content.checks.models import CheckResult
from shop_content.checks.rules import RULES_VERSION
from shop_content.checks.selectors import merchant_rules
from shop_content.checks.services import Renewal, renewals_store, verdicts_renewed
from shop_content.core.database import database_now, lease_deadline
from shop_content.review.models import Recheck, RecheckedItem, ReviewItem
from shop_content.review.selectors import rechecked_texts

SLICE_SIZE = 200  # Texts a transaction: about half a second of checking before it.
Status = Recheck.Status
# A worker of older code leaves a re-check by newer rules alone.
_OF_THIS_CODE = Q(rules_version=RULES_VERSION) | Q(rules_version__startswith=f"{RULES_VERSION}/")


def recheck_ensure() -> Recheck | None:
    """Begin the re-check by the rules of this code; None when it is finished."""
    recheck = Recheck.objects.filter(rules_version=RULES_VERSION, merchant=None).first()
    if recheck is None:
        recheck, _is_new = Recheck.objects.get_or_create(
            rules_version=RULES_VERSION,
            merchant=None,
            defaults={"num_total": rechecked_texts().count()},
        )
    return recheck if recheck.status == Status.RUNNING else None


def merchant_recheck_begin(*, merchant: Merchant) -> Recheck:
    """Begin the re-check of one merchant's texts, whose own settings of the rules have changed."""
    version = merchant_rules(merchant.pk).rules_version
    own = rechecked_texts().filter(merchant=merchant)
    return Recheck.objects.get_or_create(
        merchant=merchant, rules_version=version, defaults={"num_total": own.count()}
    )[0]


def rechecks_running() -> list[int]:
    """Return the ids of the re-checks by the rules of this code that are not finished."""
    rows = Recheck.objects.filter(_OF_THIS_CODE, status=Status.RUNNING)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def recheck_restart() -> Recheck:
    """Begin the re-check by the rules of this code, again if it was finished."""
    values = {
        "status": Status.RUNNING,
        "num_total": rechecked_texts().count(),
        "num_checked": 0,
        "created_at": database_now(),
        "last_item_id": 0,
        "finished_at": None,
        "claim_token": None,
        "lease_until": None,
    }
    return Recheck.objects.update_or_create(
        rules_version=RULES_VERSION, merchant=None, defaults=values
    )[0]


def recheck_advance(*, recheck_id: int, seconds: float = 15.0) -> bool:
    """Check slice by slice for some seconds; True when there is more to do.

    1. Claim the re-check by a conditional update; who finds it taken leaves it alone.
    2. Slice by slice: check outside of a transaction, store inside, with the claim's token.
    3. At the end of the items it is finished; at the end of the time the claim is given back.
    """
    token = uuid.uuid4()
    free = Recheck.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=database_now()),
        _OF_THIS_CODE,
        pk=recheck_id,
        status=Status.RUNNING,
    )
    if not free.update(claim_token=token, lease_until=_deadline()):
        return False
    mine = Recheck.objects.filter(pk=recheck_id, claim_token=token, status=Status.RUNNING)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        recheck = mine.only("last_item_id", "merchant_id").first()
        if recheck is None:
            return False  # Another worker has it: this one was too slow.
        items = _items_after(recheck)
        if not items:
            mine.update(
                status=Status.FINISHED,
                finished_at=database_now(),
                claim_token=None,
                lease_until=None,
            )
            return False
        if not _slice_do(recheck_id, token, items):
            return False
    return bool(mine.update(claim_token=None, lease_until=None))


def rechecked_item_look(*, merchant: Merchant, actor: User, pk: int) -> bool:
    """Take a text off the list of those that newly fail; False when there is none of this id."""
    own = RecheckedItem.objects.filter(pk=pk, merchant=merchant)
    own.filter(looked_at=None).update(looked_at=database_now(), looked_at_by=actor)
    return own.exists()


def _items_after(recheck: Recheck) -> list[ReviewItem]:
    rows = rechecked_texts().filter(pk__gt=recheck.last_item_id).order_by("pk")
    if recheck.merchant_id is not None:
        rows = rows.filter(merchant=recheck.merchant_id)
    related = ("current_version__draft", "current_version__check_result")
    return list(rows.select_related(*related)[:SLICE_SIZE])


def _slice_do(recheck_id: int, token: uuid.UUID, items: Sequence[ReviewItem]) -> bool:
    """Check the items and store what came out; False when the claim is lost."""
    renewals = verdicts_renewed(versions=[item.current_version for item in items])
    by_version = {renewal.result.version_id: renewal for renewal in renewals}
    found = [
        (item, by_version[item.current_version_id])
        for item in items
        if item.current_version_id in by_version
    ]
    with transaction.atomic():
        mine = Recheck.objects.filter(pk=recheck_id, claim_token=token)
        # First of all, so that of two workers one waits here and then finds its claim lost.
        if not mine.update(
            last_item_id=items[-1].pk,
            num_checked=F("num_checked") + len(items),
            lease_until=_deadline(),
        ):
            return False
        renewals_store(renewals=renewals)
        _items_update(renewals)
        RecheckedItem.objects.bulk_create(
            [
                RecheckedItem(
                    recheck_id=recheck_id,
                    merchant_id=item.merchant_id,
                    item=item,
                    fingerprint=renewal.result.fingerprint,
                )
                for item, renewal in found
                if renewal.result.num_blocking and not renewal.num_blocking_before
            ],
            ignore_conflicts=True,  # Checked again by the same rules.
        )
    return True


def _items_update(renewals: Sequence[Renewal]) -> None:
    """Bring the counts of the queue up to date; a text that was edited meanwhile has its own."""
    verdict = CheckResult.objects.filter(version_id=OuterRef("current_version_id"))
    versions = [renewal.result.version_id for renewal in renewals]
    ReviewItem.objects.filter(current_version_id__in=versions).update(
        num_blocking=Subquery(verdict.values("num_blocking")),
        num_warnings=Subquery(verdict.values("num_warnings")),
    )


def _deadline() -> datetime:
    return lease_deadline(settings.SHOP_CONTENT_JOB_LEASE_SECONDS)
