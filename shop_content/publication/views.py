"""What went live, the history of a product's copy, and the way back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shop_content.accounts.decorators import merchant_required
from shop_content.accounts.http import AppRequest
from shop_content.accounts.models import Role
from shop_content.catalogue.models import (
    ContentField,
    LiveContent,
    LiveContentRevision,
    Product,
)
from shop_content.catalogue.services.content import ContentConflictError
from shop_content.core.pagination import keyset_page
from shop_content.publication import selectors
from shop_content.publication.forms import RollBackForm
from shop_content.publication.services import roll_back as roll_back_service
from shop_content.review.diff import word_diff

PAGE_SIZE = 25


@require_GET
@merchant_required()
def published(request: AppRequest) -> HttpResponse:
    """List what went live, the newest first, with what it changed."""
    page = keyset_page(
        selectors.publications(merchant=request.merchant),
        order=["-id"],
        cursor=request.GET.get("cursor", ""),
        size=PAGE_SIZE,
    )
    before = selectors.texts_before(rows=page.rows)
    rows = [(row, word_diff(before[row.pk], row.revision.text)) for row in page.rows]
    context = {"page": page, "rows": rows, "can_write": request.membership.can_write}
    return render(request, "publication/published.html", context)


@require_GET
@merchant_required()
def history(request: AppRequest, pk: int) -> HttpResponse:
    """Show every text that was live in one field of a product."""
    product = get_object_or_404(Product, pk=pk, merchant=request.merchant)
    below = request.GET.get("below", "")
    context = _history_context(
        product,
        request.GET.get("field", ""),
        below=int(below) if below.isdecimal() and len(below) < 10 else None,
    )
    return render(request, "publication/history.html", context)


def _history_context(product: Product, wanted: str, below: int | None = None) -> dict[str, Any]:
    """Return what the history shows of the wanted field, else of the first that has copy."""
    contents = {
        row.field: row for row in LiveContent.objects.filter(product=product).order_by("field")
    }
    field = wanted if wanted in ContentField.values else next(iter(contents), "description")
    changes = selectors.revision_changes(product=product, field=field, below=below)
    return {
        "product": product,
        "field": field,
        "tabs": [
            (label, history_url(product.pk, value), value == field, None)
            for value, label in ContentField.choices
            if value in contents or value == field
        ],
        "live": contents.get(field),
        "changes": changes,
        "older": changes[-1].revision.number if changes else 1,
    }


@require_POST
@merchant_required(Role.EDITOR, Role.ADMIN)
def roll_back(request: AppRequest, pk: int) -> HttpResponse:
    """Make an earlier text live again."""
    product = get_object_or_404(Product, pk=pk, merchant=request.merchant)
    form = RollBackForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a version of the list to go back to."))
        return redirect("publication:history", pk=pk)
    data = form.cleaned_data
    try:
        roll_back_service(
            product=product,
            field=data["field"],
            number=data["number"],
            actor=request.user,
            expected_version=data["version"],
        )
    except LiveContentRevision.DoesNotExist:
        messages.error(request, _("This version does not exist."))
    except ContentConflictError as error:
        context = {**_history_context(product, data["field"]), "conflict": error, "wanted": data}
        return render(request, "publication/history.html", context, status=409)
    else:
        messages.success(request, _("Version %(num)s is live again.") % {"num": data["number"]})
    return redirect(history_url(pk, data["field"]))


def history_url(pk: int, field: str) -> str:
    """Return the address of the history of one field of a product."""
    return f"{reverse('publication:history', args=[pk])}?{urlencode({'field': field})}"
