"""A served shop, and pages of it that report every console error and blocked resource."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.site import Site, site_running
from tests.browser.visitors import Visitors

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Visit = Callable[..., "Page"]


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The seeded shop behind a real server, started once."""
    with site_running(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def site(served: Site) -> Site:
    """The shop as it was seeded."""
    served.rewind()
    return served


@pytest.fixture
def visitors(browser: Browser, site: Site) -> Iterator[Visitors]:
    """Open pages for people; afterwards nothing may stand in their consoles."""
    made = Visitors(browser, site)
    try:
        yield made
        assert made.problems == []
    finally:
        made.close()
