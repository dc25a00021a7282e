"""Django admin of drafts: to read only."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import make_draft, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    """A client of somebody who may do everything in the admin."""
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize("name", ["draft", "draftversion"])
def test_list_and_row_open_and_can_be_searched(staff, name):
    draft = make_draft(text="A rare mug.")
    pk = draft.pk if name == "draft" else draft.versions.get().pk
    address = reverse(f"admin:drafts_{name}_changelist")

    assert staff.get(address).status_code == 200
    assert staff.get(address, {"q": str(pk)}).status_code == 200
    page = staff.get(reverse(f"admin:drafts_{name}_change", args=[pk]))
    assert "A rare mug." in page.content.decode()


@pytest.mark.parametrize("name", ["draft", "draftversion"])
def test_rows_can_be_neither_added_nor_changed_nor_deleted(staff, name):
    draft = make_draft()
    pk = draft.pk if name == "draft" else draft.versions.get().pk

    assert staff.get(reverse(f"admin:drafts_{name}_add")).status_code == 403
    assert staff.post(reverse(f"admin:drafts_{name}_change", args=[pk])).status_code == 403
    assert staff.post(reverse(f"admin:drafts_{name}_delete", args=[pk])).status_code == 403
