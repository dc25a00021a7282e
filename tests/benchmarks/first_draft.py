"""How long a merchant waits between "Start writing" and the text on the page, in a real browser.

Run it with `python -m tests.benchmarks.first_draft`: it starts the demo shop as `make run` does,
in a data folder of its own, and asks for copy for one product after the other. The first waits for
the model to be loaded as well; the others find the worker warm.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect, sync_playwright

from shop_content.core.broker import free_port
from tests.browser.site import ROOT, clean_environment
from tests.conftest import chromium_path, wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page

NUM_PRODUCTS = 5
MAX_SECONDS = 300  # The first start converts the weights.
KEYWORDS = "for every day,"


@contextmanager
def demo(data_dir: Path) -> Iterator[tuple[str, str, str]]:
    """Start the demo; yield its address, and the merchant's e-mail address and password."""
    port, said = free_port(), data_dir.parent / "said"
    environment = clean_environment(data_dir) | {
        "SHOP_CONTENT_PORT": str(port),
        "SHOP_CONTENT_LM_ENGINE": "auto",
    }
    with said.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "shop_content.demo"],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=out,
        )
    try:
        wait_until(lambda: "Ctrl-C" in said.read_text() or process.poll() is not None, MAX_SECONDS)
        found = re.search(r"^  merchant (\S+@\S+) (\S+)$", said.read_text(), re.MULTILINE)
        if not found:
            raise SystemExit(said.read_text())
        yield f"http://localhost:{port}", found.group(1), found.group(2)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=60)
        finally:
            process.kill()


def measure(page: Page) -> Iterator[tuple[str, float, float]]:
    """Yield for each product its name and the seconds to the first words and to the draft."""
    page.goto("/products/")
    rows = page.get_by_role("main").locator("tbody a[href^='/products/']")
    paths = [str(rows.nth(place).get_attribute("href")) for place in range(rows.count())]
    for path in [path for path in dict.fromkeys(paths) if re.fullmatch(r"/products/\d+/", path)][
        :NUM_PRODUCTS
    ]:
        page.goto(path)
        name = page.get_by_role("heading", level=1).inner_text()
        page.get_by_role("main").get_by_role("link", name="Write copy").first.click()
        page.locator("input#id_keywords").fill(KEYWORDS)
        started = time.perf_counter()
        page.get_by_role("button", name="Start writing").click()
        words = page.locator("div.generation-text__words").filter(has_text=re.compile(r"\w+ \w+"))
        done = page.locator("[data-run-state]").filter(has_text="All drafts are written")
        expect(words.or_(done).first).to_be_visible(timeout=MAX_SECONDS * 1000)
        first_words = time.perf_counter() - started
        expect(done).to_be_visible(timeout=MAX_SECONDS * 1000)
        yield name, first_words, time.perf_counter() - started


def main() -> None:
    """Print the seconds of each product."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data_dir = Path(os.environ.get("SHOP_CONTENT_BENCH_DATA", Path(folder) / "var"))
        data_dir.mkdir(parents=True, exist_ok=True)
        with demo(data_dir) as (url, email, password):
            browser = playwright.chromium.launch(
                executable_path=chromium_path(), args=["--no-sandbox"], headless=True
            )
            page = browser.new_context(base_url=url, locale="en-GB").new_page()
            page.goto("/")
            page.get_by_label("E-mail address").fill(email)
            page.get_by_label("Password", exact=True).fill(password)
            page.get_by_role("button", name="Log in").click()
            sys.stdout.write(f"{'product':40} {'first words s':>13} {'draft s':>8}\n")
            for name, first_words, seconds in measure(page):
                sys.stdout.write(f"{name:40.40} {first_words:13.1f} {seconds:8.1f}\n")
                sys.stdout.flush()
            browser.close()


if __name__ == "__main__":
    main()
