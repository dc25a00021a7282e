"""Every page at two widths and in both looks: it answers, fits, is accessible and logs nothing."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.pages import go_to_conflict, page_cases
from tests.browser.site import Site
from tests.browser.visitors import NARROW, WIDE, Visitors

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

# Axe needs the violations only; the rest of its report would have to travel.
AXE_OPTIONS = {
    # Preloading, axe loads the style sheets anew and tries inline styles after it has answered.
    "preload": False,
    "resultTypes": ["violations"],
}
LOOKS = [(WIDE, "light"), (NARROW, "dark")]


def overflow(page: Page) -> str:
    """Return what sticks out of the window to the right, "" for nothing."""
    found: str = page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return "";
          const wide = [...document.querySelectorAll("body *")].filter(
            (one) => one.getBoundingClientRect().right > width + 1);
          return wide.slice(0, 3).map((one) => one.outerHTML.slice(0, 120)).join(" | ") || "?";
        }"""
    )
    return found


def violations(page: Page) -> list[str]:
    """Return what axe says against the page."""
    found: list[dict[str, Any]] = Axe().run(page, options=AXE_OPTIONS).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for rule in found
        for node in rule["nodes"][:3]
    ]


def look_at(page: Page, visitors: Visitors, name: str) -> list[str]:
    """Return all that is wrong with the page that is shown."""
    problems = [f"sticks out: {wide}"] if (wide := overflow(page)) else []
    # Axe tries styles that the page's own policy refuses.
    with visitors.not_listening():
        problems += violations(page)
    return [f"{name}: {problem}" for problem in problems]


@pytest.mark.parametrize(("size", "scheme"), LOOKS, ids=["wide-light", "narrow-dark"])
def test_every_page_answers_fits_and_passes_axe(
    visitors: Visitors, site: Site, size: tuple[int, int], scheme: str
) -> None:
    wrong: list[str] = []
    for person, cases in groupby(page_cases(site), key=lambda case: case.person):
        page = visitors.visit(person, "/healthz", size=size, scheme=scheme)
        for case in cases:
            answer = page.goto(case.path)
            assert answer is not None
            if answer.status != case.status:
                wrong.append(f"{case.name}: status {answer.status}")
            wrong += look_at(page, visitors, case.name)
    assert wrong == []


@pytest.mark.parametrize("size", [WIDE, (800, 900), NARROW], ids=["wide", "tablet", "phone"])
@pytest.mark.parametrize(
    ("person", "path"), [("merchant", "/products/"), ("merchant", "/runs/"), ("editor", "/review/")]
)
def test_the_head_of_a_table_covers_no_row(
    visitors: Visitors, person: str, path: str, size: tuple[int, int]
) -> None:
    page = visitors.visit(person, path, size=size)
    head = page.locator("thead th").first.bounding_box()
    row = page.locator("tbody tr").first.bounding_box()
    assert head is not None
    assert row is not None
    assert head["y"] + head["height"] <= row["y"] + 1


@pytest.mark.parametrize(("size", "scheme"), LOOKS, ids=["wide-light", "narrow-dark"])
def test_what_only_deeds_bring_up_passes_too(
    visitors: Visitors, site: Site, size: tuple[int, int], scheme: str
) -> None:
    page = visitors.visit("editor", "/healthz", size=size, scheme=scheme)
    go_to_conflict(page, site)
    wrong = look_at(page, visitors, "conflict")
    page.goto(f"/review/{site.waiting[1]}/")
    for key in ("r", "s", "?"):
        page.keyboard.press(key)
        wrong += look_at(page, visitors, f"item after {key}")
        page.keyboard.press("Escape")
    page.goto("/login/")
    assert wrong == []
