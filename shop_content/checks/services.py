"""Check texts with the rules and keep the verdict with the version it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext

from shop_content.accounts.models import Merchant, User
from shop_content.accounts.services import audit_record
from shop_content.catalogue.models import FactHandling
from shop_content.checks.findings import finding_data
from shop_content.checks.merchant_rules import NOTE, OFF, MerchantRules
from shop_content.checks.models import CheckResult, FindingDismissal, RuleSettings
from shop_content.checks.other_texts import other_texts_of
from shop_content.checks.rule_texts import RULE_TEXTS
from shop_content.checks.rules import (
    CheckContext,
    FactValue,
    Finding,
    Severity,
    run_rules,
)
from shop_content.checks.rules.channel_table import CHANNELS
from shop_content.checks.rules.evidence import SentenceEvidence, sentence_evidence
from shop_content.checks.selectors import dismissals_of, merchant_rules, rules_of_merchants
from shop_content.checks.shop_texts import ShopText, shop_findings, texts_index
from shop_content.core.fingerprint import text_fingerprint
from shop_content.core.storable import storable
from shop_content.drafts.models import Draft, DraftVersion

MAX_SAID_CHARS = 300


def check_text(text: str, context: CheckContext) -> list[Finding]:
    """Return what the rules find in the text, in its order."""
    return run_rules(text, context)


def context_for(
    *,
    field: str,
    facts: Mapping[str, Any],
    brief: Mapping[str, Any],
    channels: tuple[str, ...] = (),
    other_texts: tuple[tuple[str, str], ...] = (),
) -> CheckContext:
    """Build what a text is compared with from the snapshots that a draft keeps.

    Args:
        field: of the text.
        facts: as the draft keeps them.
        brief: as the draft keeps it.
        channels: that the merchant sells in.
        other_texts: field and newest text of the product's other fields.
    """
    rows = [(fact.get("handling", ""), fact_value(fact)) for fact in facts.get("facts", [])]
    voice = brief.get("voice", {})
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
        channels=channels,
        voice_person=str(voice.get("person", "")),
        voice_sentence_words=int(voice.get("sentence_words", 0)),
        today=timezone.localdate(),
        is_data_trusted=bool(facts.get("is_trusted")),
        other_texts=other_texts,
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


def text_check(*, draft: Draft, text: str) -> list[dict[str, Any]]:
    """Check a text for the draft as its merchant wants the rules; nothing is stored.

    Returns:
        The findings as data; one that was dismissed has its reason under "dismissed".
    """
    (around,) = _around([(draft, text)])
    dismissed = dismissals_of([draft.pk])[draft.pk]
    return _checked(draft, text, merchant_rules(draft.merchant_id), dismissed, around)


@dataclass(frozen=True, slots=True)
class _Around:
    """What a text is compared with besides its own facts."""

    about_shop: Sequence[Finding]  # what it shares with other texts of the shop
    other_texts: tuple[tuple[str, str], ...]  # of the product's other fields


def _around(texts: Sequence[tuple[Draft, str]]) -> list[_Around]:
    """Return what surrounds each text of a draft; seven queries for all."""
    others = other_texts_of(draft for draft, _text in texts)
    about_shop = shop_findings([ShopText.of_draft(draft, text) for draft, text in texts])
    return [
        _Around(found, others[draft.pk])
        for (draft, _text), found in zip(texts, about_shop, strict=True)
    ]


def _around_versions(versions: Iterable[DraftVersion]) -> list[_Around]:
    return _around([(version.draft, version.text) for version in versions])


def _index(versions: Iterable[DraftVersion]) -> None:
    texts_index(ShopText.of_draft(version.draft, version.text) for version in versions)


def _checked(
    draft: Draft,
    text: str,
    rules: MerchantRules,
    dismissed: Mapping[tuple[str, str], str],
    around: _Around,
) -> list[dict[str, Any]]:
    context = context_for(
        field=draft.field,
        facts=draft.facts,
        brief=draft.brief,
        channels=rules.channels,
        other_texts=around.other_texts,
    )
    found = []
    # A fact that is locked is never contradicted, whatever is switched off.
    locks = any(
        fact.get("handling") == FactHandling.LOCKED for fact in draft.facts.get("facts", [])
    )
    always = {"contradiction"} if locks else set()
    for mark in rules.applied([*check_text(text, context), *around.about_shop], always=always):
        data = finding_data(mark)
        reason = dismissed.get((mark.rule, words_of(text, data)))
        # What blocks is overridden with the decision, not beside it.
        if reason is not None and mark.severity is not Severity.BLOCK:
            data["dismissed"] = reason
        found.append(data)
    return found


def words_of(text: str, finding: Mapping[str, Any]) -> str:
    """Return the words that a finding is about, as a dismissal keeps them."""
    return storable(text[finding["start"] : finding["end"]][:MAX_SAID_CHARS])


def text_evidence(*, draft: Draft, text: str) -> list[SentenceEvidence]:
    """Return which of the draft's facts carry each sentence of a text."""
    context = context_for(field=draft.field, facts=draft.facts, brief=draft.brief)
    return sentence_evidence(text, context)


