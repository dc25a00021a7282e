"""Pages of products: the list with its selection, one product, its form, its live copy."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shop_content.accounts.decorators import merchant_required
from shop_content.accounts.http import AppRequest
from shop_content.accounts.models import Role
from shop_content.catalogue import selection
from shop_content.catalogue.forms.products import (
    COPY_HINT_CHARS,
    BaseFactFormSet,
    ContentForm,
    ProductForm,
    duplicate_message,
    fact_formset,
)
from shop_content.catalogue.models import ContentField, ContentOrigin, LiveContent, Product
from shop_content.catalogue.selectors.products import (
    MAX_COUNT,
    STATES,
    live_fields,
    product_counts,
    product_details,
    product_list,
    suggestion_rows,
)
from shop_content.catalogue.services.content import ContentConflictError, content_set
from shop_content.catalogue.services.products import (
    ProductConflictError,
    ProductDuplicateError,
    product_save,
    suspicions_look,
)
from shop_content.catalogue.services.suggestions import (
    suggestion_accept,
    suggestion_decline,
    suggestion_find,
    suggestions_accept_all,
)
from shop_content.catalogue.suspicions import suspicion_rows
from shop_content.core.pagination import keyset_page

PAGE_SIZE = 50
MAX_ID_DIGITS = 18  # Below 2**63, the largest id.


def _state_labels() -> dict[str, str]:
    return {
        "": _("All"),
        "no_copy": _("No copy"),
        "in_review": _("In review"),
        "published": _("Published"),
        "stale": _("Stale"),
        "suggested": _("Suggested facts"),
        "suspicious": _("Suspicious"),
    }


def _filter_of(data: Any) -> tuple[str, str]:
    """Return search words and state as the address or a form gives them."""
    state = data.get("state", "")
    return data.get("q", "").replace("\x00", "").strip(), state if state in STATES else ""


def _list_query(query: str, state: str) -> str:
    return urlencode({name: value for name, value in (("q", query), ("state", state)) if value})


@require_GET
@merchant_required()
def products(request: AppRequest) -> HttpResponse:
    """Show the catalogue: search, filters, pages, and what is ticked."""
    query, state = _filter_of(request.GET)
    rows = product_list(merchant=request.merchant, query=query, state=state)
    page = keyset_page(
        rows.defer("supplier_text", "search_text"),
        order=["title", "id"],
        cursor=request.GET.get("cursor", ""),
        size=PAGE_SIZE,
    )
    counts = product_counts(merchant=request.merchant, query=query)
    context = {
        "page": page,
        "query": query,
        "state": state,
        "list_query": _list_query(query, state),
        "filters": [
            {
                "label": label,
                "count": counts[name],
                "is_capped": counts[name] > MAX_COUNT,
                "url": f"?{_list_query(query, name)}",
                "is_current": name == state,
            }
            for name, label in _state_labels().items()
            # Most shops never have one: the tab comes when it is needed.
            if name not in {"suspicious", "suggested"} or counts[name] or state == name
        ],
        "max_count": MAX_COUNT,
        "is_filtered": bool(query or state),
        **_selection_context(request, counts[state], query, state),
    }
    return render(request, "catalogue/products.html", context)


def _selection_context(
    request: AppRequest, num_matching: int, query: str, state: str
) -> dict[str, Any]:
    ids = selection.selection_ids(request) if request.membership.can_write else []
    num_selectable = min(num_matching, selection.MAX_SELECTED)
    return {
        "can_write": request.membership.can_write,
        "selected": set(ids),
        "num_selected": len(ids),
        "num_selectable": num_selectable,
        "has_more_to_select": num_selectable > len(ids),
        "query": query,
        "state": state,
    }


@require_POST
@merchant_required(Role.MERCHANT, Role.ADMIN)
def select(request: AppRequest) -> HttpResponse:
    """Tick and untick products: those shown, all that match, or none."""
    action = request.POST.get("action", "")
    query, state = _filter_of(request.POST)
    if action == "clear":
        selection.selection_clear(request)
    elif action == "all":
        selection.selection_all_matching(request, query=query, state=state)
    else:
        ticked = _ids(request.POST.getlist("product"))
        selection.selection_remove(request, set(_ids(request.POST.getlist("shown"))) - set(ticked))
        selection.selection_add(request, ticked)
    if action == "accept":
        num = suggestions_accept_all(
            merchant=request.merchant,
            product_ids=selection.selection_ids(request),
            actor=request.user,
        )
        messages.success(
            request,
            ngettext("%(num)s suggested fact was kept.", "%(num)s suggested facts were kept.", num)
            % {"num": num},
        )
        return redirect("catalogue:products")
    if action == "write":
        return redirect(f"{reverse('keywords:write')}?selection=1")
    if request.htmx:
        num_matching = product_counts(merchant=request.merchant, query=query)[state]
        context = _selection_context(request, num_matching, query, state)
        return render(request, "catalogue/_selection_bar.html", context)
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = reverse("catalogue:products")
    return redirect(back)


def _ids(values: list[str]) -> list[int]:
    """Return the numbers among the values; longer ones than the database's are no id."""
    numbers = [value for value in values if value.isascii() and value.isdecimal()]
    return [int(value) for value in numbers if len(value) <= MAX_ID_DIGITS][:MAX_COUNT]


