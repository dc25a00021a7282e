"""What was typed is never lost: a reload, an expired log-in, somebody who was faster."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.pages import product_pk
from tests.browser.site import Site
from tests.browser.visitors import Visitors

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

TYPED = "A mug that somebody described with care,\nin two lines. Ünïcødé & <b>signs</b>."


def typed_into_edit(visitors: Visitors, site: Site, person: str, text: str) -> Page:
    page = visitors.visit(person, f"/review/{site.waiting[0]}/?edit=1")
    page.locator("#edit-form textarea[name=text]").fill(text)
    return page


def log_in_expires(page: Page, site: Site) -> None:
    page.context.clear_cookies(name=site.facts["cookie"])


def log_in(page: Page, site: Site, person: str) -> None:
    page.get_by_label("E-mail address").fill(site.facts["emails"][person])
    page.get_by_label("Password", exact=True).fill(site.facts["password"])
    page.get_by_role("button", name="Log in").click()


def test_an_edited_draft_survives_a_reload(visitors: Visitors, site: Site) -> None:
    page = typed_into_edit(visitors, site, "editor", TYPED)
    page.reload()
    expect(page.locator("#edit-form textarea[name=text]")).to_have_value(TYPED)
    expect(page.get_by_text("We brought back what you had typed.")).to_be_visible()


def test_an_edited_draft_survives_an_expired_log_in(visitors: Visitors, site: Site) -> None:
    page = typed_into_edit(visitors, site, "editor", TYPED)
    log_in_expires(page, site)
    page.locator("#edit-form").get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(re.compile("/login/"))
    log_in(page, site, "editor")
    page.goto(f"/review/{site.waiting[0]}/?edit=1")
    expect(page.locator("#edit-form textarea[name=text]")).to_have_value(TYPED)
    page.locator("#edit-form").get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messages")).to_contain_text("Saved as version 2")
    expect(page.locator("#marked-text")).to_have_text(TYPED)


def test_what_was_saved_is_not_brought_back(visitors: Visitors, site: Site) -> None:
    page = typed_into_edit(visitors, site, "editor", TYPED)
    page.locator("#edit-form").get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messages")).to_contain_text("Saved as version 2")
    page.goto(f"/review/{site.waiting[0]}/?edit=1")
    expect(page.get_by_text("We brought back what you had typed.")).to_be_hidden()


def test_keywords_survive_a_reload(visitors: Visitors, site: Site) -> None:
    page = visitors.visit("merchant", f"/write/?product={product_pk(site)}")
    page.get_by_label("Keywords").fill("stoneware mug, gift,")
    page.get_by_label("Readers").fill("people who bake")
    page.get_by_label("Bullets").check()
    page.reload()
    expect(page.locator("#brief-fields .chip")).to_have_text(["stoneware mug×", "gift×"])
    expect(page.get_by_label("Readers")).to_have_value("people who bake")
    expect(page.get_by_label("Bullets")).to_be_checked()


def test_keywords_survive_an_expired_log_in(visitors: Visitors, site: Site) -> None:
    path = f"/write/?product={product_pk(site)}"
    page = visitors.visit("merchant", path)
    page.get_by_label("Readers").fill("people who bake")
    log_in_expires(page, site)
    page.get_by_role("button", name="Start writing").click()
    expect(page).to_have_url(re.compile("/login/"))
    log_in(page, site, "merchant")
    page.goto(path)
    expect(page.get_by_label("Readers")).to_have_value("people who bake")


def test_a_product_form_survives_a_reload(visitors: Visitors, site: Site) -> None:
    page = visitors.visit("merchant", f"/products/{product_pk(site)}/edit/")
    page.get_by_label("Supplier's text").fill(TYPED)
    page.reload()
    expect(page.get_by_label("Supplier's text")).to_have_value(TYPED)


def test_who_comes_second_keeps_the_text(visitors: Visitors, site: Site) -> None:
    slow = typed_into_edit(visitors, site, "editor", TYPED)
    fast = typed_into_edit(visitors, site, "second_editor", "The faster text.")
    fast.locator("#edit-form").get_by_role("button", name="Save", exact=True).click()
    expect(fast.locator(".messages")).to_contain_text("Saved as version 2")

    with slow.expect_response(re.compile("/edit/")) as answered:
        slow.locator("#edit-form").get_by_role("button", name="Save", exact=True).click()
    assert answered.value.status == 409
    expect(slow.get_by_role("textbox", name="Your text")).to_have_value(TYPED)
    slow.get_by_role("button", name="Use mine").click()
    expect(slow.locator(".messages")).to_contain_text("Saved as version 3")
    expect(slow.locator("#marked-text")).to_have_text(TYPED)


def test_a_draft_is_not_approved_twice(visitors: Visitors, site: Site) -> None:
    path = f"/review/{site.waiting[0]}/"
    slow, fast = visitors.visit("editor", path), visitors.visit("second_editor", path)
    fast.get_by_role("button", name="Approve").click()
    expect(fast.locator(".messages")).to_contain_text("is live")
    slow.get_by_role("button", name="Approve").click()
    expect(slow.get_by_role("heading", level=1)).to_have_text("Somebody was faster")
    expect(slow.get_by_role("alert")).to_contain_text("Ben Okoro")
    assert (
        site.value(
            "SELECT count(*) FROM publication_publication p JOIN review_reviewdecision d"
            " ON d.id = p.approval_id WHERE d.item_id = ?",
            site.waiting[0],
        )
        == 1
    )
