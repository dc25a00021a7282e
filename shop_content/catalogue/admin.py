"""Django admin of products, their live copy and its history, and of imports."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from shop_content.catalogue.models import (
    Fact,
    ImportRow,
    ImportRun,
    LiveContent,
    LiveContentRevision,
    Product,
    Variant,
)
from shop_content.catalogue.services.products import product_refresh


class CopyStateFilter(admin.SimpleListFilter):
    """The filters of the product list."""

    title = _("state of the copy")
    parameter_name = "copy"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Name the states."""
        return [
            ("no_copy", _("No copy")),
            ("in_review", _("In review")),
            ("published", _("Published")),
            ("stale", _("Stale")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Cut the list down to one state."""
        conditions = {
            "no_copy": {"num_live": 0},
            "in_review": {"num_in_review__gt": 0},
            "published": {"num_published__gt": 0},
            "stale": {"num_stale__gt": 0},
        }
        return queryset.filter(**conditions.get(self.value() or "", {}))


class ReadOnlyAdmin:
    """Rows that services write, to be read only."""

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse: services write these rows."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse: services write these rows."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse: services write these rows."""
        return False


class FactInline(admin.TabularInline[Fact, Product]):
    """Facts of a product."""

    model = Fact
    extra = 0


class VariantInline(admin.TabularInline[Variant, Product]):
    """Variants of a product."""

    model = Variant
    extra = 0


class LiveContentInline(ReadOnlyAdmin, admin.TabularInline[LiveContent, Product]):
    """What is live; changed on the pages, where a change leaves a revision."""

    model = LiveContent
    extra = 0
    fields = ["field", "text", "origin", "version", "changed_by", "changed_at"]
    readonly_fields = ["field", "text", "origin", "version", "changed_by", "changed_at"]
    can_delete = False


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin[Product]):
    """Products with facts, variants and what is live."""

    list_display = [
        "title",
        "sku",
        "brand",
        "merchant",
        "num_live",
        "num_in_review",
        "num_published",
        "num_stale",
        "updated_at",
    ]
    list_filter = [CopyStateFilter, "merchant"]
    search_fields = ["title", "sku", "brand", "handle", "gtin"]
    list_select_related = ["merchant"]
    autocomplete_fields = ["merchant"]
    readonly_fields = [
        "version",
        "facts_fingerprint",
        "num_live",
        "num_in_review",
        "num_published",
        "num_stale",
        "created_at",
        "updated_at",
    ]
    inlines = [FactInline, VariantInline, LiveContentInline]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: Product | None = None) -> Any:
        """Keep a product with its merchant: its drafts and its history belong there."""
        return [*self.readonly_fields, "merchant"] if obj else self.readonly_fields

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """Save the facts, then bring what repeats them up to date."""
        super().save_related(request, form, formsets, change)
        product_refresh([form.instance.pk])


@admin.register(LiveContent)
class LiveContentAdmin(ReadOnlyAdmin, admin.ModelAdmin[LiveContent]):
    """What is live in each field, to be read only."""

    list_display = ["product", "field", "origin", "version", "changed_by", "changed_at"]
    list_filter = ["field", "origin", "product__merchant"]
    search_fields = ["product__title", "product__sku", "text"]
    list_select_related = ["product", "changed_by"]
    show_full_result_count = False


@admin.register(LiveContentRevision)
class LiveContentRevisionAdmin(ReadOnlyAdmin, admin.ModelAdmin[LiveContentRevision]):
    """Every text that was ever live, to be read only."""

    list_display = ["product", "field", "number", "origin", "changed_by", "changed_at"]
    list_filter = ["field", "origin", "product__merchant"]
    search_fields = ["product__title", "product__sku", "fingerprint"]
    date_hierarchy = "changed_at"
    list_select_related = ["product", "changed_by"]
    show_full_result_count = False


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin, admin.ModelAdmin[ImportRun]):
    """Imports and what became of them; the file itself is left out."""

    list_display = [
        "file_name",
        "merchant",
        "status",
        "dialect",
        "num_products",
        "num_new",
        "num_changed",
        "num_refused",
        "created_at",
    ]
    list_filter = ["status", "dialect", "merchant"]
    search_fields = ["file_name", "merchant__name", "error"]
    list_select_related = ["merchant"]
    exclude = ["content", "claim_token"]
    date_hierarchy = "created_at"

    def get_queryset(self, request: HttpRequest) -> Any:
        """Leave the bytes of the files in the database."""
        return super().get_queryset(request).defer("content")


@admin.register(ImportRow)
class ImportRowAdmin(ReadOnlyAdmin, admin.ModelAdmin[ImportRow]):
    """Rows of imports, with the reasons of refusals."""

    list_display = ["import_run_id", "first_row", "handle", "outcome", "column", "is_applied"]
    list_filter = ["outcome", "is_applied"]
    search_fields = ["handle", "reason", "import_run__file_name"]
    raw_id_fields = ["import_run", "product"]
    show_full_result_count = False


@admin.register(Fact)
class FactAdmin(ReadOnlyAdmin, admin.ModelAdmin[Fact]):
    """Facts of all products, to be searched; they are changed with their product."""

    list_display = ["product", "name", "value", "unit", "source", "is_verified"]
    list_filter = ["source", "is_verified", "product__merchant"]
    search_fields = ["name", "value", "product__title", "product__sku"]
    list_select_related = ["product"]
    show_full_result_count = False


@admin.register(Variant)
class VariantAdmin(ReadOnlyAdmin, admin.ModelAdmin[Variant]):
    """Variants of all products, to be searched; they are changed with their product."""

    list_display = ["product", "sku", "gtin", "price_cents", "position"]
    list_filter = ["product__merchant"]
    search_fields = ["sku", "gtin", "product__title"]
    list_select_related = ["product"]
    show_full_result_count = False