def _product(request: AppRequest, pk: int) -> Product:
    return get_object_or_404(product_details(merchant=request.merchant), pk=pk)


@require_GET
@merchant_required()
def product(request: AppRequest, pk: int) -> HttpResponse:
    """Show one product: its facts, and what is live on it and why."""
    shown = _product(request, pk)
    suggestions = suggestion_rows(shown)
    context = {
        "product": shown,
        "live_fields": live_fields(shown),
        "suggestions": suggestions,
        "num_new_suggestions": sum(row.fact is None for row in suggestions),
        "suspicions": suspicion_rows(shown.suspicions) if shown.num_suspicions else [],
        "can_write": request.membership.can_write,
        "has_web_image": shown.image_url.startswith(("https://", "http://")),
    }
    return render(request, "catalogue/product.html", context)


@require_POST
@merchant_required(Role.MERCHANT, Role.ADMIN)
def look(request: AppRequest, pk: int) -> HttpResponse:
    """Note that somebody has looked at what speaks to the writing machine."""
    suspicions_look(product=_product(request, pk), actor=request.user)
    messages.success(request, _("Noted. New drafts of this product are not held up by it."))
    return redirect("catalogue:product", pk=pk)


@require_POST
@merchant_required(Role.MERCHANT, Role.ADMIN)
def suggestion(request: AppRequest, pk: int) -> HttpResponse:
    """Keep a suggested fact, or all that contradict none; or turn one down."""
    shown = _product(request, pk)
    action = request.POST.get("action", "")
    chosen = suggestion_find(
        product=shown, name=request.POST.get("name", ""), value=request.POST.get("value", "")
    )
    if action == "all":
        suggestions_accept_all(
            merchant=request.merchant, product_ids=[shown.pk], actor=request.user
        )
        messages.success(request, _("Kept as facts."))
    elif chosen is None:
        messages.error(request, _("This is not offered any more: the product has changed."))
    elif action == "decline":
        suggestion_decline(product=shown, suggestion=chosen, actor=request.user)
        messages.success(request, _("It is not offered again."))
    else:
        suggestion_accept(product=shown, suggestion=chosen, actor=request.user)
        messages.success(request, _("Kept as a fact."))
    return redirect(f"{reverse('catalogue:product', args=[pk])}#suggestions")


@require_http_methods(["GET", "POST"])
@merchant_required(Role.MERCHANT, Role.ADMIN)
def product_add(request: AppRequest) -> HttpResponse:
    """Add a product by hand."""
    return _product_form_page(request, None)


@require_http_methods(["GET", "POST"])
@merchant_required(Role.MERCHANT, Role.ADMIN)
def product_edit(request: AppRequest, pk: int) -> HttpResponse:
    """Change a product and its facts."""
    return _product_form_page(request, _product(request, pk))


