"""A warning is dismissed with a reason, and stays so in the draft's later texts."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from shop_content.accounts.models import Role
from shop_content.checks.models import CheckResult, FindingDismissal
from shop_content.checks.services import version_check
from shop_content.review.models import ReviewDecision, ReviewItem
from shop_content.review.services import (
    ReviewBlockedError,
    ReviewConflictError,
    item_dismiss_finding,
    item_edit,
)
from tests.factories import make_draft, make_item, make_member, make_merchant, make_product

pytestmark = pytest.mark.django_db
TEXT = "A sturdy stoneware mug that holds 350 ml of tea or coffee."


@pytest.fixture
def item() -> ReviewItem:
    return checked(make_item(make_draft(make_product(make_merchant()), text=TEXT)))


@pytest.fixture
def editor(item):
    return make_member(item.merchant, Role.EDITOR)


@pytest.fixture
def client(editor):
    client = Client()
    client.force_login(editor)
    return client


def checked(item: ReviewItem) -> ReviewItem:
    CheckResult.objects.filter(version=item.current_version).delete()
    result = version_check(version=item.current_version)
    ReviewItem.objects.filter(pk=item.pk).update(
        num_blocking=result.num_blocking, num_warnings=result.num_warnings
    )
    item.refresh_from_db()
    return item


def findings_of(item):
    return CheckResult.objects.get(version=item.current_version).findings


def dismiss(item, editor, **values):
    fields = {"expected_version": 1, "number": 1, "reason": "Tested in our kitchen.", **values}
    return item_dismiss_finding(item=item, actor=editor, **fields)


def test_dismissed_warning_counts_no_more_and_its_reason_stays(item, editor):
    assert item.num_warnings == 1
    after = dismiss(item, editor)
    assert (after.num_warnings, after.version) == (0, 2)
    (finding,) = CheckResult.objects.get(version=item.current_version).findings
    assert finding["dismissed"] == "Tested in our kitchen."
    decision = ReviewDecision.objects.get()
    assert decision.action == "dismissed"
    assert "Tested in our kitchen." in decision.note
    assert FindingDismissal.objects.get().said == "sturdy"


def test_it_stays_dismissed_in_an_edited_text_and_another_word_does_not(item, editor):
    after = dismiss(item, editor)
    edited = item_edit(
        item=after, text=f"{TEXT} Durable.", expected_version=after.version, actor=editor
    )
    assert edited.num_warnings == 1
    findings = CheckResult.objects.get(version=edited.current_version).findings
    assert ["dismissed" in row for row in findings] == [True, False]


def test_another_draft_of_the_product_is_judged_anew(item, editor):
    dismiss(item, editor)
    other = make_draft(item.product, text=TEXT)
    assert version_check(version=other.versions.get()).num_warnings == 1


def test_finding_that_stops_approval_is_not_dismissed(editor, item):
    wrong = checked(make_item(make_draft(make_product(item.merchant), text="A mug, 987 mm wide.")))
    blocking = [row["severity"] for row in findings_of(wrong)].index("B") + 1
    with pytest.raises(ReviewBlockedError, match="overridden with the approval"):
        dismiss(wrong, editor, number=blocking)
    assert not FindingDismissal.objects.exists()
    wrong.refresh_from_db()
    assert wrong.version == 1


@pytest.mark.parametrize("number", [0, 2, 99])
def test_finding_that_is_not_there_is_refused(item, editor, number):
    with pytest.raises(ReviewBlockedError, match="not there"):
        dismiss(item, editor, number=number)


def test_second_editor_learns_that_the_draft_has_changed(item, editor):
    dismiss(item, editor)
    with pytest.raises(ReviewConflictError):
        dismiss(item, editor)


def test_page_offers_it_for_warnings_and_shows_the_reason_after(client, item):
    page = client.get(reverse("review:item", args=[item.pk])).content.decode()
    assert reverse("review:dismiss", args=[item.pk]) in page
    assert reverse("checks:rule", args=["grounding"]) in page
    data = {"version": 1, "number": 1, "reason": "Tested <b>here</b>."}
    page = client.post(reverse("review:dismiss", args=[item.pk]), data, follow=True)
    text = page.content.decode()
    assert "Tested &lt;b&gt;here&lt;/b&gt;." in text
    assert reverse("review:dismiss", args=[item.pk]) not in text


def test_without_a_reason_it_is_refused_and_the_field_says_so(client, item):
    data = {"version": 1, "number": 1, "reason": " "}
    answer = client.post(reverse("review:dismiss", args=[item.pk]), data)
    assert answer.status_code == 422
    assert 'id="dismiss-error"' in answer.content.decode()
    assert not FindingDismissal.objects.exists()


def test_late_dismissal_shows_what_changed(client, item):
    ReviewItem.objects.update(version=2)
    data = {"version": 1, "number": 1, "reason": "Fine."}
    assert client.post(reverse("review:dismiss", args=[item.pk]), data).status_code == 409
