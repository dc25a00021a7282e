"""Suggested facts: kept by the product, accepted in one click, turned down for good."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from shop_content.accounts.models import AuditEvent, Role
from shop_content.catalogue.models import Product
from shop_content.catalogue.services.products import product_refresh
from tests.factories import make_live, make_member, make_merchant, make_product

pytestmark = pytest.mark.django_db
TEXT = "Glaze: matt\nCapacity: 400 ml\nWeight: 290 g"


@pytest.fixture
def merchant():
    return make_merchant()


@pytest.fixture
def client(merchant):
    client = Client()
    client.force_login(make_member(merchant, Role.MERCHANT))
    return client


def suggested(merchant, **values):
    product = make_product(merchant, **{"supplier_text": TEXT, **values})
    product_refresh([product.pk])
    return Product.objects.get(pk=product.pk)


def names(product):
    return [row["name"] for row in Product.objects.get(pk=product.pk).suggestions]


def post(client, product, action, name="", value=""):
    address = reverse("catalogue:product_suggestion", args=[product.pk])
    return client.post(address, {"action": action, "name": name, "value": value}, follow=True)


def test_product_keeps_what_its_texts_say_and_no_fact_says(merchant):
    product = suggested(merchant)
    assert names(product) == ["Glaze", "Capacity", "Weight"]
    assert product.num_suggestions == 3


def test_imported_copy_is_read_and_what_we_wrote_is_not(merchant):
    imported, published = (suggested(merchant, supplier_text="") for _number in range(2))
    make_live(imported, TEXT)
    make_live(published, TEXT, origin="published")
    product_refresh([imported.pk, published.pk])
    assert names(imported) == ["Glaze", "Capacity", "Weight"]
    assert names(published) == []


def test_page_shows_source_words_and_the_fact_that_is_contradicted(client, merchant):
    page = client.get(reverse("catalogue:product", args=[suggested(merchant).pk])).content.decode()
    assert "Suggested facts" in page
    assert "Capacity: 400 ml" in page
    assert "Capacity: 350 ml" in page
    assert page.count("Differs from a fact") == 1


def test_accepted_suggestion_is_a_verified_fact_and_offered_no_more(client, merchant):
    product = suggested(merchant)
    post(client, product, "accept", "Glaze", "matt")
    fact = product.facts.get(name="Glaze")
    assert (fact.value, fact.source, fact.is_verified) == ("matt", "supplier", True)
    assert names(product) == ["Capacity", "Weight"]
    after = Product.objects.get(pk=product.pk)
    assert after.version == product.version + 1
    assert after.facts_fingerprint != product.facts_fingerprint
    assert AuditEvent.objects.filter(action="catalogue.suggestion_accept").count() == 1


def test_accepted_contradiction_takes_the_place_of_the_fact(client, merchant):
    product = suggested(merchant)
    post(client, product, "accept", "Capacity", "400")
    assert [fact.value for fact in product.facts.filter(name="Capacity")] == ["400"]


def test_all_but_the_contradictions_are_accepted_at_once(client, merchant):
    product = suggested(merchant)
    post(client, product, "all")
    assert set(product.facts.values_list("name", "value")) == {
        ("Material", "stoneware"), ("Capacity", "350"), ("Glaze", "matt"), ("Weight", "290"),
    }  # fmt: skip
    assert names(product) == ["Capacity"]


def test_suggestion_that_was_turned_down_never_comes_again(client, merchant):
    product = suggested(merchant)
    post(client, product, "decline", "Capacity", "400")
    product_refresh([product.pk])
    assert names(product) == ["Glaze", "Weight"]


def test_suggestion_that_is_gone_is_refused_with_a_reason(client, merchant):
    product = suggested(merchant)
    page = post(client, product, "accept", "Glaze", "shiny").content.decode()
    assert "not offered any more" in page
    assert not product.facts.filter(name="Glaze").exists()


def test_chosen_products_accept_their_suggestions_together(client, merchant):
    products = [suggested(merchant) for _number in range(3)]
    stranger = suggested(make_merchant())
    client.post(
        reverse("catalogue:select"),
        {"product": [product.pk for product in (*products, stranger)], "shown": []},
    )
    page = client.post(reverse("catalogue:select"), {"action": "accept"}, follow=True)
    assert "6 suggested facts were kept" in page.content.decode()
    assert [names(product) for product in products] == [["Capacity"]] * 3
    assert len(names(stranger)) == 3


def test_list_can_be_narrowed_to_products_with_suggestions(client, merchant):
    suggested(merchant, title="Talkative mug")
    make_product(merchant, title="Silent mug")
    page = client.get(reverse("catalogue:products"), {"state": "suggested"}).content.decode()
    assert "Talkative mug" in page
    assert "Silent mug" not in page
