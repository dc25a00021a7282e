"""Everything works without JavaScript: each form is a form."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import item_pk, product_pk
from tests.browser.site import Site
from tests.browser.visitors import NARROW, Visitors

pytestmark = pytest.mark.browser


def open_plain(visitors: Visitors, person: str, path: str = "/", **options: object) -> Page:
    return visitors.visit(person, path, has_javascript=False, **options)  # type: ignore[arg-type]  # Passed on.


def test_people_log_in_and_out(visitors: Visitors, site: Site) -> None:
    page = open_plain(visitors, "", "/review/")
    page.get_by_label("E-mail address").fill(site.facts["emails"]["editor"])
    page.get_by_label("Password", exact=True).fill(site.facts["password"])
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Review")
    page.locator(".user-menu__who").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/login/"))


def test_the_look_is_switched(visitors: Visitors) -> None:
    page = open_plain(visitors, "merchant", "/products/?q=mug")
    page.locator(".user-menu__who").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.url.endswith("/products/?q=mug")
    page.locator(".user-menu__who").click()
    page.get_by_role("button", name="Auto").click()
    assert page.locator("html").get_attribute("data-theme") is None


def test_copy_is_asked_for(visitors: Visitors, site: Site) -> None:
    page = open_plain(visitors, "merchant", f"/write/?product={product_pk(site)}")
    page.get_by_label("Keywords").fill("stoneware mug, gift")
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#preview .chip")).to_have_text(["stoneware mug", "gift"])
    page.get_by_role("button", name="Start writing").click()
    expect(page).to_have_url(re.compile(r"/runs/\d+/$"))
    expect(page.locator("#run-progress")).to_contain_text("0 of 1")


def test_products_are_ticked_page_by_page(visitors: Visitors) -> None:
    page = open_plain(visitors, "merchant", "/products/")
    page.get_by_label("Select Arc Desk Lamp").check()
    page.get_by_role("button", name="Keep what is ticked").click()
    expect(page.locator("#selection-bar")).to_contain_text("1 product selected")
    page.get_by_role("link", name="Next").click()
    page.get_by_role("checkbox", name="Select ").first.check()
    page.get_by_role("button", name="Write copy").click()
    expect(page.locator("#write-scope")).to_contain_text("For 2 products")


def test_a_draft_is_approved_and_goes_live(visitors: Visitors, site: Site) -> None:
    clean = item_pk(site, "status = 'waiting' AND num_blocking = 0")
    page = open_plain(visitors, "editor", f"/review/{clean}/")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".messages")).to_contain_text("is live")
    assert site.value("SELECT status FROM review_reviewitem WHERE id = ?", clean) == "approved"


def test_a_blocked_draft_needs_a_reason_and_says_so(visitors: Visitors, site: Site) -> None:
    blocked = item_pk(site, "status = 'waiting' AND num_blocking > 0")
    page = open_plain(visitors, "editor", f"/review/{blocked}/")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#override-reason")).to_have_attribute("aria-invalid", "true")
    page.locator("#override-reason").fill("The dripper was measured.")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".messages")).to_contain_text("is live")


def test_a_draft_is_rejected_for_a_reason(visitors: Visitors, site: Site) -> None:
    page = open_plain(visitors, "editor", f"/review/{site.waiting[0]}/")
    page.locator("summary", has_text="Reject").click()
    page.locator("[data-reject] button[name=reason]").first.click()
    expect(page.locator(".messages")).to_contain_text("was rejected")


def test_a_draft_is_sent_back_with_a_note(visitors: Visitors, site: Site) -> None:
    page = open_plain(visitors, "editor", f"/review/{site.waiting[0]}/")
    page.locator("summary", has_text="Send back").click()
    page.get_by_label("What should be different?").fill("Shorter, please.")
    page.locator("#send-back-form").get_by_role("button", name="Send back").click()
    expect(page.locator(".messages")).to_contain_text("was sent back")


def test_a_draft_is_edited(visitors: Visitors, site: Site) -> None:
    page = open_plain(visitors, "editor", f"/review/{site.waiting[0]}/")
    page.get_by_role("link", name="Edit").click()
    page.locator("#edit-form textarea").fill("A short text.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messages")).to_contain_text("Saved as version 2")
    expect(page.locator("#marked-text")).to_have_text("A short text.")


def test_a_decision_is_taken_back(visitors: Visitors, site: Site) -> None:
    page = open_plain(visitors, "editor", f"/review/{site.waiting[0]}/")
    page.locator("summary", has_text="Reject").click()
    page.locator("[data-reject] button[name=reason]").first.click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".messages")).to_contain_text("waits again")
    assert page.url.rstrip("/").endswith(str(site.waiting[0]))


def test_copy_is_rolled_back(visitors: Visitors, site: Site) -> None:
    product = product_pk(site)
    page = open_plain(visitors, "merchant", f"/products/{product}/content/description/")
    for text in ("The first text.", "The second text."):
        page.goto(f"/products/{product}/content/description/")
        page.locator("textarea").fill(text)
        page.get_by_role("button", name="Save").click()
    page = open_plain(visitors, "editor", f"/products/{product}/history/")
    page.get_by_role("button", name="Go back to version 1").click()
    page.goto(f"/products/{product}/")
    expect(page.locator("#live-field-description .catalogue-text")).to_have_text("The first text.")


def test_the_menu_is_usable_on_a_phone(visitors: Visitors) -> None:
    page = open_plain(visitors, "merchant", "/", size=NARROW)
    page.get_by_role("link", name="Runs").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Runs")
