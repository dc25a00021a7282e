"""Forms of one product: its columns, its facts, and the copy in one of its fields."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from shop_content.accounts.models import Merchant
from shop_content.catalogue.csv_io.gtin import is_valid_gtin
from shop_content.catalogue.models import ContentField, Fact, FactHandling, FactSource, Product
from shop_content.catalogue.services.products import FactData, ProductData
from shop_content.core.forms import CopyField, LineField

MAX_FACTS = 200  # Far above any real product; bounds what one request can make.
MAX_COPY_CHARS = 20_000  # Longer than the longest field of any channel.
MAX_SUPPLIER_CHARS = 50_000
# Where search results and screen readers cut; hints beside the count, not limits.
COPY_HINT_CHARS = {
    ContentField.SHORT_DESCRIPTION: 300,
    ContentField.META_TITLE: 60,
    ContentField.META_DESCRIPTION: 155,
    ContentField.IMAGE_ALT_TEXT: 125,
}
_PRICE = re.compile(r"(?P<whole>\d{1,12})(?:[.,](?P<cents>\d{1,2}))?", re.ASCII)


class PriceField(forms.CharField):
    """A price with a point or a comma, as whole cents."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def to_python(self, value: Any) -> int | None:  # type: ignore[override]  # Cents, not text.
        """Return the cents, or None for an empty field."""
        text = super().to_python(value)
        if not text:
            return None
        match = _PRICE.fullmatch(text)
        if match is None:
            raise ValidationError(
                _("Enter a price such as 19.50, without a currency sign."), code="price"
            )
        return int(match["whole"]) * 100 + int((match["cents"] or "").ljust(2, "0"))

    def run_validators(self, value: Any) -> None:
        """Skip the validators of text; the pattern has decided."""

    def prepare_value(self, value: Any) -> Any:
        """Show cents as a price; leave what was typed as it is."""
        return f"{value // 100}.{value % 100:02d}" if isinstance(value, int) else value


class WebAddressField(forms.URLField):
    """An address that a browser may open: http or https, never javascript: or ftp:."""

    default_validators = [URLValidator(schemes=["http", "https"])]
    default_error_messages = {"invalid": _("Enter an address that starts with http or https.")}


