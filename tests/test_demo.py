"""`make run`: what it prepares, what it refuses in one line, and one real start from nothing."""

from __future__ import annotations

import errno
import http.client
import json
import logging
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from shop_content import demo
from shop_content.core.broker import free_port
from shop_content.core.processes import command_line
from tests.conftest import wait_until

ROOT = Path(__file__).resolve().parent.parent
PROCESSES = ("broker", "web", "generate", "worker", "beat")


def demo_environment(data_dir: Path, port: int) -> dict[str, str]:
    """Return the environment of somebody who has set nothing but a folder and a port."""
    ours = ("SHOP_CONTENT", "DJANGO", "CELERY", "DATABASE_URL", "EMAIL_URL")
    inherited = {name: text for name, text in os.environ.items() if not name.startswith(ours)}
    return {
        **inherited,
        "SHOP_CONTENT_DATA_DIR": str(data_dir),
        "SHOP_CONTENT_PORT": str(port),
        "SHOP_CONTENT_LM_ENGINE": "echo",
    }


def run_demo(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Start the demo where it has to refuse."""
    return subprocess.run(
        [sys.executable, "-m", "shop_content.demo"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def used_port() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        yield other.getsockname()[1]


def test_a_secret_key_is_made_once_and_for_our_eyes_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHOP_CONTENT_SECRET_KEY", raising=False)
    demo.key_ensure(tmp_path)
    key = (tmp_path / "secret-key").read_text()
    assert len(key) >= 50
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    demo.key_ensure(tmp_path)
    assert (tmp_path / "secret-key").read_text() == key
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_a_key_from_the_environment_is_not_written_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_CONTENT_SECRET_KEY", "k" * 60)
    demo.key_ensure(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("has_model", "free_mb", "needed_mb"), [(False, 799, 800), (True, 99, 100)]
)
def test_a_full_disk_is_said_before_anything_is_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    has_model: bool,
    free_mb: int,
    needed_mb: int,
) -> None:
    if has_model:
        (tmp_path / "models").mkdir()
    free = [free_mb * 10**6]
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=free[0]))
    with pytest.raises(demo.DemoError, match=f"needs {needed_mb} MB, {free_mb} MB are free"):
        demo.space_check(tmp_path)
    free[0] = needed_mb * 10**6
    demo.space_check(tmp_path)


def test_our_own_log_goes_to_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    demo.logs_to_file(tmp_path / "log" / "start.log")
    logging.getLogger("shop_content").warning("no broker yet")
    (handler,) = logging.getLogger().handlers
    handler.close()
    row = json.loads((tmp_path / "log" / "start.log").read_text())
    assert (row["level"], row["message"]) == ("WARNING", "no broker yet")


def test_a_used_port_is_refused(used_port: int) -> None:
    with pytest.raises(demo.DemoError, match=f"make run PORT={used_port + 1}"):
        demo.port_check("127.0.0.1", used_port)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(demo.DemoError, match=r"Cannot listen on 192\.0\.2\.1:8000"):
        demo.port_check("192.0.2.1", 8000)


def test_a_free_port_is_taken() -> None:
    demo.port_check("127.0.0.1", free_port())


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "the disk is full."),
        (errno.EDQUOT, "the disk is full."),
        (errno.EROFS, "Read-only file system."),
    ],
)
def test_a_disk_that_cannot_be_written_is_said_in_words(number: int, said: str) -> None:
    assert demo.disk_reason(OSError(number, os.strerror(number))) == said


def test_a_web_server_that_is_not_there_does_not_answer() -> None:
    assert not demo.web_answers("127.0.0.1", free_port())


def test_the_clock_ticks_once_it_has_opened_its_schedule(tmp_path: Path) -> None:
    schedule, now = tmp_path / "celerybeat-schedule", time.time()
    assert not demo.clock_ticks(schedule, now)
    old = tmp_path / "celerybeat-schedule.db"
    old.touch()
    os.utime(old, (now - 60, now - 60))
    assert not demo.clock_ticks(schedule, now)
    os.utime(old)
    assert demo.clock_ticks(schedule, now)


def test_an_own_broker_is_started_only_where_none_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://127.0.0.1/0")
    without = demo.processes("127.0.0.1", 8000, ())
    with_one = demo.processes("127.0.0.1", 8000, ("valkey-server", "valkey.conf"))
    assert tuple(child.name for child in with_one) == PROCESSES
    assert tuple(child.name for child in without) == PROCESSES[1:]


def test_an_address_of_version_six_is_written_in_brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://127.0.0.1/0")
    web = demo.processes("::1", 8000, ())[0]
    assert "--listen=[::1]:8000" in web.command


def test_a_used_port_gets_one_line(tmp_path: Path, used_port: int) -> None:
    answer = run_demo(demo_environment(tmp_path, used_port))
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr == (
        f"Port {used_port} is used by another program. "
        f"Choose another one: make run PORT={used_port + 1}\n"
    )


def test_a_data_folder_that_cannot_be_made_gets_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    answer = run_demo(demo_environment(tmp_path / "file" / "var", free_port()))
    assert answer.returncode == 1
    assert answer.stderr.splitlines() == [f"{tmp_path}/file/var: Not a directory."]


def test_a_database_that_cannot_be_opened_gets_one_line(tmp_path: Path) -> None:
    environment = demo_environment(tmp_path, free_port())
    environment["DATABASE_URL"] = f"sqlite:///{tmp_path}/missing/db.sqlite3"
    answer = run_demo(environment)
    assert answer.returncode == 1
    expected = ["Cannot prepare the database: unable to open database file"]
    assert answer.stderr.splitlines()[-1:] == expected


def pids(output: str) -> dict[str, int]:
    """Return the newest process id of each child that was announced ready."""
    return {name: int(pid) for name, pid in re.findall(r"(\w+) +ready, process (\d+)", output)}


@pytest.mark.worker
def test_one_command_brings_up_everything_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    port, data_dir, out_path = free_port(), tmp_path / "var", tmp_path / "out"
    environment = demo_environment(data_dir, port)
    with out_path.open("w") as out:
        started = subprocess.Popen(
            [sys.executable, "-m", "shop_content.demo"],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=out,
        )
    try:
        wait_until(lambda: "Ctrl-C" in out_path.read_text() or started.poll() is not None, 120)
        output = out_path.read_text()
        assert "Ctrl-C stops it" in output
        assert not [line for line in output.splitlines() if line.startswith("{")], output
        # A line per process, the address, a log-in per role.
        assert set(pids(output)) == set(PROCESSES)
        assert f"http://localhost:{port}/" in output
        for role in ("merchant", "editor", "admin"):
            assert re.search(rf"^  {role} \S+@\S+ \S{{10,}}$", output, re.MULTILINE), output
        for name in ("secret-key", "demo-logins", "db.sqlite3"):
            assert stat.S_IMODE((data_dir / name).stat().st_mode) == 0o600, name

        for path in ("/login/", "/static/css/app.css"):
            connection = http.client.HTTPConnection("localhost", port, timeout=20)
            connection.request("GET", path)
            assert connection.getresponse().status == 200, path
            connection.close()

        # A second start here is refused, and harms nothing.
        second = run_demo(environment)
        assert second.returncode == 1
        assert second.stderr == f"Shop Content is running here already (process {started.pid}).\n"

        # It should start a killed worker again, and the broker too.
        before = pids(output)
        os.kill(before["generate"], signal.SIGKILL)
        os.kill(before["broker"], signal.SIGKILL)

        def is_back() -> bool:
            now = pids(out_path.read_text())
            return all(now[name] != before[name] for name in ("generate", "broker"))

        assert wait_until(is_back, 60), out_path.read_text()
        everyone = {*before.values(), *pids(out_path.read_text()).values()}
        os.kill(pids(out_path.read_text())["worker"], signal.SIGKILL)
        started.send_signal(signal.SIGINT)
        assert started.wait(timeout=60) == 0
        assert [pid for pid in everyone if command_line(pid)] == []
        assert [path.name for path in (data_dir / "run").glob("*.pid")] == []
    finally:
        started.kill()
        started.wait()
        for note in (data_dir / "run").glob("*.pid"):
            os.killpg(json.loads(note.read_text())["pid"], signal.SIGKILL)
