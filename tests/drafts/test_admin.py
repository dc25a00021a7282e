"""Django admin of drafts: to read only."""

from __future__ import annotations

import pytest
from django.urls import reverse

from shop_content.drafts.models import DraftCandidate
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


def test_candidates_are_shown_with_their_draft_and_cannot_be_changed(staff):
    draft = make_draft()
    for rank in (1, 2):
        DraftCandidate.objects.create(
            draft=draft, rank=rank, text=f"Candidate <b>{rank}</b>.", score=0.5, scores={"facts": 1}
        )

    page = staff.get(reverse("admin:drafts_draft_change", args=[draft.pk])).content.decode()

    assert "Candidate &lt;b&gt;2&lt;/b&gt;." in page
    assert 'name="candidates-0-text"' not in page
    assert 'name="_save"' not in page
