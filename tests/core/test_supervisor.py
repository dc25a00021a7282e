"""The supervisor, in a process of its own, over small children."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from shop_content.core.processes import command_line, group_kill, orphans_end
from shop_content.core.supervisor import end_reason, error_lines
from tests.conftest import wait_until

SLEEP = "import time; time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"
DRIVER = """
import json, os, sys
from pathlib import Path
from shop_content.core.supervisor import Child, Supervisor, Timing

spec = json.loads(sys.argv[1])
folder = Path(spec["folder"])
def child(name, code, is_base=False, flag=None):
    ready = (lambda: Path(flag).exists()) if flag else (lambda: True)
    return Child(name, (sys.executable, "-c", code), ready, is_base)
def say(text):
    sys.stdout.write(text + "\\n")
    sys.stdout.flush()
Supervisor(
    children=[child(**row) for row in spec["children"]],
    run_dir=folder / "run", log_dir=folder / "log", environment=dict(os.environ), say=say,
    on_all_ready=lambda: say("ALL READY"), timing=Timing(**spec["timing"]),
).run()
say("DONE")
"""


@dataclass
class Driven:
    """A supervisor under test."""

    process: subprocess.Popen[str]
    folder: Path
    out_path: Path
    seen_pids: set[int] = field(default_factory=set)

    @property
    def output(self) -> str:
        return self.out_path.read_text()

    def pid(self, name: str) -> int:
        """Return the process id of a child that was announced ready, the newest one."""
        found = re.findall(rf"{name} +ready, process (\d+)", self.output)
        self.seen_pids.update(int(pid) for pid in found)
        return int(found[-1]) if found else 0

    def wait_for(self, text: str) -> None:
        assert wait_until(lambda: text in self.output), f"no {text!r} in:\n{self.output}"

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=20)


Start = Callable[..., Driven]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a supervisor over `name=code` children, and leave nothing of it behind."""
    driven: list[Driven] = []

    def begin(*children: dict[str, object], **timing: float) -> Driven:
        timing = {"tick_seconds": 0.05, "ready_check_seconds": 0.05, "grace_seconds": 3} | timing
        spec = {"folder": str(tmp_path), "children": children, "timing": timing}
        out_path = tmp_path / "stdout"
        with out_path.open("w") as out:
            process = subprocess.Popen(
                [sys.executable, "-c", DRIVER, json.dumps(spec)], stdout=out, stderr=out, text=True
            )
        driven.append(Driven(process, tmp_path, out_path))
        return driven[-1]

    yield begin
    for one in driven:
        one.process.kill()
        one.process.wait()
    orphans_end(tmp_path / "run")


def is_gone(pid: int) -> bool:
    return command_line(pid) == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_every_child(start: Start, number: int) -> None:
    driven = start({"name": "one", "code": SLEEP}, {"name": "two", "code": SLEEP})
    driven.wait_for("ALL READY")
    pids = [driven.pid("one"), driven.pid("two")]
    assert driven.stop(number) == 0
    assert "DONE" in driven.output
    assert all(map(is_gone, pids))
    assert list((driven.folder / "run").iterdir()) == []


def test_a_killed_child_is_started_again_and_ends_with_the_rest(start: Start) -> None:
    driven = start(
        {"name": "one", "code": SLEEP}, {"name": "two", "code": SLEEP}, backoff_seconds=0.1
    )
    driven.wait_for("ALL READY")
    first, other = driven.pid("one"), driven.pid("two")
    os.kill(first, signal.SIGKILL)
    driven.wait_for("one: was ended by SIGKILL; starting again")
    assert wait_until(lambda: driven.pid("one") != first)
    assert driven.output.count("ALL READY") == 1
    second = driven.pid("one")
    assert driven.stop() == 0
    assert all(map(is_gone, [first, second, other]))


