"""Nothing is published without a person: who may call the service is written down here (L8)."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import RequestFactory

from shop_content.publication.models import Publication
from shop_content.publication.services import approve_and_publish
from shop_content.review.services import ReviewBlockedError
from shop_content.review.views import decide
from tests.factories import make_item, make_member, make_user

ROOT = Path(__file__).resolve().parents[2] / "shop_content"

# Views of people who are logged in as editors, and the seed of the demo, which acts as one.
CALLERS = {
    "review/views/decide.py",
    "review/views/queue.py",
    "dashboard/demo/history.py",
}
WORDS = ("approve_and_publish", "item_approve", "publication.services import publish")


def test_only_these_modules_can_approve_or_publish():
    found = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if any(word in path.read_text() for word in WORDS)
    }
    assert found - CALLERS == {
        "publication/services.py",
        "review/services/__init__.py",
        "review/services/decisions.py",
    }


def test_no_task_command_or_worker_is_among_them():
    assert not [name for name in CALLERS if "tasks" in name or "management" in name]


@pytest.mark.django_db
def test_request_of_nobody_is_refused_before_anything_is_read():
    request = RequestFactory().post("/", {"version": 1})
    request.user = make_user()
    with pytest.raises(PermissionDenied):
        decide.approve(request, pk=make_item().pk)


@pytest.mark.django_db
def test_database_refuses_a_publication_without_an_approval():
    item = make_item()
    publication = approve_and_publish(
        item=item, expected_version=1, actor=make_member(item.merchant)
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.filter(pk=publication.pk).update(approval=None)


@pytest.mark.django_db
def test_clean_draft_with_no_finding_waits_for_a_person_all_the_same():
    item = make_item()
    assert (item.num_blocking, item.num_warnings) == (0, 0)
    assert not Publication.objects.exists()


@pytest.mark.django_db
def test_override_without_words_is_no_approval():
    finding = {"rule": "numbers", "severity": "B", "message": "", "start": 0, "end": 1}
    item = make_item(findings=[finding])
    with pytest.raises(ReviewBlockedError):
        approve_and_publish(
            item=item, expected_version=1, actor=make_member(item.merchant), override_reason="\t"
        )
    assert not Publication.objects.exists()
