"""What can be taken back is offered for some minutes, in its own shop, and once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

from shop_content.review.services.decisions import UNDO_MINUTES
from shop_content.review.views.undo import SESSION_KEY, undo_forget, undo_offered, undo_remember
from tests.factories import make_item, make_merchant

pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    return make_item(version=3)


@pytest.fixture
def request_of_editor(item):
    """A request of somebody in the item's shop, with a session that is a plain dict."""
    request = RequestFactory().get("/")
    request.session = {}
    request.merchant = item.merchant
    return request


def test_nothing_was_done_and_nothing_is_offered(request_of_editor):
    assert undo_offered(request_of_editor) is None


def test_last_decision_is_offered_by_its_item_and_version(request_of_editor, item):
    undo_remember(request_of_editor, item)
    offered = undo_offered(request_of_editor)
    assert (offered["item"], offered["version"]) == (item.pk, 3)
    assert offered["title"] == item.product.title


@pytest.mark.parametrize(
    ("minutes", "is_offered"), [(UNDO_MINUTES - 1, True), (UNDO_MINUTES + 1, False)]
)
def test_offer_ends_with_the_time_in_which_it_can_be_taken(
    request_of_editor, item, minutes, is_offered
):
    undo_remember(request_of_editor, item)
    made_at = timezone.now() - timedelta(minutes=minutes)
    request_of_editor.session[SESSION_KEY]["at"] = made_at.isoformat()
    assert (undo_offered(request_of_editor) is not None) is is_offered


def test_another_shop_of_the_same_editor_offers_nothing(request_of_editor, item):
    undo_remember(request_of_editor, item)
    request_of_editor.merchant = make_merchant()
    assert undo_offered(request_of_editor) is None


def test_newer_decision_takes_the_place_of_the_older(request_of_editor, item):
    undo_remember(request_of_editor, item)
    newer = make_item(version=5, merchant=item.merchant)
    undo_remember(request_of_editor, newer)
    assert undo_offered(request_of_editor)["item"] == newer.pk


def test_forgotten_offer_is_gone_and_forgetting_twice_is_no_error(request_of_editor, item):
    undo_remember(request_of_editor, item)
    undo_forget(request_of_editor)
    undo_forget(request_of_editor)
    assert undo_offered(request_of_editor) is None
