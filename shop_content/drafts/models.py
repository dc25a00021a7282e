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
    # Of the text as the model wrote it, before it was tidied: [[piece of text, log P], …].
    token_logprobs = models.JSONField(default=list, blank=True)
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


class DraftCandidate(models.Model):
    """One of several texts that the model wrote for a draft, as it was ranked. Never changed.

    A draft has none, or two and more: what was the only text is version 1 and nothing else.
    """

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="candidates")
    rank = models.PositiveSmallIntegerField(_("rank"))  # from 1, the one that became version 1
    text = models.TextField(_("text"), blank=True)
    score = models.FloatField(_("score"))  # higher is better; comparable within a draft only
    scores = models.JSONField(_("scores"), default=dict, blank=True)  # what it is made of, by name
    mean_logprob = models.FloatField(null=True, blank=True)  # as on the draft
    finish_reason = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name = _("candidate")
        verbose_name_plural = _("candidates")
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "rank"], name="drafts_candidate_one_per_rank"),
        ]

    def __str__(self) -> str:
        return f"candidate {self.rank} of draft {self.draft_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the candidate once: it is what the model did."""
        if not self._state.adding:
            raise PermissionError("A candidate of a draft cannot be changed.")
        super().save(*args, **kwargs)


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
