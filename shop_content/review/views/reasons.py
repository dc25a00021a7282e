"""The merchant's list of reasons to reject."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from shop_content.accounts.decorators import merchant_required
from shop_content.accounts.http import AppRequest
from shop_content.accounts.models import Role
from shop_content.review.forms import ReasonForm
from shop_content.review.models import RejectionReason
from shop_content.review.services import reason_save, reasons_ensure


@require_http_methods(["GET", "POST"])
@merchant_required(Role.ADMIN)
def reasons(request: AppRequest) -> HttpResponse:
    """Show the reasons; add one, or change the one whose id is sent."""
    reasons_ensure(merchant=request.merchant)
    own = RejectionReason.objects.filter(merchant=request.merchant)
    changed = None
    if request.POST.get("reason"):
        sent = request.POST["reason"]
        changed = get_object_or_404(own, pk=int(sent) if sent.isdecimal() and len(sent) < 19 else 0)
    form = ReasonForm(
        request.POST or None,
        merchant=request.merchant,
        instance=changed,
        initial={"position": own.count() + 1},
    )
    if request.method == "POST" and form.is_valid():
        reason_save(
            merchant=request.merchant,
            actor=request.user,
            reason=changed,
            label=form.cleaned_data["label"],
            position=form.cleaned_data["position"],
            is_active=form.cleaned_data["is_active"],
        )
        messages.success(request, _("Saved."))
        return redirect("review:reasons")
    context = {"form": form, "reasons": own, "changed": changed}
    return render(request, "review/reasons.html", context, status=422 if form.errors else 200)
