"""The queue by keyboard, and what the page of a draft does beyond its plain forms."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.site import Site
from tests.browser.visitors import Visitors

pytestmark = pytest.mark.browser


def test_rows_of_the_queue_are_walked_ticked_and_opened_by_keys(
    visitors: Visitors, site: Site
) -> None:
    page = visitors.visit("editor", "/review/")
    bar = page.get_by_role("button", name="Approve ticked")
    expect(bar).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    expect(page.locator("[data-row]").nth(1)).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("tbody input[type=checkbox]").nth(1)).to_be_checked()
    expect(bar).to_be_visible()
    page.keyboard.press("x")
    expect(bar).to_be_hidden()
    page.locator("[data-row]").nth(1).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/review/{site.waiting[1]}/"))


def test_n_takes_the_next_draft(visitors: Visitors, site: Site) -> None:
    page = visitors.visit("editor", "/review/")
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile(f"/review/{site.waiting[0]}/"))


def test_sentence_lights_up_its_facts_and_a_fact_its_sentences(
    visitors: Visitors, site: Site
) -> None:
    page = visitors.visit("editor", f"/review/{site.waiting[0]}/")
    sentence = page.locator(".sentence[data-facts]").first
    numbers = str(sentence.get_attribute("data-facts")).split()
    sentence.hover()
    expect(page.locator("#facts [data-fact][data-lit]")).to_have_count(len(numbers))
    page.locator("h1").hover()
    expect(page.locator("[data-lit]")).to_have_count(0)
    sentence.focus()
    expect(page.locator("#facts [data-fact][data-lit]")).to_have_count(len(numbers))
    page.locator(f"#facts [data-fact='{numbers[0]}']").hover()
    expect(page.locator(".sentence[data-lit]").first).to_be_visible()


def test_editor_takes_the_place_of_the_text_and_gives_it_back(
    visitors: Visitors, site: Site
) -> None:
    page = visitors.visit("editor", f"/review/{site.waiting[0]}/")
    text, area = page.locator("#marked-text"), page.locator("#edit-form textarea")
    page.get_by_role("link", name="Edit", exact=False).click()
    expect(area).to_be_focused()
    expect(text).to_be_hidden()
    page.keyboard.press("Escape")
    expect(text).to_be_visible()
    expect(area).to_be_hidden()


def test_control_and_enter_save(visitors: Visitors, site: Site) -> None:
    page = visitors.visit("editor", f"/review/{site.waiting[0]}/")
    page.keyboard.press("e")
    page.locator("#edit-form textarea").fill("A mug for the harbour.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".messages")).to_contain_text("Saved as version 2")
    expect(page.locator("#marked-text")).to_have_text("A mug for the harbour.")


def test_text_that_comes_back_after_a_reload_is_shown(visitors: Visitors, site: Site) -> None:
    page = visitors.visit("editor", f"/review/{site.waiting[0]}/")
    page.keyboard.press("e")
    page.locator("#edit-form textarea").fill("Half a sentence")
    page.reload()
    expect(page.locator("#edit-form textarea")).to_be_visible()
    expect(page.locator("#edit-form textarea")).to_have_value("Half a sentence")
