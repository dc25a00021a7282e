"""A text grows on its run's page while it is written, and its draft takes its place."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import product_pk
from tests.browser.site import Site
from tests.browser.test_pages import look_at
from tests.browser.visitors import NARROW, Visitors

pytestmark = pytest.mark.browser

STEPS = ("The Harbour Mug", "The Harbour Mug holds <b>350 ml</b>", "The Harbour Mug holds 350 ml.")
SAID = "window.said = []; new MutationObserver(() => said.push(document.getElementById('run-said')\
.textContent)).observe(document.getElementById('run-said'), {childList: true})"


def start_writing(visitors: Visitors, site: Site, **options: object) -> Page:
    """Ask for one text of one product, and land on its run; nothing else waits to be written."""
    site.execute("UPDATE generation_generationrun SET status = 'paused' WHERE status = 'running'")
    path = f"/write/?product={product_pk(site)}"
    page = visitors.visit("merchant", path, **options)  # type: ignore[arg-type]  # Passed on.
    page.get_by_role("button", name="Start writing").click()
    expect(page).to_have_url(re.compile(r"/runs/\d+/$"))
    return page


def write(site: Site, step: str, text: str) -> None:
    site.python("-m", "tests.browser.writer", step, text)


def test_text_grows_under_the_eyes_of_who_asked_for_it(visitors: Visitors, site: Site) -> None:
    page = start_writing(visitors, site)
    words = page.locator("#run-texts .generation-text__words")
    expect(words).to_have_text("The text appears here while it is written.")
    page.evaluate("window.isTheSamePage = true")

    for text in STEPS:
        write(site, "grow", text)
        expect(words).to_have_text(text)
    write(site, "finish", STEPS[-1])

    expect(page.locator("#run-progress")).to_contain_text("All drafts are written")
    expect(words).to_have_text(STEPS[-1])
    assert page.evaluate("window.isTheSamePage") is True
    page.get_by_role("link", name="See the draft").first.click()
    expect(page.get_by_role("cell", name=STEPS[-1])).to_be_visible()


def test_state_is_said_once_each_time_it_changes_and_no_word_of_the_text(
    visitors: Visitors, site: Site
) -> None:
    page = start_writing(visitors, site)
    page.evaluate(SAID)
    for text in STEPS:
        write(site, "grow", text)
        expect(page.locator("#run-texts")).to_contain_text(text)
    write(site, "finish", STEPS[-1])
    expect(page.locator("#run-said")).to_have_text("All drafts are written and wait for review.")

    assert page.evaluate("said") == ["All drafts are written and wait for review."]


def test_text_is_there_without_javascript_after_a_reload(visitors: Visitors, site: Site) -> None:
    page = start_writing(visitors, site, has_javascript=False)
    for text in STEPS[:2]:
        write(site, "grow", text)
        page.reload()
        expect(page.locator("#run-texts")).to_contain_text(text)


@pytest.mark.parametrize(("size", "scheme"), [(NARROW, "dark"), ((1440, 900), "light")])
def test_page_with_a_growing_text_fits_and_passes_axe(
    visitors: Visitors, site: Site, size: tuple[int, int], scheme: str
) -> None:
    page = start_writing(visitors, site, size=size, scheme=scheme)
    write(site, "grow", "A word-that-is-as-long-as-no-word-should-be" * 6)
    expect(page.locator(".generation-text__words--growing")).to_be_visible()

    assert look_at(page, visitors, "run") == []
