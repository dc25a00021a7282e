"""Why a decision could not be taken."""

from __future__ import annotations

from shop_content.review.models import ReviewItem


class ReviewConflictError(Exception):
    """Somebody else changed or decided the item first; `item` is what it is now."""

    def __init__(self, item: ReviewItem) -> None:
        super().__init__(f"review item {item.pk} is at version {item.version}")
        self.item = item


class ReviewBlockedError(Exception):
    """The text may not go live as it is; the message says why, in words for the editor."""


class ReviewUndoError(Exception):
    """The decision cannot be taken back any more; the message says why."""
