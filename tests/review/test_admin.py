"""Django admin of the queue and of what went live: history is read only."""

from __future__ import annotations

import pytest
from django.urls import reverse

from shop_content.accounts.models import Role
from shop_content.publication.models import Publication
from shop_content.publication.services import approve_and_publish
from shop_content.review.models import RejectionReason, ReviewDecision, ReviewItem
from tests.factories import make_item, make_member, make_reason, make_user

pytestmark = pytest.mark.django_db

HISTORY = [
    ("review", "reviewitem", ReviewItem),
    ("review", "reviewdecision", ReviewDecision),
    ("publication", "publication", Publication),
]


@pytest.fixture
def staff(client):
    """A client of somebody who may do everything in the admin."""
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def published():
    """A draft that was approved and is live."""
    item = make_item()
    editor = make_member(item.merchant, Role.EDITOR)
    return approve_and_publish(item=item, expected_version=1, actor=editor)


@pytest.mark.parametrize(("app", "name", "model"), HISTORY)
def test_list_and_row_open_and_can_be_searched(staff, published, app, name, model):
    pk = model.objects.get().pk
    address = reverse(f"admin:{app}_{name}_changelist")
    assert staff.get(address).status_code == 200
    assert staff.get(address, {"q": str(pk)}).context["cl"].result_count == 1
    assert staff.get(address, {"q": "no such thing"}).context["cl"].result_count == 0
    assert staff.get(reverse(f"admin:{app}_{name}_change", args=[pk])).status_code == 200


@pytest.mark.parametrize(("app", "name", "model"), HISTORY)
def test_history_can_be_neither_added_nor_changed_nor_deleted(staff, published, app, name, model):
    pk = model.objects.get().pk
    assert staff.get(reverse(f"admin:{app}_{name}_add")).status_code == 403
    assert staff.post(reverse(f"admin:{app}_{name}_change", args=[pk])).status_code == 403
    assert staff.post(reverse(f"admin:{app}_{name}_delete", args=[pk])).status_code == 403
    assert model.objects.count() == 1


@pytest.mark.parametrize(("app", "name", "model"), HISTORY)
def test_list_takes_the_same_queries_for_more_rows(
    staff, published, django_assert_max_num_queries, app, name, model
):
    for _number in range(9):
        item = make_item()
        approve_and_publish(
            item=item, expected_version=1, actor=make_member(item.merchant, Role.EDITOR)
        )
    with django_assert_max_num_queries(12):
        staff.get(reverse(f"admin:{app}_{name}_changelist"))


def test_item_shows_its_decisions(staff, published):
    page = staff.get(reverse("admin:review_reviewitem_change", args=[published.approval.item_id]))
    assert "Approved" in page.content.decode()


def test_override_is_seen_in_the_list(staff):
    item = make_item(num_blocking=1)
    editor = make_member(item.merchant, Role.EDITOR)
    approve_and_publish(item=item, expected_version=1, actor=editor, override_reason="Measured it.")
    page = staff.get(reverse("admin:review_reviewdecision_changelist")).content.decode()
    assert "icon-yes" in page


def test_reason_can_be_changed_but_not_deleted(staff):
    reason = make_reason(make_item().merchant, label="Too long")
    address = reverse("admin:review_rejectionreason_change", args=[reason.pk])
    data = {"merchant": reason.merchant_id, "position": 2, "label": "Far too long"}
    assert staff.post(address, data).status_code == 302
    reason.refresh_from_db()
    assert (reason.label, reason.position, reason.is_active) == ("Far too long", 2, False)
    gone = staff.post(reverse("admin:review_rejectionreason_delete", args=[reason.pk]))
    assert gone.status_code == 403
    assert RejectionReason.objects.filter(pk=reason.pk).exists()
