"""Texts that go to a model server, and what may be kept of those that come back."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence

MAX_TEXT_CHARS = 20_000  # Ten times the longest text that MAX_OUTPUT_TOKENS can hold.
MAX_EXCERPT_CHARS = 200

# Control characters but for newline and tab, and halves of surrogate pairs: PostgreSQL refuses
# NUL, and UTF-8 cannot hold a lone surrogate.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Control tokens of the usual chat templates. A server reads them in a message as the real thing.
_CONTROL_TOKEN = re.compile(
    r"<[|｜][^|｜<>\n]{1,40}[|｜]>|</?s>|<(?:bos|eos|pad|(?:start|end)_of_turn)>"
    r"|\[/?(?:INST|SYSTEM_PROMPT)\]|<</?SYS>>",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^<>]*>")
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)")
_WORD = re.compile(r"[^\W_]+")
# So many letters and digits in a row are no accident: the server repeats what it was sent.
_REPEATED_CHARS = 12


def clean_text(text: str) -> str:
    """Remove what a database or a page cannot hold: control characters and lone surrogates."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n"))


def defused(text: str) -> str:
    """Clean a text and break control tokens in it, so that it cannot open a new turn.

    The model behind a server is not known here; these are the tokens of the usual templates.
    """
    return _CONTROL_TOKEN.sub(lambda found: f"{found[0][:1]} {found[0][1:]}", clean_text(text))


def cut_at_stop(text: str, stop: Sequence[str]) -> tuple[str, bool]:
    """Return the text before the first stop string, and whether there was one.

    Servers do this too, but some take four strings at most and some take none.
    """
    places = [text.index(string) for string in stop if string in text]
    return (text[: min(places)], True) if places else (text, False)


def safe_excerpt(body: bytes, *, api_key: str, prompt: str) -> str:
    """Return the start of what a server says in one line, without key, prompt and markup.

    It is empty when the server repeats a piece of the prompt, as validation messages do.
    """
    text = html.unescape(_TAG.sub(" ", _said(body.decode("utf-8", errors="replace"))))
    text = " ".join(clean_text(text.replace("\r", " ")).split())
    if api_key:
        text = text.replace(api_key, "***")
    text = text[:MAX_EXCERPT_CHARS]
    return "" if _repeats(text, prompt) else text


def _said(body: str) -> str:
    """Return the message of the usual JSON errors, else all strings of the JSON, or the body."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return body
    while isinstance(found, dict):
        keys = [key for key in ("error", "message", "detail", "err", "status") if found.get(key)]
        if not keys:
            break
        found = found[keys[0]]
    return " ".join(_strings(found))


def _strings(found: object) -> Iterator[str]:
    if isinstance(found, str):
        yield found
    elif isinstance(found, list | dict):
        for item in found.values() if isinstance(found, dict) else found:
            yield from _strings(item)


def _repeats(text: str, prompt: str) -> bool:
    text = _ESCAPE.sub(" ", text)  # Of JSON that is broken off and could not be read.
    said, sent = ("".join(_WORD.findall(t.casefold())) for t in (text, prompt))
    size = min(_REPEATED_CHARS, len(sent))
    if not size:
        return False
    return any(said[i : i + size] in sent for i in range(len(said) - size + 1))
