"""Templates: briefs that are offered for others."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shop_content.accounts.decorators import merchant_required
from shop_content.accounts.http import AppRequest
from shop_content.accounts.models import Role
from shop_content.core.pagination import keyset_page
from shop_content.keywords.forms import BriefForm
from shop_content.keywords.models import KeywordBrief
from shop_content.keywords.selectors import brief_templates
from shop_content.keywords.services import brief_delete, brief_save


@require_GET
@merchant_required(Role.MERCHANT, Role.ADMIN)
def briefs(request: AppRequest) -> HttpResponse:
    """List the templates."""
    page = keyset_page(
        brief_templates(merchant=request.merchant),
        order=["name", "id"],
        cursor=request.GET.get("cursor", ""),
    )
    return render(request, "keywords/briefs.html", {"page": page})


@require_http_methods(["GET", "POST"])
@merchant_required(Role.MERCHANT, Role.ADMIN)
def brief_add(request: AppRequest) -> HttpResponse:
    """Make a template."""
    return _brief_page(request, None)


@require_http_methods(["GET", "POST"])
@merchant_required(Role.MERCHANT, Role.ADMIN)
def brief(request: AppRequest, pk: int) -> HttpResponse:
    """Change a template."""
    return _brief_page(request, _template(request, pk))


@require_POST
@merchant_required(Role.MERCHANT, Role.ADMIN)
def delete(request: AppRequest, pk: int) -> HttpResponse:
    """Delete a template."""
    brief_delete(brief=_template(request, pk), actor=request.user)
    messages.success(request, _("The template was deleted."))
    return redirect("keywords:briefs")


def _template(request: AppRequest, pk: int) -> KeywordBrief:
    return get_object_or_404(brief_templates(merchant=request.merchant), pk=pk)


def _brief_page(request: AppRequest, changed: KeywordBrief | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = BriefForm(data, merchant=request.merchant, brief=changed, needs_name=True)
    if form.is_bound and form.is_valid():
        brief_save(
            merchant=request.merchant,
            actor=request.user,
            data=form.brief_data(is_template=True),
            brief=changed,
        )
        messages.success(request, _("Saved."))
        return redirect("keywords:briefs")
    context = {"form": form, "brief": changed}
    return render(request, "keywords/brief.html", context, status=422 if form.errors else 200)
