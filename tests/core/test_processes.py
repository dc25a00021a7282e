"""Processes: what a killed supervisor leaves behind is found and ended, and nothing else is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shop_content.core.processes import (
    AlreadyRunningError,
    command_line,
    group_kill,
    only_one,
    orphans_end,
    process_start,
)
from tests.conftest import wait_until

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that was started and noted as the supervisor does it."""
    with (tmp_path / "out.log").open("wb") as output:
        process = process_start(
            SLEEP, environment=os.environ, output=output, pid_file=tmp_path / "sleeper.pid"
        )
    # Until exec() has run, it still has our own command line.
    assert wait_until(lambda: command_line(process.pid) == " ".join(SLEEP))
    yield process
    group_kill(process.pid)
    process.wait()


def test_a_process_left_behind_is_ended(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    assert orphans_end(tmp_path, timeout_seconds=0.1) == ["sleeper"]
    assert sleeper.wait(timeout=5) == -9
    assert not (tmp_path / "sleeper.pid").exists()


def test_a_process_of_somebody_else_with_the_noted_id_is_left_alone(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    note = {"pid": sleeper.pid, "command": ["valkey-server", "valkey.conf"]}
    (tmp_path / "sleeper.pid").write_text(json.dumps(note))
    assert orphans_end(tmp_path) == []
    assert sleeper.poll() is None
    assert not (tmp_path / "sleeper.pid").exists()


@pytest.mark.parametrize(
    "note",
    ["", "12", "null", "{}", '{"pid": "x", "command": []}', '{"pid": -1, "command": []}'],
)
def test_a_broken_note_is_removed(tmp_path: Path, note: str) -> None:
    (tmp_path / "broker.pid").write_text(note)
    assert orphans_end(tmp_path) == []
    assert not (tmp_path / "broker.pid").exists()


def test_nothing_noted_means_nothing_to_end(tmp_path: Path) -> None:
    assert orphans_end(tmp_path / "missing") == []


def test_a_process_that_cannot_be_noted_does_not_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def remember(*args: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(popen(*args, **options))
        return started[-1]

    monkeypatch.setattr("shop_content.core.processes.subprocess.Popen", remember)
    pid_file = tmp_path / "missing" / "sleeper.pid"
    with (tmp_path / "out.log").open("wb") as output, pytest.raises(FileNotFoundError):
        process_start(SLEEP, environment=os.environ, output=output, pid_file=pid_file)
    assert [process.returncode for process in started] == [-9]


def test_a_process_has_a_group_of_its_own(sleeper: subprocess.Popen[bytes]) -> None:
    assert os.getpgid(sleeper.pid) == sleeper.pid != os.getpgrp()


def test_the_command_line_of_a_process_that_is_gone_is_empty() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert command_line(process.pid) == ""


def test_a_folder_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(AlreadyRunningError) as caught, only_one(tmp_path):
        pytest.fail("the second one came in")
    assert str(caught.value) == str(os.getpid())


def test_a_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    with only_one(tmp_path):
        pass
    with only_one(tmp_path):
        pass
    # Not "pid1pid2": the second holder's own id only.
    assert (tmp_path / "supervisor.lock").read_text() == str(os.getpid())
