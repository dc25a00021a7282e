"""Keep a handful of processes running, and end every one of them with us.

A child that stops is started again, later each time that it stops soon. Its output goes to a file;
what looks like an error is shown on the terminal too.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from shop_content.core.processes import group_kill, process_start

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# A log of the last run is kept beside the new one when it has grown to this.
MAX_LOG_BYTES = 5_000_000


def always_ready() -> bool:
    """Answer for a process that is ready as soon as it runs."""
    return True


@dataclass(frozen=True, slots=True)
class Child:
    """One process to keep running."""

    name: str
    command: tuple[str, ...]
    is_ready: Callable[[], bool] = always_ready  # may take a second, may not raise
    is_base: bool = False  # the others need it: first to start, last to stop


@dataclass(frozen=True, slots=True)
class Timing:
    """How long the supervisor waits for what."""

    tick_seconds: float = 0.2
    ready_check_seconds: float = 0.5  # between two questions whether a child is ready
    grace_seconds: float = 10.0  # between asking a child to stop and killing it
    backoff_seconds: float = 1.0  # before the first new start; doubled each time
    max_backoff_seconds: float = 30.0
    settled_seconds: float = 20.0  # a child that ran so long starts again at the first backoff
    slow_start_seconds: float = 60.0  # not ready by then: said once


@dataclass(slots=True)
class Run:
    """What is known of one child at this moment."""

    child: Child
    log_path: Path
    pid_file: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0  # monotonic
    start_after: float = 0.0  # monotonic
    check_after: float = 0.0  # monotonic
    num_quick_ends: int = 0
    is_ready: bool = False
    was_called_slow: bool = False
    log_offset: int = 0


@dataclass(slots=True)
class Supervisor:
    """Start the children, keep them running until a signal comes, then end them."""

    children: Sequence[Child]
    run_dir: Path
    log_dir: Path
    environment: Mapping[str, str]
    say: Callable[[str], None]
    on_all_ready: Callable[[], None] = lambda: None
    timing: Timing = field(default_factory=Timing)
    _runs: list[Run] = field(default_factory=list, init=False)
    _num_signals: int = field(default=0, init=False)
    _was_all_ready: bool = field(default=False, init=False)

    def run(self) -> None:
        """Stay until SIGINT, SIGTERM or SIGHUP; no child is left when this returns."""
        self.log_dir.mkdir(parents=True, exist_ok=True)
        self.run_dir.mkdir(parents=True, exist_ok=True)
        self._runs = [self._new_run(child) for child in self.children]
        before = {number: signal.signal(number, self._on_signal) for number in STOP_SIGNALS}
        try:
            while not self._num_signals:
                self._tick()
                time.sleep(self.timing.tick_seconds)
            self.say("Stopping ...")
        finally:
            self._stop_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _new_run(self, child: Child) -> Run:
        log_path = self.log_dir / f"{child.name}.log"
        if log_path.is_file() and log_path.stat().st_size > MAX_LOG_BYTES:
            log_path.replace(log_path.with_suffix(".log.1"))
        return Run(child, log_path, self.run_dir / f"{child.name}.pid")

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._num_signals += 1  # Nothing more in a handler; a second signal ends the grace.

    def _tick(self) -> None:
        for run in self._runs:
            if self._num_signals:
                return
            if run.process is None:
                if time.monotonic() >= run.start_after and self._can_start(run):
                    self._start(run)
            elif run.process.poll() is not None:
                self._has_ended(run)
            else:
                self._watch(run)
        if not self._was_all_ready and all(run.is_ready for run in self._runs):
            self._was_all_ready = True
            self.on_all_ready()

    def _can_start(self, run: Run) -> bool:
        return run.child.is_base or all(r.is_ready for r in self._runs if r.child.is_base)

    def _start(self, run: Run) -> None:
        with run.log_path.open("ab") as output:
            run.log_offset = output.tell()
            run.process = process_start(
                run.child.command,
                environment=self.environment,
                output=output,
                pid_file=run.pid_file,
            )
        run.started_at = time.monotonic()
        run.check_after = run.started_at + self.timing.ready_check_seconds

    def _watch(self, run: Run) -> None:
        for line in error_lines(self._new_output(run)):
            self.say(f"{run.child.name}: {line}")
        if run.is_ready or run.process is None or time.monotonic() < run.check_after:
            return
        run.check_after = time.monotonic() + self.timing.ready_check_seconds
        if run.child.is_ready():
            run.is_ready = True
            self.say(f"  {run.child.name:<10} ready, process {run.process.pid}")
        elif self._age(run) > self.timing.slow_start_seconds and not run.was_called_slow:
            run.was_called_slow = True
            self.say(f"{run.child.name}: not ready yet; see {run.log_path}")

    def _has_ended(self, run: Run) -> None:
        if run.process is None:
            return
        reason = end_reason(run.process.returncode)
        group_kill(run.process.pid)  # What the dead child had started itself.
        if self._age(run) > self.timing.settled_seconds:
            run.num_quick_ends = 0
        backoff = self.timing.backoff_seconds * 2**run.num_quick_ends
        wait_seconds = min(backoff, self.timing.max_backoff_seconds)
        run.num_quick_ends += 1
        run.start_after = time.monotonic() + wait_seconds
        last = self._new_output(run).strip().splitlines()[-1:]
        self.say(
            f"{run.child.name}: {reason}; starting again in {wait_seconds:.0f} s, "
            f"see {run.log_path}" + "".join(f": {line[:300]}" for line in last)
        )
        run.process, run.is_ready = None, False
        run.pid_file.unlink(missing_ok=True)

    def _age(self, run: Run) -> float:
        return time.monotonic() - run.started_at

    def _new_output(self, run: Run) -> str:
        """Return what the child wrote since the last look, whole lines only while it runs."""
        try:
            with run.log_path.open("rb") as log:
                log.seek(run.log_offset)
                text = log.read(1_000_000)
        except OSError:
            return ""
        if run.process is not None and run.process.returncode is None:
            text = text[: text.rfind(b"\n") + 1]
        run.log_offset += len(text)
        return text.decode(errors="replace")

    def _stop_all(self) -> None:
        for is_base in (False, True):
            live = [run for run in self._runs if run.process and run.child.is_base == is_base]
            for run in live:
                self._ask_to_stop(run)
            deadline = time.monotonic() + self.timing.grace_seconds
            while any(run.process and run.process.poll() is None for run in live):
                if time.monotonic() > deadline or self._num_signals > 1:
                    break
                time.sleep(0.05)
            for run in live:
                self._end(run)

    def _ask_to_stop(self, run: Run) -> None:
        # Only the child itself: a Celery worker ends its pool in order, if it is left to do so.
        if run.process is not None and run.process.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(run.process.pid, signal.SIGTERM)

    def _end(self, run: Run) -> None:
        if run.process is not None:
            group_kill(run.process.pid)
            run.process.wait()
            run.process = None
        run.pid_file.unlink(missing_ok=True)


def end_reason(returncode: int) -> str:
    """Say how a process ended."""
    if returncode < 0:
        with suppress(ValueError):
            return f"was ended by {signal.Signals(-returncode).name}"
    return f"stopped with exit status {returncode}"


def error_lines(text: str) -> list[str]:
    """Return the lines of a log that a person should see, made short."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("{"):
            continue
        try:
            row = json.loads(line)
            level = logging.getLevelNamesMapping().get(row["level"], 0)
            message = str(row["message"])
        except (ValueError, KeyError, TypeError):
            continue
        if level >= logging.ERROR:
            lines.append(" ".join(message.split())[:300])
    return lines
