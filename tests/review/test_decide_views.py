"""Decisions through the browser: on to the next, 409 with one's own words, 422 with the form."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from shop_content.accounts.models import Merchant, Role, User
from shop_content.catalogue.models import LiveContent
from shop_content.catalogue.services.products import FactData, fact_add
from shop_content.generation.models import GenerationJob
from shop_content.publication.models import Publication
from shop_content.review.models import ReviewDecision, ReviewItem
from shop_content.review.services import item_edit, item_reject
from tests.factories import (
    make_draft,
    make_item,
    make_live,
    make_member,
    make_merchant,
    make_product,
    make_reason,
)
from tests.naughty import NAUGHTY_STRINGS, NUL
from tests.review.pages import Page

pytestmark = pytest.mark.django_db

Status = ReviewItem.Status
CLEAN = "A stoneware mug that holds 350 ml of coffee or tea."
BLOCKING = {"rule": "numbers", "severity": "B", "message": "Wrong.", "start": 0, "end": 1}
ACTIONS = ["approve", "reject", "send_back", "again", "edit", "undo"]


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant()


@pytest.fixture
def editor(merchant) -> User:
    return make_member(merchant, Role.EDITOR, name="Edda")


@pytest.fixture
def other(merchant) -> User:
    return make_member(merchant, Role.EDITOR, name="Otto")


@pytest.fixture
def client(editor) -> Client:
    return logged_in(editor)


@pytest.fixture
def reason(merchant):
    return make_reason(merchant, label="Not our voice")


@pytest.fixture
def item(merchant) -> ReviewItem:
    return waiting(merchant)


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def waiting(merchant, **overrides) -> ReviewItem:
    return make_item(make_draft(make_product(merchant), text=CLEAN), **overrides)


def act(client, item, name, /, **data):
    address = reverse(f"review:{name}", args=[item.pk])
    return client.post(address, {"version": 1, **data})


def said(answer) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def status_of(item) -> str:
    return ReviewItem.objects.get(pk=item.pk).status


def url_of(item, **query) -> str:
    return reverse("review:item", args=[item.pk], query=query or None)


# --- Who may, and how ---


@pytest.mark.parametrize("action", ACTIONS)
def test_actions_are_for_editors_of_this_merchant_by_post(merchant, item, client, action):
    address = reverse(f"review:{action}", args=[item.pk])
    theirs = reverse(f"review:{action}", args=[make_item().pk])

    assert client.get(address).status_code == 405
    assert client.post(theirs, {"version": 1}).status_code == 404
    assert logged_in(make_member(merchant, Role.MERCHANT)).post(address).status_code == 403
    assert Client().post(address).url.startswith(reverse("accounts:login"))
    assert not ReviewDecision.objects.exists()


@pytest.mark.parametrize("action", [action for action in ACTIONS if action != "undo"])
@pytest.mark.parametrize("version", ["", "x", "0", "-1", "9" * 30, "1.5", NUL])
def test_action_without_a_version_is_refused_with_the_page(client, item, reason, action, version):
    data = {"version": version, "reason": reason.pk, "note": "Shorter.", "text": "Mine."}

    assert act(client, item, action, **data).status_code == 422

    assert status_of(item) == Status.WAITING
    assert not ReviewDecision.objects.exists()


# --- Each decision ---


def test_approval_puts_the_text_live_and_goes_to_the_next_draft(client, merchant, item):
    following = waiting(merchant)

    answer = act(client, item, "approve")

    assert answer.url == url_of(following)
    assert LiveContent.objects.get(product=item.product).text == CLEAN
    assert item.product.title in said(answer)


def test_last_decision_goes_back_to_the_queue(client, item):
    assert act(client, item, "approve").url == reverse("review:queue")


def test_next_draft_is_of_the_same_view_and_nobody_elses(client, merchant, other):
    first, _clean, taken, last = (
        waiting(merchant, findings=findings)
        for findings in ([BLOCKING], [], [BLOCKING], [BLOCKING])
    )
    ReviewItem.objects.filter(pk=taken.pk).update(leased_by=other, leased_until="2099-01-01T00:00Z")

    answer = act(client, first, "approve", override_reason="Right.", view="blocked")

    assert answer.url == url_of(last, view="blocked")


def test_unknown_view_is_all_drafts(client, merchant, item):
    following = waiting(merchant)
    assert act(client, item, "approve", view="<b>").url == url_of(following)


def test_rejection_needs_one_of_the_merchants_reasons(client, item, reason):
    theirs = make_reason(make_merchant())
    for sent in ["", "x", "0", str(theirs.pk), NUL, "9" * 30]:
        assert act(client, item, "reject", reason=sent).status_code == 422, sent
    assert status_of(item) == Status.WAITING

    answer = act(client, item, "reject", reason=reason.pk, note="Twice the same.")

    assert answer.status_code == 302
    decision = ReviewDecision.objects.get()
    assert (decision.reason, decision.note) == (reason, "Twice the same.")


def test_send_back_needs_a_note_and_asks_for_a_draft(client, item):
    assert act(client, item, "send_back", note=" ").status_code == 422

    act(client, item, "send_back", note="Warmer.")

    assert status_of(item) == Status.SENT_BACK
    assert GenerationJob.objects.get(is_repeat=True).editor_note == "Warmer."


def test_asking_again_leaves_the_draft_waiting(client, item):
    answer = act(client, item, "again")

    assert answer.status_code == 302
    assert status_of(item) == Status.WAITING
    assert GenerationJob.objects.filter(is_repeat=True).count() == 1


def test_hours_limit_is_said_and_the_note_kept(client, item):
    for version in range(1, 6):
        act(client, item, "again", version=version)
        GenerationJob.objects.filter(is_repeat=True).update(status="succeeded")

    refused = act(client, item, "send_back", version=6, note="My long thoughts.")
    again = act(client, item, "again", version=6)

    assert refused.status_code == 422
    assert "My long thoughts." in Page(refused).areas.values()
    assert "5 times an hour" in Page(refused).text
    assert "5 times an hour" in said(again)
    assert status_of(item) == Status.WAITING


# --- Blocks and overrides ---


def test_blocked_approval_asks_why(client, merchant):
    blocked = waiting(merchant, findings=[BLOCKING])

    answer = act(client, blocked, "approve")

    assert answer.status_code == 422
    assert "A finding stops this text" in Page(answer).text
    assert not LiveContent.objects.exists()

    assert act(client, blocked, "approve", override_reason="It is a pair.").status_code == 302
    assert ReviewDecision.objects.get().override_reason == "It is a pair."


def test_stale_approval_asks_why(client, item):
    fact_add(product=item.product, data=FactData(name="Glaze", value="matt"), actor=None)

    answer = act(client, item, "approve")

    assert answer.status_code == 422
    assert "The product changed after this draft was written" in Page(answer).text


def test_reason_beyond_the_limit_is_refused(client, merchant):
    blocked = waiting(merchant, findings=[BLOCKING])
    assert act(client, blocked, "approve", override_reason="x" * 501).status_code == 422
    assert status_of(blocked) == Status.WAITING


# --- Edits ---


def test_edit_is_saved_and_stays_on_the_page(client, item, editor):
    answer = act(client, item, "edit", text="My own words.", view="clean")

    assert answer.url == url_of(item, view="clean")
    item.refresh_from_db()
    assert item.current_version.text == "My own words."
    assert item.current_version.author == editor
    assert not LiveContent.objects.exists()


def test_edit_and_approval_in_one_click(client, item):
    text = "A stoneware mug that holds 350 ml of tea."

    act(client, item, "edit", text=text, action="approve")

    assert LiveContent.objects.get().text == text
    assert not Publication.objects.get().is_machine_text


def test_edit_that_is_blocked_is_saved_and_asks_why(client, item):
    text = "A stoneware mug that holds 530 ml of coffee or tea."

    answer = act(client, item, "edit", text=text, action="approve")

    assert answer.status_code == 422
    item.refresh_from_db()
    assert item.current_version.text == text
    assert f'name="version" value="{item.version}"' in answer.content.decode()
    assert not LiveContent.objects.exists()


@pytest.mark.parametrize("text", ["", NUL, "x" * 20_001])
def test_text_that_cannot_be_saved_comes_back_with_the_error(client, item, text):
    answer = act(client, item, "edit", text=text)

    assert answer.status_code == 422
    assert "field__error" in answer.content.decode() or "error" in answer.content.decode()
    assert item.draft.versions.count() == 1


def test_line_breaks_of_a_browser_make_no_difference(client, item):
    act(client, item, "edit", text="One.\r\n\r\nTwo.")

    assert item.draft.versions.latest("number").text == "One.\n\nTwo."


def test_naughty_text_goes_live_byte_for_byte_and_is_shown_escaped(client, merchant):
    plain = waiting(merchant)
    act(client, plain, "edit", text="Plain <3 words.")
    expected = Page(client.get(url_of(plain)))
    for text in NAUGHTY_STRINGS:
        item = waiting(merchant)
        act(client, item, "edit", text=text)
        page = Page(client.get(url_of(item, edit="1")))
        assert page.areas["id_text"] == text, text
        assert {"script", "img", "svg", "iframe", "style"} & page.elements <= expected.elements
        assert not any("onerror" in name or "onload" in name for name in page.attributes)

        act(client, item, "approve", version=2, override_reason="Naughty.")

        assert LiveContent.objects.get(product=item.product).text == text


# --- Second comes second (C1, C2) ---


def test_second_approval_hears_who_was_first(client, item, other):
    act(logged_in(other), item, "approve")

    answer = act(client, item, "approve")

    assert answer.status_code == 409
    assert "Otto was here first" in Page(answer).text
    assert Publication.objects.count() == 1


@pytest.mark.parametrize("is_decided", [True, False])
def test_second_editor_keeps_their_text(client, item, other, reason, is_decided):
    if is_decided:
        item_reject(item=item, expected_version=1, actor=other, reason=reason)
    else:
        item_edit(item=item, text="Otto's words.", expected_version=1, actor=other)
    mine = "\nMy <b>long</b> & careful words.\n\nIn two parts."

    answer = act(client, item, "edit", text=mine)

    page = Page(answer)
    assert answer.status_code == 409
    assert page.areas["mine"] == mine
    assert "Otto was here first" in page.text
    assert not item.draft.versions.filter(text=mine).exists()
    assert (reverse("review:edit", args=[item.pk]) in page.addresses) is not is_decided


def test_second_editor_puts_theirs_on_top_from_the_conflict_page(client, item, other):
    item_edit(item=item, text="Otto's words.", expected_version=1, actor=other)
    answer = act(client, item, "edit", text="My words.")
    assert 'name="version" value="2"' in answer.content.decode()

    act(client, item, "edit", version=2, text="My words.")

    texts = item.draft.versions.order_by("number").values_list("text", flat=True)
    assert list(texts) == [CLEAN, "Otto's words.", "My words."]


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("send_back", {"note": "My <b>long</b> thoughts."}),
        ("reject", {"note": "My <b>long</b> thoughts."}),
        ("approve", {"override_reason": "My <b>long</b> thoughts."}),
    ],
)
def test_note_of_who_comes_second_is_kept_apart(client, item, other, reason, action, data):
    item_edit(item=item, text="Otto's words.", expected_version=1, actor=other)

    answer = act(client, item, action, reason=reason.pk, **data)

    page = Page(answer)
    assert answer.status_code == 409
    assert page.areas == {"note": "My <b>long</b> thoughts."}
    assert reverse("review:edit", args=[item.pk]) not in page.addresses


def test_conflict_after_a_newer_draft_came_says_what_happened(client, item):
    ReviewItem.objects.update(status=Status.SUPERSEDED, version=2)

    answer = act(client, item, "edit", text="My words.")

    assert answer.status_code == 409
    assert Page(answer).areas["mine"] == "My words."


def test_naughty_text_of_who_comes_second_is_kept_and_escaped(client, merchant, other):
    item = waiting(merchant)
    item_edit(item=item, text="Otto's words.", expected_version=1, actor=other)
    expected = Page(act(client, item, "edit", text="Otto's own, plain."))
    for text in NAUGHTY_STRINGS:
        page = Page(act(client, item, "edit", text=text))
        assert page.areas["mine"] == text, text
        assert page.adds_nothing_to(expected), text


# --- Undo ---


@pytest.mark.parametrize("action", ["approve", "reject", "send_back"])
def test_each_decision_is_taken_back_by_the_button_on_the_next_page(
    client, merchant, item, reason, action
):
    make_live(item.product, "The old text.")
    following = waiting(merchant)
    next_page = act(client, item, action, reason=reason.pk, note="Warmer.").url
    assert next_page == url_of(following)
    address = reverse("review:undo", args=[item.pk])
    assert address in Page(client.get(next_page)).addresses

    answer = act(client, item, "undo", version=2)

    assert answer.url == url_of(item)
    assert status_of(item) == Status.WAITING
    assert LiveContent.objects.get(product=item.product).text == "The old text."
    assert address not in Page(client.get(next_page)).addresses
    assert not GenerationJob.objects.filter(is_repeat=True, status="queued").exists()


def test_asking_again_offers_no_undo(client, merchant, item):
    next_page = act(client, item, "again").url

    assert reverse("review:undo", args=[item.pk]) not in Page(client.get(next_page)).addresses


def test_undo_that_comes_too_late_says_so(client, item, other, reason):
    item_reject(item=item, expected_version=1, actor=other, reason=reason)

    answer = act(client, item, "undo", version=2)

    assert "cannot be taken back" in said(answer)
    assert status_of(item) == Status.REJECTED


@pytest.mark.parametrize("version", ["", "x", "99"])
def test_undo_without_the_right_version_changes_nothing(client, item, reason, version):
    act(client, item, "reject", reason=reason.pk)

    assert act(client, item, "undo", version=version).status_code == 302

    assert status_of(item) == Status.REJECTED


def test_naughty_notes_are_kept(client, merchant, reason):
    for text in NAUGHTY_STRINGS:
        item = waiting(merchant)
        assert act(client, item, "reject", reason=reason.pk, note=text).status_code == 302, text
        assert ReviewDecision.objects.get(item=item).note == text.strip(), text
