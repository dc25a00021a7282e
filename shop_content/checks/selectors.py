"""Read verdicts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from shop_content.checks.merchant_rules import MerchantRules
from shop_content.checks.models import CheckResult, FindingDismissal, RuleSettings
from shop_content.drafts.models import DraftVersion


def valid_result(version: DraftVersion) -> CheckResult | None:
    """Return the verdict on exactly this text; None if there is none, or one on another text."""
    return CheckResult.objects.filter(version=version, fingerprint=version.fingerprint).first()


def rules_of_merchants(merchant_ids: Iterable[int]) -> dict[int, MerchantRules]:
    """Return how each of the merchants wants the rules, in one query."""
    ids = set(merchant_ids)
    rows = RuleSettings.objects.filter(merchant__in=ids)
    changed = {
        row.merchant_id: MerchantRules(row.modes, tuple(row.channels), row.version) for row in rows
    }
    return {pk: changed.get(pk, MerchantRules()) for pk in ids}


def merchant_rules(merchant_id: int) -> MerchantRules:
    """Return how a merchant wants the rules."""
    return rules_of_merchants([merchant_id])[merchant_id]


def dismissals_of(draft_ids: Iterable[int]) -> dict[int, dict[tuple[str, str], str]]:
    """Return for each draft what was dismissed, as (rule, words) with the reason; one query."""
    found: dict[int, dict[tuple[str, str], str]] = defaultdict(dict)
    for row in FindingDismissal.objects.filter(draft__in=set(draft_ids)):
        found[row.draft_id][row.rule, row.said] = row.reason
    return found
