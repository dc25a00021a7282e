"""In how many ways the model server of the tests answers, and what it writes."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import socket
import struct
import time
from collections.abc import Callable
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.lm.model_server import Handler

HANG_SECONDS = 600.0
DRIP_SECONDS = 0.05  # Between two bytes: no limit per read ever strikes.
SLOW_SECONDS = 0.3
MARKUP = "<html><body><h1>It works!</h1></body></html>"
WORDS = (
    "This piece is made with care and keeps its looks through the seasons while it stays easy to "
    "live with and ready for daily use at home or on the way"
)
Behaviour = Callable[["Handler", dict[str, Any]], None]


def prompt_of(body: dict[str, Any]) -> str:
    """Return the prompt of a request in any of the three interfaces."""
    if "text" in body:
        return str(body["text"])
    messages = body.get("messages", [{"content": body.get("prompt", "")}])
    return "\n".join(message["content"] for message in messages)


def text_of(prompt: str, seed: int, max_words: int) -> str:
    """Write a few sentences without a number, the same for the same prompt and seed."""
    chance = random.Random(hashlib.sha256(f"{seed}\n{prompt}".encode()).hexdigest())
    sentences: list[str] = []
    while sum(len(s.split()) for s in sentences) < min(max_words, 40):
        picked = chance.sample(WORDS.split(), 8)
        sentences.append(" ".join(picked).capitalize() + ".")
    return " ".join(" ".join(sentences).split(" ")[:max_words])


def openai_answer(
    body: dict[str, Any],
    *,
    is_chat: bool,
    text: str | None = None,
    reason: str = "stop",
    max_choices: int = 99,
) -> dict[str, Any]:
    """Answer as OpenAI does, without streaming."""
    choices = []
    for index in range(min(body.get("n", 1), max_choices)):
        seed = body.get("seed", 0) + index
        written = text_of(prompt_of(body), seed, body["max_tokens"]) if text is None else text
        if "response_format" in body:
            schema = body["response_format"]["json_schema"]["schema"]
            written = json.dumps(dict.fromkeys(schema["properties"], written))
        choice: dict[str, Any] = {"index": index, "finish_reason": reason}
        is_cut = reason == "stop" and text is None and len(written.split()) >= body["max_tokens"]
        choice["finish_reason"] = "length" if is_cut else reason
        choice |= (
            {"message": {"role": "assistant", "content": written}} if is_chat else {"text": written}
        )
        if body.get("logprobs"):
            row = [-0.5] * len(written.split())
            choice["logprobs"] = (
                {"content": [{"token": "x", "logprob": value} for value in row]}
                if is_chat
                else {"token_logprobs": row}
            )
        choices.append(choice)
    num_words = sum(
        len((c["message"]["content"] if is_chat else c["text"]).split()) for c in choices
    )
    usage = {"prompt_tokens": len(prompt_of(body).split()), "completion_tokens": num_words}
    return {"id": "1", "model": body["model"], "choices": choices, "usage": usage}


def _reset(handler: Handler, body: dict[str, Any]) -> None:
    """Close at once, so that the other side sees a reset."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    handler.connection.close()


def _drip(handler: Handler, body: dict[str, Any]) -> None:
    """Send a good answer so slowly that it never ends."""
    handler.start(200, "application/json", {"Content-Length": "100000"})
    for _ in range(100_000):
        handler.wfile.write(b" ")
        time.sleep(DRIP_SECONDS)


def _half(handler: Handler, body: dict[str, Any]) -> None:
    """Break off in the middle of a good answer."""
    if body.get("stream"):
        handler.answer(body, is_whole=False)
        return
    handler.start(200, "application/json", {"Content-Length": "1000"})
    handler.wfile.write(b'{"choices": [{"message": {"content": "This pie')
    handler.close_connection = True


def _repeat_prompt(handler: Handler, body: dict[str, Any]) -> None:
    """Refuse with a message that holds prompt and key."""
    said = f"wrong input: {prompt_of(body)} {handler.headers.get('Authorization')}"
    handler.fail(400, said, {})


def _show_key(handler: Handler, body: dict[str, Any]) -> None:
    """Refuse with a message that holds the key."""
    key = handler.headers.get("api-key") or handler.headers.get("Authorization")
    handler.fail(401, f"unknown\nkey\x07 {key}", {})


def _hang(handler: Handler, body: dict[str, Any]) -> None:
    """Answer nothing until the other side goes away."""
    handler.close_connection = True
    handler.connection.settimeout(HANG_SECONDS)
    handler.connection.recv(1)


def _deepai_error(handler: Handler, body: dict[str, Any]) -> None:
    handler.send_json({"err": "Out of credits."})


def _gzip(handler: Handler, body: dict[str, Any]) -> None:
    """Pack ten megabytes into ten kilobytes, though nobody asked for it."""
    packed = gzip.compress(b" " * 10_000_000)
    handler.send(200, packed, "application/json", {"Content-Encoding": "gzip"})


def _after(seconds: float) -> Behaviour:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        time.sleep(seconds)
        handler.answer(body)

    return behave


def _with(**changes: Any) -> Behaviour:
    return lambda handler, body: handler.answer(body, **changes)


def _status(status: int, headers: dict[str, str] | None = None) -> Behaviour:
    return lambda handler, body: handler.fail(status, f"Status {status}.", headers or {})


def _raw(body: str, kind: str) -> Behaviour:
    return lambda handler, _body: handler.send(200, body.encode(), kind)


def _date(handler: Handler, body: dict[str, Any]) -> None:
    handler.fail(429, "Later.", {"Retry-After": formatdate(time.time() + 2, usegmt=True)})


BEHAVIOURS: dict[str, Behaviour] = {
    "ok": _with(),
    "slow": _after(SLOW_SECONDS),
    "hang": _hang,
    "drip": _drip,
    "half": _half,
    "reset": _reset,
    "bad_json": _raw('{"choices": [', "application/json"),
    "list": _raw("[1, 2]", "application/json"),
    "odd": _raw('{"choices": [{"message": {"content": 5}}], "output": 5}', "application/json"),
    "html": _raw(MARKUP, "text/html"),
    "huge": _with(text="word " * 210_000),
    "long": _with(text="word " * 4_100),
    "gzip": _gzip,
    "nul": _with(text="A\x00 good\x07 text\ud800.\n\tIt ends."),
    "empty": _with(text=" \x00"),
    "filter": _with(reason="content_filter"),
    "one": _with(max_choices=1),  # Asked for several candidates, it writes one.
    "repeat": _repeat_prompt,
    "key": _show_key,
    "err": _deepai_error,
    "redirect": _status(307, {"Location": "/elsewhere"}),
    "429-date": _date,
    "429": _status(429, {"Retry-After": "1"}),
    "429-long": _status(429, {"Retry-After": "3600"}),
    **{str(status): _status(status) for status in (400, 401, 404, 408, 409, 425, 500, 502, 503)},
}
