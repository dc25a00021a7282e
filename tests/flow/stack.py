"""A database, a broker, a sweeper and workers of their own, as real processes."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from kombu import Connection

ROOT = Path(__file__).resolve().parents[2]
LEASE_SECONDS = 3
SWEEP_SECONDS = 1
# Long enough that kills hit jobs being written, short enough for the suite.
ECHO_DELAY_SECONDS = 0.06
CELERY = ["-m", "celery", "-A", "shop_content", "worker", "-P", "solo", "-l", "INFO"]
QUIET = ["--without-gossip", "--without-mingle", "--without-heartbeat"]


class Stack:
    """Everything of the product but the web server."""

    def __init__(self, folder: Path, broker_url: str) -> None:
        self.folder = folder
        self.broker_url = broker_url
        self.database_url, self._drop = _new_database(folder)
        self.env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "shop_content.settings",
            "SHOP_CONTENT_SECRET_KEY": "flow-tests-only-" + "k" * 40,
            "SHOP_CONTENT_DATA_DIR": str(folder),
            "DATABASE_URL": self.database_url,
            "CELERY_BROKER_URL": broker_url,
            "SHOP_CONTENT_LM_ENGINE": "echo",
            "SHOP_CONTENT_LM_ECHO_DELAY": str(ECHO_DELAY_SECONDS),
            "SHOP_CONTENT_JOB_LEASE_SECONDS": str(LEASE_SECONDS),
            "SHOP_CONTENT_SWEEP_SECONDS": str(SWEEP_SECONDS),
        }
        self._processes: list[subprocess.Popen[bytes]] = []
        self._writers: list[subprocess.Popen[bytes]] = []
        self._num_workers = 0

    @property
    def log(self) -> str:
        """Return what all workers have logged."""
        return "\n".join(
            path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log"))
        )

    def manage(self, *arguments: str) -> str:
        """Run a management command or a script against this stack's database."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def script(self, *arguments: str) -> Any:
        """Run a step of `tests.flow.steps` and return what it prints as JSON."""
        return json.loads(self.manage("-m", "tests.flow.steps", *arguments).splitlines()[-1])

    def start_worker(self, delay: float = ECHO_DELAY_SECONDS) -> subprocess.Popen[bytes]:
        """Start a worker that writes drafts, each in `delay` seconds."""
        self._num_workers += 1
        name = f"writer{self._num_workers}"
        more = {"SHOP_CONTENT_LM_ECHO_DELAY": str(delay)}
        worker = self._start(name, "-Q", "generate", *QUIET, more=more)
        self._writers.append(worker)
        return worker

    def kill_writers(self) -> None:
        """End the workers that a test has left, or they write the jobs of the next."""
        for worker in self._writers:
            if worker.poll() is None:
                kill(worker)
        self._writers.clear()

    def start_sweeper(self) -> subprocess.Popen[bytes]:
        """Start a worker for the rest, with the clock of the sweeper in it."""
        schedule = str(self.folder / "beat")
        return self._start("sweeper", "-Q", "default", "-B", "-s", schedule, *QUIET)

    def wipe_broker(self) -> None:
        """Lose every message."""
        if self.broker_url.startswith("redis"):
            import redis

            with redis.Redis.from_url(self.broker_url) as client:
                client.flushdb()
            return
        with Connection(self.broker_url) as connection:
            for queue in ("generate", "default"):
                connection.default_channel.queue_purge(queue)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query, read past Django so that polling is cheap."""
        if self.database_url.startswith("sqlite"):
            import sqlite3

            database = sqlite3.connect(self.folder / "flow.sqlite3", timeout=20)
        else:
            database = psycopg2.connect(self.database_url)
        try:
            cursor = database.cursor()
            cursor.execute(sql)
            return list(cursor.fetchall())
        finally:
            database.close()

    def count(self, table: str, where: str = "1=1") -> int:
        """Return how many rows of a table match."""
        [(num,)] = self.rows(f"SELECT count(*) FROM {table} WHERE {where}")  # noqa: S608 - our words.
        return int(num)

    def close(self) -> None:
        """End every process and drop the database."""
        for process in self._processes:
            if process.poll() is None:
                kill(process)
        self._drop()

    def _start(
        self, name: str, *arguments: str, more: Mapping[str, str] = MappingProxyType({})
    ) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *CELERY, "-n", f"{name}@localhost", *arguments],
                cwd=ROOT,
                env=self.env | more,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._processes.append(process)
        return process


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and its children as a crash would."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def stack(folder: Path, broker_url: str) -> Iterator[Stack]:
    """Make a stack with its tables and its sweeper; everything ends with the block."""
    made = Stack(folder, broker_url)
    try:
        made.manage("manage.py", "migrate", "-v", "0")
        made.start_sweeper()
        yield made
    finally:
        made.close()


def seeded_random(name: str) -> random.Random:
    """Return the test's own chance; its seed is printed, and set by FLOW_SEED to see it again."""
    seed = int(os.environ.get("FLOW_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
    say(f"{name}: FLOW_SEED={seed}")
    return random.Random(seed)


def say(line: str) -> None:
    """Print a line now; with `capsys.disabled()` it is seen in every run."""
    sys.stdout.write(f"\n{line}\n")
    sys.stdout.flush()


def _new_database(folder: Path) -> tuple[str, Any]:
    """Return the address of an empty database, and how to drop it.

    SQLite in the folder; or, where DATABASE_URL names a PostgreSQL server, a new one on it.
    """
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        return f"sqlite:///{folder / 'flow.sqlite3'}", lambda: None
    name = f"flow_{uuid.uuid4().hex[:12]}"

    def run(sql: str) -> None:
        database = psycopg2.connect(server)
        database.autocommit = True
        database.cursor().execute(sql)
        database.close()

    run(f"CREATE DATABASE {name}")
    url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    return url, lambda: run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
