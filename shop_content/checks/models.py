"""The verdict of the rules on one version of a draft."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from shop_content.drafts.models import DraftVersion


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
