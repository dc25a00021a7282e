"""Take a picture of every page for people to look at.

    python -m tests.browser.screenshots OUT_DIR [PART_OF_A_NAME ...]

Each page at 1440 and 390 px, light and dark: OUT_DIR/<page>-<width>-<look>.png.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.pages import go_to_conflict, page_cases
from tests.browser.site import Site, site_running
from tests.browser.visitors import NARROW, WIDE, Visitors
from tests.conftest import chromium_path

LOOKS = [(size, scheme) for size in (WIDE, NARROW) for scheme in ("light", "dark")]
MAX_HEIGHT = 6000


def main(arguments: Sequence[str]) -> int:
    """Take the pictures and say where they are."""
    if not arguments:
        sys.stderr.write("Say where the pictures go: python -m tests.browser.screenshots OUT_DIR\n")
        return 2
    out = Path(arguments[0])
    out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        site_running(Path(folder)) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=["--no-sandbox"], headless=True
        )
        visitors = Visitors(browser, site)
        for size, scheme in LOOKS:
            take(visitors, site, out, arguments[1:], size, scheme)
        browser.close()
    sys.stdout.write(f"{len(list(out.glob('*.png')))} pictures are in {out}\n")
    sys.stdout.write("".join(f"{problem}\n" for problem in visitors.problems))
    return 0


def take(
    visitors: Visitors,
    site: Site,
    out: Path,
    parts: Sequence[str],
    size: tuple[int, int],
    scheme: str,
) -> None:
    """Take the pictures of one width and look."""
    site.rewind()
    pages = {}
    for case in page_cases(site):
        if parts and not any(part in case.name for part in parts):
            continue
        if case.person not in pages:
            pages[case.person] = visitors.visit(case.person, "/healthz", size=size, scheme=scheme)
        pages[case.person].goto(case.path)
        picture(pages[case.person], out / f"{case.name}-{size[0]}-{scheme}.png", size)
    if not parts or any(part in "conflict" for part in parts):
        page = visitors.visit("editor", "/healthz", size=size, scheme=scheme)
        go_to_conflict(page, site)
        picture(page, out / f"conflict-{size[0]}-{scheme}.png", size)
    visitors.close()


def picture(page: Page, path: Path, size: tuple[int, int]) -> None:
    """Take the whole page in a window as high as it, so that what sticks is at its place."""
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size[0], "height": min(max(size[1], height), MAX_HEIGHT)})
    page.screenshot(path=path, full_page=True)
    page.set_viewport_size({"width": size[0], "height": size[1]})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
