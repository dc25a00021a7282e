"""A model server in a process of its own, that misbehaves on order.

It speaks OpenAI's chat/completions and completions and DeepAI's text-generator, and writes plain
sentences made from prompt and seed. How a request is treated is said by a marker in its prompt,
`SERVER[500]`, or `SERVER[500x2]` for the first two tries of that prompt only; or else drawn from
the mix that the test has set. `BEHAVIOURS` names all ways.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from tests.lm.model_behaviours import BEHAVIOURS, openai_answer, prompt_of, text_of

REPOSITORY = Path(__file__).resolve().parents[2]
MARKER = re.compile(r"SERVER\[([a-z0-9_-]+?)(?:x(\d+))?\]")


@dataclass
class State:
    """What the server remembers between requests."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    mix: dict[str, float] = field(default_factory=dict)
    chance: random.Random = field(default_factory=lambda: random.Random(0))
    refused: list[str] = field(default_factory=list)  # Parameters answered with a 400.
    by_path: Counter[str] = field(default_factory=Counter)
    by_behaviour: Counter[str] = field(default_factory=Counter)
    tries: Counter[str] = field(default_factory=Counter)  # By prompt.
    under_way: int = 0
    max_under_way: int = 0
    last: dict[str, Any] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)  # When each request came.

    def choose(self, prompt: str) -> str:
        """Say how a request is treated, and count it."""
        with self.lock:
            self.tries[prompt] += 1
            found = MARKER.search(prompt)
            if found:
                is_over = found[2] is not None and self.tries[prompt] > int(found[2])
                chosen = "ok" if is_over else found[1]
            else:
                names = [*self.mix, "ok"]
                weights = [*self.mix.values(), max(0.0, 1.0 - sum(self.mix.values()))]
                chosen = self.chance.choices(names, weights)[0]
            self.by_behaviour[chosen] += 1
            return chosen

    def control(self, order: dict[str, Any]) -> None:
        """Obey the test."""
        with self.lock:
            if "forget" in order:
                self.by_path, self.by_behaviour, self.tries = Counter(), Counter(), Counter()
                self.times, self.last, self.max_under_way = [], {}, self.under_way
            if "mix" in order:
                self.mix = order["mix"]
                self.chance = random.Random(order["seed"])
            self.refused = order.get("refused", self.refused)

    def stats(self) -> dict[str, Any]:
        """Return the counts so far."""
        with self.lock:
            return {
                "num_requests": sum(self.by_path.values()),
                "by_path": dict(self.by_path),
                "by_behaviour": dict(self.by_behaviour),
                "under_way": self.under_way,
                "max_under_way": self.max_under_way,
                "last": self.last,
                "times": self.times,
            }


