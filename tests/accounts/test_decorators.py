"""Where people are sent whose log-in has expired."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def way_back(answer: object) -> str:
    url = urlsplit(answer.url)  # type: ignore[attr-defined]  # A redirect.
    assert url.path == "/login/"
    return parse_qs(url.query)["next"][0]


def test_a_page_is_opened_after_the_log_in(client: Client) -> None:
    assert way_back(client.get("/products/?q=mug")) == "/products/?q=mug"


def test_a_form_that_was_sent_leads_back_to_its_page(client: Client) -> None:
    referer = "http://testserver/review/9/?edit=1&view=blocked#edit"
    answer = client.post("/review/9/edit/", {"text": "x"}, headers={"Referer": referer})
    assert way_back(answer) == "/review/9/?edit=1&view=blocked"


@pytest.mark.parametrize(
    "referer", ["", "https://evil.example/review/9/", "http://testserver.evil.example/", "//evil/"]
)
def test_a_form_of_nowhere_leads_to_the_start_page(client: Client, referer: str) -> None:
    answer = client.post("/review/9/edit/", headers={"Referer": referer})
    assert way_back(answer) == "/"


def test_a_part_of_a_page_is_refused_rather_than_filled_with_the_log_in(client: Client) -> None:
    headers = {"HX-Request": "true"}
    assert client.get("/runs/1/progress/", headers=headers).status_code == 401
    assert client.post("/write/", headers=headers).status_code == 401
