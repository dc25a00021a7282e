"""What else the model wrote for a draft: listed, and taken in place of the text."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shop_content.accounts.models import Merchant, Role, User
from shop_content.drafts.models import DraftCandidate
from shop_content.review.models import ReviewDecision, ReviewItem
from shop_content.review.selectors import other_candidates
from shop_content.review.services import item_edit
from tests.factories import make_draft, make_item, make_member, make_merchant, make_product
from tests.naughty import NAUGHTY_STRINGS
from tests.review.pages import Page

pytestmark = pytest.mark.django_db

Status = ReviewItem.Status
TEXTS = ("The best mug.", "The second mug.", "The third mug.")


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


def waiting(merchant: Merchant, texts: tuple[str, ...] = TEXTS) -> ReviewItem:
    """Put a draft with candidates into the queue."""
    draft = make_draft(make_product(merchant), text=texts[0] if texts else "A mug.")
    for rank, text in enumerate(texts, start=1):
        DraftCandidate.objects.create(draft=draft, rank=rank, text=text, score=1 / rank)
    return make_item(draft)


def page_of(client: Client, item: ReviewItem) -> Page:
    answer = client.get(reverse("review:item", args=[item.pk]))
    assert answer.status_code == 200
    return Page(answer)


def use_url(item: ReviewItem, rank: int = 2) -> str:
    return reverse("review:use_candidate", args=[item.pk, rank])


def use(client: Client, item: ReviewItem, rank: int = 2, **data: object):
    return client.post(use_url(item, rank), {"version": 1, **data})


def text_of(item: ReviewItem) -> str:
    return ReviewItem.objects.select_related("current_version").get(pk=item.pk).current_version.text


# --- The list ---


def test_others_are_listed_with_their_scores_in_a_closed_box(client, merchant):
    item = waiting(merchant)

    answer = client.get(reverse("review:item", args=[item.pk]))

    html = " ".join(answer.content.decode().split())
    assert '<details class="candidates" id="candidates">' in html
    listed = html[html.index('id="candidates"') :]
    assert listed.index("The second mug.") < listed.index("The third mug.")
    assert "rank 2 · score 0.50" in listed
    assert "rank 3 · score 0.33" in listed
    assert "The best mug." not in listed[: listed.index("</details>")]
    assert use_url(item, 2) in Page(answer).addresses


def test_draft_without_candidates_has_no_box(client, merchant):
    page = page_of(client, waiting(merchant, ()))

    assert "Other candidates" not in page.text


def test_candidates_that_read_like_the_text_are_no_others(client, merchant):
    page = page_of(client, waiting(merchant, ("One mug.", "One mug.")))

    assert "Other candidates" not in page.text


def test_each_text_is_listed_once_by_its_best_rank():
    draft = waiting(make_merchant(), ("One.", "Two.", "Two.", "One.", "Three.")).draft

    found = other_candidates(draft=draft, text="One.")

    assert [(row.rank, row.text) for row in found] == [(2, "Two."), (5, "Three.")]


def test_first_choice_is_among_the_others_after_an_edit():
    draft = waiting(make_merchant()).draft

    found = other_candidates(draft=draft, text="As the editor wrote it.")

    assert [row.text for row in found] == list(TEXTS)


@pytest.mark.parametrize("status", [status for status in Status if status != Status.WAITING])
def test_decided_draft_lists_them_without_a_button(client, merchant, status):
    item = waiting(merchant)
    ReviewItem.objects.update(status=status)

    page = page_of(client, item)

    assert "The second mug." in page.text
    assert use_url(item) not in page.addresses


def test_naughty_candidates_make_no_element(client, merchant):
    expected = page_of(client, waiting(merchant, ("A mug.", "Plain words.")))
    for text in NAUGHTY_STRINGS:
        page = page_of(client, waiting(merchant, ("A mug.", text)))

        assert page.adds_nothing_to(expected), text
        assert text in page.text, text


def test_page_asks_for_them_by_one_query_however_many_there_are(client, merchant):
    numbers = []
    for num in (0, 2, 16):
        item = waiting(merchant, tuple(f"Text {number}." for number in range(num)))
        page_of(client, item)
        with CaptureQueriesContext(connection) as queries:
            page_of(client, item)
        asked = [query for query in queries if "drafts_draftcandidate" in query["sql"]]
        assert len(asked) == 1
        numbers.append(len(queries))
    assert len(set(numbers)) == 1
    assert numbers[0] <= 12


# --- The button ---


def test_its_text_becomes_the_newest_version_checked_like_an_edit(client, merchant, editor):
    item = waiting(merchant)

    answer = use(client, item, view="clean")

    assert answer.url == reverse("review:item", args=[item.pk], query={"view": "clean"})
    assert "Saved as version 2." in [str(said) for said in get_messages(answer.wsgi_request)]
    version = item.draft.versions.latest("number")
    assert (version.number, version.text, version.author) == (2, "The second mug.", editor)
    assert version.check_result.fingerprint == version.fingerprint
    assert ReviewDecision.objects.get().action == ReviewDecision.Action.EDITED
    assert text_of(item) == "The second mug."


def test_first_choice_can_be_brought_back(client, merchant):
    item = waiting(merchant)
    use(client, item)

    use(client, item, rank=1, version=2)

    assert text_of(item) == "The best mug."
    assert item.draft.versions.count() == 3


def test_who_comes_second_is_told_and_keeps_both_texts(client, merchant):
    item = waiting(merchant)
    other = make_member(merchant, Role.EDITOR, name="Otto")
    item_edit(item=item, text="Otto's words.", expected_version=1, actor=other)

    answer = use(client, item)

    assert answer.status_code == 409
    page = Page(answer)
    assert page.areas["mine"] == "The second mug."
    assert "Otto was here first" in page.text
    assert text_of(item) == "Otto's words."


@pytest.mark.parametrize("status", [status for status in Status if status != Status.WAITING])
def test_decided_draft_stays_as_it_is(client, merchant, status):
    item = waiting(merchant)
    ReviewItem.objects.update(status=status)

    assert use(client, item).status_code == 409
    assert text_of(item) == "The best mug."


@pytest.mark.parametrize("version", ["", "x", "0", "-1", "9" * 30])
def test_without_a_version_nothing_is_changed(client, merchant, version):
    item = waiting(merchant)

    answer = use(client, item, version=version)

    assert answer.status_code == 422
    assert text_of(item) == "The best mug."
    # The page that comes back offers the button again, with a version that works.
    assert f'name="version" value="{item.version}"' in answer.content.decode()


def test_candidate_without_a_text_is_refused_like_an_empty_edit(client, merchant):
    item = waiting(merchant, ("A mug.", ""))

    assert use(client, item).status_code == 422
    assert text_of(item) == "A mug."


def test_candidates_are_used_by_editors_of_this_merchant_by_post(client, merchant):
    item, theirs = waiting(merchant), waiting(make_merchant())

    assert client.get(use_url(item)).status_code == 405
    assert use(client, theirs).status_code == 404
    assert use(logged_in(make_member(merchant, Role.MERCHANT)), item).status_code == 403
    assert use(Client(), item).url.startswith(reverse("accounts:login"))
    assert not ReviewDecision.objects.exists()
    assert use(logged_in(make_member(merchant, Role.ADMIN)), item).status_code == 302


@pytest.mark.parametrize("rank", [0, 4, 10**30])
def test_rank_that_there_is_not_is_not_found(client, merchant, rank):
    item = waiting(merchant)
    waiting(merchant, ("a", "b", "c", "d"))

    assert use(client, item, rank=rank).status_code == 404