def test_children_end_also_when_one_was_killed_a_moment_before(start: Start) -> None:
    driven = start(
        {"name": "one", "code": SLEEP}, {"name": "two", "code": SLEEP}, backoff_seconds=60
    )
    driven.wait_for("ALL READY")
    pids = [driven.pid("one"), driven.pid("two")]
    os.kill(pids[0], signal.SIGKILL)
    driven.wait_for("starting again in 30 s")
    assert driven.stop() == 0
    assert all(map(is_gone, pids))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ends them on Linux only")
def test_children_end_when_the_supervisor_is_killed(start: Start) -> None:
    driven = start({"name": "one", "code": SLEEP}, {"name": "two", "code": SLEEP})
    driven.wait_for("ALL READY")
    pids = [driven.pid("one"), driven.pid("two")]
    assert driven.stop(signal.SIGKILL) == -9
    assert wait_until(lambda: all(map(is_gone, pids)), seconds=5)


def test_a_child_that_survived_the_supervisor_is_ended_at_the_next_start(start: Start) -> None:
    driven = start({"name": "one", "code": STUBBORN})
    driven.wait_for("ALL READY")
    pid = driven.pid("one")
    # Ready at once here, so it may not have got as far as ignoring the signal yet.
    time.sleep(0.5)
    driven.stop(signal.SIGKILL)
    assert not is_gone(pid)
    assert orphans_end(driven.folder / "run") == ["one"]
    assert wait_until(lambda: is_gone(pid))


def test_a_child_that_does_not_listen_is_killed_after_the_grace(start: Start) -> None:
    driven = start({"name": "one", "code": f"print('up', flush=True); {STUBBORN}"}, grace_seconds=1)
    driven.wait_for("ALL READY")
    pid = driven.pid("one")
    time.sleep(0.5)
    begin = time.monotonic()
    assert driven.stop() == 0
    assert is_gone(pid)
    assert 0.9 < time.monotonic() - begin < 15


def test_a_second_signal_does_not_wait_for_the_grace(start: Start) -> None:
    driven = start({"name": "one", "code": STUBBORN}, grace_seconds=60)
    driven.wait_for("ALL READY")
    pid = driven.pid("one")
    time.sleep(0.5)
    driven.process.send_signal(signal.SIGINT)
    driven.wait_for("Stopping")
    assert driven.stop() == 0
    assert is_gone(pid)


def test_what_a_child_has_started_ends_with_it(start: Start, tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, pathlib\n"
        f"p = subprocess.Popen([sys.executable, '-c', {SLEEP!r}])\n"
        f"pathlib.Path({str(tmp_path / 'inner')!r}).write_text(str(p.pid))\n{SLEEP}"
    )
    driven = start({"name": "one", "code": code}, backoff_seconds=60)
    assert wait_until(lambda: (tmp_path / "inner").exists() and (tmp_path / "inner").read_text())
    inner = int((tmp_path / "inner").read_text())
    driven.wait_for("ALL READY")
    os.kill(driven.pid("one"), signal.SIGKILL)
    driven.wait_for("starting again")
    assert wait_until(lambda: is_gone(inner), seconds=5)


def test_the_base_is_ready_before_the_others_start_and_ends_after_them(
    start: Start, tmp_path: Path
) -> None:
    def code(name: str) -> str:
        return (
            "import signal, sys, time\n"
            f"log = open({str(tmp_path / 'order')!r}, 'a', buffering=1)\n"
            f"signal.signal(signal.SIGTERM, lambda *a: (log.write('-{name}\\n'), sys.exit()))\n"
            f"log.write('+{name}\\n')\ntime.sleep(60)"
        )

    flag = tmp_path / "base-is-ready"
    driven = start(
        {"name": "web", "code": code("web")},
        {"name": "base", "code": code("base"), "is_base": True, "flag": str(flag)},
    )
    order = tmp_path / "order"
    assert wait_until(lambda: order.exists() and "+base" in order.read_text())
    time.sleep(0.3)
    assert "+web" not in order.read_text()
    flag.touch()
    driven.wait_for("ALL READY")
    assert wait_until(lambda: "+web" in order.read_text())
    driven.stop()
    assert order.read_text().split() == ["+base", "+web", "-web", "-base"]


