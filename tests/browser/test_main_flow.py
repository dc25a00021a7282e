"""The whole job as people do it: a file in, a real model writes, an editor approves, it is live."""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from shop_content.core.broker import free_port
from tests.browser.site import ROOT, clean_environment
from tests.conftest import wait_until
from tests.lm.conftest import TEST_MODEL_DIR

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.model]

TITLE = "Cliff Path Mug"
SHOPIFY_FILE = f"""\
Handle,Title,Body (HTML),Vendor,Type,Option1 Name,Option1 Value,Variant SKU,Variant Price,Status,\
Material (product.metafields.custom.material),Capacity (product.metafields.custom.capacity),\
Colour (product.metafields.custom.colour),Care (product.metafields.custom.care)
cliff-path-mug,{TITLE},,Tidewater,Mugs,Title,Default Title,CP-1,14.90,active,\
stoneware,350 ml,sea green,dishwasher safe
cliff-path-jug,Cliff Path Jug,,Tidewater,Jugs,Title,Default Title,CP-2,29.00,active,\
stoneware,900 ml,sea green,dishwasher safe
"""
# All of it is in the facts above.
EDITED = "The Cliff Path Mug by Tidewater is a sea green stoneware mug. It holds 350 ml and is \
dishwasher safe."
PUBLISHED = """
    SELECT v.text FROM drafts_draftversion v
    JOIN publication_publication p ON p.draft_version_id = v.id
    JOIN catalogue_product c ON c.id = p.product_id WHERE c.title = ?
"""
MODEL_SECONDS = 120  # The first load on two busy cores; a draft takes some seconds.


@dataclass(frozen=True, slots=True)
class Application:
    """Everything that `make run` starts."""

    url: str
    data_dir: Path
    passwords: dict[str, tuple[str, str]]  # role -> address and password

    def published(self, title: str) -> object:
        """Return the text that was approved for the only publication of a product."""
        with closing(sqlite3.connect(self.data_dir / "db.sqlite3", timeout=20)) as database:
            [(text,)] = database.execute(PUBLISHED, [title])
        return text


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """Start the demo with the trial model; its converted weights are kept between runs."""
    data_dir, port = tmp_path_factory.mktemp("flow") / "var", free_port()
    data_dir.mkdir()
    (TEST_MODEL_DIR / "models").mkdir(parents=True, exist_ok=True)
    (data_dir / "models").symlink_to(TEST_MODEL_DIR / "models")
    environment = clean_environment(data_dir) | {
        "SHOP_CONTENT_PORT": str(port),
        "SHOP_CONTENT_LM_ENGINE": "auto",
    }
    said = data_dir.parent / "said"
    with said.open("w") as out:
        demo = subprocess.Popen(
            [sys.executable, "-m", "shop_content.demo"],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=out,
        )
    try:
        wait_until(lambda: "Ctrl-C" in said.read_text() or demo.poll() is not None, 120)
        found = re.findall(r"^  (\w+) (\S+@\S+) (\S+)$", said.read_text(), re.MULTILINE)
        assert found, said.read_text()
        passwords = {role: (email, password) for role, email, password in found}
        yield Application(f"http://localhost:{port}", data_dir, passwords)
    finally:
        demo.send_signal(signal.SIGINT)
        try:
            demo.wait(timeout=60)
        finally:
            demo.kill()


@pytest.fixture
def contexts(browser: Browser, application: Application) -> Iterator[list[BrowserContext]]:
    made = [browser.new_context(base_url=application.url, locale="en-GB") for _person in range(2)]
    yield made
    for context in made:
        context.close()


def log_in(context: BrowserContext, application: Application, role: str) -> Page:
    email, password = application.passwords[role]
    page = context.new_page()
    page.goto("/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{application.url}/")
    return page


def import_the_file(page: Page) -> None:
    page.get_by_role("link", name="Files in and out").click()
    page.get_by_label("CSV file").set_input_files(
        {"name": "products.csv", "mimeType": "text/csv", "buffer": SHOPIFY_FILE.encode()}
    )
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("button", name="Import 2 products").click(timeout=30_000)
    expect(page.get_by_role("heading", name="What was changed")).to_be_visible(timeout=30_000)


def ask_for_copy(page: Page) -> None:
    page.get_by_role("link", name="See the products").click()
    page.get_by_role("searchbox", name="Search products").fill(TITLE)
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=TITLE).click()
    page.get_by_role("main").get_by_role("link", name="Write copy").click()
    # The field of the chips: the text area of the same label hides when the script is loaded.
    page.locator("input#id_keywords").fill("stoneware mug, sea green mug,")
    expect(page.locator("#preview")).to_contain_text("350")
    page.get_by_role("button", name="Start writing").click()
    expect(page).to_have_url(re.compile(r"/runs/\d+/$"))
    # The same words are said to screen readers in a place of their own.
    state = page.locator("[data-run-state]")
    expect(state).to_contain_text(
        "All drafts are written and wait for review.", timeout=MODEL_SECONDS * 1000
    )


def approve(page: Page) -> str:
    """Approve the draft, edited where a finding blocks it; return the text that was approved."""
    page.get_by_role("link", name="Review").first.click()
    page.get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    assert page.locator("#marked-text").text_content()
    assert "SmolLM2" in page.locator("#draft").inner_text()
    if page.locator("#override-reason").count():
        page.keyboard.press("e")
        page.locator("#edit-form textarea[name=text]").fill(EDITED)
        expect(page.locator("#typed-findings")).to_contain_text(str(len(EDITED)))
        page.locator("#edit-form").get_by_role("button", name="Save", exact=True).click()
        expect(page.locator(".messages")).to_contain_text("Saved as version 2")
        expect(page.locator("#override-reason")).to_have_count(0)
    text = page.locator("#marked-text").text_content()
    page.locator("#actions").get_by_role("button", name="Approve").click()
    expect(page.locator(".messages")).to_contain_text(f"“{TITLE}” is live")
    assert text is not None
    return text


def test_keywords_become_published_copy(
    contexts: list[BrowserContext], application: Application
) -> None:
    merchant = log_in(contexts[0], application, "merchant")
    import_the_file(merchant)
    ask_for_copy(merchant)

    approved = approve(log_in(contexts[1], application, "editor"))
    assert application.published(TITLE) == approved

    merchant.get_by_role("link", name="Products").click()
    merchant.goto(f"/products/?q={TITLE}")
    merchant.get_by_role("link", name=TITLE).click()
    live = merchant.locator("#live-field-description")
    assert live.locator(".catalogue-text").text_content() == approved
    expect(live).to_contain_text("Drafted by the model, approved by Ana Ferreira")
    merchant.get_by_role("link", name="History").click()
    newest = merchant.locator(".timeline__item").first
    expect(newest).to_contain_text("Version 1")
    expect(newest).to_contain_text("Ana Ferreira")
    assert (newest.locator(".diff").text_content() or "").strip() == approved
