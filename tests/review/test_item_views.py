"""The page of one draft: facts, text, findings, live text, history; everything escaped."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shop_content.accounts.models import Merchant, Role, User
from shop_content.catalogue.models import ContentField, Product
from shop_content.catalogue.services.products import FactData, fact_add
from shop_content.checks.models import CheckResult
from shop_content.checks.services import version_check
from shop_content.drafts.models import Draft, DraftVersion
from shop_content.review.models import ReviewDecision, ReviewItem
from shop_content.review.services import item_approve, item_edit
from shop_content.review.views.item import PANELS
from tests.factories import (
    brief_snapshot,
    make_draft,
    make_item,
    make_live,
    make_member,
    make_merchant,
    make_product,
    make_reason,
    make_version,
)
from tests.naughty import NAUGHTY_STRINGS, NUL
from tests.review.pages import Page

pytestmark = pytest.mark.django_db

Status = ReviewItem.Status
CLEAN = "A stoneware mug that holds 350 ml of coffee or tea."
WRONG = "A stoneware mug that holds 530 ml of coffee or tea."
FINDING = {"rule": "numbers", "message": "Not in the facts.", "template": "", "params": {}}


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant()


@pytest.fixture
def editor(merchant) -> User:
    return make_member(merchant, Role.EDITOR, name="Edda")


@pytest.fixture
def client(editor) -> Client:
    client = Client()
    client.force_login(editor)
    return client


def waiting(merchant, text=CLEAN, **overrides) -> ReviewItem:
    product = overrides.pop("product", None) or make_product(merchant)
    findings = overrides.pop("findings", [])
    return make_item(make_draft(product, text=text, **overrides), findings=findings)


def url_of(item: ReviewItem, **query: str) -> str:
    return reverse("review:item", args=[item.pk], query=query or None)


def page_of(client, item, **query) -> Page:
    answer = client.get(url_of(item, **query))
    assert answer.status_code == 200
    return Page(answer)


# --- What it shows ---


def test_page_shows_product_facts_keywords_draft_and_where_it_came_from(client, merchant):
    brief = brief_snapshot(keywords=["hand-thrown"], must_use=["dishwasher"], must_not_use=["best"])
    product = make_product(merchant, title="Harbour mug", supplier_text="From the supplier.")
    item = waiting(merchant, product=product, brief=brief, seed=4711)

    text = page_of(client, item).text

    for wanted in (
        "Harbour mug",
        "Tidewater",
        "stoneware",
        "350 ml",
        CLEAN,
        "From the supplier.",
        "hand-thrown",
        "dishwasher",
        "best",
        "4711",
        "echo",
    ):
        assert wanted in text, wanted


def test_findings_are_listed_and_lead_to_their_place(client, merchant):
    item = waiting(merchant, text=WRONG)
    CheckResult.objects.all().delete()
    version_check(version=item.current_version)

    page = page_of(client, item)

    assert "The text says 530 ml; the product says 350 ml." in page.text
    assert "#place-1" in page.addresses
    assert "mark" in page.elements


def test_finding_without_a_place_has_no_link(client, merchant):
    finding = {**FINDING, "severity": "W", "start": 0, "end": 0}
    page = page_of(client, waiting(merchant, findings=[finding]))

    assert "Not in the facts." in page.text
    assert "mark" not in page.elements
    assert not any(url.startswith("#place") for url in page.addresses)


def test_draft_that_was_never_checked_can_be_opened(client, merchant):
    item = waiting(merchant)
    CheckResult.objects.all().delete()

    assert CLEAN in page_of(client, item).text


def test_difference_to_the_live_text_is_shown(client, merchant):
    item = waiting(merchant, text="A large mug.")
    make_live(item.product, "A small mug.")

    page = page_of(client, item)

    assert {"ins", "del"} <= page.elements
    assert "small" in page.text


@pytest.mark.parametrize("panel", [*PANELS, "", "nonsense"])
def test_every_panel_opens_for_every_field(client, merchant, panel):
    product = make_product(merchant)
    for field in ContentField.values:
        item = waiting(merchant, product=product, field=field)
        assert client.get(url_of(item, panel=panel)).status_code == 200
        make_live(product, "Live.", field=field)
        assert client.get(url_of(item, panel=panel)).status_code == 200


def test_evidence_names_the_facts_of_each_sentence_and_what_nothing_carries(client, merchant):
    item = waiting(merchant, text="It is stoneware. It has a removable toe box.")

    page = page_of(client, item, panel="evidence")

    assert "Material: stoneware" in page.text
    assert "No fact" in page.text


def test_confidence_shows_the_words_that_the_model_found_unlikely(client, merchant):
    item = waiting(merchant, text="A mug.")
    pairs = [["A", -0.1], [" toe", -6.0], [" box", -0.2], [".", -0.1]]
    Draft.objects.update(token_logprobs=pairs)

    text = page_of(client, item, panel="confidence").text

    assert "toe" in text
    assert "0.2 %" in text


def test_confidence_says_when_an_engine_gave_no_probabilities(client, merchant):
    text = page_of(client, waiting(merchant), panel="confidence").text
    assert "gives no probabilities" in text


def test_history_shows_who_did_what_and_why(client, merchant, editor):
    finding = {**FINDING, "severity": "B", "start": 0, "end": 1}
    item = waiting(merchant, findings=[finding])
    item_approve(item=item, expected_version=1, actor=editor, override_reason="It is a pair.")

    text = page_of(client, item, panel="history").text

    assert "Edda" in text
    assert "It is a pair." in text


def test_earlier_version_is_in_the_history(client, merchant, editor):
    item = waiting(merchant)
    for number, text in enumerate(["My first try.", "My second try."], start=1):
        item_edit(item=item, text=text, expected_version=number, actor=editor)

    text = page_of(client, item, panel="history").text

    assert "My first try." in text
    assert "My second try." in text


def test_changed_facts_are_announced(client, merchant):
    item = waiting(merchant)
    fact_add(product=item.product, data=FactData(name="Glaze", value="matt"), actor=None)

    text = page_of(client, item).text

    assert "changed after this draft was written" in text
    assert "Glaze" in text


def test_other_fields_of_the_product_are_one_click_away(client, merchant):
    product = make_product(merchant)
    item = waiting(merchant, product=product)
    other = waiting(merchant, product=product, field=ContentField.META_TITLE)

    assert any(url.startswith(url_of(other)) for url in page_of(client, item).addresses)


def test_place_and_neighbours_are_those_of_the_view(client, merchant):
    items = [waiting(merchant) for _number in range(3)]
    blocked = make_item(
        make_draft(make_product(merchant)),
        findings=[{**FINDING, "severity": "B", "start": 0, "end": 1}],
    )

    page = page_of(client, items[1])
    assert "2 of 4" in page.text
    assert url_of(items[0]) in page.addresses
    assert url_of(items[2]) in page.addresses

    page = page_of(client, blocked, view="blocked")
    assert "1 of 1" in page.text
    assert not any(url.startswith(url_of(items[2])) for url in page.addresses)


def test_other_reader_is_named(client, merchant):
    item = waiting(merchant)
    other = make_member(merchant, Role.EDITOR, name="Otto")
    other_client = Client()
    other_client.force_login(other)
    other_client.post(reverse("review:next"))

    assert "Otto is reading this too" in page_of(client, item).text


@pytest.mark.parametrize("status", [status for status in Status if status != Status.WAITING])
def test_decided_draft_can_be_read_but_not_decided(client, merchant, status):
    item = waiting(merchant)
    ReviewItem.objects.update(status=status)

    page = page_of(client, item)

    assert str(status.label) in page.text
    assert reverse("review:approve", args=[item.pk]) not in page.addresses


def test_edit_form_keeps_a_leading_line_break(client, merchant):
    item = waiting(merchant, text="\n\nTwo lines down.")

    page = page_of(client, item, edit="1")

    assert page.areas["id_text"] == "\n\nTwo lines down."


# --- Escaping (S6) ---


@pytest.mark.parametrize("panel", PANELS)
def test_naughty_text_everywhere_makes_no_element(client, merchant, editor, panel):
    plain = item_with("Plain words.", merchant, editor)
    expected = page_of(client, plain, panel=panel)
    for text in NAUGHTY_STRINGS:
        page = page_of(client, item_with(text, merchant, editor), panel=panel)

        assert page.adds_nothing_to(expected), text


def item_with(text: str, merchant: Merchant, editor: User) -> ReviewItem:
    """Return an item with the text wherever somebody else can put one."""
    product = make_product(
        merchant,
        title=text,
        brand=text,
        category=text,
        supplier_text=text,
        facts=[(text[:100], text, text[:30])],
    )
    brief = brief_snapshot(keywords=[text], must_use=[text], must_not_use=[text])
    finding = {**FINDING, "severity": "B", "message": text, "start": 0, "end": 1}
    item = make_item(make_draft(product, text=text, brief=brief), findings=[finding])
    make_live(product, text[:-1] + " live")
    ReviewDecision.objects.create(
        item=item,
        action="rejected",
        draft_version=item.current_version,
        fingerprint="",
        reason=make_reason(merchant, label=f"{item.pk} {text}"[:120]),
        note=text,
        override_reason=text,
        decided_by=editor,
    )
    return item


# --- Who may ---


def test_merchants_editors_and_admins(merchant):
    item = waiting(merchant)
    for role, status in [(Role.MERCHANT, 403), (Role.EDITOR, 200), (Role.ADMIN, 200)]:
        person = Client()
        person.force_login(make_member(merchant, role))
        assert person.get(url_of(item)).status_code == status, role


def test_another_merchants_draft_is_not_found(client):
    other = make_item()

    assert client.get(url_of(other)).status_code == 404
    check = reverse("review:check", args=[other.pk])
    assert client.post(check, {"text": "x"}).status_code == 404
    drafts = reverse("review:product_drafts", args=[other.product_id])
    assert client.get(drafts).status_code == 404


def test_strangers_are_sent_to_the_log_in(merchant):
    assert Client().get(url_of(waiting(merchant))).url.startswith(reverse("accounts:login"))


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_page_is_for_reading(client, merchant, method):
    assert getattr(client, method)(url_of(waiting(merchant))).status_code == 405


# --- Checks while typing ---


def check(client, item, text):
    return client.post(reverse("review:check", args=[item.pk]), {"text": text})


def test_typed_text_is_checked_and_not_stored(client, merchant):
    item = waiting(merchant)

    page = Page(check(client, item, WRONG))

    assert "The text says 530 ml" in page.text
    assert str(len(WRONG)) in page.text
    assert DraftVersion.objects.count() == 1
    assert CheckResult.objects.count() == 1


@pytest.mark.parametrize("text", [NUL, "x" * 20_001, ""])
def test_text_that_cannot_be_stored_is_said_so_while_typing(client, merchant, text):
    answer = check(client, waiting(merchant), text)

    assert answer.status_code == 200
    assert "field__error" in answer.content.decode()


def test_naughty_text_is_checked_without_an_accident(client, merchant):
    item = waiting(merchant)
    elements = {"div", "p", "ol", "li", "span", "svg", "use", "strong", "mark", "path", "a", "ul"}
    for text in NAUGHTY_STRINGS:
        answer = check(client, item, text)
        assert answer.status_code == 200, text
        assert Page(answer).elements <= elements, text


def test_check_is_posted(client, merchant):
    address = reverse("review:check", args=[waiting(merchant).pk])
    assert client.get(address).status_code == 405


# --- The drafts of a product ---


def test_all_drafts_of_a_product_are_listed_newest_first(client, merchant):
    product = make_product(merchant)
    waiting(merchant, product=product, text="The first draft.")
    ReviewItem.objects.update(status=Status.REJECTED)
    waiting(merchant, product=product, text="The second draft.")

    text = Page(client.get(reverse("review:product_drafts", args=[product.pk]))).text

    assert text.index("The second draft.") < text.index("The first draft.")


def test_merchants_see_the_drafts_without_a_way_to_decide(merchant):
    item = waiting(merchant)
    person = Client()
    person.force_login(make_member(merchant, Role.MERCHANT))

    page = Page(person.get(reverse("review:product_drafts", args=[item.product_id])))

    assert CLEAN in page.text
    assert url_of(item) not in page.addresses


def test_product_without_drafts_says_so(client, merchant):
    address = reverse("review:product_drafts", args=[make_product(merchant).pk])
    assert "No draft yet" in Page(client.get(address)).text


def test_drafts_page_takes_the_same_queries_for_one_and_for_thirty(client, merchant):
    product = make_product(merchant)
    address = reverse("review:product_drafts", args=[product.pk])
    numbers = []
    for count in (1, 24):
        for _number in range(count):
            waiting(merchant, product=product)
            ReviewItem.objects.update(status=Status.SUPERSEDED)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        numbers.append(len(queries))
    assert numbers[0] == numbers[1] <= 12


# --- Queries (P4) ---


@pytest.mark.parametrize("panel", PANELS)
def test_page_takes_the_same_queries_whatever_waits(client, merchant, editor, panel):
    item = waiting(merchant)
    make_live(item.product)
    make_version(item.draft, "Older.")
    numbers = []
    for count in (10, 190):
        for _number in range(count):
            waiting(merchant)
        fact_add(
            product=Product.objects.get(pk=item.product_id),
            data=FactData(name=f"Fact {count}", value="x"),
            actor=None,
        )
        client.get(url_of(item, panel=panel))
        with CaptureQueriesContext(connection) as queries:
            client.get(url_of(item, panel=panel))
        numbers.append(len(queries))
    assert numbers[0] == numbers[1] <= 12