def test_a_child_that_stops_at_once_is_tried_later_each_time_and_quoted(start: Start) -> None:
    code = "import sys; sys.exit('the last words')"
    driven = start({"name": "one", "code": code}, backoff_seconds=0.6, max_backoff_seconds=1.6)
    driven.wait_for("starting again in 2 s")
    waits = re.findall(r"one: stopped with exit status 1; .* in (\d+) s, see", driven.output)
    assert waits[:3] == ["1", "1", "2"]  # 0.6, 1.2 and the most: 1.6 seconds.
    assert ": the last words" in driven.output
    assert "the last words" in (driven.folder / "log" / "one.log").read_text()
    assert driven.stop() == 0


def test_a_child_that_is_never_ready_is_named_once(start: Start, tmp_path: Path) -> None:
    driven = start(
        {"name": "one", "code": SLEEP, "flag": str(tmp_path / "never")}, slow_start_seconds=0.3
    )
    driven.wait_for("one: not ready yet; see")
    time.sleep(0.5)
    driven.stop()
    assert driven.output.count("not ready yet") == 1
    assert "ALL READY" not in driven.output


def test_an_error_of_a_child_is_shown_and_the_rest_goes_to_its_log(start: Start) -> None:
    rows = [{"level": "INFO", "message": "quiet"}, {"level": "ERROR", "message": "loud"}]
    code = "; ".join(f"print({json.dumps(row)!r}, flush=True)" for row in rows) + f"; {SLEEP}"
    driven = start({"name": "one", "code": code})
    driven.wait_for("one: loud")
    driven.stop()
    assert "quiet" not in driven.output
    assert "quiet" in (driven.folder / "log" / "one.log").read_text()


def test_a_large_log_of_an_earlier_run_is_put_aside(start: Start, tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "one.log").write_bytes(b"x" * 5_000_001)
    driven = start({"name": "one", "code": SLEEP})
    driven.wait_for("ALL READY")
    driven.stop()
    assert (tmp_path / "log" / "one.log").stat().st_size == 0
    assert (tmp_path / "log" / "one.log.1").stat().st_size == 5_000_001


def test_a_command_that_does_not_exist_leaves_nothing_running(tmp_path: Path) -> None:
    code = DRIVER.replace("(sys.executable, ", "(name == 'two' and '/missing' or sys.executable, ")
    children = [{"name": "one", "code": SLEEP}, {"name": "two", "code": ""}]
    spec = {"folder": str(tmp_path), "children": children, "timing": {"grace_seconds": 1}}
    answer = subprocess.run(
        [sys.executable, "-c", code, json.dumps(spec)],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert answer.returncode == 1
    assert "FileNotFoundError" in answer.stderr
    assert list((tmp_path / "run").iterdir()) == []


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('{"level": "ERROR", "message": "broken"}', ["broken"]),
        ('{"level": "CRITICAL", "message": "a\\n  b"}', ["a b"]),
        ('{"level": "WARNING", "message": "near"}', []),
        ('{"level": "OTHER", "message": "near"}', []),
        ('{"level": "ERROR"}', []),
        ('{"level": ["ERROR"], "message": "x"}', []),
        ("{not json", []),
        ("ERROR plain text", []),
        ("", []),
    ],
)
def test_only_errors_are_shown(line: str, shown: list[str]) -> None:
    assert error_lines(line) == shown


def test_a_long_error_is_made_short() -> None:
    assert len(error_lines(json.dumps({"level": "ERROR", "message": "x" * 9000}))[0]) == 300


@pytest.mark.parametrize(
    ("returncode", "said"),
    [
        (0, "stopped with exit status 0"),
        (3, "stopped with exit status 3"),
        (-9, "was ended by SIGKILL"),
        (-255, "stopped with exit status -255"),
    ],
)
def test_the_end_of_a_process_is_said_in_words(returncode: int, said: str) -> None:
    assert end_reason(returncode) == said


def test_a_group_that_is_gone_can_be_killed_again() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""], start_new_session=True)
    process.wait()
    group_kill(process.pid)
