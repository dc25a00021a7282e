"""What the pages of products and keywords do with JavaScript, in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from shop_content.accounts.models import Merchant, Role
from shop_content.catalogue.models import Product
from tests.factories import make_brief, make_member, make_merchant, make_product, make_question

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant()


@pytest.fixture
def page(browser: Browser, live_server, merchant: Merchant) -> Iterator[Page]:
    """A page of the merchant's, who is logged in; an error on the console fails the test."""
    client = Client()
    client.force_login(make_member(merchant, Role.MERCHANT))
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(base_url=live_server.url)
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}]
    )
    context.set_default_timeout(10_000)
    tab = context.new_page()
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    yield tab
    context.close()
    assert [error for error in errors if "422" not in error and "409" not in error] == []


def words(page: Page, name: str = "keywords") -> str:
    return page.locator(f"textarea[name={name}]").input_value()


def test_ticks_are_counted_and_survive_the_next_page(page, merchant):
    for number in range(60):
        make_product(merchant, title=f"Mug {number:02d}")
    page.goto(reverse("catalogue:products"))
    page.get_by_label("Select Mug 03").check()
    page.get_by_text("1 product selected").wait_for()
    page.get_by_label("Select all on this page").check()
    page.get_by_text("50 products selected").wait_for()
    page.get_by_role("link", name="Next").click()
    page.get_by_label("Select Mug 55").check()
    page.get_by_text("51 products selected").wait_for()
    page.get_by_role("button", name="Select all 60 that match").click()
    page.get_by_text("60 products selected").wait_for()
    page.get_by_role("button", name="Write copy").click()
    page.get_by_text("For 60 products").wait_for()


def test_keywords_become_chips_and_the_side_follows(page, merchant):
    product = make_product(merchant, brand="Tidewater")
    page.goto(f"{reverse('keywords:write')}?product={product.pk}")
    keywords = page.get_by_label("Keywords")
    keywords.fill("stoneware mug, {brand} cup")
    keywords.press("Tab")
    assert words(page) == "stoneware mug, {brand} cup"
    page.locator("#preview").get_by_text("Tidewater cup").wait_for()
    keywords.press_sequentially("cheap thing")
    keywords.press("Enter")
    page.get_by_label("Must not be used").fill("cheap")
    page.get_by_label("Must not be used").press("Enter")
    page.get_by_text("which must not be used").wait_for()
    page.get_by_role("button", name="Remove cheap thing").click()
    assert words(page) == "stoneware mug, {brand} cup"
    keywords.press("Backspace")
    assert words(page) == "stoneware mug"


def test_typed_keywords_survive_a_reload_and_give_way_to_a_template(page, merchant):
    product = make_product(merchant)
    make_brief(merchant, name="Kitchen", is_template=True, keywords=["from template"])
    page.goto(f"{reverse('keywords:write')}?product={product.pk}")
    page.get_by_label("Keywords").fill("typed before")
    page.get_by_label("Keywords").press("Enter")
    page.reload()
    page.get_by_role("button", name="Remove typed before").wait_for()
    page.get_by_role("button", name="Load").click()
    page.get_by_role("button", name="Remove from template").wait_for()
    assert words(page) == "from template"


def test_markup_in_keywords_stays_text(page, merchant):
    product = make_product(merchant)
    page.goto(f"{reverse('keywords:write')}?product={product.pk}")
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.get_by_label("Keywords").fill("<img src=x onerror=alert(1)>")
    page.get_by_label("Keywords").press("Enter")
    page.locator("#preview").get_by_text("<img src=x").wait_for()
    assert page.locator("main img").count() == 0
    assert dialogs == []


def test_a_fact_row_is_added_without_losing_the_form(page, merchant):
    product = make_product(merchant)
    page.goto(reverse("catalogue:product_edit", args=[product.pk]))
    page.get_by_label("Title").fill("New title")
    page.get_by_role("button", name="Add another fact").click()
    page.locator("#id_facts-3-name").wait_for()
    assert page.get_by_label("Title").input_value() == "New title"
    page.locator("#id_facts-3-name").fill("Origin")
    page.locator("#id_facts-3-value").fill("Portugal")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="New title").wait_for()
    assert Product.objects.get().facts.last().value == "Portugal"


def test_a_question_is_answered_in_place(page, merchant):
    question = make_question(make_product(merchant, facts=[]))
    page.goto(reverse("keywords:questions"))
    page.get_by_role("textbox", name="Material").fill("stoneware")
    page.get_by_role("button", name="Answer").click()
    page.get_by_text("Kept as a fact:").wait_for()
    page.get_by_role("link", name="Write now").click()
    page.get_by_role("heading", name="Write copy").wait_for()
    assert question.product.facts.get().value == "stoneware"


def test_characters_are_counted_while_typing(page, merchant):
    product = make_product(merchant)
    page.goto(reverse("catalogue:content_edit", args=[product.pk, "meta_title"]))
    page.get_by_label("Meta title").fill("🫖" * 61)
    page.get_by_text("61 characters").wait_for()
