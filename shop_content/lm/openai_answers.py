"""Read what an OpenAI-compatible server answers, whole or as a stream of events."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from shop_content.lm.engine import ErrorCode, FinishReason
from shop_content.lm.http_circuit import AnswerError
from shop_content.lm.http_client import Body, read_json
from shop_content.lm.http_engine import Written
from shop_content.lm.http_text import clean_text

MAX_TOKENS_TOLD = 10_000_000  # A count above is a server's mistake, and too much for a column.


async def read_choices(body: Body) -> list[Written]:
    """Read a whole answer, with its choices in order.

    Raises:
        AnswerError: It is something else.
    """
    answer = await read_json(body)
    choices = _listed_choices(answer)
    if all(isinstance(choice.get("index"), int) for choice in choices):
        choices.sort(key=lambda choice: int(choice["index"]))
    usage = answer.get("usage") or {}
    return [
        _written(
            _choice_text(choice),
            choice.get("finish_reason") or "",
            usage,
            _logprobs(choice),
            num_choices=len(choices),
        )
        for choice in choices
    ]


async def read_events(
    body: Body, report: Callable[[str], None], progress_seconds: float
) -> list[Written]:
    """Put one text together from server-sent events.

    Args:
        body: The stream.
        report: Gets the text so far, once per `progress_seconds`.
        progress_seconds: At least this long between two reports.

    Raises:
        AnswerError: The stream ended in the middle, or holds something else.
    """
    text, reason = "", ""
    logprobs: tuple[float, ...] = ()
    usage: object = None
    reported_at = time.monotonic()
    async for event in _events(body):
        usage = event.get("usage") or usage
        for choice in _listed_choices(event, may_be_empty=True)[:1]:
            text += _choice_text(choice)
            logprobs += _logprobs(choice)
            reason = choice.get("finish_reason") or reason
        if text and time.monotonic() - reported_at >= progress_seconds:
            reported_at = time.monotonic()
            report(clean_text(text))
    if not reason:
        raise _bad_answer("The stream ended in the middle.")
    return [_written(text, reason, usage, logprobs, num_choices=1)]


def _listed_choices(answer: dict[str, Any], *, may_be_empty: bool = False) -> list[dict[str, Any]]:
    choices = answer.get("choices", [] if may_be_empty and "error" not in answer else None)
    if not isinstance(choices, list) or not all(isinstance(choice, dict) for choice in choices):
        raise _bad_answer("The answer's choices cannot be read.")
    if not (choices or may_be_empty):
        raise _bad_answer("The answer holds no choices.")
    return choices


def _choice_text(choice: dict[str, Any]) -> str:
    """Return the text of a choice: of a message, of a piece of one, or of a plain completion."""
    message = choice.get("message", choice.get("delta"))
    text = message.get("content") if isinstance(message, dict) else choice.get("text")
    if text is None:  # A filter's or a refusal's empty answer, or a stream's first event.
        return ""
    if not isinstance(text, str):
        raise _bad_answer("The answer's text is no text.")
    return text


def _written(
    text: str,
    reason: object,
    usage: object,
    logprobs: tuple[float, ...],
    *,
    num_choices: int,
) -> Written:
    counts = usage if isinstance(usage, dict) else {}
    is_filtered = reason == "content_filter"
    return Written(
        text,
        FinishReason.LENGTH if reason == "length" else FinishReason.STOP,
        prompt_tokens=_count(counts.get("prompt_tokens")),
        # Servers tell the sum of all choices only.
        completion_tokens=_count(counts.get("completion_tokens")) // num_choices,
        logprobs=logprobs,
        error_code=ErrorCode.REJECTED if is_filtered else None,
        error="The server's content filter held the text back." if is_filtered else "",
    )


def _count(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value <= MAX_TOKENS_TOLD else 0


def _logprobs(choice: dict[str, Any]) -> tuple[float, ...]:
    """Return the log-probability of each token, from the newer or the older form."""
    found = choice.get("logprobs")
    if not isinstance(found, dict):
        return ()
    content = found.get("content")
    rows = content if isinstance(content, list) else []
    values = [row.get("logprob") for row in rows if isinstance(row, dict)]
    older = found.get("token_logprobs")
    values = values or (older if isinstance(older, list) else [])
    # No NaN, no infinity, and no whole number too long for a float.
    numbers = tuple(float(v) for v in values if isinstance(v, int | float) and -1e9 < v < 1)
    return numbers if len(numbers) == len(values) else ()


async def _events(body: Body) -> AsyncIterator[dict[str, Any]]:
    """Yield the JSON of each server-sent event until the one that says [DONE].

    Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
    """
    rest = b""
    async for chunk in body:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if not line.startswith(b"data:"):
                continue
            data = line.removeprefix(b"data:").strip()
            if data == b"[DONE]":
                return
            try:
                event = json.loads(data)
            except (ValueError, RecursionError):
                event = None
            if not isinstance(event, dict):
                raise _bad_answer("The stream holds something that is no JSON object.")
            yield event


def _bad_answer(message: str) -> AnswerError:
    return AnswerError(ErrorCode.BAD_ANSWER, message, retries=True)
