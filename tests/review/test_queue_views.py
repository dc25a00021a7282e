"""The queue: views, search, pages, take next, many at once; equally fast whatever waits."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shop_content.accounts.models import Merchant, Role, User
from shop_content.catalogue.models import ContentField, LiveContent
from shop_content.catalogue.services.products import FactData, fact_add
from shop_content.publication.models import Publication
from shop_content.review.models import ReviewDecision, ReviewItem
from shop_content.review.views import queue as queue_view
from tests.factories import (
    make_draft,
    make_item,
    make_member,
    make_merchant,
    make_product,
    make_reason,
)
from tests.naughty import NAUGHTY_STRINGS, NUL
from tests.review.pages import Page

pytestmark = pytest.mark.django_db

Status = ReviewItem.Status
QUEUE, NEXT, BULK = (reverse(f"review:{name}") for name in ("queue", "next", "bulk"))
BLOCKING = {"rule": "numbers", "severity": "B", "message": "Wrong.", "start": 0, "end": 1}


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant()


@pytest.fixture
def editor(merchant) -> User:
    return make_member(merchant, Role.EDITOR, name="Edda")


@pytest.fixture
def client(editor) -> Client:
    return logged_in(editor)


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def waiting(merchant, findings=(), field=ContentField.DESCRIPTION, text="A mug.", **product):
    draft = make_draft(make_product(merchant, **product), field=field, text=text)
    return make_item(draft, findings=list(findings))


def url_of(item, **query) -> str:
    return reverse("review:item", args=[item.pk], query=query or None)


def page_of(client, **query) -> Page:
    answer = client.get(QUEUE, query)
    assert answer.status_code == 200
    return Page(answer)


def said(answer) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


# --- The list ---


def test_queue_shows_what_waits_and_only_that(client, merchant):
    item = waiting(merchant, title="Harbour mug", text="A fine mug.")
    waiting(make_merchant(), title="Somebody else's")
    make_item(make_draft(make_product(merchant, title="Decided")), status=Status.APPROVED)

    page = page_of(client)

    assert "Harbour mug" in page.text
    assert "A fine mug." in page.text
    assert url_of(item) in page.addresses
    assert "Somebody else's" not in page.text
    assert "Decided" not in page.text


def test_view_narrows_the_list_and_goes_along(client, merchant):
    waiting(merchant, title="Clean one")
    blocked = waiting(merchant, findings=[BLOCKING], title="Blocked one")

    page = page_of(client, view="blocked")

    assert "Clean one" not in page.text
    assert url_of(blocked, view="blocked") in page.addresses


def test_search_narrows_the_list(client, merchant):
    waiting(merchant, title="Harbour mug")
    waiting(merchant, title="Kitchen bowl")

    page = page_of(client, q="bowl")

    assert "Kitchen bowl" in page.text
    assert "Harbour mug" not in page.text


def test_empty_queue_and_empty_view_say_different_things(client, merchant):
    assert "All done" in page_of(client).text

    waiting(merchant)

    assert "Nothing in this view" in page_of(client, view="blocked").text


def test_pages_show_every_draft_once(client, merchant, monkeypatch):
    monkeypatch.setattr(queue_view, "PAGE_SIZE", 4)
    items = [waiting(merchant) for _number in range(10)]
    seen: list[int] = []
    cursor = ""
    for _page in range(3):
        page = client.get(QUEUE, {"cursor": cursor}).context["page"]
        seen += [row.pk for row in page.rows]
        cursor = page.next_cursor

    assert seen == [item.pk for item in items]
    assert cursor == ""


@pytest.mark.parametrize("text", [*NAUGHTY_STRINGS, NUL])
def test_naughty_query_is_no_accident(client, merchant, text):
    waiting(merchant)
    answer = client.get(QUEUE, {"q": text, "view": text, "cursor": text})
    assert answer.status_code == 200
    assert "<script>alert(1)" not in answer.content.decode()


def test_naughty_drafts_make_no_element(client, merchant, monkeypatch):
    monkeypatch.setattr(queue_view, "PAGE_SIZE", 200)
    waiting(merchant, title="Plain", brand="Plain", text="Plain words.")
    expected = page_of(client)
    for text in NAUGHTY_STRINGS:
        waiting(merchant, title=text, brand=text, text=text)

    assert page_of(client).adds_nothing_to(expected)


def test_page_takes_the_same_queries_for_ten_and_for_two_hundred(client, merchant):
    numbers = []
    for count in (10, 190):
        for number in range(count):
            waiting(merchant, findings=[BLOCKING] * (number % 2))
        client.get(QUEUE)
        with CaptureQueriesContext(connection) as queries:
            client.get(QUEUE)
        numbers.append(len(queries))
    assert numbers[0] == numbers[1] <= 12


# --- Who may ---


@pytest.mark.parametrize("address", [QUEUE, NEXT, BULK])
def test_queue_is_for_editors_and_admins(merchant, address):
    method = "get" if address == QUEUE else "post"
    for role in Role:
        answer = getattr(logged_in(make_member(merchant, role)), method)(address)
        assert (answer.status_code == 403) is (role == Role.MERCHANT), role
    assert getattr(Client(), method)(address).url.startswith(reverse("accounts:login"))


def test_other_methods_are_refused(client):
    assert client.post(QUEUE).status_code == 405
    assert client.get(NEXT).status_code == client.get(BULK).status_code == 405


# --- Take next ---


def test_next_draft_is_leased_and_opened(client, merchant, editor):
    item = waiting(merchant)

    assert client.post(NEXT).url == url_of(item)

    item.refresh_from_db()
    assert item.leased_by == editor
    assert "Edda is reading" in page_of(logged_in(make_member(merchant))).text


def test_next_draft_is_of_the_view(client, merchant):
    waiting(merchant)
    blocked = waiting(merchant, findings=[BLOCKING])

    assert client.post(NEXT, {"view": "blocked"}).url == url_of(blocked, view="blocked")


def test_nothing_to_take_says_so(client):
    answer = client.post(NEXT)

    assert answer.url == QUEUE
    assert "Nothing waits here" in said(answer)


def test_two_editors_get_two_drafts(client, merchant):
    first, second = waiting(merchant), waiting(merchant)

    assert client.post(NEXT).url == url_of(first)
    assert logged_in(make_member(merchant)).post(NEXT).url == url_of(second)


# --- Many at once (C7) ---


def ticked(*items, version=1) -> list[str]:
    return [f"{item.pk}:{version}" for item in items]


def test_ticked_drafts_go_live(client, merchant):
    items = [waiting(merchant) for _number in range(3)]
    left = waiting(merchant)

    answer = client.post(BULK, {"item": ticked(*items), "action": "approve"})

    assert answer.url == QUEUE
    assert "3 approved" in said(answer)
    assert Publication.objects.count() == 3
    left.refresh_from_db()
    assert left.status == Status.WAITING


def test_ticked_drafts_are_rejected_for_one_reason(client, merchant):
    items = [waiting(merchant) for _number in range(3)]
    reason = make_reason(merchant)

    client.post(BULK, {"item": ticked(*items), "action": "reject", "reason": reason.pk})

    assert set(ReviewDecision.objects.values_list("reason", flat=True)) == {reason.pk}
    assert ReviewItem.objects.filter(status=Status.REJECTED).count() == 3


def test_five_hundred_with_three_stale_are_done_but_for_the_three(client, merchant):
    items = [waiting(merchant) for _number in range(500)]
    outdated = [items[place] for place in (0, 250, 499)]
    for item in outdated:
        fact_add(product=item.product, data=FactData(name="Glaze", value="matt"), actor=None)

    answer = client.post(BULK, {"item": ticked(*items), "action": "approve"}, follow=True)

    page = Page(answer)
    assert "497 approved and live." in page.text
    assert "3 drafts were left as they are" in page.text
    for item in outdated:
        assert item.product.title in page.text
    assert Publication.objects.count() == LiveContent.objects.count() == 497
    assert set(ReviewItem.objects.filter(status=Status.WAITING)) == set(outdated)
    assert "left as they are" not in page_of(client).text  # Said once.

    client.post(BULK, {"item": ticked(*items), "action": "approve"})

    assert Publication.objects.count() == 497  # Sent again, it does nothing twice.
    assert len(client.session["review_refused"]) == 500


def test_drafts_that_somebody_else_decided_are_named(client, merchant):
    mine, theirs = waiting(merchant), waiting(merchant)
    ReviewItem.objects.filter(pk=theirs.pk).update(version=2)

    page = Page(client.post(BULK, {"item": ticked(mine, theirs), "action": "approve"}, follow=True))

    assert "1 draft was left as it is" in page.text
    assert "Somebody else changed or decided it meanwhile." in page.text


def test_blocked_drafts_are_left_and_say_why(client, merchant):
    blocked = waiting(merchant, findings=[BLOCKING])

    page = Page(client.post(BULK, {"item": ticked(blocked), "action": "approve"}, follow=True))

    assert "A finding stops this text" in page.text
    assert not LiveContent.objects.exists()


def test_drafts_of_another_merchant_are_not_touched(client, merchant):
    theirs = make_item()

    answer = client.post(BULK, {"item": ticked(theirs), "action": "approve"})

    assert "Tick the drafts first." in said(answer)
    assert not ReviewDecision.objects.exists()


def test_rejection_without_one_of_our_reasons_rejects_nothing(client, merchant):
    item = waiting(merchant)
    theirs = make_reason(make_merchant())
    for reason in ["", "x", theirs.pk, "9" * 40, NUL]:
        data = {"item": ticked(item), "action": "reject", "reason": reason}
        assert "Choose a reason to reject." in said(client.post(BULK, data)), reason
    assert not ReviewDecision.objects.exists()


@pytest.mark.parametrize(
    "value", ["", ":", "x:1", "1:x", "-1:1", "²:1", "1:²", f"{'9' * 40}:1", f"1:{'9' * 40}", NUL]
)
def test_ticks_that_are_none_are_passed_over(client, merchant, value):
    item = waiting(merchant)

    answer = client.post(BULK, {"item": [value], "action": "approve"})

    assert answer.status_code == 302
    item.refresh_from_db()
    assert item.status == Status.WAITING


@pytest.mark.parametrize("action", ["", "delete", "<b>"])
def test_unknown_action_does_nothing(client, merchant, action):
    item = waiting(merchant)

    client.post(BULK, {"item": ticked(item), "action": action})

    item.refresh_from_db()
    assert item.status == Status.WAITING
