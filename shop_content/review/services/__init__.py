"""Writes of the queue: items, decisions, reasons."""

from __future__ import annotations

from shop_content.review.services.decisions import (
    item_approve,
    item_ask_again,
    item_reject,
    item_reopen,
    item_send_back,
)
from shop_content.review.services.dismissals import item_dismiss_finding
from shop_content.review.services.errors import (
    ReviewBlockedError,
    ReviewConflictError,
    ReviewUndoError,
)
from shop_content.review.services.items import (
    item_edit,
    item_open,
    item_take_next,
    new_items_open,
)
from shop_content.review.services.reasons import reason_save, reasons_ensure
from shop_content.review.services.rechecks import (
    merchant_recheck_begin,
    recheck_advance,
    recheck_ensure,
    recheck_restart,
    rechecked_item_look,
    rechecks_running,
)

__all__ = [
    "ReviewBlockedError",
    "ReviewConflictError",
    "ReviewUndoError",
    "item_approve",
    "item_ask_again",
    "item_dismiss_finding",
    "item_edit",
    "item_open",
    "item_reject",
    "item_reopen",
    "item_send_back",
    "item_take_next",
    "merchant_recheck_begin",
    "new_items_open",
    "reason_save",
    "reasons_ensure",
    "recheck_advance",
    "recheck_ensure",
    "recheck_restart",
    "rechecked_item_look",
    "rechecks_running",
]
