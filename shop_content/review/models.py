"""The editors' queue: one item per draft, the reasons, and every decision."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shop_content.accounts.models import Merchant, User
from shop_content.catalogue.models import ContentField, Product
from shop_content.drafts.models import Draft, DraftVersion


class RejectionReason(models.Model):
    """One of a merchant's reasons to reject; a digit on the review page chooses it."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="rejection_reasons")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    label = models.CharField(_("reason"), max_length=120)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("reason to reject")
        verbose_name_plural = _("reasons to reject")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["merchant", "label"], name="review_reason_once"),
        ]

    def __str__(self) -> str:
        return self.label


class ReviewItem(models.Model):
    """A draft that waits for, or has had, an editor's decision.

        waiting -> approved | rejected | sent_back | superseded (a newer draft took its place)

    Every write names the `version` that the person saw and adds one; who saw an older one is told
    so and loses nothing. `lease_…` only hints who is looking; it guards no decision.
    """

    class Status(models.TextChoices):
        """Whether the draft waits, and what was decided."""

        WAITING = "waiting", _("Waiting for review")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        SENT_BACK = "sent_back", _("Sent back")
        SUPERSEDED = "superseded", _("Replaced by a newer draft")

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="review_items")
    product = models.ForeignKey(Product, models.CASCADE, related_name="review_items")
    field = models.CharField(_("field"), max_length=20, choices=ContentField.choices)
    draft = models.OneToOneField(Draft, models.CASCADE, related_name="review_item")
    current_version = models.ForeignKey(DraftVersion, models.PROTECT, related_name="+")
    status = models.CharField(
        _("status"), max_length=12, choices=Status.choices, default=Status.WAITING
    )
    version = models.PositiveIntegerField(default=1)  # of this row, for conditional updates
    num_blocking = models.PositiveSmallIntegerField(_("blocking"), default=0)  # of current_version
    num_warnings = models.PositiveSmallIntegerField(_("warnings"), default=0)
    leased_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    leased_until = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    created_at = models.DateTimeField(_("in the queue since"), auto_now_add=True)

    class Meta:
        verbose_name = _("review item")
        verbose_name_plural = _("review queue")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "field"],
                condition=Q(status="waiting"),
                name="review_item_one_open_per_field",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "status", "id"], name="review_item_queue"),
            models.Index(
                fields=["merchant", "field", "id"],
                condition=Q(status="waiting"),
                name="review_item_queue_by_field",
            ),
            models.Index(
                fields=["merchant", "num_blocking", "num_warnings", "id"],
                condition=Q(status="waiting"),
                name="review_item_queue_by_finding",
            ),
            models.Index(fields=["merchant", "-decided_at", "-id"], name="review_item_by_decision"),
        ]

    def __str__(self) -> str:
        return f"review item {self.pk}"


class Recheck(models.Model):
    """The texts of all merchants, or of one, checked again: the rules are others than before.

        running -> finished

    One row for each version of the rules, and for each change that a merchant makes to them. It is
    the job: `last_item_id` says how far it is.
    """

    class Status(models.TextChoices):
        """Whether it still goes on."""

        RUNNING = "running", _("Running")
        FINISHED = "finished", _("Finished")

    rules_version = models.CharField(_("version of the rules"), max_length=40)
    merchant = models.ForeignKey(  # null: of all
        Merchant, models.CASCADE, null=True, blank=True, related_name="rechecks"
    )
    status = models.CharField(
        _("status"), max_length=12, choices=Status.choices, default=Status.RUNNING
    )
    num_total = models.PositiveIntegerField(_("texts"), default=0)  # when it began
    num_checked = models.PositiveIntegerField(_("checked"), default=0)
    last_item_id = models.PositiveBigIntegerField(default=0)  # all up to it are done
    claim_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("begun"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("re-check")
        verbose_name_plural = _("re-checks")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rules_version"],
                condition=Q(merchant=None),
                name="review_recheck_once_for_all",
            ),
            models.UniqueConstraint(
                fields=["merchant", "rules_version"], name="review_recheck_once_for_one"
            ),
        ]

    def __str__(self) -> str:
        return f"re-check by rules {self.rules_version}"


class RecheckedItem(models.Model):
    """A text that the new rules stop, and those before did not: to be looked at."""

    recheck = models.ForeignKey(Recheck, models.CASCADE, related_name="items")
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="+")
    item = models.ForeignKey(ReviewItem, models.CASCADE, related_name="rechecks")
    fingerprint = models.CharField(max_length=64)  # of the text that was checked
    looked_at = models.DateTimeField(_("looked at"), null=True)
    looked_at_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("text that newly fails")
        verbose_name_plural = _("texts that newly fail")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["recheck", "item"], name="review_rechecked_once"),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "id"],
                condition=Q(looked_at=None),
                name="review_rechecked_open",
            ),
        ]

    def __str__(self) -> str:
        return f"item {self.item_id} newly fails"


class ReviewDecision(models.Model):
    """One thing that an editor did to an item. Append-only."""

    class Action(models.TextChoices):
        """What was done."""

        EDITED = "edited", _("Edited")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        SENT_BACK = "sent_back", _("Sent back")
        ASKED_AGAIN = "asked_again", _("Asked for another draft")
        DISMISSED = "dismissed", _("Dismissed a finding")
        REOPENED = "reopened", _("Taken back")

    item = models.ForeignKey(ReviewItem, models.CASCADE, related_name="decisions")
    action = models.CharField(_("action"), max_length=12, choices=Action.choices)
    draft_version = models.ForeignKey(DraftVersion, models.PROTECT, related_name="decisions")
    fingerprint = models.CharField(max_length=64)  # of the text that was judged
    reason = models.ForeignKey(RejectionReason, models.PROTECT, null=True, related_name="+")
    note = models.TextField(_("note"), blank=True)
    override_reason = models.TextField(_("reason to override"), blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="decisions")
    decided_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(action="rejected") | Q(reason__isnull=False),
                name="review_decision_rejected_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} item {self.item_id}"
