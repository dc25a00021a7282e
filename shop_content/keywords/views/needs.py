"""The facts that the merchant wants to be known of a category."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from shop_content.accounts.decorators import merchant_required
from shop_content.accounts.http import AppRequest
from shop_content.accounts.models import Role
from shop_content.keywords.forms import NeedForm
from shop_content.keywords.models import CategoryNeed
from shop_content.keywords.selectors import MAX_NEEDS, category_needs
from shop_content.keywords.services import need_delete, need_save


@require_http_methods(["GET", "POST"])
@merchant_required(Role.MERCHANT, Role.ADMIN)
def needs(request: AppRequest) -> HttpResponse:
    """Show the list; add to it."""
    rows = category_needs(merchant=request.merchant)
    form = NeedForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and len(rows) >= MAX_NEEDS:
        form.add_error(None, _("%(num)s are kept at most. Delete one first.") % {"num": MAX_NEEDS})
    if form.is_bound and form.is_valid():
        need_save(merchant=request.merchant, actor=request.user, **form.cleaned_data)
        messages.success(request, _("Saved. It is asked for from the next run on."))
        return redirect("keywords:needs")
    context = {"form": form, "needs": rows}
    return render(request, "keywords/needs.html", context, status=422 if form.errors else 200)


@require_POST
@merchant_required(Role.MERCHANT, Role.ADMIN)
def delete(request: AppRequest, pk: int) -> HttpResponse:
    """Take one off the list."""
    need = get_object_or_404(CategoryNeed, pk=pk, merchant=request.merchant)
    need_delete(need=need, actor=request.user)
    messages.success(request, _("It is asked for no more."))
    return redirect("keywords:needs")
