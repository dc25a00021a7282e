"""Check texts with the rules and keep the verdict with the version it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from shop_content.catalogue.models import FactHandling
from shop_content.checks.findings import finding_data
from shop_content.checks.models import CheckResult
from shop_content.checks.rules import (
    RULES_VERSION,
    CheckContext,
    FactValue,
    Finding,
    Severity,
    run_rules,
)
from shop_content.checks.rules.evidence import SentenceEvidence, sentence_evidence
from shop_content.core.fingerprint import text_fingerprint
from shop_content.drafts.models import Draft, DraftVersion


def check_text(text: str, context: CheckContext) -> list[Finding]:
    """Return what the rules find in the text, in its order."""
    return run_rules(text, context)


def context_for(*, field: str, facts: Mapping[str, Any], brief: Mapping[str, Any]) -> CheckContext:
    """Build what a text is compared with from the snapshots that a draft keeps."""
    rows = [(fact.get("handling", ""), fact_value(fact)) for fact in facts.get("facts", [])]
    return CheckContext(
        field=field,
        language=brief.get("language") or "en",
        name=facts.get("title", ""),
        brand=facts.get("brand", ""),
        category=facts.get("category", ""),
        facts=tuple(fact for handling, fact in rows if handling != FactHandling.PRIVATE),
        private_facts=tuple(fact for handling, fact in rows if handling == FactHandling.PRIVATE),
        verbatim=tuple(fact.value for handling, fact in rows if handling == FactHandling.VERBATIM),
        keywords=tuple(brief.get("keywords", [])),
        must_use=tuple(brief.get("must_use", [])),
        must_not_use=tuple(brief.get("must_not_use", [])),
        supplier_text=facts.get("supplier_text", ""),
        length=brief.get("length") or "medium",
        gtin=facts.get("gtin", ""),
        today=timezone.localdate(),
        is_data_trusted=bool(facts.get("is_trusted")),
    )


def fact_value(fact: Mapping[str, Any]) -> FactValue:
    """Return a fact of a snapshot as the rules take it."""
    return FactValue(
        name=fact.get("name", ""),
        value=fact.get("value", ""),
        unit=fact.get("unit", ""),
        source=fact.get("source", ""),
        is_verified=fact.get("is_verified", False),
    )


def text_check(*, draft: Draft, text: str) -> list[Finding]:
    """Check a text somebody is typing for the draft; nothing is stored."""
    return check_text(text, context_for(field=draft.field, facts=draft.facts, brief=draft.brief))


def text_evidence(*, draft: Draft, text: str) -> list[SentenceEvidence]:
    """Return which of the draft's facts carry each sentence of a text."""
    context = context_for(field=draft.field, facts=draft.facts, brief=draft.brief)
    return sentence_evidence(text, context)


@transaction.atomic(savepoint=False)  # Part of a hand-over, which is undone as a whole.
def new_versions_check(*, versions: Iterable[DraftVersion]) -> list[CheckResult]:
    """Check versions made in this transaction, which nobody else can have checked."""
    return CheckResult.objects.bulk_create(
        CheckResult(version=version, **_verdict(version)) for version in versions
    )


@transaction.atomic(savepoint=False)
def version_check(*, version: DraftVersion) -> CheckResult:
    """Check the version once and keep the verdict, bound to the text by its fingerprint.

    A verdict of the same rules on the same text stands; one of older rules is replaced.
    """
    fingerprint = text_fingerprint(version.text)
    result = CheckResult.objects.filter(version=version).first()
    if result and result.fingerprint == fingerprint and result.rules_version == RULES_VERSION:
        return result
    values = _verdict(version)
    if result is None:
        try:
            with transaction.atomic():
                return CheckResult.objects.create(version=version, **values)
        except IntegrityError:
            pass  # Another check of the same version was quicker; its verdict is replaced.
    return CheckResult.objects.update_or_create(version=version, defaults=values)[0]


@dataclass(frozen=True, slots=True)
class Renewal:
    """A verdict of older rules and what the rules of today say."""

    result: CheckResult  # as it will be
    num_blocking_before: int


def verdicts_renewed(*, versions: Iterable[DraftVersion]) -> list[Renewal]:
    """Check the versions whose verdict is of other rules than today's; nothing is stored yet.

    Args:
        versions: with their draft and verdict at hand (`select_related`).
    """
    renewed = []
    for version in versions:
        result = version.check_result
        if result.rules_version == RULES_VERSION:
            continue
        before = result.num_blocking
        for name, value in _verdict(version).items():
            setattr(result, name, value)
        renewed.append(Renewal(result, before))
    return renewed


def renewals_store(*, renewals: Sequence[Renewal]) -> None:
    """Keep the verdicts, in one statement for all."""
    now = timezone.now()
    for renewal in renewals:
        renewal.result.checked_at = now
    CheckResult.objects.bulk_update(
        [renewal.result for renewal in renewals],
        [
            "fingerprint",
            "rules_version",
            "findings",
            "num_blocking",
            "num_warnings",
            "num_notes",
            "checked_at",
        ],
    )


def _verdict(version: DraftVersion) -> dict[str, Any]:
    findings = text_check(draft=version.draft, text=version.text)
    counts = Counter(finding.severity for finding in findings)
    return {
        "fingerprint": text_fingerprint(version.text),
        "rules_version": RULES_VERSION,
        "findings": [finding_data(finding) for finding in findings],
        "num_blocking": counts[Severity.BLOCK],
        "num_warnings": counts[Severity.WARN],
        "num_notes": counts[Severity.INFO],
    }


def has_blocking(findings: Iterable[Finding]) -> bool:
    """Tell whether one of the findings stops approval."""
    return any(finding.severity is Severity.BLOCK for finding in findings)


def finding_text(finding: Mapping[str, Any]) -> str:
    """Return the message of a stored finding in the language of the reader."""
    template = finding.get("template", "")
    if not template:
        return str(finding.get("message", ""))
    try:
        return str(gettext(template) % finding.get("params", {}))
    except (KeyError, TypeError, ValueError):
        # Stored by other rules, or translated with other names: what was stored is still right.
        return str(finding.get("message", ""))
