"""Everything works without JavaScript: each form is a form."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

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
