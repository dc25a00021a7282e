"""Processes of the operating system: start one that dies with us, find and end one left behind."""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

# prctl's option "send me this signal when my parent dies"; see prctl(2).
PR_SET_PDEATHSIG = 1


class AlreadyRunningError(Exception):
    """Another supervisor holds this folder."""


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; it goes with the process, even with one that is killed.

    Raises:
        AlreadyRunningError: when another process holds it; the message is its process id.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "supervisor.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            raise AlreadyRunningError(lock.read().strip()) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def process_start(
    command: Sequence[str], *, environment: Mapping[str, str], output: IO[bytes], pid_file: Path
) -> subprocess.Popen[bytes]:
    """Start a command in a group of its own, and note it for `orphans_end`.

    In a group of its own it does not get the terminal's Ctrl-C: the supervisor says when to stop.
    """
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=_die_with_parent(),
    )
    try:
        pid_file.write_text(json.dumps({"pid": process.pid, "command": list(command)}))
    except OSError:  # The disk is full: leave nothing running that nobody knows of.
        group_kill(process.pid)
        process.wait()
        raise
    return process


def group_kill(pid: int) -> None:
    """Kill what is left of a process's group: nothing is left in most cases."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def orphans_end(folder: Path, *, timeout_seconds: float = 5.0) -> list[str]:
    """Kill what a killed supervisor left behind, and return the names of what was found.

    A process id may belong to somebody else by now, so the command line has to be the one that was
    noted.
    """
    found = []
    for pid_file in sorted(folder.glob("*.pid")):
        try:
            note = json.loads(pid_file.read_text())
            pid, command = int(note["pid"]), list(note["command"])
        except (ValueError, KeyError, TypeError):
            pid, command = 0, []
        if pid > 1 and command_line(pid) == " ".join(command):
            group_kill(pid)
            found.append(pid_file.stem)
            deadline = time.monotonic() + timeout_seconds
            while command_line(pid) and time.monotonic() < deadline:
                time.sleep(0.05)
        pid_file.unlink(missing_ok=True)
    return found


def command_line(pid: int) -> str:
    """Return the command line of a live process, words joined by blanks, or an empty string."""
    proc = Path("/proc", str(pid), "cmdline")
    if Path("/proc/self/cmdline").is_file():
        try:
            return proc.read_bytes().rstrip(b"\0").replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    answer = subprocess.run(
        ["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip()


def _die_with_parent() -> Callable[[], None] | None:
    """Return what a child runs before its command, on Linux; elsewhere `orphans_end` has to do."""
    if sys.platform != "linux":
        return None
    # Loaded here: after fork() the child must not take the loader's locks.
    libc, parent = ctypes.CDLL(None), os.getpid()

    def ask_for_signal() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # It died between fork() and here.
            os._exit(1)

    return ask_for_signal
