"""The rules that say which products are asked for with which prompt."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from shop_content.accounts.decorators import merchant_required
from shop_content.accounts.http import AppRequest
from shop_content.accounts.models import Role
from shop_content.generation.forms import PromptRuleForm
from shop_content.generation.models import PromptRule
from shop_content.generation.services.prompt_rules import (
    MAX_RULES,
    prompt_rule_delete,
    prompt_rule_save,
    prompt_rules,
)


@require_http_methods(["GET", "POST"])
@merchant_required(Role.ADMIN)
def rules(request: AppRequest) -> HttpResponse:
    """Show the rules in the order in which they count; add one."""
    rows = prompt_rules(merchant_ids=[request.merchant.pk])[request.merchant.pk]
    form = PromptRuleForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and len(rows) >= MAX_RULES:
        form.add_error(None, _("%(num)s are kept at most. Delete one first.") % {"num": MAX_RULES})
    if form.is_bound and form.is_valid():
        prompt_rule_save(merchant=request.merchant, actor=request.user, **form.cleaned_data)
        messages.success(request, _("Saved. Drafts that are written from now on follow it."))
        return redirect("generation:prompt_rules")
    context = {"form": form, "rules": rows}
    status = 422 if form.errors else 200
    return render(request, "generation/prompt_rules.html", context, status=status)


@require_POST
@merchant_required(Role.ADMIN)
def rule_delete(request: AppRequest, pk: int) -> HttpResponse:
    """Take a rule out."""
    rule = get_object_or_404(PromptRule, pk=pk, merchant=request.merchant)
    prompt_rule_delete(rule=rule, actor=request.user)
    messages.success(request, _("The rule is deleted."))
    return redirect("generation:prompt_rules")