class ProductForm(forms.Form):
    """The columns of a product."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    title = LineField(label=_("Title"), max_length=255)
    brand = LineField(label=_("Brand"), max_length=120, required=False)
    category = LineField(
        label=_("Category"),
        max_length=255,
        required=False,
        help_text=_("From wide to narrow, such as Kitchen > Mugs."),
    )
    price = PriceField(label=_("Price"), required=False)
    currency = LineField(
        label=_("Currency"),
        max_length=3,
        required=False,
        help_text=_("Three letters, such as EUR."),
    )
    sku = LineField(label=_("SKU"), max_length=100, required=False)
    handle = LineField(
        label=_("Handle"),
        max_length=255,
        required=False,
        help_text=_("The product's name in addresses; made from the title when empty."),
    )
    gtin = LineField(
        label=_("GTIN"),
        max_length=20,
        required=False,
        help_text=_("The number under the bar code: 8, 12, 13 or 14 digits."),
    )
    image_url = WebAddressField(
        label=_("Image address"), max_length=2000, required=False, assume_scheme="https"
    )
    supplier_text = CopyField(
        label=_("Supplier's text"),
        max_length=MAX_SUPPLIER_CHARS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The model may take words from it, but no promises."),
    )

    def __init__(
        self, *args: Any, merchant: Merchant, product: Product | None = None, **kwargs: Any
    ) -> None:
        if product is not None:
            kwargs["initial"] = product_initial(product) | (kwargs.get("initial") or {})
        else:
            kwargs.setdefault("initial", {"currency": merchant.currency})
        super().__init__(*args, **kwargs)
        self.merchant = merchant
        self.product = product
        # Without the version that the person saw, a change could not tell that it is late.
        self.fields["version"].required = product is not None

    def clean_gtin(self) -> str:
        """Return the digits; a wrong check digit is refused."""
        digits = re.sub(r"[\s-]", "", self.cleaned_data["gtin"])
        if digits and not is_valid_gtin(digits):
            raise ValidationError(
                _("This is not a GTIN: it needs 8, 12, 13 or 14 digits with a right check digit."),
                code="gtin",
            )
        return digits

    def clean_currency(self) -> str:
        """Return three capitals."""
        currency: str = self.cleaned_data["currency"].upper()
        if currency and not re.fullmatch(r"[A-Z]{3}", currency):
            raise ValidationError(_("Enter three letters, such as EUR."), code="currency")
        return currency

    def clean_handle(self) -> str:
        """Refuse the handle of another product."""
        handle: str = self.cleaned_data["handle"]
        if handle and self._others().filter(handle=handle).exists():
            raise ValidationError(duplicate_message("handle"), code="duplicate")
        return handle

    def clean_sku(self) -> str:
        """Refuse the SKU of another product."""
        sku: str = self.cleaned_data["sku"]
        if sku and self._others().filter(sku=sku).exists():
            raise ValidationError(duplicate_message("sku"), code="duplicate")
        return sku

    def _others(self) -> Any:
        others = Product.objects.filter(merchant=self.merchant)
        return others.exclude(pk=self.product.pk) if self.product else others

    def product_data(self, facts: tuple[FactData, ...]) -> ProductData:
        """Return what a service saves."""
        cleaned = self.cleaned_data
        return ProductData(
            title=cleaned["title"],
            handle=cleaned["handle"],
            sku=cleaned["sku"],
            brand=cleaned["brand"],
            category=cleaned["category"],
            gtin=cleaned["gtin"],
            price_cents=cleaned["price"],
            currency=cleaned["currency"],
            image_url=cleaned["image_url"],
            supplier_text=cleaned["supplier_text"],
            facts=facts,
        )


def duplicate_message(field: str) -> Any:
    """Return why a handle or a SKU is refused."""
    if field == "sku":
        return _("Another product has this SKU.")
    return _("Another product has this handle.")


def product_initial(product: Product) -> dict[str, Any]:
    """Return the values with which the form of a product starts."""
    same = set(ProductForm.base_fields) - {"price"}
    return {name: getattr(product, name) for name in same} | {"price": product.price_cents}


class FactForm(forms.Form):
    """One fact: a row of the table."""

    name = LineField(label=_("Fact"), max_length=120)
    value = LineField(label=_("Value"), max_length=1000)
    unit = LineField(label=_("Unit"), max_length=30, required=False)
    handling = forms.ChoiceField(label=_("In copy"), choices=FactHandling.choices, required=False)
    is_verified = forms.BooleanField(label=_("Verified"), required=False)


class BaseFactFormSet(forms.BaseFormSet[FactForm]):
    """The facts of a product, which can be put in order and deleted."""

    def add_fields(self, form: FactForm, index: int | None) -> None:
        """Name the columns that Django adds."""
        super().add_fields(form, index)
        form.fields["ORDER"].label = _("Position")
        form.fields["DELETE"].label = _("Delete")

    def fact_data(self, current: Sequence[Fact]) -> tuple[FactData, ...]:
        """Return the facts in their order.

        A fact that is as it was keeps its source; a new or changed one is the merchant's word.
        """
        sources = {(fact.name, fact.value, fact.unit): fact.source for fact in current}
        return tuple(
            FactData(
                name=row["name"],
                value=row["value"],
                unit=row["unit"],
                source=sources.get(
                    (row["name"], row["value"], row["unit"]), FactSource.MERCHANT.value
                ),
                is_verified=row["is_verified"],
                handling=row["handling"],
            )
            for row in (form.cleaned_data for form in self.ordered_forms)
        )


FactFormSet = forms.formset_factory(
    FactForm,
    formset=BaseFactFormSet,
    extra=0,
    can_order=True,
    can_delete=True,
    max_num=MAX_FACTS,
    absolute_max=MAX_FACTS,
    validate_max=True,
)


def fact_formset(
    *, data: Mapping[str, Any] | None = None, product: Product | None = None, num_more: int = 0
) -> BaseFactFormSet:
    """Return the formset of a product's facts.

    Args:
        data: what was sent; None shows the facts as they are and one empty row (three when there
            is none).
        product: whose facts; None for a new product.
        num_more: empty rows to add to what was sent.
    """
    if data is not None:
        return FactFormSet(_with_more_rows(data, num_more), prefix="facts")  # type: ignore[return-value]  # The factory's class is ours.
    facts = list(product.facts.all()) if product else []
    names = ("name", "value", "unit", "handling", "is_verified")
    initial = [{name: getattr(fact, name) for name in names} for fact in facts]
    formset = FactFormSet(initial=initial, prefix="facts")
    formset.extra = 1 if facts else 3
    return formset  # type: ignore[return-value]  # The factory's class is ours.


def _with_more_rows(data: Mapping[str, Any], num_more: int) -> Mapping[str, Any]:
    if not num_more:
        return data
    total = str(data.get("facts-TOTAL_FORMS", ""))
    count = int(total) if total.isascii() and total.isdecimal() and len(total) < 6 else 0
    copied = data.copy()  # type: ignore[attr-defined]  # A QueryDict.
    copied["facts-TOTAL_FORMS"] = str(min(count + num_more, MAX_FACTS))
    result: Mapping[str, Any] = copied
    return result


class ContentForm(forms.Form):
    """The copy in one field, written by hand."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    text = CopyField(label=_("Text"), required=False)

    def __init__(self, *args: Any, field: ContentField, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_long = field in {ContentField.DESCRIPTION, ContentField.BULLETS}
        self.fields["text"].label = field.label
        self.fields["text"].widget.attrs |= {"rows": 12 if is_long else 4, "data-count": ""}
        if field in COPY_HINT_CHARS:
            self.fields["text"].widget.attrs["data-count-hint"] = COPY_HINT_CHARS[field]
        self.fields["text"].help_text = _help_text(field)

    def clean_text(self) -> str:
        """Refuse what is too long for any channel."""
        text: str = self.cleaned_data["text"]
        if len(text) > MAX_COPY_CHARS:
            raise ValidationError(
                _("This text has %(num)s characters; at most %(max)s can be kept.")
                % {"num": len(text), "max": MAX_COPY_CHARS},
                code="max_length",
            )
        return text


def _help_text(field: ContentField) -> Any:
    if field == ContentField.BULLETS:
        return _("One bullet a line, without a mark in front.")
    if field == ContentField.DESCRIPTION:
        return _("Plain text; an empty line starts a new paragraph.")
    return _("Best within %(num)s characters.") % {"num": COPY_HINT_CHARS[field]}
