"""What stands around every page: menu, palette, keys, look, questions, and text that is kept."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import product_pk
from tests.browser.site import Site
from tests.browser.visitors import NARROW, Visitors

pytestmark = pytest.mark.browser

# htmx keeps the address of the page there; what people typed starts with "keep".
KEPT = "Object.keys(sessionStorage).filter(key => key.startsWith('keep'))"


def posts_to(page: Page, path: str) -> list[str]:
    """Collect the addresses of later POST requests that contain the path."""
    seen: list[str] = []
    page.on(
        "request",
        lambda sent: seen.append(sent.url) if sent.method == "POST" and path in sent.url else None,
    )
    return seen


def test_palette_goes_to_a_page_by_a_piece_of_its_name(visitors: Visitors) -> None:
    page = visitors.visit("merchant")
    page.keyboard.press("Control+k")
    page.keyboard.type("QUEST")
    expect(page.get_by_role("option")).to_have_text(["Questions"])
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/questions/$"))


def test_palette_is_walked_by_arrows_and_leads_back_where_one_was(visitors: Visitors) -> None:
    page = visitors.visit("merchant", "/products/")
    page.locator("[data-palette-open]").click()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_have_text("Products")
    expect(page.locator("#palette-input")).to_have_attribute(
        "aria-activedescendant", "palette-option-1"
    )
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    expect(page.locator("[data-palette-open]")).to_be_focused()


def test_palette_says_when_nothing_is_called_that(visitors: Visitors) -> None:
    page = visitors.visit("editor")
    page.keyboard.press("Control+k")
    page.keyboard.type("zzz")
    expect(page.locator("[data-palette-none]")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#palette")).to_be_visible()


def test_palette_holds_only_what_the_role_may_open(visitors: Visitors) -> None:
    page = visitors.visit("editor")
    page.keyboard.press("Control+k")
    names = page.get_by_role("option").all_text_contents()
    assert "Review" in names
    assert "Runs" not in names
    assert "People" not in names


def test_question_mark_lists_the_keys_of_the_page(visitors: Visitors, site: Site) -> None:
    page = visitors.visit("editor", f"/review/{site.waiting[0]}/")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    expect(sheet).to_contain_text("Approve and publish")
    expect(sheet).to_contain_text("Go to a page")
    page.keyboard.press("?")
    expect(sheet).to_be_hidden()


def test_keys_are_letters_while_somebody_types(visitors: Visitors) -> None:
    page = visitors.visit("merchant", "/products/")
    page.keyboard.press("/")
    expect(page.locator("#product-search")).to_be_focused()
    page.keyboard.type("a?")
    expect(page.locator("#product-search")).to_have_value("a?")
    expect(page.locator("#shortcuts")).to_be_hidden()


def test_keys_are_off_for_who_switched_them_off(visitors: Visitors, site: Site) -> None:
    site.execute(
        "UPDATE accounts_user SET has_shortcuts = 0 WHERE email = ?", site.facts["emails"]["editor"]
    )
    page = visitors.visit("editor", f"/review/{site.waiting[0]}/")
    for key in ("?", "Control+k", "r"):
        page.keyboard.press(key)
    expect(page.locator("dialog[open], details[data-drop][open]")).to_have_count(0)


def test_look_changes_at_once_and_stays(visitors: Visitors) -> None:
    page = visitors.visit("merchant")
    page.locator(".user-menu__who").click()
    with page.expect_response(re.compile("/theme/")):
        page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Auto")).to_have_attribute("aria-pressed", "false")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_menu_of_the_person_closes_by_escape_and_by_a_click_elsewhere(visitors: Visitors) -> None:
    page = visitors.visit("merchant")
    who = page.locator(".user-menu__who")
    who.click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(who).to_be_focused()
    who.click()
    page.get_by_role("heading", level=1).click()
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()


def test_menu_is_folded_on_a_phone_and_opens(visitors: Visitors) -> None:
    page = visitors.visit("merchant", size=NARROW)
    products = page.locator("nav").get_by_role("link", name="Products")
    expect(products).to_be_hidden()
    page.locator(".nav__toggle").click()
    products.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Products")


def test_other_shop_is_chosen_without_another_press(visitors: Visitors) -> None:
    page = visitors.visit("editor")
    shops = page.get_by_label("Shop", exact=True)
    other = shops.locator("option:not([selected])").first.inner_text()
    shops.select_option(label=other)
    expect(page.get_by_label("Shop", exact=True).locator("option[selected]")).to_have_text(other)


def test_nothing_is_sent_before_the_answer_is_yes(visitors: Visitors) -> None:
    page = visitors.visit("editor", "/review/")
    sent = posts_to(page, "/review/bulk/")
    page.locator("tbody input").first.check()
    page.get_by_role("button", name="Reject ticked").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Reject all ticked drafts")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    assert sent == []
    page.get_by_role("button", name="Reject ticked").click()
    dialog.get_by_role("button", name="Yes, go on").click()
    expect(page.locator(".messages")).to_be_visible()
    assert len(sent) == 1


def test_escape_is_no(visitors: Visitors) -> None:
    page = visitors.visit("editor", "/review/")
    sent = posts_to(page, "/review/bulk/")
    page.locator("tbody input").first.check()
    page.get_by_role("button", name="Approve ticked").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert sent == []


def test_all_of_a_page_are_ticked_at_once(visitors: Visitors) -> None:
    page = visitors.visit("editor", "/review/")
    everything = page.get_by_label("All on this page")
    boxes = page.locator("tbody input[type=checkbox]")
    everything.check()
    assert all(box.is_checked() for box in boxes.all())
    boxes.first.uncheck()
    assert everything.evaluate("box => box.indeterminate")


def test_form_is_sent_once_however_often_it_is_pressed(visitors: Visitors, site: Site) -> None:
    page = visitors.visit("editor", f"/review/{site.waiting[0]}/")
    sent = posts_to(page, "/again/")
    page.locator("form[action$='/again/']").evaluate(
        "form => { form.requestSubmit(); form.requestSubmit(); }"
    )
    expect(page.locator(".messages")).to_be_visible()
    assert len(sent) == 1


def test_lost_connection_is_said_with_a_way_on(visitors: Visitors) -> None:
    page = visitors.visit("merchant", "/products/")
    page.route("**/products/select/", lambda route: route.abort())
    with visitors.not_listening():
        page.locator("tbody input[type=checkbox]").first.check()
        note = page.locator("#toasts .toast")
        expect(note).to_contain_text("check the connection and try again")
    note.get_by_role("button", name="Close").click()
    expect(note).to_have_count(0)


def test_typed_text_comes_back_after_a_reload(visitors: Visitors, site: Site) -> None:
    page = visitors.visit("merchant", f"/products/{product_pk(site)}/content/description/")
    page.locator("#content-form textarea").fill("Half a thought")
    page.reload()
    expect(page.locator("#content-form textarea")).to_have_value("Half a thought")
    expect(page.locator("#content-form")).to_contain_text("We brought back what you had typed.")


def test_typed_text_survives_an_expired_log_in(visitors: Visitors, site: Site) -> None:
    path = f"/products/{product_pk(site)}/content/description/"
    page = visitors.visit("merchant", path)
    page.locator("#content-form textarea").fill("Half a thought")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save and make live").click()
    page.get_by_label("E-mail address").fill(site.facts["emails"]["merchant"])
    page.get_by_label("Password", exact=True).fill(site.facts["password"])
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(re.compile(path))
    expect(page.locator("#content-form textarea")).to_have_value("Half a thought")


def test_typed_text_is_forgotten_once_it_is_saved(visitors: Visitors, site: Site) -> None:
    path = f"/products/{product_pk(site)}/content/description/"
    page = visitors.visit("merchant", path)
    page.locator("#content-form textarea").fill("A whole thought")
    page.get_by_role("button", name="Save and make live").click()
    expect(page.locator(".messages")).to_be_visible()
    assert page.evaluate(KEPT) == []


def test_who_signs_out_leaves_no_text_behind(visitors: Visitors, site: Site) -> None:
    page = visitors.visit("merchant", f"/products/{product_pk(site)}/content/description/")
    page.locator("#content-form textarea").fill("Half a thought")
    page.locator(".user-menu__who").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/login/"))
    assert page.evaluate(KEPT) == []
