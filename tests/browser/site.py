"""A web server of the product with its own settings and database, seeded once and rewound fast."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shop_content.core.broker import free_port
from shop_content.demo import web_answers
from tests.conftest import wait_until

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
WEB = ["-m", "waitress", "--threads=8"]
# What somebody has set for themselves must not reach the tests.
OURS = ("SHOP_CONTENT", "DJANGO", "CELERY", "DATABASE_URL", "EMAIL_URL")


def clean_environment(data_dir: Path) -> dict[str, str]:
    """Return an environment in which only the data folder is set."""
    inherited = {name: text for name, text in os.environ.items() if not name.startswith(OURS)}
    return {
        **inherited,
        "SHOP_CONTENT_DATA_DIR": str(data_dir),
        "SHOP_CONTENT_LM_ENGINE": "echo",
    }


@dataclass(frozen=True, slots=True)
class Site:
    """A running server, and what was seeded into it."""

    url: str
    database: Path
    seeded: Path
    facts: dict[str, Any]
    environment: dict[str, str]

    def rewind(self) -> None:
        """Bring the database back to what was seeded; the server sees it with its next query."""
        with (
            closing(sqlite3.connect(self.seeded)) as source,
            closing(sqlite3.connect(self.database, timeout=20)) as target,
        ):
            source.backup(target)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with closing(sqlite3.connect(self.database, timeout=20)) as database:
            return list(database.execute(sql, values))

    def execute(self, sql: str, *values: object) -> None:
        """Change rows behind the back of the product."""
        with closing(sqlite3.connect(self.database, timeout=20)) as database, database:
            database.execute(sql, values)

    def value(self, sql: str, *values: object) -> Any:
        """Return the only value of a query."""
        [(value,)] = self.rows(sql, *values)
        return value

    def python(self, *arguments: str) -> str:
        """Run Python as the server runs, and return the last line that it prints."""
        return _python(self.environment, *arguments)

    def cookie(self, person: str) -> dict[str, Any]:
        """Return the cookie of somebody who is logged in."""
        return {
            "name": self.facts["cookie"],
            "value": self.facts["sessions"][person],
            "url": self.url,
        }

    @property
    def waiting(self) -> list[int]:
        """Return the ids of the demo's drafts that wait for review, oldest first."""
        return list(self.facts["waiting"])


@contextmanager
def site_running(folder: Path) -> Iterator[Site]:
    """Seed a database and serve it until the block ends."""
    database, seeded, port = folder / "site.sqlite3", folder / "seeded.sqlite3", free_port()
    environment = clean_environment(folder) | {
        "DJANGO_SETTINGS_MODULE": "shop_content.settings",
        "SHOP_CONTENT_SECRET_KEY": "browser-tests-only-" + "k" * 40,
        "DATABASE_URL": f"sqlite:///{database}",
        "CELERY_BROKER_URL": "memory://",
    }
    _python(environment, "manage.py", "migrate", "-v", "0")
    facts = json.loads(_python(environment, "-m", "tests.browser.seed"))
    with (
        closing(sqlite3.connect(database)) as source,
        closing(sqlite3.connect(seeded)) as target,
    ):
        source.backup(target)
    (folder / "static").mkdir()
    with (folder / "web.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, *WEB, f"--listen={HOST}:{port}", "shop_content.wsgi:application"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        assert wait_until(lambda: web_answers(HOST, port), 60), (folder / "web.log").read_text()
        yield Site(f"http://{HOST}:{port}", database, seeded, facts, environment)
    finally:
        server.kill()
        server.wait()


def _python(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1] if done.stdout.strip() else ""
