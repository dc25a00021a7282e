"""What went live, the history of a product's copy, and the way back."""

from __future__ import annotations

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
    contents = {
        row.field: row for row in LiveContent.objects.filter(product=product).order_by("field")
    }
    wanted = request.GET.get("field", "")
    field = wanted if wanted in ContentField.values else next(iter(contents), "description")
    below = request.GET.get("below", "")
    changes = selectors.revision_changes(
        product=product,
        field=field,
        below=int(below) if below.isdecimal() and len(below) < 10 else None,
    )
    context = {
        "product": product,
        "field": field,
        "tabs": [
            (label, f"?field={value}", value == field, None)
            for value, label in ContentField.choices
            if value in contents or value == field
        ],
        "live": contents.get(field),
        "changes": changes,
        "older": changes[-1].revision.number if changes else 1,
    }
    return render(request, "publication/history.html", context)


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
    back = f"{reverse('publication:history', args=[pk])}?field={data['field']}"
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
        messages.error(
            request,
            _("The text was changed meanwhile (version %(num)s); look at it first.")
            % {"num": error.version},
        )
    else:
        messages.success(request, _("Version %(num)s is live again.") % {"num": data["number"]})
    return redirect(back)
