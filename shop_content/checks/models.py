"""The verdict of the rules on one version of a draft."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from shop_content.accounts.models import Merchant, User
from shop_content.catalogue.models import ContentField, Product
from shop_content.core.models import TimestampedModel
from shop_content.drafts.models import Draft, DraftVersion


class CheckResult(models.Model):
    """What the rules found in one version; valid only for the text with this fingerprint."""

    version = models.OneToOneField(DraftVersion, models.CASCADE, related_name="check_result")
    fingerprint = models.CharField(max_length=64)
    rules_version = models.CharField(_("version of the rules"), max_length=40)
    # [{rule, severity, message, start, end, template, params}, …], start and end in code points.
    findings = models.JSONField(_("findings"), default=list)
    num_blocking = models.PositiveSmallIntegerField(_("blocking"), default=0)
    num_warnings = models.PositiveSmallIntegerField(_("warnings"), default=0)
    num_notes = models.PositiveSmallIntegerField(_("notes"), default=0)
    checked_at = models.DateTimeField(_("checked"), auto_now=True)

    class Meta:
        verbose_name = _("check result")
        verbose_name_plural = _("check results")

    def __str__(self) -> str:
        return f"checks of version {self.version_id}"


class RuleSettings(TimestampedModel):
    """How one merchant wants the rules; a merchant without a row has them as they come."""

    merchant = models.OneToOneField(Merchant, models.CASCADE, related_name="rule_settings")
    modes = models.JSONField(_("rules changed"), default=dict)  # rule: "note" | "off"
    channels = models.JSONField(_("sales channels"), default=list)  # keys of CHANNELS
    version = models.PositiveIntegerField(default=1)  # counts changes; part of a verdict's version

    class Meta:
        verbose_name = _("settings of the rules")
        verbose_name_plural = _("settings of the rules")

    def __str__(self) -> str:
        return f"rules of merchant {self.merchant_id}"


class FindingDismissal(models.Model):
    """A finding that does not count in one draft, and why: it is right, or does not matter here."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="dismissals")
    rule = models.CharField(_("rule"), max_length=40)
    said = models.CharField(_("words"), max_length=300)  # that the finding is about; "": the text
    reason = models.CharField(_("reason"), max_length=300)
    dismissed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    dismissed_at = models.DateTimeField(_("dismissed"), auto_now_add=True)

    class Meta:
        verbose_name = _("dismissed finding")
        verbose_name_plural = _("dismissed findings")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "rule", "said"], name="checks_dismissal_once"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} in draft {self.draft_id}"


class TextSignature(models.Model):
    """What stands for the newest text of a field of a product, to find texts that are alike."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    field = models.CharField(_("field"), max_length=20, choices=ContentField.choices)
    signature = models.BinaryField(max_length=256)  # see `signatures`
    opening = models.BigIntegerField()  # stands for the first words

    class Meta:
        verbose_name = _("signature of a text")
        verbose_name_plural = _("signatures of texts")
        constraints = [
            models.UniqueConstraint(
                fields=["product", "field"], name="checks_signature_one_per_field"
            ),
        ]
        indexes = [
            models.Index(fields=["opening", "merchant", "field"], name="checks_signature_opening"),
        ]

    def __str__(self) -> str:
        return f"{self.field} of product {self.product_id}"


class SignatureBand(models.Model):
    """One key of a signature: texts under the same key may be alike."""

    signature = models.ForeignKey(TextSignature, models.CASCADE, related_name="bands")
    key = models.BigIntegerField()

    class Meta:
        verbose_name = _("key of a signature")
        verbose_name_plural = _("keys of signatures")
        indexes = [models.Index(fields=["key", "signature"], name="checks_band_by_key")]

    def __str__(self) -> str:
        return f"key {self.key}"