@transaction.atomic(savepoint=False)  # Part of a hand-over, which is undone as a whole.
def new_versions_check(*, versions: Iterable[DraftVersion]) -> list[CheckResult]:
    """Check versions made in this transaction, which nobody else can have checked."""
    rows = list(versions)
    _index(rows)  # First, so that texts written together are compared with each other.
    rules = rules_of_merchants(version.draft.merchant_id for version in rows)
    return CheckResult.objects.bulk_create(
        # Drafts made in this transaction have nothing that somebody could have dismissed.
        CheckResult(
            version=version, **_verdict(version, rules[version.draft.merchant_id], {}, around)
        )
        for version, around in zip(rows, _around_versions(rows), strict=True)
    )


@transaction.atomic(savepoint=False)
def version_check(*, version: DraftVersion) -> CheckResult:
    """Check the version once and keep the verdict, bound to the text by its fingerprint.

    A verdict of the same rules on the same text stands; one of older rules is replaced.
    """
    fingerprint = text_fingerprint(version.text)
    rules = merchant_rules(version.draft.merchant_id)
    result = CheckResult.objects.filter(version=version).first()
    if result and (result.fingerprint, result.rules_version) == (fingerprint, rules.rules_version):
        return result
    return verdict_renew(version=version, rules=rules, result=result)


@transaction.atomic(savepoint=False)
def verdict_renew(
    *, version: DraftVersion, rules: MerchantRules, result: CheckResult | None = None
) -> CheckResult:
    """Check the version and keep the verdict in place of the one that is there, if any is."""
    (around,) = _around_versions([version])
    dismissed = dismissals_of([version.draft_id])[version.draft_id]
    values = _verdict(version, rules, dismissed, around)
    _index([version])
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
    rows = list(versions)
    rules = rules_of_merchants(version.draft.merchant_id for version in rows)
    dismissed = dismissals_of(version.draft_id for version in rows)
    rows = [
        version
        for version in rows
        if version.check_result.rules_version != rules[version.draft.merchant_id].rules_version
    ]
    for version, around in zip(rows, _around_versions(rows), strict=True):
        result = version.check_result
        wanted = rules[version.draft.merchant_id]
        before = result.num_blocking
        verdict = _verdict(version, wanted, dismissed[version.draft_id], around)
        for name, value in verdict.items():
            setattr(result, name, value)
        renewed.append(Renewal(result, before))
    return renewed


def renewals_store(*, renewals: Sequence[Renewal]) -> None:
    """Keep the verdicts, in one statement for all."""
    now = timezone.now()
    for renewal in renewals:
        renewal.result.checked_at = now
    versions = [renewal.result.version for renewal in renewals]
    _index(versions)
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


def _verdict(
    version: DraftVersion,
    rules: MerchantRules,
    dismissed: Mapping[tuple[str, str], str],
    around: _Around,
) -> dict[str, Any]:
    findings = _checked(version.draft, version.text, rules, dismissed, around)
    counts = Counter(row["severity"] for row in findings if "dismissed" not in row)
    return {
        "fingerprint": text_fingerprint(version.text),
        "rules_version": rules.rules_version,
        "findings": findings,
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


@transaction.atomic
def rule_settings_save(
    *, merchant: Merchant, actor: User, modes: Mapping[str, str], channels: Iterable[str]
) -> MerchantRules:
    """Keep how a merchant wants the rules; return them. Unknown rules and channels are left out.

    Rules that guard people or the machine cannot be switched off.
    """
    wanted = {
        rule_id: mode
        for rule_id, mode in modes.items()
        if mode in {NOTE, OFF} and rule_id in RULE_TEXTS and RULE_TEXTS[rule_id].can_be_off
    }
    sold_in = [channel for channel in CHANNELS if channel in set(channels)]
    row, is_new = RuleSettings.objects.select_for_update().get_or_create(
        merchant=merchant, defaults={"modes": wanted, "channels": sold_in}
    )
    if not is_new and (row.modes, row.channels) != (wanted, sold_in):
        RuleSettings.objects.filter(pk=row.pk).update(
            modes=wanted, channels=sold_in, version=F("version") + 1, updated_at=timezone.now()
        )
        row.refresh_from_db()
    audit_record(
        merchant=merchant,
        actor=actor,
        action="checks.rule_settings",
        target=row,
        data={"modes": wanted, "channels": sold_in},
    )
    return MerchantRules(row.modes, tuple(row.channels), row.version)


@transaction.atomic
def finding_dismiss(
    *, version: DraftVersion, finding: Mapping[str, Any], reason: str, actor: User
) -> CheckResult:
    """Let a warning or a note not count in the draft, in this version and in later ones.

    Raises:
        ValueError: the finding blocks; such a one is overridden with the decision.
    """
    if finding["severity"] == Severity.BLOCK:
        raise ValueError("A finding that blocks cannot be dismissed.")
    FindingDismissal.objects.update_or_create(
        draft=version.draft,
        rule=finding["rule"],
        said=words_of(version.text, finding),
        defaults={"reason": reason, "dismissed_by": actor},
    )
    return verdict_renew(
        version=version,
        rules=merchant_rules(version.draft.merchant_id),
        result=CheckResult.objects.filter(version=version).first(),
    )
