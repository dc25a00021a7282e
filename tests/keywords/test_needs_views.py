"""The page of facts that a category needs."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from shop_content.accounts.models import Role
from shop_content.keywords.models import CategoryNeed
from tests.factories import make_member, make_merchant, make_need

pytestmark = pytest.mark.django_db
URL = reverse("keywords:needs")


@pytest.fixture
def merchant():
    return make_merchant()


@pytest.fixture
def client(merchant):
    client = Client()
    client.force_login(make_member(merchant, Role.MERCHANT))
    return client


def test_fact_is_added_and_shown_with_its_category(client, merchant):
    data = {"category": "Mugs", "fact_name": "Glaze", "question": "Which glaze has it?"}
    assert client.post(URL, data).url == URL
    page = client.get(URL).content.decode()
    assert "Which glaze has it?" in page
    assert CategoryNeed.objects.get().merchant == merchant


def test_same_fact_twice_keeps_the_newer_question(client):
    for question in ("First?", "Second?"):
        client.post(URL, {"category": "Mugs", "fact_name": "Glaze", "question": question})
    assert CategoryNeed.objects.get().question == "Second?"


def test_fact_without_a_name_is_refused_and_what_was_typed_stays(client):
    answer = client.post(URL, {"category": "Mugs", "fact_name": "", "question": "Which?"})
    assert answer.status_code == 422
    assert 'value="Which?"' in answer.content.decode()
    assert not CategoryNeed.objects.exists()


def test_full_list_is_refused_with_a_reason(client, merchant, monkeypatch):
    monkeypatch.setattr("shop_content.keywords.views.needs.MAX_NEEDS", 1)
    make_need(merchant)
    answer = client.post(URL, {"category": "Plates", "fact_name": "Rim"})
    assert answer.status_code == 422
    assert "Delete one first" in answer.content.decode()


def test_delete_takes_it_off(client, merchant):
    need = make_need(merchant)
    assert client.post(reverse("keywords:need_delete", args=[need.pk])).url == URL
    assert not CategoryNeed.objects.exists()


def test_needs_of_others_are_not_shown(client):
    make_need(make_merchant(), fact_name="Strangers' glaze")
    assert "Strangers" not in client.get(URL).content.decode()


def test_page_takes_as_many_queries_for_30_as_for_1(
    client, merchant, django_assert_max_num_queries
):
    for number in range(30):
        make_need(merchant, fact_name=f"Fact {number}")
    with django_assert_max_num_queries(8):
        client.get(URL)
