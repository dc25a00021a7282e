"""Everything by keyboard: the keys of the review page, dialogs, the skip link, a visible focus."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages import item_pk
from tests.browser.site import Site
from tests.browser.visitors import Visitors

pytestmark = pytest.mark.browser

IS_FOCUS_SEEN = """() => {
  const style = getComputedStyle(document.activeElement);
  const isOutlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return isOutlined || style.boxShadow !== "none";
}"""


def status_of(site: Site, item: int) -> str:
    return str(site.value("SELECT status FROM review_reviewitem WHERE id = ?", item))


def clean_item(site: Site) -> int:
    return item_pk(site, "status = 'waiting' AND num_blocking = 0")


def blocked_item(site: Site) -> int:
    return item_pk(site, "status = 'waiting' AND num_blocking > 0")


def test_j_and_k_go_to_the_neighbours(visitors: Visitors, site: Site) -> None:
    first, second, *_rest = site.waiting
    page = visitors.visit("editor", f"/review/{first}/")
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile(f"/review/{second}/"))
    page.keyboard.press("k")
    expect(page).to_have_url(re.compile(f"/review/{first}/"))


def test_a_approves_and_goes_on_and_u_takes_it_back(visitors: Visitors, site: Site) -> None:
    item = clean_item(site)
    page = visitors.visit("editor", f"/review/{item}/")
    page.keyboard.press("a")
    expect(page.locator(".messages")).to_contain_text("is live")
    assert status_of(site, item) == "approved"
    assert not page.url.rstrip("/").endswith(str(item))
    page.keyboard.press("u")
    expect(page.locator(".messages")).to_contain_text("waits again")
    assert status_of(site, item) == "waiting"


def test_a_does_not_get_past_a_finding_that_blocks(visitors: Visitors, site: Site) -> None:
    item = blocked_item(site)
    page = visitors.visit("editor", f"/review/{item}/")
    page.keyboard.press("a")
    expect(page.locator("#override-reason")).to_be_focused()
    assert status_of(site, item) == "waiting"


def test_r_and_a_digit_reject(visitors: Visitors, site: Site) -> None:
    item = site.waiting[0]
    page = visitors.visit("editor", f"/review/{item}/")
    page.keyboard.press("r")
    expect(page.locator("[data-reject]")).to_be_visible()
    page.keyboard.press("2")
    expect(page.locator(".messages")).to_contain_text("was rejected")
    assert status_of(site, item) == "rejected"
    reason = site.value(
        "SELECT r.position FROM review_reviewdecision d JOIN review_rejectionreason r"
        " ON r.id = d.reason_id WHERE d.item_id = ?",
        item,
    )
    positions = site.rows("SELECT position FROM review_rejectionreason ORDER BY position")
    assert (reason,) in positions[1:]


def test_escape_leaves_the_choice_of_reasons(visitors: Visitors, site: Site) -> None:
    page = visitors.visit("editor", f"/review/{site.waiting[0]}/")
    page.keyboard.press("r")
    page.keyboard.press("Escape")
    expect(page.locator("[data-reject]")).to_be_hidden()
    page.keyboard.press("2")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    assert status_of(site, site.waiting[0]) == "waiting"


def test_s_opens_the_note_and_letters_go_into_it(visitors: Visitors, site: Site) -> None:
    item = site.waiting[0]
    page = visitors.visit("editor", f"/review/{item}/")
    page.keyboard.press("s")
    note = page.get_by_label("What should be different?")
    expect(note).to_be_focused()
    page.keyboard.type("a shorter, gentler text? just facts")
    assert note.input_value() == "a shorter, gentler text? just facts"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text("was sent back")
    assert status_of(site, item) == "sent_back"


def test_g_asks_for_another_draft(visitors: Visitors, site: Site) -> None:
    page = visitors.visit("editor", f"/review/{site.waiting[0]}/")
    page.keyboard.press("g")
    expect(page.locator(".messages")).to_contain_text("was asked for")


def test_e_edits_in_place_with_checks_while_typing(visitors: Visitors, site: Site) -> None:
    item = clean_item(site)
    page = visitors.visit("editor", f"/review/{item}/")
    page.keyboard.press("e")
    area = page.locator("#edit-form textarea[name=text]")
    expect(area).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Made for 99 hedgehogs.")
    expect(page.locator("#typed-findings")).to_contain_text("99")
    assert status_of(site, item) == "waiting"
    assert area.input_value().endswith(" Made for 99 hedgehogs.")


def test_f_walks_over_the_findings(visitors: Visitors, site: Site) -> None:
    page = visitors.visit("editor", f"/review/{blocked_item(site)}/")
    page.keyboard.press("f")
    expect(page.locator("[data-finding]").first).to_be_focused()
    expect(page.locator("mark[data-current]").first).to_be_visible()


def test_the_sheet_lists_the_keys_and_gives_the_focus_back(visitors: Visitors, site: Site) -> None:
    page = visitors.visit("editor", f"/review/{site.waiting[1]}/")
    opener = page.get_by_role("button", name="Keys")
    opener.focus()
    page.keyboard.press("?")
    sheet = page.locator("#shortcuts")
    expect(sheet).to_be_visible()
    keys = sheet.locator("kbd").all_inner_texts()
    assert {"a", "e", "r", "s", "g", "f", "j", "k", "?"} <= set(keys)
    for _step in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body"
            " || document.getElementById('shortcuts').contains(document.activeElement)"
        )
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(opener).to_be_focused()
    assert status_of(site, site.waiting[1]) == "waiting"


def test_keys_do_nothing_for_people_who_switched_them_off(visitors: Visitors, site: Site) -> None:
    item = clean_item(site)
    page = visitors.visit("without_keys", f"/review/{item}/")
    for key in ("a", "r", "1", "j", "?"):
        page.keyboard.press(key)
    page.get_by_role("link", name="Published").focus()
    expect(page).to_have_url(re.compile(f"/review/{item}/"))
    expect(page.locator("#shortcuts")).to_be_hidden()
    assert status_of(site, item) == "waiting"


def test_keys_with_a_modifier_belong_to_the_browser(visitors: Visitors, site: Site) -> None:
    item = clean_item(site)
    page = visitors.visit("editor", f"/review/{item}/")
    for key in ("Control+a", "Alt+a", "Meta+a"):
        page.keyboard.press(key)
    page.keyboard.press("f")
    assert status_of(site, item) == "waiting"


def test_a_slash_goes_to_the_search(visitors: Visitors) -> None:
    page = visitors.visit("editor", "/review/")
    page.keyboard.press("/")
    expect(page.locator("#queue-search")).to_be_focused()
    page.keyboard.type("pour-over/a")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=pour-over%2Fa"))


def test_the_palette_goes_to_a_page(visitors: Visitors) -> None:
    page = visitors.visit("editor", "/review/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-input")).to_be_focused()
    page.keyboard.type("publ")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/published/"))


def test_a_question_is_asked_before_many_go_live(visitors: Visitors, site: Site) -> None:
    page = visitors.visit("editor", "/review/?view=clean")
    page.locator("input[name=item]").first.check()
    button = page.get_by_role("button", name="Approve ticked")
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#confirm")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
    waiting = "SELECT count(*) FROM review_reviewitem WHERE status = 'waiting'"
    num = site.value(waiting)
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text("1 approved and live")
    assert site.value(waiting) == num - 1


def test_the_first_tab_leads_to_the_content(visitors: Visitors) -> None:
    page = visitors.visit("merchant", "/products/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.getElementById('main').contains(document.activeElement)")


@pytest.mark.parametrize(
    ("person", "path"), [("merchant", "/products/"), ("editor", "/review/"), ("admin", "/")]
)
def test_the_focus_is_seen_wherever_it_is(visitors: Visitors, person: str, path: str) -> None:
    page = visitors.visit(person, path)
    for _step in range(25):
        page.keyboard.press("Tab")
        assert page.evaluate(IS_FOCUS_SEEN), page.evaluate("document.activeElement.outerHTML")


def test_the_menu_of_the_person_closes_by_escape(visitors: Visitors) -> None:
    page = visitors.visit("merchant", "/")
    opener = page.locator(".user-menu__who")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(opener).to_be_focused()
