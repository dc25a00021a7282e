"""Editors at their browsers at the same moment: no text is lost, nothing goes live twice."""

from __future__ import annotations

import random
from functools import partial

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from shop_content.accounts.models import Role
from shop_content.catalogue.models import LiveContent
from shop_content.core.fingerprint import text_fingerprint
from shop_content.drafts.models import DraftVersion
from shop_content.publication.models import Publication
from shop_content.review.models import ReviewItem
from tests.factories import make_draft, make_item, make_member, make_merchant, make_product
from tests.races import at_once
from tests.review.pages import Page

pytestmark = pytest.mark.usefixtures("threads_database")

NUM_EDITS = 200
NUM_APPROVALS = 25
SEED = 20_261


@pytest.fixture
def merchant(threads_database):
    return make_merchant()


@pytest.fixture
def editors(merchant) -> list[Client]:
    clients = []
    for name in ("Edda", "Otto"):
        client = Client()
        client.force_login(make_member(merchant, Role.EDITOR, name=name))
        clients.append(client)
    return clients


def post(client: Client, item: ReviewItem, action: str, **data: object) -> HttpResponse:
    return client.post(reverse(f"review:{action}", args=[item.pk]), data)


def test_of_two_edits_at_once_both_texts_are_kept(merchant, editors):
    """Each is saved, or stands in the page that its editor is looking at."""
    draw = random.Random(SEED)
    item = make_item(make_draft(make_product(merchant)))
    num_conflicts = 0
    for number in range(NUM_EDITS):
        version = ReviewItem.objects.get(pk=item.pk).version
        # One in four editors opened the page a version earlier.
        seen = [max(1, version - draw.choice([0, 0, 0, 1])) for _editor in editors]
        texts = [f"Text {number} of editor {place}.\n<b>&</b>" for place in range(2)]
        answers = at_once(
            [
                partial(post, client, item, "edit", version=old, text=text)
                for client, old, text in zip(editors, seen, texts, strict=True)
            ]
        )
        for answer, text in zip(answers, texts, strict=True):
            assert isinstance(answer, HttpResponse), answer
            is_saved = DraftVersion.objects.filter(draft=item.draft, text=text).exists()
            if answer.status_code == 409:
                num_conflicts += 1
                assert not is_saved
                assert Page(answer).areas["mine"] == text
            else:
                assert answer.status_code == 302
                assert is_saved
        assert sum(answer.status_code == 302 for answer in answers) <= 1
    item.refresh_from_db()
    num_saved = item.draft.versions.count() - 1
    assert num_saved + num_conflicts == 2 * NUM_EDITS
    assert item.version == num_saved + 1
    numbers = item.draft.versions.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, num_saved + 2))


def test_of_two_approvals_at_once_one_goes_live_and_the_other_is_told(merchant, editors):
    for _round in range(NUM_APPROVALS):
        item = make_item(make_draft(make_product(merchant)))

        answers = at_once([partial(post, client, item, "approve", version=1) for client in editors])

        assert sorted(answer.status_code for answer in answers) == [302, 409], answers
        (refused,) = (answer for answer in answers if answer.status_code == 409)
        assert "was here first" in Page(refused).text
        assert Publication.objects.filter(product=item.product).count() == 1


def test_edit_and_approval_at_once_never_put_an_unread_text_live(merchant, editors):
    """C4: what is live is what the approving editor had before them, to the byte."""
    for number in range(NUM_APPROVALS):
        item = make_item(make_draft(make_product(merchant)))
        read = item.current_version.text

        edited, approved = at_once(
            [
                partial(post, editors[0], item, "edit", version=1, text=f"Unread {number}."),
                partial(post, editors[1], item, "approve", version=1),
            ]
        )

        assert {edited.status_code, approved.status_code} == {302, 409}
        live = LiveContent.objects.filter(product=item.product).first()
        if approved.status_code == 302:
            assert live is not None
            assert live.fingerprint == text_fingerprint(read)
            assert Page(edited).areas["mine"] == f"Unread {number}."
        else:
            assert live is None
