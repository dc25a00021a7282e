"""What went live, a product's history, and the way back, as a browser asks for them."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shop_content.accounts.models import Merchant, Role, User
from shop_content.catalogue.models import ContentOrigin, LiveContent, LiveContentRevision, Product
from shop_content.catalogue.services.content import content_set
from shop_content.catalogue.services.products import FactData, fact_add
from shop_content.publication import selectors
from shop_content.publication.models import Publication
from shop_content.publication.services import approve_and_publish
from shop_content.review.diff import Change
from shop_content.review.services import item_edit
from tests.factories import make_draft, make_item, make_member, make_merchant, make_product
from tests.naughty import NAUGHTY_STRINGS, NUL
from tests.review.pages import Page

pytestmark = pytest.mark.django_db

PUBLISHED = reverse("publication:published")


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


def published(merchant, editor, text="A stoneware mug.", product=None) -> Publication:
    item = make_item(make_draft(product or make_product(merchant), text=text))
    return approve_and_publish(item=item, expected_version=1, actor=editor, override_reason="Yes.")


def write(product: Product, *texts: str, field: str = "description") -> None:
    for text in texts:
        content_set(
            product=product, field=field, text=text, origin=ContentOrigin.WRITTEN, actor=None
        )


def history_of(product: Product, **query: str) -> str:
    return reverse("publication:history", args=[product.pk], query=query or None)


def back_of(product: Product) -> str:
    return reverse("publication:roll_back", args=[product.pk])


def said(answer) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def live(product: Product) -> LiveContent:
    return LiveContent.objects.get(product=product, field="description")


# --- What went live ---


def test_newest_publication_is_first_with_what_it_changed(client, merchant, editor):
    product = make_product(merchant, title="Harbour mug")
    write(product, "An old mug.")
    published(merchant, editor, "A new mug.", product)
    published(merchant, editor, "Another text.", make_product(merchant, title="Kitchen bowl"))
    published(make_merchant(), make_member(), "Somebody else's.")

    page = Page(client.get(PUBLISHED))

    assert page.text.index("Kitchen bowl") < page.text.index("Harbour mug")
    assert {"ins", "del"} <= page.elements
    assert "approved by Edda" in page.text
    assert "Somebody else's" not in page.text


def test_publication_says_whether_it_is_still_live_and_up_to_date(client, merchant, editor):
    product = published(merchant, editor).product
    assert "Out of date" not in Page(client.get(PUBLISHED)).text

    fact_add(product=product, data=FactData(name="Glaze", value="matt"), actor=None)
    assert "Out of date" in Page(client.get(PUBLISHED)).text

    write(product, "By hand.")
    assert "Replaced since" in Page(client.get(PUBLISHED)).text


def test_machine_text_and_edited_text_are_told_apart(client, merchant, editor):
    published(merchant, editor)
    assert "edited by hand" not in Page(client.get(PUBLISHED)).text

    item = make_item(make_draft(make_product(merchant)))
    item_edit(item=item, text="My words.", expected_version=1, actor=editor)
    approve_and_publish(item=item, expected_version=2, actor=editor, override_reason="Mine.")

    assert "edited by hand" in Page(client.get(PUBLISHED)).text


def test_nothing_published_says_what_will_appear(client):
    assert "Nothing went live yet" in Page(client.get(PUBLISHED)).text


def test_every_role_may_look_and_strangers_may_not(merchant):
    product = make_product(merchant)
    for address in [PUBLISHED, history_of(product)]:
        for role in Role:
            assert logged_in(make_member(merchant, role)).get(address).status_code == 200
        assert Client().get(address).url.startswith(reverse("accounts:login"))
        assert logged_in(make_member(merchant)).post(address).status_code == 405


def test_list_takes_the_same_queries_for_one_and_for_more(client, merchant, editor):
    numbers = []
    for count in (2, 22):
        for _number in range(count):
            published(merchant, editor)
        client.get(PUBLISHED)
        with CaptureQueriesContext(connection) as queries:
            client.get(PUBLISHED)
        numbers.append(len(queries))
    assert numbers[0] == numbers[1] <= 12


def test_pages_follow_one_another(client, merchant, editor):
    rows = [published(merchant, editor) for _number in range(30)]

    first = client.get(PUBLISHED).context["page"]
    second = client.get(PUBLISHED, {"cursor": first.next_cursor}).context["page"]

    assert [row.pk for row in [*first.rows, *second.rows]] == [row.pk for row in reversed(rows)]


# --- History ---


def test_history_shows_every_text_with_its_origin(client, merchant, editor):
    product = make_product(merchant)
    write(product, "One small mug.", "One large mug.")
    published(merchant, editor, "One blue mug.", product)

    page = Page(client.get(history_of(product, field="description")))

    for wanted in ("Version 1", "Version 2", "Version 3", "small", "large", "blue", "Edda"):
        assert wanted in page.text, wanted
    assert back_of(product) in page.addresses


def test_history_of_many_revisions_goes_on_with_the_older_ones(client, merchant, monkeypatch):
    monkeypatch.setattr(selectors, "NUM_REVISIONS", 3)
    product = make_product(merchant)
    write(product, *(f"Text {number}." for number in range(1, 8)))

    first = Page(client.get(history_of(product)))
    older = Page(client.get(history_of(product, field="description", below="5")))

    assert "Version 7" in first.text
    assert "Version 4" not in first.text
    assert any("below=5" in url for url in first.addresses)
    assert "Version 4" in older.text
    assert older.text.count("Text") >= 1
    assert "Live" not in older.text.split("Version 4")[1]


def test_first_revision_differs_from_nothing_and_others_from_the_one_before(merchant):
    product = make_product(merchant)
    write(product, "A mug.", "A red mug.")

    newest, oldest = selectors.revision_changes(product=product, field="description")

    assert [piece.change for piece in oldest.pieces] == [Change.ADDED]
    changed = [piece.text.strip() for piece in newest.pieces if piece.change != Change.SAME]
    assert changed == ["red"]
    assert (newest.is_live, oldest.is_live) == (True, False)


@pytest.mark.parametrize("query", ["", "x", "-1", "²", "9" * 40, NUL, "0"])
def test_address_with_a_wrong_number_or_field_is_no_accident(client, merchant, query):
    product = make_product(merchant)
    write(product, "One.")

    assert client.get(history_of(product, field=query, below=query)).status_code == 200


def test_empty_history_says_so(client, merchant):
    page = Page(client.get(history_of(make_product(merchant))))
    assert "Nothing was ever live in this field" in page.text


@pytest.mark.parametrize("page_name", ["history", "published"])
def test_naughty_text_makes_no_element(client, merchant, editor, page_name):
    def page_with(text: str) -> Page:
        product = make_product(merchant, title=text)
        write(product, text[:-1] + " other")
        published(merchant, editor, text, product)
        return Page(client.get(history_of(product) if page_name == "history" else PUBLISHED))

    expected = page_with("Plain words.")
    for number, text in enumerate(NAUGHTY_STRINGS):
        if number == 20:  # From here on there is a second page.
            expected = page_with("Plain words.")
        page = page_with(text)
        new = page.elements - expected.elements
        assert not new & {"script", "img", "svg", "iframe", "b", "style", "textarea"}, text
        assert not any("[on" in name for name in page.attributes), text


def test_other_merchants_products_are_not_found(client):
    product = make_product()
    write(product, "Theirs.", "Newer.")

    assert client.get(history_of(product)).status_code == 404
    data = {"field": "description", "number": 1, "version": 2}
    assert client.post(back_of(product), data).status_code == 404
    assert live(product).text == "Newer."


# --- The way back ---


def test_earlier_text_is_live_again(client, merchant):
    product = make_product(merchant)
    write(product, "\n One.\r\n", "Two.")

    answer = client.post(back_of(product), {"field": "description", "number": 1, "version": 2})

    assert answer.url == history_of(product, field="description")
    assert live(product).text == "\n One.\r\n"
    assert "Version 1 is live again." in said(answer)


def test_text_that_changed_meanwhile_stays_and_is_shown(client, merchant):
    product = make_product(merchant)
    write(product, "One.", "Two.", "Three.")

    answer = client.post(back_of(product), {"field": "description", "number": 1, "version": 2})

    assert answer.status_code == 409
    assert "Three" in Page(answer).text
    assert live(product).text == "Three."
    assert LiveContentRevision.objects.count() == 3


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"field": "nothing", "number": 1, "version": 1},
        {"field": "description", "number": "x", "version": 1},
        {"field": "description", "number": 0, "version": 1},
        {"field": "description", "number": "9" * 40, "version": 1},
        {"field": "description", "number": 7, "version": 1},
        {"field": "description", "number": 1, "version": ""},
        {"field": NUL, "number": 1, "version": 1},
    ],
)
def test_way_back_to_nowhere_changes_nothing(client, merchant, data):
    product = make_product(merchant)
    write(product, "One.")

    answer = client.post(back_of(product), data)

    assert answer.status_code == 302
    assert said(answer)
    assert LiveContentRevision.objects.count() == 1


def test_way_back_is_for_editors_by_post(merchant, client):
    product = make_product(merchant)
    write(product, "One.", "Two.")
    data = {"field": "description", "number": 1, "version": 2}

    assert client.get(back_of(product)).status_code == 405
    assert (
        logged_in(make_member(merchant, Role.MERCHANT)).post(back_of(product), data).status_code
        == 403
    )
    assert Client().post(back_of(product), data).url.startswith(reverse("accounts:login"))
    assert live(product).text == "Two."
