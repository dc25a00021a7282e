"""Verdicts in the admin: listed, shown, never changed."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import make_check_result, make_draft, make_user


@pytest.fixture
def admin_client(client: Client, db: None) -> Client:
    """Return a client signed in as somebody who may do everything."""
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def test_verdicts_are_listed_and_searched(admin_client: Client) -> None:
    result = make_check_result(make_draft().versions.get())
    sku = result.version.draft.product.sku
    url = reverse("admin:checks_checkresult_changelist")
    assert admin_client.get(url).status_code == 200
    found = admin_client.get(url, {"q": sku})
    assert found.context["cl"].result_count == 1
    assert admin_client.get(url, {"q": "no such sku"}).context["cl"].result_count == 0


def test_a_verdict_is_shown_and_cannot_be_changed(admin_client: Client) -> None:
    result = make_check_result(make_draft().versions.get())
    url = reverse("admin:checks_checkresult_change", args=[result.pk])
    assert admin_client.get(url).status_code == 200
    assert admin_client.post(url, {"num_blocking": 0}).status_code == 403


@pytest.mark.parametrize("action", ["add", "delete"])
def test_verdicts_are_neither_added_nor_deleted_by_hand(admin_client: Client, action: str) -> None:
    result = make_check_result(make_draft().versions.get())
    args = [result.pk] if action == "delete" else []
    url = reverse(f"admin:checks_checkresult_{action}", args=args)
    assert admin_client.get(url).status_code == 403
    assert admin_client.post(url, {"post": "yes"}).status_code == 403


def test_list_takes_as_many_queries_for_ten_as_for_one(
    admin_client: Client, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    for _number in range(10):
        make_check_result(make_draft().versions.get())
    assert callable(django_assert_max_num_queries)
    with django_assert_max_num_queries(12):
        admin_client.get(reverse("admin:checks_checkresult_changelist"))
