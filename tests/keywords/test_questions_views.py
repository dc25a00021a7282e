"""Pages of questions: answered in one field, by htmx or without."""

from __future__ import annotations

from html import escape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shop_content.accounts.models import Role
from tests.factories import make_member, make_merchant, make_product, make_question
from tests.naughty import NAUGHTY_STRINGS, NUL

pytestmark = pytest.mark.django_db
LIST = reverse("keywords:questions")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def merchant():
    return make_merchant()


@pytest.fixture
def client(merchant):
    client = Client()
    client.force_login(make_member(merchant, Role.MERCHANT))
    return client


@pytest.fixture
def question(merchant):
    return make_question(make_product(merchant, facts=[], title="Harbour mug"))


def answer_url(question):
    return reverse("keywords:answer", args=[question.pk])


def dismiss_url(question):
    return reverse("keywords:dismiss", args=[question.pk])


def test_open_questions_are_listed_with_their_product(client, question):
    make_question(question.product, fact_name="Size", text="Which size?", status="answered")
    page = client.get(LIST).content.decode()
    assert "Harbour mug" in page
    assert "Which material" in page
    assert "Which size" not in page


def test_empty_list_says_why_questions_come(client):
    assert "No question is open" in client.get(LIST).content.decode()


def test_answer_becomes_a_fact_and_offers_to_write(client, question):
    answer = client.post(answer_url(question), {"answer": "stoneware"}, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.strip().startswith("<article")
    assert f"{reverse('keywords:write')}?product={question.product_id}" in page
    assert question.product.facts.get().value == "stoneware"


def test_answer_without_javascript_goes_back_to_where_it_was(client, question):
    back = reverse("keywords:product_questions", args=[question.product_id])
    assert client.post(answer_url(question), {"answer": "oak", "next": back}).url == back
    assert "Kept as a fact of Harbour mug" in client.get(back).content.decode()


def test_answer_never_leads_to_another_site(client, question):
    answer = client.post(answer_url(question), {"answer": "oak", "next": "//evil.example/"})
    assert answer.url == LIST


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(("text", "words"), [("", "required"), ("x" * 1001, "1000"), (NUL, "NUL")])
def test_wrong_answer_comes_back_with_the_reason(client, question, headers, text, words):
    answer = client.post(answer_url(question), {"answer": text}, headers=headers)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert text.strip() in answer.content.decode()
    question.refresh_from_db()
    assert question.status == "open"


def test_second_answer_gets_409_and_shows_the_first(client, question):
    client.post(answer_url(question), {"answer": "stoneware"})
    answer = client.post(answer_url(question), {"answer": "oak"}, headers=HTMX)
    assert answer.status_code == 409
    assert "stoneware" in answer.content.decode()
    assert question.product.facts.get().value == "stoneware"


def test_second_answer_without_javascript_says_that_it_is_late(client, question):
    client.post(answer_url(question), {"answer": "stoneware"})
    client.get(LIST)
    page = client.post(answer_url(question), {"answer": "oak"}, follow=True).content.decode()
    assert "Somebody has answered this question already" in page


def test_dismissed_question_leaves_the_list(client, question):
    answer = client.post(dismiss_url(question), headers=HTMX)
    assert "Dismissed." in answer.content.decode()
    assert "Harbour mug" not in client.get(LIST).content.decode()
    assert client.post(dismiss_url(question), headers=HTMX).status_code == 409


def test_questions_of_others_are_not_found(client):
    question = make_question()
    urls = [answer_url(question), dismiss_url(question)]
    assert [client.post(url, {"answer": "x"}).status_code for url in urls] == [404, 404]
    page = reverse("keywords:product_questions", args=[question.product_id])
    assert client.get(page).status_code == 404
    question.refresh_from_db()
    assert question.status == "open"


def test_editors_read_the_questions_of_a_product_but_do_not_answer(merchant, question):
    editor = Client()
    editor.force_login(make_member(merchant, Role.EDITOR))
    page = editor.get(reverse("keywords:product_questions", args=[question.product_id]))
    assert page.status_code == 200
    assert "Waits for the merchant" in page.content.decode()
    assert answer_url(question) not in page.content.decode()
    assert editor.post(answer_url(question), {"answer": "x"}).status_code == 403
    assert editor.post(dismiss_url(question)).status_code == 403
    assert editor.get(LIST).status_code == 403


def test_strangers_log_in_first(question):
    for url in [LIST, reverse("keywords:product_questions", args=[question.product_id])]:
        assert Client().get(url).url.startswith(reverse("accounts:login"))
    assert Client().post(answer_url(question)).url.startswith(reverse("accounts:login"))


def test_wrong_methods_are_refused(client, question):
    for url in (answer_url(question), dismiss_url(question)):
        assert client.get(url).status_code == 405
    assert client.post(LIST).status_code == 405


def test_product_page_shows_answered_and_dismissed_questions_too(client, question):
    product = question.product
    make_question(product, fact_name="Size", text="Which size?", status="answered", answer="L")
    make_question(product, fact_name="Use", text="What use?", status="dismissed")
    page = client.get(reverse("keywords:product_questions", args=[product.pk])).content.decode()
    for words in ["Which material", "Size: L", "What use?"]:
        assert words in page


@pytest.mark.parametrize("text", NAUGHTY_STRINGS)
def test_naughty_answers_are_kept_as_sent_and_shown_escaped(client, question, text):
    answer = client.post(answer_url(question), {"answer": text}, headers=HTMX)
    assert answer.status_code == 200
    assert question.product.facts.get().value == text.strip()
    assert escape(text.strip()) in answer.content.decode()


def test_list_takes_as_many_queries_at_10_and_300_rows(client, merchant):
    counts = []
    made = 0
    for total in (10, 300):
        while made < total:
            make_question(make_product(merchant, facts=[]))
            made += 1
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
