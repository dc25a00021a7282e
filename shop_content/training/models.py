"""What was measured, kept for comparison."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class EvaluationReport(models.Model):
    """Drafts of one model on a set of products that it has never seen, judged by the checks."""

    set_name = models.CharField(_("set"), max_length=255)
    field = models.CharField(_("field"), max_length=20)
    engine = models.CharField(_("engine"), max_length=40)
    model_name = models.CharField(_("model"), max_length=255)
    weights_sha256 = models.CharField(_("hash of the weights"), max_length=64, blank=True)
    adapter = models.CharField(_("adapter"), max_length=255, blank=True)  # its card's name or hash
    rules_version = models.CharField(_("version of the rules"), max_length=40)
    seed = models.PositiveBigIntegerField(_("seed"))
    num_drafts = models.PositiveIntegerField(_("drafts"))
    # [{name, seconds, completion_tokens, human_perplexity, <measure>: {value, low, high}}, …]
    rows = models.JSONField(_("rows"))
    evaluated_at = models.DateTimeField(_("evaluated"), default=timezone.now)

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"evaluation {self.pk} of {self.model_name}"

    def row(self, name: str) -> dict[str, Any]:
        """Return what a recipe measured; the last one if there is none of the name."""
        rows: list[dict[str, Any]] = self.rows
        return next((row for row in rows if row["name"] == name), rows[-1] if rows else {})
