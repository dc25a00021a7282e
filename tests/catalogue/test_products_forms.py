"""The form of a product: prices, codes, order of facts."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from shop_content.catalogue.forms.products import (
    MAX_FACTS,
    ContentForm,
    PriceField,
    ProductForm,
    fact_formset,
)
from shop_content.catalogue.models import ContentField, Fact
from tests.factories import make_merchant, make_product


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("", None),
        ("0", 0),
        ("19", 1900),
        ("19.5", 1950),
        ("19,50", 1950),
        (" 0.05 ", 5),
        ("999999999999.99", 99_999_999_999_999),
    ],
)
def test_price_is_read_as_cents(text, cents):
    assert PriceField(required=False).clean(text) == cents


@pytest.mark.parametrize("text", ["19.999", ".5", "1.000,00", "EUR 5", "١٩", "--1", "1e3", "inf"])
def test_price_in_another_form_is_refused(text):
    with pytest.raises(ValidationError):
        PriceField().clean(text)


@given(st.integers(min_value=0, max_value=10**14 - 1))
def test_price_comes_back_as_it_is_shown(cents):
    field = PriceField()
    assert field.clean(field.prepare_value(cents)) == cents


@given(st.text())
def test_no_price_makes_anything_else_than_cents_or_a_refusal(text):
    try:
        value = PriceField(required=False).clean(text)
    except ValidationError:
        return
    assert value is None or 0 <= value < 10**14


@pytest.mark.django_db
def test_form_of_a_product_shows_its_values():
    product = make_product(price_cents=1950, currency="EUR")
    form = ProductForm(merchant=product.merchant, product=product)
    assert form["price"].value() == "19.50"
    assert form["version"].value() == 1
    assert form["title"].value() == product.title


@pytest.mark.django_db
def test_new_form_starts_with_the_merchants_currency():
    form = ProductForm(merchant=make_merchant(currency="GBP"))
    assert form["currency"].value() == "GBP"


@pytest.mark.django_db
def test_form_accepts_its_own_handle_and_sku():
    product = make_product()
    data = {"version": "1", "title": "x", "handle": product.handle, "sku": product.sku}
    assert ProductForm(data, merchant=product.merchant, product=product).is_valid()


@pytest.mark.django_db
def test_codes_of_other_merchants_are_free():
    product = make_product()
    data = {"title": "x", "handle": product.handle, "sku": product.sku}
    assert ProductForm(data, merchant=make_merchant()).is_valid()


def formset_data(rows: list[dict[str, str]]) -> QueryDict:
    data = QueryDict(mutable=True)
    data["facts-TOTAL_FORMS"] = str(len(rows))
    data["facts-INITIAL_FORMS"] = "0"
    for number, row in enumerate(rows):
        for name, value in row.items():
            data[f"facts-{number}-{name}"] = value
    return data


def test_facts_come_in_the_order_of_their_positions_and_unplaced_last():
    rows = [
        {"name": "C", "value": "c"},
        {"name": "B", "value": "b", "ORDER": "7"},
        {"name": "A", "value": "a", "ORDER": "1"},
    ]
    formset = fact_formset(data=formset_data(rows))
    assert formset.is_valid()
    assert [fact.name for fact in formset.fact_data([])] == ["A", "B", "C"]


def test_empty_rows_are_left_out():
    formset = fact_formset(data=formset_data([{"name": "A", "value": "a"}, {"name": " "}]))
    assert formset.is_valid(), formset.errors
    assert len(formset.fact_data([])) == 1


def test_half_a_fact_is_refused():
    formset = fact_formset(data=formset_data([{"name": "A"}]))
    assert not formset.is_valid()


def test_too_many_facts_are_refused():
    rows = [{"name": f"F{number}", "value": "x"} for number in range(MAX_FACTS + 1)]
    formset = fact_formset(data=formset_data(rows))
    assert not formset.is_valid()
    assert formset.non_form_errors()


def test_fact_that_is_as_it_was_keeps_its_source():
    current = [Fact(name="A", value="a", unit="", source="import")]
    formset = fact_formset(data=formset_data([{"name": "A", "value": "a"}]))
    assert formset.is_valid()
    assert formset.fact_data(current)[0].source == "import"


@pytest.mark.django_db
def test_formset_offers_an_empty_row():
    assert len(fact_formset().forms) == 3
    product = make_product()
    assert len(fact_formset(product=product).forms) == 3
    assert fact_formset(product=product).forms[0]["name"].value() == "Material"


@pytest.mark.parametrize("field", list(ContentField))
def test_form_of_copy_names_its_field_and_helps(field):
    form = ContentForm(field=field)
    assert form.fields["text"].label == field.label
    assert str(form.fields["text"].help_text)


def test_copy_over_the_hint_is_accepted():
    form = ContentForm(
        {"version": "0", "text": "x" * 300}, field=ContentField.META_TITLE, initial={}
    )
    assert form.is_valid()
