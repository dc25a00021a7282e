"""Say in one line which of PostgreSQL, Redis and RabbitMQ does not answer, and fail then."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import amqp
import psycopg2
import redis
from kombu.utils.url import url_to_parts


def ask_postgresql(url: str) -> None:
    """Connect to PostgreSQL."""
    psycopg2.connect(url, connect_timeout=5).close()


def ask_redis(url: str) -> None:
    """Ping Redis or Valkey."""
    redis.Redis.from_url(url, socket_connect_timeout=5).ping()


def ask_rabbitmq(url: str) -> None:
    """Connect to RabbitMQ."""
    parts = url_to_parts(url)
    connection = amqp.Connection(
        f"{parts.hostname}:{parts.port or 5672}",
        userid=parts.username or "guest",
        password=parts.password or "guest",
        virtual_host=parts.path or "/",
        connect_timeout=5,
    )
    connection.connect()
    connection.close()


SERVICES: dict[str, Callable[[str], None]] = {
    "TEST_DATABASE_URL": ask_postgresql,
    "TEST_REDIS_URL": ask_redis,
    "TEST_RABBITMQ_URL": ask_rabbitmq,
}


def main() -> int:
    """Ask every service; an address may hold a password, so only its variable is named."""
    status = 0
    for variable, ask in SERVICES.items():
        try:
            ask(os.environ[variable])
        except Exception as error:
            reason = str(error).strip().splitlines() or [type(error).__name__]
            sys.stderr.write(f"{variable}: no answer ({reason[0]})\n")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
