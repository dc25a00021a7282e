"""What differs between SQLite and PostgreSQL, in one place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection, models
from django.utils import timezone

Row = TypeVar("Row", bound=models.Model)


def database_now() -> datetime:
    """Return the database's own time, so that a worker's wrong clock frees no lease (R20).

    SQLite has no server: its clock is this machine's, the same one that every process here reads.
    """
    if connection.vendor == "sqlite":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        value: datetime = cursor.fetchone()[0]
    return value


def lease_deadline(seconds: float) -> datetime:
    """Return the database's time plus `seconds`."""
    return database_now() + timedelta(seconds=seconds)


def skip_locked(rows: models.QuerySet[Row]) -> models.QuerySet[Row]:
    """Lock the rows for this transaction, leaving out those that another transaction holds.

    On SQLite a transaction is IMMEDIATE and so the only writer: no row lock is needed.
    """
    if connection.features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True, of=("self",))
    return rows


@contextmanager
def connection_released() -> Iterator[None]:
    """Hand the database connection back while something slow runs, as the model does.

    A model run can take minutes; an idle connection held for so long is cut by servers and poolers,
    and counts against the limit of connections. Inside a transaction (tests) it stays open.
    """
    if not connection.in_atomic_block:
        connection.close()
    yield
