"""Pages of templates."""

from __future__ import annotations

from html import escape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shop_content.accounts.models import Role
from shop_content.keywords.models import KeywordBrief
from tests.factories import make_brief, make_member, make_merchant
from tests.naughty import NAUGHTY_STRINGS, NUL

pytestmark = pytest.mark.django_db
LIST = reverse("keywords:briefs")
ADD = reverse("keywords:brief_add")


@pytest.fixture
def merchant():
    return make_merchant()


@pytest.fixture
def client(merchant):
    client = Client()
    client.force_login(make_member(merchant, Role.MERCHANT))
    return client


def form_data(**overrides):
    return {
        "name": "Kitchen",
        "keywords": "mug, cup",
        "tone": "plain",
        "language": "en",
        "length": "medium",
        "fields_wanted": ["description"],
        **overrides,
    }


def pages_of(brief):
    return [
        reverse("keywords:brief", args=[brief.pk]),
        reverse("keywords:brief_delete", args=[brief.pk]),
    ]


def test_templates_are_listed_and_briefs_of_runs_are_not(client, merchant):
    make_brief(merchant, name="A template", is_template=True)
    make_brief(merchant, name="A run's own brief")
    page = client.get(LIST).content.decode()
    assert "A template" in page
    assert "own brief" not in page


def test_empty_list_says_what_a_template_is_for(client):
    assert "No templates yet" in client.get(LIST).content.decode()


def test_template_is_made_changed_and_deleted(client, merchant):
    assert client.post(ADD, form_data()).url == LIST
    brief = KeywordBrief.objects.get(merchant=merchant, is_template=True)
    change, delete = pages_of(brief)
    assert "mug, cup" in client.get(change).content.decode()
    assert client.post(change, form_data(name="Kitchen and bath")).url == LIST
    brief.refresh_from_db()
    assert brief.name == "Kitchen and bath"
    assert client.post(delete).url == LIST
    assert not KeywordBrief.objects.exists()


def test_wrong_template_comes_back_with_what_was_typed(client):
    answer = client.post(ADD, form_data(name="", keywords="{colour}"))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"name", "keywords"}
    assert "{colour}" in answer.content.decode()


def test_templates_of_others_are_not_found(client):
    brief = make_brief(is_template=True, name="Theirs")
    for url in pages_of(brief):
        assert client.post(url, form_data()).status_code == 404
    assert client.get(pages_of(brief)[0]).status_code == 404
    brief.refresh_from_db()
    assert brief.name == "Theirs"


def test_brief_of_a_run_cannot_be_changed(client, merchant):
    brief = make_brief(merchant)
    for url in pages_of(brief):
        assert client.post(url, form_data()).status_code == 404


def test_editors_and_strangers_stay_out(merchant):
    editor = Client()
    editor.force_login(make_member(merchant, Role.EDITOR))
    for url in [LIST, ADD, *pages_of(make_brief(merchant, is_template=True))]:
        assert editor.post(url).status_code in {403, 405}, url
        assert Client().post(url).status_code in {302, 405}, url
    assert editor.get(LIST).status_code == 403


def test_deleting_needs_a_post(client, merchant):
    delete = pages_of(make_brief(merchant, is_template=True))[1]
    assert client.get(delete).status_code == 405


@pytest.mark.parametrize("text", [*NAUGHTY_STRINGS, NUL])
def test_naughty_names_are_kept_or_refused_and_shown_escaped(client, text):
    answer = client.post(ADD, form_data(name=text, audience=text))
    if answer.status_code == 422:
        assert text == NUL
        return
    assert KeywordBrief.objects.get().name == text.strip()
    assert escape(text.strip()) in client.get(LIST).content.decode()


def test_list_takes_as_many_queries_at_10_and_300_rows(client, merchant):
    counts = []
    for total in (10, 300):
        while KeywordBrief.objects.count() < total:
            make_brief(merchant, is_template=True, name=f"T{KeywordBrief.objects.count()}")
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
