"""The page of prompts shows what each asks, and a draft can be written with any of them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from shop_content.accounts.models import Role
from shop_content.generation.models import GenerationJob
from shop_content.generation.prompts import PromptStyle
from shop_content.generation.services.writing import jobs_prepare
from tests.factories import make_job, make_member, make_merchant, make_product

pytestmark = pytest.mark.django_db
PAGE, TRY = reverse("generation:prompts"), reverse("generation:prompt_try")


@pytest.fixture
def merchant():
    return make_merchant()


@pytest.fixture
def client(merchant):
    client = Client()
    client.force_login(make_member(merchant, Role.ADMIN))
    return client


def test_page_shows_every_prompt_for_a_product_and_marks_the_one_in_use(client, merchant, settings):
    settings.SHOP_CONTENT_LM_PROMPT = "fact_sheet"
    facts = [("Material", "oak", ""), ("Lid", "no", "")]
    make_job(product=make_product(merchant, title="Harbour Mug", facts=facts))
    page = client.get(PAGE).content.decode()
    assert page.count("Write a draft with it") == len(PromptStyle)
    assert page.count("In use") == 1
    assert "Material: oak" in page
    assert "It has no lid." in page
    assert "The Harbour by Tidewater is a stoneware mug in oak." in page


def test_product_is_chosen_by_a_word_or_by_its_id(client, merchant):
    mug, jug = (make_product(merchant, title=title) for title in ("Harbour Mug", "Meadow Jug"))
    assert "<bdi>Meadow Jug</bdi></h2>" in client.get(PAGE, {"q": "jug"}).content.decode()
    page = client.get(PAGE, {"product": mug.pk, "field": "meta_title"}).content.decode()
    assert "<bdi>Harbour Mug</bdi></h2>" in page
    assert client.get(PAGE, {"product": make_product().pk}).status_code == 404
    assert jug.title not in page


def test_product_with_facts_is_shown_first(client, merchant):
    make_product(merchant, title="A bare one", facts=[])
    make_product(merchant, title="Full one")
    assert "<bdi>Full one</bdi></h2>" in client.get(PAGE).content.decode()


def test_page_takes_as_many_queries_for_30_products_as_for_1(
    client, merchant, django_assert_max_num_queries
):
    for _number in range(30):
        make_product(merchant)
    with django_assert_max_num_queries(12):
        client.get(PAGE, {"q": "mug"})


def test_shop_without_products_has_an_empty_state(client):
    assert "No product matches" in client.get(PAGE).content.decode()


@pytest.mark.parametrize("style", PromptStyle)
def test_draft_is_written_with_the_prompt_that_is_tried(client, merchant, settings, style):
    settings.SHOP_CONTENT_LM_PROMPT = "rewriting"
    product = make_product(merchant)
    answer = client.post(TRY, {"product": product.pk, "field": "description", "style": style})
    job = GenerationJob.objects.get()
    assert answer.url == reverse("generation:run", args=[job.run_id])
    assert (job.prompt_style, job.is_repeat) == (style, True)
    job.attempts = 1
    (item,) = jobs_prepare([job])
    assert item.style is style


def test_wishes_are_those_of_the_last_draft(client, merchant):
    product = make_product(merchant)
    last = make_job(product=product, status="succeeded")
    client.post(TRY, {"product": product.pk, "field": "description", "style": "fact_sheet"})
    assert GenerationJob.objects.order_by("-id").first().brief == last.brief


def test_other_jobs_keep_the_prompt_of_the_settings(settings):
    settings.SHOP_CONTENT_LM_PROMPT = "fact_sheet"
    (item,) = jobs_prepare([make_job(attempts=1)])
    assert item.style is PromptStyle.FACT_SHEET


@pytest.mark.parametrize(
    ("data", "status"),
    [({"style": "loud"}, 302), ({"style": "fact_sheet", "product": "x"}, 404)],
)
def test_nonsense_starts_nothing(client, merchant, data, status):
    product = make_product(merchant)
    sent = {"product": product.pk, "field": "description", **data}
    assert client.post(TRY, sent).status_code == status
    assert not GenerationJob.objects.exists()


def test_product_of_another_shop_is_not_found(client):
    data = {"product": make_product().pk, "field": "description", "style": "fact_sheet"}
    assert client.post(TRY, data).status_code == 404
