"""Reads of the queue: views, search, counts, neighbours, and what a merchant may see."""

from __future__ import annotations

import pytest

from shop_content.accounts.models import Merchant, Role
from shop_content.catalogue.models import ContentField
from shop_content.catalogue.services.products import FactData, fact_add, product_refresh
from shop_content.review import selectors
from shop_content.review.models import ReviewItem
from shop_content.review.selectors import (
    VIEWS,
    decisions_of,
    live_contents,
    neighbours,
    product_review_items,
    review_queue,
    sibling_items,
    view_counts,
    view_or_all,
)
from shop_content.review.services import item_ask_again, item_edit
from tests.factories import (
    make_draft,
    make_item,
    make_live,
    make_member,
    make_merchant,
    make_product,
)

pytestmark = pytest.mark.django_db

Status = ReviewItem.Status
BLOCKING = {"rule": "numbers", "severity": "B", "message": "Wrong.", "start": 0, "end": 1}
WARNING = {**BLOCKING, "severity": "W"}


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant()


def waiting(merchant, field=ContentField.DESCRIPTION, findings=(), **product) -> ReviewItem:
    draft = make_draft(make_product(merchant, **product), field=field)
    return make_item(draft, findings=list(findings))


def stale(merchant) -> ReviewItem:
    item = waiting(merchant)
    fact_add(product=item.product, data=FactData(name="Glaze", value="matt"), actor=None)
    return item


def found(merchant, view="", query="") -> list[ReviewItem]:
    return list(review_queue(merchant=merchant, view=view, query=query).order_by("id"))


def test_each_view_shows_its_own_drafts(merchant):
    clean = waiting(merchant)
    warned = waiting(merchant, findings=[WARNING])
    blocked = waiting(merchant, findings=[WARNING, BLOCKING])
    titled = waiting(merchant, field=ContentField.META_TITLE)
    outdated = stale(merchant)

    assert found(merchant) == [clean, warned, blocked, titled, outdated]
    assert found(merchant, "clean") == [clean, titled, outdated]
    assert found(merchant, "warnings") == [warned]
    assert found(merchant, "blocked") == [blocked]
    assert found(merchant, "stale") == [outdated]
    assert found(merchant, "field:meta_title") == [titled]
    assert found(merchant, "field:bullets") == []


def test_decided_drafts_and_other_merchants_are_in_no_view(merchant):
    waiting(make_merchant())
    for status in Status:
        if status != Status.WAITING:
            make_item(make_draft(make_product(merchant)), status=status)

    assert [found(merchant, view) for view in VIEWS] == [[]] * len(VIEWS)


@pytest.mark.parametrize("view", ["", "nonsense", "field:", "field:nothing", "<b>", "CLEAN"])
def test_name_of_no_view_is_all(merchant, view):
    item = waiting(merchant)
    assert view_or_all(view) == ""
    assert found(merchant, view) == [item]


def test_there_is_a_view_for_every_field():
    assert {f"field:{field}" for field in ContentField.values} <= set(VIEWS)


@pytest.mark.parametrize("query", ["HARBOUR", "bour m", "hb-1", "tidewater"])
def test_search_looks_into_title_sku_and_brand(merchant, query):
    item = waiting(merchant, title="Harbour mug", sku="HB-1")
    waiting(merchant, title="Bowl", sku="B-2", brand="Other")
    product_refresh([item.product_id])

    assert found(merchant, query=query) == [item]


@pytest.mark.parametrize("query", ["%", "_", "nothing like it", "\\"])
def test_search_takes_its_words_literally(merchant, query):
    waiting(merchant)
    assert found(merchant, query=query) == []


def test_counts_are_those_of_the_views(merchant):
    waiting(merchant)
    waiting(merchant, findings=[WARNING])
    waiting(merchant, findings=[BLOCKING])
    waiting(merchant, field=ContentField.META_TITLE)
    stale(merchant)
    waiting(make_merchant())

    counts = view_counts(merchant=merchant)

    for view, num in counts.by_view.items():
        assert num == len(found(merchant, view)), view
    assert counts.by_view[""] == 5
    assert counts.stale == "1"


def test_nothing_waiting_counts_nothing(merchant):
    counts = view_counts(merchant=merchant)
    assert set(counts.by_view.values()) == {0}
    assert counts.stale == "0"


def test_count_of_stale_drafts_stops_early(merchant, monkeypatch):
    monkeypatch.setattr(selectors, "MAX_STALE_COUNTED", 2)
    for expected in ["1", "2", "2+", "2+"]:
        stale(merchant)
        assert view_counts(merchant=merchant).stale == expected


def test_neighbours_are_of_the_view(merchant):
    items = [waiting(merchant, findings=[BLOCKING] * (number % 2)) for number in range(5)]

    place = neighbours(item=items[2], view="")
    assert (place.position, place.total) == (3, 5)
    assert (place.previous_id, place.next_id) == (items[1].pk, items[3].pk)

    place = neighbours(item=items[1], view="blocked")
    assert (place.position, place.total) == (1, 2)
    assert (place.previous_id, place.next_id) == (None, items[3].pk)


def test_decided_item_has_neighbours_too(merchant):
    items = [waiting(merchant) for _number in range(3)]
    ReviewItem.objects.filter(pk=items[1].pk).update(status=Status.REJECTED)

    place = neighbours(item=items[1], view="")

    assert (place.previous_id, place.next_id) == (items[0].pk, items[2].pk)


def test_siblings_are_the_waiting_drafts_of_the_product(merchant):
    item = waiting(merchant)
    title = make_item(make_draft(item.product, field=ContentField.META_TITLE))
    make_item(make_draft(item.product, field=ContentField.BULLETS), status=Status.REJECTED)
    waiting(merchant)

    assert sibling_items(product=item.product) == [item, title]


def test_live_texts_are_found_by_field(merchant):
    product = make_product(merchant)
    make_live(product, "Title", field=ContentField.META_TITLE)
    make_live(make_product(merchant))

    assert {field: row.text for field, row in live_contents(product=product).items()} == {
        "meta_title": "Title"
    }


def test_history_is_newest_first(merchant):
    item = waiting(merchant)
    editor = make_member(merchant, Role.EDITOR)
    item_edit(item=item, text="Mine.", expected_version=1, actor=editor)
    item_ask_again(item=item, expected_version=2, actor=editor)

    assert [row.action for row in decisions_of(item=item)] == ["asked_again", "edited"]


def test_drafts_of_a_product_are_all_of_them_newest_first(merchant):
    item = waiting(merchant)
    make_item(make_draft(item.product), status=Status.SUPERSEDED)
    waiting(merchant)

    found_ids = [row.pk for row in product_review_items(product=item.product)]

    assert found_ids == sorted(found_ids, reverse=True)
    assert len(found_ids) == 2
