"""Start everything on one machine with a demo shop: `python -m shop_content.demo` (`make run`).

Broker, web server, a worker for generation, a worker for the rest and the clock run under one
supervisor. Data, logs, the secret key and the passwords are in SHOP_CONTENT_DATA_DIR.
"""

from __future__ import annotations

import errno
import http
import http.client
import logging
import os
import secrets
import shutil
import socket
import sys
import time
from functools import partial
from io import StringIO
from pathlib import Path

import django
import environ
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connections
from django.db.migrations.executor import MigrationExecutor

from shop_content.core.broker import broker_answers, broker_prepare
from shop_content.core.logs import OneLineFormatter
from shop_content.core.processes import AlreadyRunningError, only_one, orphans_end
from shop_content.core.supervisor import Child, Supervisor

BASE_DIR = Path(__file__).resolve().parent.parent
NUM_WEB_THREADS = 8
# For the database and the logs of a first look, and for the trial model's converted weights.
MIN_FREE_BYTES = 100_000_000
MODEL_BYTES = 700_000_000


class DemoError(Exception):
    """The demo cannot start; the message is one line for whoever started it."""


def main() -> int:
    """Run the demo until Ctrl-C; say in one line why it cannot start."""
    os.chdir(BASE_DIR)
    os.umask(0o077)
    data_dir = read_data_dir()
    try:
        with only_one(data_dir / "run"):
            run(data_dir)
    except AlreadyRunningError as error:
        return fail(f"Shop Content is running here already (process {error}).")
    except DemoError as error:
        return fail(str(error))
    except OSError as error:
        return fail(f"{data_dir}: {disk_reason(error)}")
    except KeyboardInterrupt:
        return 130
    return 0


def run(data_dir: Path) -> None:
    """Prepare what is missing, then supervise until a signal comes.

    1. The secret key and the broker's address go into the environment, before the settings are read
       here and by the children.
    2. Children that a killed supervisor left behind are ended: they may hold the port.
    3. Tables, demo shop, processes.
    """
    space_check(data_dir)
    key_ensure(data_dir)
    orphans_end(data_dir / "run")
    broker_command: tuple[str, ...] = ()
    if not os.environ.get("CELERY_BROKER_URL"):
        broker = broker_prepare(data_dir / "broker")
        os.environ["CELERY_BROKER_URL"] = broker.url
        broker_command = broker.command
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop_content.settings")
    django.setup()
    logs_to_file(data_dir / "log" / "start.log")
    host, port = settings.SHOP_CONTENT_HOST, settings.SHOP_CONTENT_PORT
    port_check(host, port)
    logins = database_prepare()
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    say(f"Starting; the logs are in {data_dir / 'log'}")
    Supervisor(
        children=processes(host, port, broker_command),
        run_dir=data_dir / "run",
        log_dir=data_dir / "log",
        environment={**os.environ, "PYTHONUNBUFFERED": "1"},
        say=say,
        on_all_ready=partial(welcome, host, port, logins),
    ).run()


def processes(host: str, port: int, broker_command: tuple[str, ...]) -> list[Child]:
    """Return the processes of the whole application, in the order of their start."""
    python = (sys.executable, "-m")
    celery = (*python, "celery", "--app", "shop_content", "--quiet")
    worker = (*celery, "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle")
    listen = f"--listen={f'[{host}]' if ':' in host else host}:{port}"
    web = (*python, "waitress", listen, f"--threads={NUM_WEB_THREADS}", "--ident=")
    broker_is_ready = partial(broker_answers, os.environ["CELERY_BROKER_URL"])
    children = [Child("broker", broker_command, broker_is_ready, is_base=True)]
    return (children if broker_command else []) + [
        Child("web", (*web, "shop_content.wsgi:application"), partial(web_answers, host, port)),
        # One at a time in the worker's own process: it holds the model.
        Child(
            "generate",
            (*worker, "--queues", "generate", "--pool", "solo", "--hostname", "generate@demo"),
            partial(worker_answers, "generate@demo"),
        ),
        Child(
            "worker",
            (*worker, "--queues", "default", "--concurrency", "2", "--hostname", "worker@demo"),
            partial(worker_answers, "worker@demo"),
        ),
        Child(
            "beat",
            (*celery, "beat", "--loglevel", "INFO", "--pidfile", ""),
            partial(clock_ticks, Path(settings.CELERY_BEAT_SCHEDULE_FILENAME), time.time()),
        ),
    ]


