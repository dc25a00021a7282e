"""What every test may use, and which tests are left out when something is missing."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from shop_content.core.broker import broker_answers, broker_prepare
from tests.races import database_in_file

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")

# Playwright's synchronous interface runs an event loop, in which Django would refuse the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def chromium_path() -> str | None:
    """Return the Chromium of this machine: SHOP_CONTENT_CHROMIUM, or the first one on the path."""
    named = os.environ.get("SHOP_CONTENT_CHROMIUM")
    return named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that `make bench` uses."""
    parser.addoption("--benchmarks", action="store_true", help="collect tests/benchmarks too")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the benchmarks out of the suite: they measure, and take minutes."""
    if collection_path.name == "benchmarks" and not config.getoption("--benchmarks"):
        return True
    return None


def left_out_reasons(config: pytest.Config) -> dict[str, str]:
    """Return the marks of the tests that this machine cannot run, each with the reason."""
    reasons: dict[str, str] = {}
    if chromium_path() is None:
        if os.environ.get("SHOP_CONTENT_REQUIRE_BROWSER"):
            raise pytest.UsageError("No Chromium was found, and the browser tests are required.")
        reasons["browser"] = "no Chromium was found (install chromium)"
    if not os.environ.get("TEST_BROKER_URL"):
        reasons["services"] = "they need servers (make test-services)"
    if "gpu" not in str(config.getoption("markexpr")):
        reasons["gpu"] = "they need a CUDA device (-m gpu)"
    return reasons


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what this machine cannot run; a line at the end says what."""
    for mark in left_out_reasons(config):
        left_out = [item for item in items if item.get_closest_marker(mark)]
        if left_out:
            items[:] = [item for item in items if item not in left_out]
            config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say what was left out."""
    # Not by counting: with several processes the one that writes this has collected nothing.
    for mark, reason in left_out_reasons(config).items():
        line = f"LEFT OUT: tests marked {mark}: {reason}."
        terminalreporter.write_line(line, yellow=True, bold=True)


def wait_until(condition: Callable[[], object], seconds: float = 20.0) -> bool:
    """Wait for a condition, and tell whether it came true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return bool(condition())


def own_database(url: str) -> str:
    """Return a Redis address with a database of this test process: workers of two would share."""
    number = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    return re.sub(r"/0$", f"/{int(number) + 1}", url) if number and "redis" in url else url


@pytest.fixture(scope="session")
def broker_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real broker: TEST_BROKER_URL, or the embedded one, started for this session."""
    named = os.environ.get("TEST_BROKER_URL")
    if named:
        yield own_database(named)
        return
    folder = tmp_path_factory.mktemp("broker")
    broker = broker_prepare(folder)
    if not broker.command:
        yield broker.url
        return
    with (folder / "broker.log").open("wb") as log:
        server = subprocess.Popen(broker.command, stdout=log, stderr=log)
    try:
        assert wait_until(lambda: broker_answers(broker.url)), "the embedded broker does not start"
        yield broker.url
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session; a test makes its own context in it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Without a sandbox, since root in a container may have none; we open only our own pages.
        chromium = playwright.chromium.launch(
            executable_path=chromium_path(), args=["--no-sandbox"], headless=True
        )
        yield chromium
        chromium.close()


@pytest.fixture
def threads_database(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """A database that the threads of a test share with it."""
    with database_in_file(tmp_path):
        yield
