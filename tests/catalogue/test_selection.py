"""Ticked products: kept by merchant in the session, up to a limit."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from shop_content.accounts.models import Merchant
from shop_content.catalogue import selection
from tests.factories import make_merchant, make_product

pytestmark = pytest.mark.django_db


def request_for(merchant: Merchant, session: dict[str, Any] | None = None) -> Any:
    return SimpleNamespace(merchant=merchant, session={} if session is None else session)


@pytest.fixture
def request_() -> Any:
    return request_for(make_merchant())


def test_nothing_is_ticked_at_first(request_):
    assert selection.selection_ids(request_) == []


def test_ticked_products_stay_in_their_order_without_doubles(request_):
    later = make_product(request_.merchant, title="A").pk
    first = make_product(request_.merchant, title="B").pk
    selection.selection_add(request_, [first])
    assert selection.selection_add(request_, [later, first]) == 2
    assert selection.selection_ids(request_) == [first, later]


def test_products_of_others_and_unknown_ids_are_left_out(request_):
    assert selection.selection_add(request_, [make_product().pk, 987_654]) == 0


def test_removing_what_is_not_ticked_changes_nothing(request_):
    pk = make_product(request_.merchant).pk
    selection.selection_add(request_, [pk])
    assert selection.selection_remove(request_, [pk + 1]) == 1


def test_each_merchant_has_a_selection_of_its_own(request_):
    selection.selection_add(request_, [make_product(request_.merchant).pk])
    other = request_for(make_merchant(), request_.session)
    assert selection.selection_ids(other) == []
    selection.selection_clear(other)
    assert len(selection.selection_ids(request_)) == 1


def test_all_matching_replaces_what_was_ticked(request_):
    ticked = make_product(request_.merchant, num_live=1).pk
    wanted = make_product(request_.merchant).pk
    selection.selection_add(request_, [ticked])
    assert selection.selection_all_matching(request_, query="", state="no_copy") == 1
    assert selection.selection_ids(request_) == [wanted]


def test_selection_stops_at_its_limit(request_, monkeypatch):
    monkeypatch.setattr(selection, "MAX_SELECTED", 3)
    ids = [make_product(request_.merchant).pk for _ in range(5)]
    assert selection.selection_add(request_, ids) == 3
    assert selection.selection_all_matching(request_, query="", state="") == 3


def test_a_session_with_rubbish_in_it_is_survived(request_):
    request_.session[f"selected-products-{request_.merchant.pk}"] = ["x", None, 5]
    assert selection.selection_ids(request_) == [5]
