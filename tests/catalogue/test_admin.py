"""Django admin of the catalogue: lists open, search works, history cannot be changed."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from shop_content.accounts.models import User
from shop_content.catalogue.models import LiveContent, LiveContentRevision, Product
from tests.factories import make_live, make_merchant, make_product

pytestmark = pytest.mark.django_db
MODELS = [
    "product",
    "fact",
    "variant",
    "livecontent",
    "livecontentrevision",
    "importrun",
    "importrow",
]


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.com", "x"))
    return client


@pytest.mark.parametrize("model", MODELS)
def test_lists_open_and_can_be_searched(client, model):
    make_live(make_product())
    url = reverse(f"admin:catalogue_{model}_changelist")
    assert client.get(url).status_code == 200
    assert client.get(url, {"q": "mug"}).status_code == 200


@pytest.mark.parametrize(
    ("state", "num"), [("no_copy", 1), ("in_review", 0), ("published", 1), ("stale", 0)]
)
def test_products_are_filtered_by_state(client, state, num):
    merchant = make_merchant()
    make_product(merchant)
    make_product(merchant, num_live=1, num_published=1)
    answer = client.get(reverse("admin:catalogue_product_changelist"), {"copy": state})
    assert len(answer.context["cl"].result_list) == num


def test_product_opens_with_its_facts_and_copy(client):
    product = make_product()
    make_live(product, "<b>live</b>")
    page = client.get(reverse("admin:catalogue_product_change", args=[product.pk]))
    assert "stoneware" in page.content.decode()
    assert "&lt;b&gt;live" in page.content.decode()


@pytest.mark.parametrize("model", [LiveContent, LiveContentRevision])
def test_copy_and_its_history_are_read_only(client, model):
    make_live(make_product())
    row = model.objects.get()
    name = model._meta.model_name
    change = reverse(f"admin:catalogue_{name}_change", args=[row.pk])
    assert client.get(change).status_code == 200
    assert client.post(change, {"text": "other"}).status_code == 403
    assert client.post(reverse(f"admin:catalogue_{name}_delete", args=[row.pk])).status_code == 403
    assert client.get(reverse(f"admin:catalogue_{name}_add")).status_code == 403


def test_change_of_a_product_in_the_admin_refreshes_what_repeats_it(client):
    product = make_product(facts=[])
    before = product.facts_fingerprint
    data = {"handle": product.handle, "title": "Renamed", "sku": product.sku}
    for prefix in ("facts", "variants", "live_contents"):
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    url = reverse("admin:catalogue_product_change", args=[product.pk])
    assert client.post(url, data).status_code == 302
    product = Product.objects.get(pk=product.pk)
    assert "renamed" in product.search_text
    assert product.facts_fingerprint != before


def test_product_stays_with_its_merchant(client):
    product = make_product()
    page = client.get(reverse("admin:catalogue_product_change", args=[product.pk]))
    assert 'name="merchant"' not in page.content.decode()