def _product_form_page(request: AppRequest, changed: Product | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    num_more = 1 if data is not None and "add_fact" in data else 0
    form = ProductForm(data, merchant=request.merchant, product=changed)
    facts = fact_formset(data=data, product=changed, num_more=num_more)
    if data is None or num_more:
        return _render_product_form(request, form, facts, status=200)
    # Both, so that all that is wrong is shown at once.
    if not all([form.is_valid(), facts.is_valid()]):
        return _render_product_form(request, form, facts, status=422)
    try:
        saved = product_save(
            merchant=request.merchant,
            actor=request.user,
            data=form.product_data(facts.fact_data(list(changed.facts.all()) if changed else [])),
            product=changed,
            expected_version=form.cleaned_data["version"] if changed else None,
        )
    except ProductDuplicateError as error:
        form.add_error(error.field, duplicate_message(error.field))
        return _render_product_form(request, form, facts, status=422)
    except ProductConflictError as error:
        return _product_conflict(request, error.current, facts)
    messages.success(request, _("Saved."))
    return redirect("catalogue:product", saved.pk)


def _product_conflict(
    request: AppRequest, current: Product, facts: BaseFactFormSet
) -> HttpResponse:
    """Keep what was typed, and say what somebody else saved meanwhile."""
    data = request.POST.copy()
    data["version"] = str(current.version)  # Saving again is then a decision, not an accident.
    form = ProductForm(data, merchant=request.merchant, product=current)
    changes = [
        {
            "label": form.fields[name].label,
            "theirs": form.fields[name].prepare_value(form[name].initial),
            "mine": form[name].value(),
        }
        for name in form.changed_data
        if name != "version"
    ]
    return _render_product_form(
        request, form, facts, status=409, changes=changes, their_facts=list(current.facts.all())
    )


def _render_product_form(
    request: AppRequest, form: ProductForm, facts: BaseFactFormSet, *, status: int, **extra: Any
) -> HttpResponse:
    context = {"form": form, "facts": facts, "product": form.product, "is_conflict": status == 409}
    return render(request, "catalogue/product_form.html", context | extra, status=status)


@require_http_methods(["GET", "POST"])
@merchant_required(Role.MERCHANT, Role.ADMIN)
def content_edit(request: AppRequest, pk: int, field: str) -> HttpResponse:
    """Write the copy of one field by hand."""
    changed = _product(request, pk)
    if field not in ContentField.values:
        raise Http404
    content_field = ContentField(field)
    live = LiveContent.objects.filter(product=changed, field=field).first()
    initial = {"text": live.text if live else "", "version": live.version if live else 0}
    form = ContentForm(request.POST or None, field=content_field, initial=initial)
    context = {
        "form": form,
        "product": changed,
        "field": content_field,
        "live": live,
        "hint_chars": COPY_HINT_CHARS.get(content_field),
    }
    if request.method == "GET" or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "catalogue/product_content.html", context, status=status)
    try:
        _write_by_hand(request, changed, content_field, form)
    except ContentConflictError as error:
        data = request.POST.copy()
        data["version"] = str(error.version)
        context["form"] = ContentForm(data, field=content_field, initial=initial)
        context["conflict"] = {"text": error.text, "changed_by": error.changed_by}
        return render(request, "catalogue/product_content.html", context, status=409)
    return redirect("catalogue:product", changed.pk)


def _write_by_hand(
    request: AppRequest, changed: Product, field: ContentField, form: ContentForm
) -> None:
    """Save the text unless it is what is live already; then nothing is new, origin included."""
    if form.cleaned_data["text"] == form.initial["text"]:
        messages.info(request, _("Nothing was changed."))
        return
    content_set(
        product=changed,
        field=field,
        text=form.cleaned_data["text"],
        origin=ContentOrigin.WRITTEN,
        actor=request.user,
        facts_fingerprint=changed.facts_fingerprint,
        expected_version=form.cleaned_data["version"],
    )
    messages.success(request, _("%(field)s saved.") % {"field": field.label})
