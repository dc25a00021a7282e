"""People with browsers: log-in by cookie, size, look, and what their consoles say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.browser.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

TIMEOUT_MS = 10_000
STATUS_LINES = (
    "Failed to load resource: the server responded with a status",
    "Response Status Error Code",
)
WIDE, NARROW = (1440, 900), (390, 844)


class Visitors:
    """Make one context per visitor, and collect what goes wrong in any of them."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.browser = browser
        self.site = site
        self.problems: list[str] = []
        self._contexts: list[BrowserContext] = []
        self._is_deaf = False

    def visit(
        self,
        person: str = "",
        path: str = "/",
        *,
        size: tuple[int, int] = WIDE,
        scheme: str = "light",
        has_javascript: bool = True,
    ) -> Page:
        """Open a page as somebody who is logged in; "" is nobody."""
        context = self.browser.new_context(
            base_url=self.site.url,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
            locale="en-GB",
            java_script_enabled=has_javascript,
        )
        context.set_default_timeout(TIMEOUT_MS)
        self._contexts.append(context)
        if person:
            context.add_cookies([self.site.cookie(person)])  # type: ignore[list-item]  # A TypedDict.
        page = context.new_page()
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))
        page.goto(path)
        return page

    @contextmanager
    def not_listening(self) -> Iterator[None]:
        """Ignore the consoles for a while: a tool that is put into pages logs there too."""
        self._is_deaf = True
        try:
            yield
        finally:
            self._is_deaf = False

    def close(self) -> None:
        """Close every window."""
        while self._contexts:
            self._contexts.pop().close()

    def _on_console(self, message: ConsoleMessage) -> None:
        # Chromium and htmx write a line for each answer of 400 and more; tests look at those.
        is_status = any(line in message.text for line in STATUS_LINES)
        if message.type in {"error", "warning"} and not (is_status or self._is_deaf):
            self.problems.append(f"{message.location.get('url', '')}: {message.text}")
