"""Products of a category or a brand are asked for with another prompt, or with a wish."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from shop_content.accounts.models import AuditEvent, Role
from shop_content.catalogue.models import Product
from shop_content.generation.models import PromptRule
from shop_content.generation.prompts import PromptStyle
from shop_content.generation.services import prompt_rules as service
from shop_content.generation.services.prompt_rules import rule_for
from shop_content.generation.services.writing import jobs_prepare
from tests.factories import (
    make_job,
    make_member,
    make_merchant,
    make_product,
    make_prompt_rule,
    make_run,
)

pytestmark = pytest.mark.django_db
URL = reverse("generation:prompt_rules")
WISH = "Say how the glaze feels."


@pytest.fixture
def merchant():
    return make_merchant()


@pytest.fixture
def client(merchant):
    client = Client()
    client.force_login(make_member(merchant, Role.ADMIN))
    return client


def data(**overrides):
    values = {"category": "Mugs", "brand": "", "field": "", "prompt_style": "", "wish": WISH}
    return {**values, "priority": "10", **overrides}


@pytest.mark.parametrize(
    ("values", "is_meant"),
    [
        ({"category": "mugs"}, True),
        ({"category": ""}, True),
        ({"category": "Plates"}, False),
        ({"category": "", "brand": "TIDEWATER"}, True),
        ({"category": "Mugs", "brand": "Tide"}, False),
        ({"category": "Mugs", "field": "title"}, False),
        ({"category": "Mugs", "field": "description"}, True),
    ],
)
def test_rule_is_about_a_part_of_the_category_a_brand_and_a_field(values, is_meant):
    product = Product(category="Kitchen > Mugs", brand="Tidewater ")
    rules = [PromptRule(**values)]
    assert bool(rule_for(rules, product, "description")) == is_meant


def test_highest_priority_counts_alone_and_the_older_of_equals(merchant, settings):
    settings.SHOP_CONTENT_LM_PROMPT = "sentences"
    make_prompt_rule(merchant, priority=5, prompt_style="fact_sheet")
    make_prompt_rule(merchant, priority=7, prompt_style="", wish=WISH)
    make_prompt_rule(merchant, priority=7, prompt_style="fact_sheet")
    make_prompt_rule(make_merchant(), priority=99, prompt_style="fact_sheet")
    (item,) = jobs_prepare([make_job(make_run(merchant), attempts=1)])
    assert item.style is PromptStyle.SENTENCES
    assert item.source.shop_wish == WISH


def test_rule_changes_the_prompt_and_a_job_that_tries_one_comes_first(merchant, settings):
    settings.SHOP_CONTENT_LM_PROMPT = "sentences"
    make_prompt_rule(merchant, prompt_style="rewriting", wish=WISH)
    run = make_run(merchant)
    jobs = [make_job(run, attempts=1, prompt_style=style) for style in ("", "fact_sheet")]
    first, second = jobs_prepare(jobs)
    assert (first.style, second.style) == (PromptStyle.REWRITING, PromptStyle.FACT_SHEET)
    assert f"Wish of the shop: {WISH}" in first.request.messages[0].content
    assert WISH not in "".join(message.content for message in second.request.messages)


def test_rules_of_a_batch_are_read_with_one_query(merchant, django_assert_num_queries):
    jobs = [make_job(make_run(merchant)) for _number in range(3)]
    for _number in range(5):
        make_prompt_rule(merchant)
    with django_assert_num_queries(1):
        service.prompt_rules(merchant_ids=[job.merchant_id for job in jobs])


def test_rule_is_added_shown_and_deleted(client, merchant):
    assert client.post(URL, data(prompt_style="rewriting")).url == URL
    page = client.get(URL).content.decode()
    assert WISH in page
    rule = PromptRule.objects.get()
    assert (rule.merchant, rule.prompt_style, rule.priority) == (merchant, "rewriting", 10)
    assert client.post(reverse("generation:prompt_rule_delete", args=[rule.pk])).url == URL
    assert not PromptRule.objects.exists()
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"generation.prompt_rule_save", "generation.prompt_rule_delete"} <= actions


@pytest.mark.parametrize(
    "wrong",
    [
        {"wish": "", "prompt_style": ""},
        {"prompt_style": "poem"},
        {"field": "novel"},
        {"priority": "-1"},
        {"priority": "soon"},
        {"wish": "x" * 301},
    ],
)
def test_rule_that_makes_no_sense_is_refused_and_stays_typed(client, wrong):
    answer = client.post(URL, data(category="Typed here", **wrong))
    assert answer.status_code == 422
    assert "Typed here" in answer.content.decode()
    assert not PromptRule.objects.exists()


def test_full_list_is_refused_with_a_reason(client, merchant, monkeypatch):
    monkeypatch.setattr("shop_content.generation.views.prompt_rules.MAX_RULES", 1)
    make_prompt_rule(merchant)
    answer = client.post(URL, data())
    assert answer.status_code == 422
    assert "Delete one first" in answer.content.decode()


def test_rules_of_others_are_not_shown_or_deleted(client):
    rule = make_prompt_rule(make_merchant(), category="Strangers")
    assert "Strangers" not in client.get(URL).content.decode()
    assert client.post(reverse("generation:prompt_rule_delete", args=[rule.pk])).status_code == 404
    assert PromptRule.objects.exists()


def test_page_of_prompts_marks_what_the_rule_says(client, merchant, settings):
    settings.SHOP_CONTENT_LM_PROMPT = "sentences"
    make_prompt_rule(merchant, wish=WISH)
    make_product(merchant)
    page = client.get(reverse("generation:prompts")).content.decode()
    before_badge = page[: page.index("In use")]
    assert before_badge.rindex("prompt-rewriting") > before_badge.rfind("prompt-sentences")
    assert WISH in page


def test_page_takes_as_many_queries_for_30_as_for_1(
    client, merchant, django_assert_max_num_queries
):
    for _number in range(30):
        make_prompt_rule(merchant)
    with django_assert_max_num_queries(8):
        client.get(URL)
