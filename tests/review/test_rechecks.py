"""When rules change, all texts are checked again, and what newly fails is a list to work off."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from shop_content.accounts.models import Merchant, Role
from shop_content.checks.models import CheckResult
from shop_content.checks.rules import RULES_VERSION
from shop_content.review import tasks
from shop_content.review.models import Recheck, RecheckedItem, ReviewItem
from shop_content.review.selectors import newly_failing, recheck_progress
from shop_content.review.services import (
    item_edit,
    recheck_advance,
    recheck_ensure,
    recheck_restart,
    rechecked_item_look,
    rechecks,
)
from tests.factories import make_draft, make_item, make_member, make_merchant, make_product

pytestmark = pytest.mark.django_db

WRONG = "A mug that is 987 mm wide."  # No fact says so: the numbers rule stops it.
RIGHT = "A mug."
LIST = reverse("review:rechecks")


def old_item(merchant: Merchant, text: str = RIGHT, **overrides: object) -> ReviewItem:
    """Make an item whose verdict, by older rules, found nothing."""
    item = make_item(make_draft(make_product(merchant), text=text), **overrides)
    CheckResult.objects.filter(version=item.current_version).update(rules_version="0")
    return item


def finish() -> Recheck:
    recheck = recheck_ensure()
    assert recheck is not None
    assert not recheck_advance(recheck_id=recheck.pk)
    recheck.refresh_from_db()
    return recheck


def test_texts_get_the_verdict_of_the_new_rules():
    merchant = make_merchant()
    wrong, right = old_item(merchant, WRONG), old_item(merchant)

    recheck = finish()

    assert (recheck.status, recheck.num_checked, recheck.num_total) == ("finished", 2, 2)
    results = CheckResult.objects.in_bulk(field_name="version_id")
    assert {result.rules_version for result in results.values()} == {RULES_VERSION}
    assert results[wrong.current_version_id].num_blocking == 1
    wrong.refresh_from_db()
    right.refresh_from_db()
    assert (wrong.num_blocking, right.num_blocking) == (1, 0)
    assert [row.item for row in newly_failing(merchant=merchant)] == [wrong]


def test_what_was_stopped_before_is_not_new():
    merchant = make_merchant()
    finding = {"rule": "numbers", "severity": "B", "message": "", "start": 0, "end": 1}
    old_item(merchant, WRONG, findings=[finding])

    finish()

    assert not newly_failing(merchant=merchant)


@pytest.mark.parametrize("status", ["rejected", "sent_back", "superseded"])
def test_texts_that_are_out_of_use_are_left_alone(status):
    item = old_item(make_merchant(), WRONG, status=status)

    assert finish().num_checked == 0
    assert CheckResult.objects.get(version=item.current_version).rules_version == "0"


def test_approved_text_is_checked_and_stays_approved():
    merchant = make_merchant()
    item = old_item(merchant, WRONG, status=ReviewItem.Status.APPROVED)

    finish()

    item.refresh_from_db()
    assert item.status == ReviewItem.Status.APPROVED
    assert newly_failing(merchant=merchant).count() == 1


def test_second_check_by_the_same_rules_changes_nothing():
    merchant = make_merchant()
    old_item(merchant, WRONG)
    finish()

    assert recheck_ensure() is None
    recheck = recheck_restart()
    assert not recheck_advance(recheck_id=recheck.pk)

    assert newly_failing(merchant=merchant).count() == 1
    assert Recheck.objects.count() == 1


def test_recheck_goes_on_where_a_killed_worker_left_it(monkeypatch):
    monkeypatch.setattr(rechecks, "SLICE_SIZE", 2)
    merchant = make_merchant()
    items = [old_item(merchant, WRONG) for _number in range(5)]
    recheck = recheck_ensure()

    assert recheck_advance(recheck_id=recheck.pk, seconds=0)  # No time: nothing is done.
    slices = []
    do = rechecks._slice_do

    def die_at_the_second(*args):
        if slices:
            raise KeyboardInterrupt
        slices.append(args)
        return do(*args)

    monkeypatch.setattr(rechecks, "_slice_do", die_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        recheck_advance(recheck_id=recheck.pk)
    monkeypatch.setattr(rechecks, "_slice_do", do)
    recheck.refresh_from_db()
    assert (recheck.num_checked, recheck.last_item_id) == (2, items[1].pk)

    # The lease of the dead worker holds until it ends.
    assert not recheck_advance(recheck_id=recheck.pk)
    Recheck.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert not recheck_advance(recheck_id=recheck.pk)

    recheck.refresh_from_db()
    assert (recheck.status, recheck.num_checked) == ("finished", 5)
    assert RecheckedItem.objects.count() == 5


def test_worker_that_lost_its_claim_stores_nothing():
    item = old_item(make_merchant(), WRONG)
    recheck = recheck_ensure()
    Recheck.objects.update(claim_token=uuid.uuid4())

    item = ReviewItem.objects.select_related(
        "current_version__draft", "current_version__check_result"
    ).get(pk=item.pk)
    assert not rechecks._slice_do(recheck.pk, uuid.uuid4(), [item])

    assert CheckResult.objects.get().rules_version == "0"
    assert not RecheckedItem.objects.exists()


def test_worker_of_older_code_leaves_a_newer_recheck_alone():
    old_item(make_merchant())
    recheck = Recheck.objects.create(rules_version="next", num_total=1)

    assert not recheck_advance(recheck_id=recheck.pk)
    assert CheckResult.objects.get().rules_version == "0"


def test_edited_text_keeps_the_counts_of_its_own_verdict():
    merchant = make_merchant()
    item = old_item(merchant, WRONG)
    loaded = ReviewItem.objects.select_related(
        "current_version__draft", "current_version__check_result"
    ).get(pk=item.pk)
    recheck = recheck_ensure()
    token = uuid.uuid4()
    Recheck.objects.update(claim_token=token)
    item_edit(item=item, text=RIGHT, expected_version=1, actor=make_member(merchant))

    assert rechecks._slice_do(recheck.pk, token, [loaded])

    item.refresh_from_db()
    assert item.num_blocking == 0
    assert not newly_failing(merchant=merchant), "the edited text has a verdict of its own"


def test_queries_of_a_slice_do_not_grow_with_its_texts():
    def num_queries(num: int) -> int:
        merchant = make_merchant()
        for _number in range(num):
            old_item(merchant)
        recheck = recheck_restart()
        with CaptureQueriesContext(connection) as queries:
            recheck_advance(recheck_id=recheck.pk)
        return len(queries)

    assert num_queries(2) == num_queries(20)


def test_task_and_sweeper_bring_it_to_its_end(monkeypatch):
    rung = []
    monkeypatch.setattr(tasks.recheck_texts, "delay", rung.append)
    old_item(make_merchant(), WRONG)

    tasks.sweep_rechecks()
    (recheck_id,) = rung
    tasks.recheck_texts(recheck_id)
    tasks.sweep_rechecks()
    tasks.recheck_texts(404)

    assert rung == [recheck_id]
    assert recheck_progress(merchant=make_merchant()).recheck.status == "finished"


def test_command_says_how_far_it_is(capsys):
    old_item(make_merchant(), WRONG)

    call_command("recheck_texts")
    assert "1 texts checked, 1 newly fail." in capsys.readouterr().out
    call_command("recheck_texts")
    assert "by the rules of today" in capsys.readouterr().out
    call_command("recheck_texts", again=True)
    assert "1 texts checked, 1 newly fail." in capsys.readouterr().out


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant()


@pytest.fixture
def client(merchant) -> Client:
    client = Client()
    client.force_login(make_member(merchant, Role.EDITOR))
    return client


def test_page_lists_what_newly_fails_and_why(merchant, client):
    item = old_item(merchant, WRONG)
    finish()

    page = client.get(LIST)

    assert page.status_code == 200
    text = page.content.decode()
    assert item.product.title in text
    assert "987 mm" in text
    assert reverse("review:item", args=[item.pk]) in text
    assert LIST in client.get(reverse("review:queue")).content.decode()


def test_page_before_any_recheck_teaches(client):
    page = client.get(LIST).content.decode()

    assert "Nothing to work off" in page
    assert "No rule has changed yet" in page


def test_progress_is_asked_for_only_while_it_runs(merchant, client):
    for _number in range(3):
        old_item(merchant)
    recheck = recheck_ensure()
    Recheck.objects.update(num_checked=1, created_at=timezone.now() - timedelta(minutes=2))
    url = reverse("review:recheck_progress")

    running = client.get(url).content.decode()
    assert "hx-get" in running
    assert "1 of 3 (33 %)" in running
    assert "About 4 minutes left." in running

    recheck_advance(recheck_id=recheck.pk)
    assert "hx-get" not in client.get(url).content.decode()


def test_text_that_was_looked_at_leaves_the_list(merchant, client):
    old_item(merchant, WRONG)
    finish()
    row = RecheckedItem.objects.get()
    url = reverse("review:recheck_look", args=[row.pk])

    assert client.get(url).status_code == 405
    assert client.post(url).status_code == 302
    assert client.post(url).status_code == 302  # A second time changes nothing.

    row.refresh_from_db()
    assert row.looked_at_by is not None
    assert not newly_failing(merchant=merchant)


def test_list_and_buttons_are_the_merchants_own(merchant, client):
    other = make_merchant()
    foreign = old_item(other, WRONG)
    finish()
    row = RecheckedItem.objects.get()

    assert foreign.product.title not in client.get(LIST).content.decode()
    assert client.post(reverse("review:recheck_look", args=[row.pk])).status_code == 404
    assert not rechecked_item_look(merchant=merchant, actor=make_member(merchant), pk=row.pk)
    row.refresh_from_db()
    assert row.looked_at is None


@pytest.mark.parametrize("name", ["rechecks", "recheck_progress"])
def test_pages_are_for_editors_that_are_logged_in(merchant, name):
    url = reverse(f"review:{name}")
    assert Client().get(url).status_code == 302
    writer = Client()
    writer.force_login(make_member(merchant, Role.MERCHANT))
    assert writer.get(url).status_code == 403


def test_list_takes_the_same_queries_whatever_it_holds(merchant, client):
    def num_queries() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        return len(queries)

    old_item(merchant, WRONG)
    finish()
    before = num_queries()
    for _number in range(20):
        old_item(merchant, WRONG)
    recheck_advance(recheck_id=recheck_restart().pk)

    assert num_queries() == before
