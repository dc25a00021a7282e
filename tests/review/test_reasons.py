"""The merchant's reasons to reject: made once, changed by admins, kept by old decisions."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from shop_content.accounts.models import AuditEvent, Merchant, Role
from shop_content.review.models import RejectionReason
from shop_content.review.selectors import reasons_in_use
from shop_content.review.services import item_reject, reason_save, reasons_ensure
from tests.factories import make_item, make_member, make_merchant, make_reason
from tests.naughty import NAUGHTY_STRINGS, NUL

pytestmark = pytest.mark.django_db

URL = reverse("review:reasons")


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant()


@pytest.fixture
def client(merchant) -> Client:
    client = Client()
    client.force_login(make_member(merchant, Role.ADMIN))
    return client


def labels(merchant: Merchant) -> list[str]:
    return [row.label for row in reasons_in_use(merchant=merchant)]


def test_merchant_without_reasons_gets_the_usual_ones_in_order(merchant):
    rows = reasons_ensure(merchant=merchant)

    assert [row.position for row in rows] == list(range(1, 10))
    assert all(row.pk for row in rows)
    assert labels(merchant) == [row.label for row in rows]


def test_second_call_makes_none(merchant):
    first = reasons_ensure(merchant=merchant)

    assert reasons_ensure(merchant=merchant) == first
    assert RejectionReason.objects.count() == 9


def test_merchant_who_changed_the_list_keeps_it(merchant):
    own = make_reason(merchant, label="Not our style")

    assert reasons_ensure(merchant=merchant) == [own]


def test_list_is_made_in_the_language_of_who_asks_first(merchant):
    with translation.override("de"):
        german = reasons_ensure(merchant=merchant)
    with translation.override("en"):
        english = reasons_ensure(merchant=make_merchant())

    assert len(german) == len(english) == 9


def test_reason_out_of_use_is_not_offered_and_not_made_again(merchant):
    make_reason(merchant, is_active=False)

    assert reasons_ensure(merchant=merchant) == []
    assert RejectionReason.objects.count() == 1


def test_change_is_in_the_trail_and_old_decisions_keep_the_reason(merchant):
    item = make_item()
    reason = make_reason(item.merchant)
    editor = make_member(item.merchant, Role.EDITOR)
    decision = item_reject(item=item, expected_version=1, actor=editor, reason=reason)

    reason_save(
        merchant=item.merchant,
        actor=editor,
        reason=reason,
        label="Other words",
        position=3,
        is_active=False,
    )

    decision.refresh_from_db()
    assert decision.reason == reason
    assert AuditEvent.objects.filter(action="review.reason", actor=editor).count() == 1


# --- The page ---


def test_page_shows_the_usual_reasons_at_the_first_visit(client, merchant):
    page = client.get(URL).content.decode()

    assert "Not our voice" in page
    assert RejectionReason.objects.filter(merchant=merchant).count() == 9


def test_admin_adds_a_reason(client, merchant):
    make_reason(merchant)

    answer = client.post(URL, {"label": " Wrong size ", "position": "2", "is_active": "on"})

    assert answer.status_code == 302
    added = RejectionReason.objects.get(label="Wrong size")
    assert (added.merchant, added.position, added.is_active) == (merchant, 2, True)


def test_admin_changes_a_reason_and_takes_it_out_of_use(client, merchant):
    reason = make_reason(merchant)

    client.post(URL, {"reason": reason.pk, "label": "Renamed", "position": "7"})

    reason.refresh_from_db()
    assert (reason.label, reason.position, reason.is_active) == ("Renamed", 7, False)


@pytest.mark.parametrize(
    "data",
    [
        {"label": "", "position": "1"},
        {"label": "Same", "position": "1"},
        {"label": "x" * 121, "position": "1"},
        {"label": NUL, "position": "1"},
        {"label": "New", "position": "-1"},
        {"label": "New", "position": "9" * 40},
        {"label": "New", "position": "one"},
    ],
)
def test_what_cannot_be_a_reason_is_refused_with_the_form(client, merchant, data):
    make_reason(merchant, label="Same")

    answer = client.post(URL, data)

    assert answer.status_code == 422
    assert RejectionReason.objects.count() == 1


@pytest.mark.parametrize("sent", ["0", "x", "²", "9" * 30, "9" * 5_000])
def test_unknown_reason_is_not_found(client, sent):
    assert client.post(URL, {"reason": sent, "label": "x", "position": 1}).status_code == 404


def test_another_merchants_reason_is_not_found(client):
    other = make_reason(make_merchant(), label="Theirs")

    assert client.post(URL, {"reason": other.pk, "label": "Mine"}).status_code == 404

    other.refresh_from_db()
    assert other.label == "Theirs"


@pytest.mark.parametrize("role", [Role.MERCHANT, Role.EDITOR])
def test_only_admins_may_open_it(merchant, role):
    client = Client()
    client.force_login(make_member(merchant, role))

    assert client.get(URL).status_code == client.post(URL).status_code == 403


def test_strangers_are_sent_to_the_log_in():
    assert Client().get(URL).url.startswith(reverse("accounts:login"))


def test_other_methods_are_refused(client):
    assert client.put(URL).status_code == client.delete(URL).status_code == 405


def test_naughty_labels_are_kept_or_refused_and_shown_escaped(client, merchant):
    for text in NAUGHTY_STRINGS:
        answer = client.post(URL, {"label": text, "position": "1", "is_active": "on"})
        assert answer.status_code in {302, 422}, text
    page = client.get(URL).content.decode()
    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
