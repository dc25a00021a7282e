"""Forms of files in and out: the upload, the meaning of columns, the export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop_content.catalogue.csv_io.cells import MAX_CHARS
from shop_content.catalogue.csv_io.dialects import (
    FACT,
    TARGETS,
    Dialect,
    fact_target,
    mapping_problems,
)

FACT_CHOICE = "fact"
TARGET_LABELS = {
    "handle": gettext_lazy("Handle"),
    "sku": gettext_lazy("SKU"),
    "title": gettext_lazy("Title"),
    "brand": gettext_lazy("Brand"),
    "category": gettext_lazy("Category"),
    "gtin": gettext_lazy("GTIN"),
    "price": gettext_lazy("Price"),
    "currency": gettext_lazy("Currency"),
    "image_url": gettext_lazy("Image address"),
    "supplier_text": gettext_lazy("Supplier's text"),
    "description": gettext_lazy("Description"),
    "bullets": gettext_lazy("Bullets"),
    "short_description": gettext_lazy("Short description"),
    "meta_title": gettext_lazy("Meta title"),
    "meta_description": gettext_lazy("Meta description"),
    "image_alt_text": gettext_lazy("Image alt text"),
}
DIALECT_LABELS = {
    Dialect.SHOPIFY: gettext_lazy("Shopify"),
    Dialect.SHOPIFY_OLD: gettext_lazy("Shopify, older columns"),
    Dialect.WOOCOMMERCE: gettext_lazy("WooCommerce"),
    Dialect.GENERIC: gettext_lazy("Other columns"),
}


class UploadForm(forms.Form):
    """A file of products."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
        help_text=gettext_lazy(
            "An export of Shopify or WooCommerce, or any table with a row of column names. "
            "You see what it would change before anything is changed."
        ),
        allow_empty_file=True,  # Refused by the reader, with what to do about it.
        max_length=255,
    )
    replaces_written = forms.BooleanField(
        label=gettext_lazy("Replace copy written by hand or published here"),
        help_text=gettext_lazy("Left empty, such copy stays and the file's is passed over."),
        required=False,
    )

    def clean_file(self) -> UploadedFile[Any]:
        """Refuse a file that is too large before it is read."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        max_bytes = settings.SHOP_CONTENT_IMPORT_MAX_BYTES
        if (file.size or 0) > max_bytes:
            raise ValidationError(
                _("The file is larger than %(max)s MB. Split it and send the parts.")
                % {"max": max_bytes // 1_000_000}
            )
        return file


class MappingForm(forms.Form):
    """What each column of a file means: one choice a column."""

    def __init__(
        self,
        *args: Any,
        header: Sequence[str],
        mapping: Mapping[str, str],
        samples: Sequence[Sequence[str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.header = header
        choices = [
            ("", _("Leave out")),
            *((target, TARGET_LABELS[target]) for target in TARGETS),
            (FACT_CHOICE, _("A fact about the product")),
        ]
        for number, name in enumerate(header):
            target = mapping.get(str(number), "")
            field = forms.ChoiceField(
                # A column without a name is still a column.
                label=name or _("Column %(number)s") % {"number": number + 1},
                choices=choices,
                required=False,
                initial=FACT_CHOICE if target.startswith(FACT) else target,
            )
            self.fields[f"column_{number}"] = field
        self.samples = samples

    def rows(self) -> list[tuple[forms.BoundField, Sequence[str]]]:
        """Return the columns with their samples."""
        return [
            (self[f"column_{number}"], self.samples[number]) for number in range(len(self.header))
        ]

    def mapping(self) -> dict[int, str]:
        """Return the targets of the columns; facts are named as their columns."""
        found = {}
        for number, name in enumerate(self.header):
            target = self.cleaned_data.get(f"column_{number}", "")
            if target == FACT_CHOICE:
                found[number] = fact_target(name[: MAX_CHARS["fact name"]] or f"{number + 1}")
            elif target:
                found[number] = target
        return found

    def clean(self) -> dict[str, Any]:
        """Ask for a title, and for one column a meaning."""
        for problem in mapping_problems(self.mapping()):
            self.add_error(None, _(problem))
        return self.cleaned_data


class ExportForm(forms.Form):
    """Which file an export is."""

    dialect = forms.ChoiceField(
        label=gettext_lazy("Kind of file"),
        choices=[
            ("", gettext_lazy("The file that was imported last")),
            *((dialect.value, label) for dialect, label in DIALECT_LABELS.items()),
        ],
        required=False,
    )
    content_only = forms.BooleanField(
        label=gettext_lazy("Only the copy"),
        help_text=gettext_lazy(
            "The columns that name a product and those that hold copy; an import of it leaves "
            "all else in the shop as it is."
        ),
        required=False,
    )
