"""Read verdicts."""

from __future__ import annotations

from shop_content.checks.models import CheckResult
from shop_content.drafts.models import DraftVersion


def valid_result(version: DraftVersion) -> CheckResult | None:
    """Return the verdict on exactly this text; None if there is none, or one on another text."""
    return CheckResult.objects.filter(version=version, fingerprint=version.fingerprint).first()
