"""Drafts: what a job wrote, and its immutable, numbered, fingerprinted versions."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from shop_content.accounts.models import Merchant, User
from shop_content.catalogue.models import ContentField, Product
from shop_content.generation.models import GenerationJob, ModelVersion


class Draft(models.Model):
    """What one job wrote for one field of a product, with everything needed to repeat it."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="drafts")
    product = models.ForeignKey(Product, models.CASCADE, related_name="drafts")
    field = models.CharField(_("field"), max_length=20, choices=ContentField.choices)
    # One to one: however often a job is repeated, it has one draft.
    job = models.OneToOneField(GenerationJob, models.PROTECT, related_name="draft")
    model_version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="drafts")
    prompt_version = models.CharField(_("prompt version"), max_length=40)
    prompt = models.JSONField(_("prompt"))  # messages: [{"role": …, "content": …}, …]
    sampling = models.JSONField(_("parameters"))  # SamplingParams as they were
    seed = models.PositiveBigIntegerField(_("seed"))
    # What the checks compare with, as it was: title, brand, category, gtin, supplier_text,
    # facts: [{name, value, unit, source, is_verified}, …].
    facts = models.JSONField(_("facts as they were"))
    facts_fingerprint = models.CharField(max_length=64)
    brief = models.JSONField(_("brief as it was"))
    prompt_tokens = models.PositiveIntegerField(default=0)
    completion_tokens = models.PositiveIntegerField(default=0)
    finish_reason = models.CharField(max_length=20, blank=True)
    seconds = models.FloatField(_("seconds"), default=0)  # the model's own time
    mean_logprob = models.FloatField(null=True, blank=True)  # mean log P of the chosen tokens
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["product", "field", "-id"], name="drafts_draft_by_product"),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"


class DraftVersion(models.Model):
    """One text of a draft. Number 1 is the model's; each edit adds one. Never changed."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    text = models.TextField(_("text"), blank=True)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of the text
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")  # null: model
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("draft version")
        verbose_name_plural = _("draft versions")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "number"], name="drafts_version_one_per_number"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of draft {self.draft_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the version once: verdicts and approvals bind to it."""
        if not self._state.adding:
            raise PermissionError("A version of a draft cannot be changed; add a new one.")
        super().save(*args, **kwargs)
