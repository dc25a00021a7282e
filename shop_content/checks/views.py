"""Pages of the rules: what each finds and why, and how the merchant wants them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.forms import BoundField
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shop_content.accounts.decorators import merchant_required
from shop_content.accounts.http import AppRequest
from shop_content.accounts.models import Role
from shop_content.catalogue.models import ContentField
from shop_content.checks.findings import finding_data
from shop_content.checks.forms import RulesForm
from shop_content.checks.rule_texts import EXAMPLE, RULE_TEXTS, RuleText
from shop_content.checks.rules import RULES
from shop_content.checks.rules.channel_table import CHANNELS, MAX_CHARS, VERSION
from shop_content.checks.selectors import merchant_rules
from shop_content.checks.services import finding_text, rule_settings_save
from shop_content.review.services import merchant_recheck_begin
from shop_content.review.tasks import ring


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in the list."""

    rule: RuleText
    mode: BoundField | None  # None: it cannot be switched


@require_GET
@merchant_required()
def rules(request: AppRequest) -> HttpResponse:
    """List the rules; admins switch them here, and choose the channels."""
    form = RulesForm(rules=merchant_rules(request.merchant.pk))
    return _rules_page(request, form, status=200)


@require_POST
@merchant_required(Role.ADMIN)
def rules_save(request: AppRequest) -> HttpResponse:
    """Keep how the merchant wants the rules, and check all texts again by them."""
    before = merchant_rules(request.merchant.pk)
    form = RulesForm(request.POST, rules=before)
    if not form.is_valid():
        return _rules_page(request, form, status=422)
    after = rule_settings_save(
        merchant=request.merchant,
        actor=request.user,
        modes=form.modes(),
        channels=form.cleaned_data["channels"],
    )
    if after.version != before.version:
        recheck = merchant_recheck_begin(merchant=request.merchant)
        ring(recheck.pk)
        messages.success(request, _("Saved. All texts are being checked again by these rules."))
    else:
        messages.info(request, _("Nothing was changed."))
    return redirect("checks:rules")


@require_GET
@merchant_required()
def rule(request: AppRequest, rule_id: str) -> HttpResponse:
    """Explain one rule, with examples that are checked as the page is made."""
    row = RULE_TEXTS.get(rule_id)
    if row is None:
        raise Http404
    context = replace(EXAMPLE, field=row.field)
    # What compares with other texts has no example of one text.
    check = RULES.get(rule_id)
    found = [finding_data(mark) for mark in check(row.bad, context)] if check else []
    page: dict[str, Any] = {
        "rule": row,
        "mode": merchant_rules(request.merchant.pk).modes.get(rule_id, ""),
        "findings": [{**finding, "text": finding_text(finding)} for finding in found],
        "facts": EXAMPLE.facts,
    }
    if rule_id == "channel":
        page["limits"] = [
            (_(CHANNELS[line.channel]), ", ".join(map(_field_name, line.fields)), line)
            for line in MAX_CHARS
        ]
        page["version"] = VERSION
    return render(request, "checks/rule.html", page)


def _field_name(field: str) -> str:
    return str(ContentField(field).label) if field in ContentField.values else _("Title")


def _rules_page(request: AppRequest, form: RulesForm, *, status: int) -> HttpResponse:
    rows = [
        RuleRow(row, form[f"mode-{rule_id}"] if row.can_be_off else None)
        for rule_id, row in RULE_TEXTS.items()
    ]
    context = {"form": form, "rows": rows, "can_change": request.membership.is_admin}
    return render(request, "checks/rules.html", context, status=status)
