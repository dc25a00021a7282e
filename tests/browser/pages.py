"""Every page of the product, who opens it, and where: one list for tests and for pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.browser.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Page

MUG, STALE_KETTLE, UNDESCRIBED = "Harbour Mug, blue", "Gooseneck Kettle", "Stacking Bears"


@dataclass(frozen=True, slots=True)
class PageCase:
    """One page as one person sees it."""

    name: str
    person: str  # "" is nobody
    path: str
    status: int = 200


def page_cases(site: Site) -> list[PageCase]:
    """Return all pages of the seeded shop."""
    return [
        *_public_pages(site),
        *_merchant_pages(site),
        *_editor_pages(site),
        *_admin_pages(),
        *_empty_pages(),
    ]


def product_pk(site: Site, title: str = MUG) -> int:
    """Return a product of the demo shop."""
    sql = "SELECT p.id FROM catalogue_product p JOIN accounts_merchant m ON m.id = p.merchant_id "
    return int(site.value(f"{sql} WHERE m.slug = 'harbour-hill' AND p.title = ?", title))


def published_pk(site: Site) -> int:
    """Return a product with copy that came from a draft."""
    sql = "SELECT min(product_id) FROM catalogue_livecontentrevision WHERE origin = 'published'"
    return int(site.value(sql))


def item_pk(site: Site, where: str) -> int:
    """Return the first draft in review that matches."""
    return int(site.value(f"SELECT min(id) FROM review_reviewitem WHERE {where}"))  # noqa: S608  # Ours.


def go_to_conflict(page: Page, site: Site) -> None:
    """Decide on a draft with a version that is not the newest."""
    page.goto(f"/review/{site.waiting[0]}/?edit=1")
    form = page.locator("#edit-form")
    form.locator("textarea").fill("A text that somebody typed while somebody else was faster.")
    sql = "UPDATE review_reviewitem SET version = version + 1 WHERE id = ?"
    site.execute(sql, site.waiting[0])
    form.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_load_state("load")


def _public_pages(site: Site) -> list[PageCase]:
    return [
        PageCase("login", "", "/login/"),
        PageCase("password-reset", "", "/password/reset/"),
        PageCase("password-reset-sent", "", "/password/reset/sent/"),
        PageCase("password-reset-bad", "", "/password/reset/MQ/set-password/"),
        PageCase("invitation", "", f"/invitations/{site.facts['invitation']}/"),
        PageCase("not-found", "", "/nowhere/", 404),
    ]


def _merchant_pages(site: Site) -> list[PageCase]:
    mug, published = product_pk(site), published_pk(site)
    bears = product_pk(site, UNDESCRIBED)
    paths = [
        ("home", "/"),
        ("products", "/products/"),
        ("products-none", "/products/?q=xyzzy"),
        ("products-no-copy", "/products/?state=no_copy"),
        ("product", f"/products/{mug}/"),
        ("product-published", f"/products/{published}/"),
        ("product-suggestions", f"/products/{product_pk(site, 'Watering Can 9 L')}/"),
        ("product-suspicious", f"/products/{product_pk(site, 'Travel Bowl')}/"),
        ("products-suggested", "/products/?state=suggested"),
        ("product-add", "/products/add/"),
        ("product-edit", f"/products/{mug}/edit/"),
        ("content-edit", f"/products/{mug}/content/description/"),
        ("product-drafts", f"/products/{mug}/drafts/"),
        ("product-history", f"/products/{published}/history/"),
        ("product-questions", f"/products/{bears}/questions/"),
        ("write-nothing", "/write/"),
        ("write-one", f"/write/?product={mug}"),
        ("write-too-little", f"/write/?product={bears}"),
        ("write-two", f"/write/?product={mug}&product={published}"),
        ("briefs", "/briefs/"),
        ("brief-add", "/briefs/add/"),
        ("imports", "/imports/"),
        ("import-columns", f"/imports/{site.facts['imports']['unknown']}/"),
        ("import-checked", f"/imports/{site.facts['imports']['checked']}/"),
        ("import-done", f"/imports/{site.facts['imports']['done']}/"),
        ("export", "/export/"),
        ("questions", "/questions/"),
        ("needs", "/settings/needs/"),
        ("voice", "/settings/voice/"),
        ("rules", "/rules/"),
        ("rule", "/rules/channel/"),
        ("runs", "/runs/"),
        ("run", f"/runs/{site.facts['open_run']}/"),
        ("published", "/published/"),
        ("profile", "/settings/profile/"),
    ]
    pages = [PageCase(f"merchant-{name}", "merchant", path) for name, path in paths]
    return [
        *pages,
        PageCase("merchant-forbidden", "merchant", "/review/", 403),
        PageCase("merchant-not-found", "merchant", "/products/999999/", 404),
    ]


def _editor_pages(site: Site) -> list[PageCase]:
    blocked = item_pk(site, "status = 'waiting' AND num_blocking > 0")
    clean = item_pk(site, "status = 'waiting' AND num_blocking = 0 AND num_warnings = 0")
    decided = item_pk(site, "status = 'approved'")
    paths = [
        ("home", "/"),
        ("queue", "/review/"),
        ("queue-blocked", "/review/?view=blocked"),
        ("queue-none", "/review/?q=xyzzy"),
        ("rechecks", "/review/rechecks/"),
        ("item-blocked", f"/review/{blocked}/"),
        ("item-clean", f"/review/{clean}/"),
        ("item-edit", f"/review/{clean}/?edit=1"),
        ("item-evidence", f"/review/{clean}/?panel=evidence"),
        ("item-confidence", f"/review/{clean}/?panel=confidence"),
        ("item-live", f"/review/{clean}/?panel=live"),
        ("item-preview", f"/review/{clean}/?panel=preview"),
        ("item-history", f"/review/{clean}/?panel=history"),
        ("item-decided", f"/review/{decided}/"),
        ("products", "/products/"),
        ("product", f"/products/{product_pk(site)}/"),
        ("published", "/published/"),
    ]
    return [PageCase(f"editor-{name}", "editor", path) for name, path in paths]


def _admin_pages() -> list[PageCase]:
    paths = [
        ("home", "/"),
        ("people", "/settings/people/"),
        ("reasons", "/settings/reasons/"),
        ("rules", "/rules/"),
        ("evaluations", "/evaluations/"),
        ("prompts", "/prompts/"),
        ("prompt_rules", "/prompts/rules/"),
    ]
    return [PageCase(f"admin-{name}", "admin", path) for name, path in paths]


def _empty_pages() -> list[PageCase]:
    paths = [
        "home",
        "products",
        "review",
        "write",
        "briefs",
        "questions",
        "runs",
        "imports",
        "published",
    ]
    pages = [
        PageCase(f"empty-{path}", "empty_admin", "/" if path == "home" else f"/{path}/")
        for path in paths
    ]
    return [*pages, PageCase("nobody-home", "nobody", "/")]