def read_data_dir() -> Path:
    """Return the data folder as the settings will have it; they cannot be read without the key."""
    if (BASE_DIR / ".env").is_file():
        environ.Env.read_env(BASE_DIR / ".env")
    data_dir = Path(os.environ.get("SHOP_CONTENT_DATA_DIR") or BASE_DIR / "var").absolute()
    os.environ["SHOP_CONTENT_DATA_DIR"] = str(data_dir)
    return data_dir


def space_check(data_dir: Path) -> None:
    """Refuse a disk that would be full before the first draft is written.

    Raises:
        DemoError: too little is free.
    """
    needed = MIN_FREE_BYTES if (data_dir / "models").is_dir() else MIN_FREE_BYTES + MODEL_BYTES
    free = shutil.disk_usage(data_dir).free
    if free < needed:
        raise DemoError(
            f"The disk is too full: {data_dir} needs {needed // 10**6} MB, "
            f"{free // 10**6} MB are free."
        )


def key_ensure(data_dir: Path) -> None:
    """Write a secret key at the first start, for our eyes only."""
    path = data_dir / "secret-key"
    if os.environ.get("SHOP_CONTENT_SECRET_KEY") or path.is_file():
        return
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_text(secrets.token_urlsafe(60))
    new.replace(path)  # Whole or not at all, also on a full disk.


def logs_to_file(path: Path) -> None:
    """Send this process's own log to a file: the terminal is for what `say` says."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = logging.FileHandler(path, mode="w", delay=True)
    handler.setFormatter(OneLineFormatter())
    logging.getLogger().handlers = [handler]


def port_check(host: str, port: int) -> None:
    """Refuse a port that another program uses.

    Raises:
        DemoError: the port is in use, or the address is not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As the web server does it: a port in TIME_WAIT from our last run is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise DemoError(
                    f"Port {port} is used by another program. Choose another one: "
                    f"make run PORT={port + 1}"
                ) from error
            raise DemoError(f"Cannot listen on {host}:{port}: {error.strerror}.") from error


def database_prepare() -> str:
    """Bring the tables up to date and the demo shop in, and return the demo's logins.

    Raises:
        DemoError: the database cannot be reached or written.
    """
    try:
        connection = connections["default"]
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            say("Preparing the database ...")
            call_command("migrate", interactive=False, verbosity=0)
        logins = StringIO()
        call_command("seed_demo", stdout=logins)
    except (OperationalError, CommandError) as error:
        reason = (str(error).strip() or repr(error)).splitlines()[0]
        raise DemoError(f"Cannot prepare the database: {reason}") from error
    finally:
        connections.close_all()
    return logins.getvalue()


def web_answers(host: str, port: int) -> bool:
    """Tell whether the web server answers; its first answer loads every page's code."""
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # Only compared.
    connection = http.client.HTTPConnection(target, port, timeout=5)
    try:
        connection.request("GET", "/login/")
        return connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def worker_answers(name: str) -> bool:
    """Tell whether this Celery worker takes messages from the broker."""
    from shop_content.celery import app

    try:
        return bool(app.control.ping(destination=[name], timeout=0.5))
    except Exception:  # Whatever a client of a broker that just went away may raise: not ready.
        return False


def clock_ticks(schedule: Path, since: float) -> bool:
    """Tell whether beat has opened its schedule since then (seconds of the epoch).

    The name gets an ending on some systems, depending on the kind of file that Python uses.
    """
    files = schedule.parent.glob(f"{schedule.name}*")
    return any(path.stat().st_mtime >= since - 1 for path in files)


def welcome(host: str, port: int, logins: str) -> None:
    """Say where to look and how to log in."""
    name = "localhost" if host in {"127.0.0.1", "::1"} else host
    lines = [f"  {line}" for line in logins.splitlines() if line.strip()]
    say("\n".join(["", f"Shop Content runs at http://{name}:{port}/", *lines, "Ctrl-C stops it."]))


def disk_reason(error: OSError) -> str:
    """Say in a few words what is wrong with the data folder."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return "the disk is full."
    return f"{error.strerror or error}."


def say(text: str) -> None:
    """Write to the terminal at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def fail(reason: str) -> int:
    """Say why the demo does not start, and return the exit status."""
    sys.stderr.write(f"{reason}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
