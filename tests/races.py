"""Threads that do something at the same moment, each with a database connection of its own."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

from django.db import connection, connections

Outcome = TypeVar("Outcome")
TIMEOUT_SECONDS = 60.0


@contextmanager
def database_in_file(folder: Path) -> Iterator[None]:
    """Let threads share the test database.

    SQLite's lives in memory, where a second connection is refused instead of made to wait; it is
    copied into a file, as the product has it. A server's database is shared as it is.
    """
    if connection.vendor != "sqlite":
        yield
        return
    in_memory = connections["default"]
    in_memory.ensure_connection()
    path = folder / "threads.sqlite3"
    with closing(sqlite3.connect(path)) as copy:
        in_memory.connection.backup(copy)
    settings = connections.settings["default"]
    connections.settings["default"] = {**settings, "NAME": str(path)}
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = settings
        connections["default"] = in_memory


def at_once(actions: Sequence[Callable[[], Outcome]]) -> list[Outcome | Exception]:
    """Run the actions in threads that start together; return what each returned or raised."""
    barrier = threading.Barrier(len(actions))
    outcomes: dict[int, Outcome | Exception] = {}

    def run(place: int, action: Callable[[], Outcome]) -> None:
        try:
            connection.ensure_connection()  # Opening one takes longer than what it races for.
            barrier.wait(TIMEOUT_SECONDS)
            outcomes[place] = action()
        except Exception as error:  # Handed to the test, which knows the ones to expect.
            outcomes[place] = error
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(place, action)) for place, action in enumerate(actions)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT_SECONDS)
    return [outcomes[place] for place in range(len(actions))]