class Handler(BaseHTTPRequestHandler):
    """Answer one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    state: State
    is_under_way = False

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the test's output clean."""

    def do_GET(self) -> None:
        """Serve the counts."""
        self.send_json(self.state.stats())

    def do_POST(self) -> None:
        """Serve the control endpoint and the three interfaces."""
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.startswith("/control/"):
            self.state.control(json.loads(raw))
            self.send_json({})
            return
        body = (
            {"text": parse_qs(raw.decode())["text"][0]}
            if self.path.endswith("/text-generator")
            else json.loads(raw)
        )
        with self.state.lock:
            self.state.by_path[self.path] += 1
            self.state.times.append(time.monotonic())
            self.state.last = {"body": body, "headers": dict(self.headers.items())}
            self.is_under_way = True
            self.state.under_way += 1
            self.state.max_under_way = max(self.state.max_under_way, self.state.under_way)
        try:
            with contextlib.suppress(ConnectionError):
                self.behave(body)
        finally:
            self.end_count()

    def end_count(self) -> None:
        """Count the request no longer, once."""
        with self.state.lock:
            self.state.under_way -= self.is_under_way
            self.is_under_way = False

    def behave(self, body: dict[str, Any]) -> None:
        """Treat a request as ordered."""
        named = [name for name in self.state.refused if name in body]
        if named:
            self.fail(400, f"Unsupported parameter: '{named[0]}'", {})
            return
        behaviour = self.state.choose(prompt_of(body))
        BEHAVIOURS[behaviour](self, body)

    def answer(self, body: dict[str, Any], **changes: Any) -> None:
        """Answer well, in the request's own interface."""
        if "text" in body:
            text = changes.get("text", text_of(prompt_of(body), 0, 60))
            self.send_json({"id": "1", "output": text})
        elif body.get("stream"):
            self.send_events(body, is_whole=changes.get("is_whole", True))
        else:
            self.send_json(openai_answer(body, is_chat="messages" in body, **changes))

    def send_json(self, found: Any) -> None:
        self.send(200, json.dumps(found).encode(), "application/json")

    def send(
        self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None
    ) -> None:
        self.start(status, kind, {**(headers or {}), "Content-Length": str(len(body))})
        # Before the last byte: the client may begin its next request as soon as it has this one's.
        self.end_count()
        self.wfile.write(body)

    def start(self, status: int, kind: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def send_events(self, body: dict[str, Any], *, is_whole: bool) -> None:
        """Send a text word by word."""
        self.close_connection = True
        self.start(200, "text/event-stream", {"Connection": "close"})
        words = text_of(prompt_of(body), body.get("seed", 0), body["max_tokens"]).split(" ")
        for number, word in enumerate(words if is_whole else words[: len(words) // 2]):
            self.send_event(
                {"choices": [{"index": 0, "delta": {"content": " " * (number > 0) + word}}]}
            )
            time.sleep(0.01)
        if is_whole:
            self.send_event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
            if "stream_options" in body:
                usage = {"prompt_tokens": 7, "completion_tokens": len(words)}
                self.send_event({"choices": [], "usage": usage})
            self.wfile.write(b"data: [DONE]\n\n")

    def send_event(self, found: dict[str, Any]) -> None:
        self.wfile.write(f"data: {json.dumps(found)}\n\n".encode())

    def fail(self, status: int, message: str, headers: dict[str, str]) -> None:
        self.send(
            status,
            json.dumps({"error": {"message": message}}).encode(),
            "application/json",
            headers,
        )


@dataclass
class ModelServer:
    """A running server, as a test sees it."""

    url: str  # Without a path: OpenAI's base is url + "/v1", DeepAI's is url.
    process: subprocess.Popen[str]

    def set_mix(self, mix: dict[str, float], seed: int = 0) -> None:
        """Treat the next requests as drawn from behaviours with these shares; the rest is well."""
        unknown = set(mix) - set(BEHAVIOURS)
        if unknown:
            raise ValueError(f"Unknown behaviours: {unknown}")
        self._order({"mix": mix, "seed": seed})

    def forget(self) -> None:
        """Begin anew: no counts, no mix, nothing refused."""
        self._order({"forget": True, "mix": {}, "seed": 0, "refused": []})

    def refuse(self, *parameters: str) -> None:
        """Answer each request that holds one of these parameters with a 400 that names it."""
        self._order({"refused": parameters})

    def stats(self) -> dict[str, Any]:
        """Return how many requests came, by path and by how they were treated, and the last."""
        with urllib.request.urlopen(f"{self.url}/control/stats", timeout=10) as response:  # noqa: S310 - our own address.
            found: dict[str, Any] = json.load(response)
        return found

    def stop(self) -> None:
        """End the process: from now on connections are refused."""
        self.process.kill()
        self.process.wait(timeout=10)

    def _order(self, order: dict[str, Any]) -> None:
        data = json.dumps(order).encode()
        urllib.request.urlopen(f"{self.url}/control/set", data=data, timeout=10).close()  # noqa: S310 - our own address.


@contextlib.contextmanager
def running_model_server(port: int = 0) -> Iterator[ModelServer]:
    """Start a server in its own process, and end it with the block; port 0 takes a free one."""
    command = [sys.executable, "-m", "tests.lm.model_server", "--port", str(port), "--until-eof"]
    process = subprocess.Popen(
        command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    server = ModelServer(url="", process=process)
    try:
        server.url = f"http://127.0.0.1:{int(process.stdout.readline())}"
        yield server
    finally:
        server.stop()
        process.stdin.close()
        process.stdout.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # Many connections come at once.

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing about clients that went away; they are part of the tests."""
        if not isinstance(sys.exc_info()[1], OSError | ValueError):
            super().handle_error(request, client_address)


def _exit_at_end_of_input() -> None:
    sys.stdin.read()
    os._exit(0)


def main() -> None:
    """Serve until killed, or until the process that started this one is gone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--until-eof", action="store_true")
    arguments = parser.parse_args()
    Handler.state = State()
    server = _Server(("127.0.0.1", arguments.port), Handler)
    if arguments.until_eof:
        # A test that is killed leaves no server behind.
        threading.Thread(target=_exit_at_end_of_input, daemon=True).start()
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
