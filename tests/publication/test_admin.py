"""Django admin of publications: the list opens, history is read only."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shop_content.publication.models import Publication
from shop_content.publication.services import approve_and_publish
from tests.factories import make_item, make_member, make_user

pytestmark = pytest.mark.django_db

LIST = reverse("admin:publication_publication_changelist")


def published() -> Publication:
    item = make_item()
    return approve_and_publish(item=item, expected_version=1, actor=make_member(item.merchant))


@pytest.fixture
def staff(client):
    """A client of somebody who may do everything in the admin."""
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def test_list_and_row_open_and_can_be_searched(staff):
    row = published()

    assert row.fingerprint in staff.get(LIST).content.decode()
    assert row.fingerprint in staff.get(LIST, {"q": row.product.sku}).content.decode()
    assert row.fingerprint not in staff.get(LIST, {"q": "nothing"}).content.decode()
    address = reverse("admin:publication_publication_change", args=[row.pk])
    assert staff.get(address).status_code == 200


def test_what_went_live_can_be_neither_added_nor_changed_nor_deleted(staff):
    pk = published().pk

    assert staff.get(reverse("admin:publication_publication_add")).status_code == 403
    for name in ("change", "delete"):
        address = reverse(f"admin:publication_publication_{name}", args=[pk])
        assert staff.post(address).status_code == 403
    assert Publication.objects.count() == 1


def test_list_takes_the_same_queries_for_one_row_and_for_ten(staff):
    published()
    staff.get(LIST)
    with CaptureQueriesContext(connection) as few:
        staff.get(LIST)
    for _number in range(9):
        published()
    with CaptureQueriesContext(connection) as many:
        staff.get(LIST)
    assert len(many) == len(few) <= 12
