"""Ask a model server, with care: limits of time and size, retries, cost.

The address is the operator's own setting; no text of a merchant or a model ever becomes one.
Redirects are not followed and proxies of the environment are not used, so a request goes to that
address or nowhere.
"""

from __future__ import annotations

import asyncio
import json
import random
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx2

from shop_content.lm.engine import Capabilities, ErrorCode, ServerConfig
from shop_content.lm.http_circuit import AnswerError, CircuitBreaker, RetryPolicy
from shop_content.lm.http_text import safe_excerpt
from shop_content.lm.loading import EngineLoadError

MAX_BODY_BYTES = 1_000_000
MAX_ERROR_BODY_BYTES = 65_536  # An excerpt is made of it, no more.
# Too Early, Too Many Requests and the like: the same request may be fine in a moment.
RETRIED_STATUSES = frozenset({408, 409, 425, 429})

Result = TypeVar("Result")
Body = AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class Post:
    """One request to a server, as JSON or as the fields of a form."""

    url: str
    prompt: str  # Never shown: an excerpt that repeats it is dropped.
    deadline: float  # On the monotonic clock, in seconds; for all attempts together.
    json: Mapping[str, Any] | None = None
    form: Mapping[str, str] | None = None


class ServerClient:
    """The connections to one server, for use within one event loop."""

    def __init__(
        self,
        server: ServerConfig,
        headers: Mapping[str, str],
        policy: RetryPolicy,
        breaker: CircuitBreaker,
        tls: ssl.SSLContext,
    ) -> None:
        """Prepare; nothing is connected before the first request."""
        self._server = server
        self._policy = policy
        self._breaker = breaker
        self._places = asyncio.Semaphore(server.concurrency)
        connect_seconds = min(policy.connect_seconds, server.timeout_seconds)
        self._client = httpx2.AsyncClient(
            # A packed body could grow without limit in one piece, past the limit of bytes.
            headers={**headers, "Accept-Encoding": "identity"},
            # All but connecting is bounded by one deadline over the whole answer: a limit per
            # read would let a server drip for ever.
            timeout=httpx2.Timeout(None, connect=connect_seconds),
            limits=httpx2.Limits(max_keepalive_connections=server.concurrency),
            follow_redirects=False,
            trust_env=False,
            verify=tls,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def ask(
        self, post: Post, read: Callable[[Body], Awaitable[Result]]
    ) -> tuple[Result, float]:
        """Post, again if that may help, and return what `read` made of the body, with seconds.

        Args:
            post: The request.
            read: Turns the body of a 2xx answer into a result; called anew for each attempt. It
                raises AnswerError for a body that is none.

        Returns:
            The result, and the seconds of the attempt that brought it.

        Raises:
            AnswerError: No attempt brought a result.
        """
        for num_tries in range(1, self._policy.max_retries + 2):
            try:
                return await self._attempt(post, read)
            except AnswerError as error:
                wait = self._wait_seconds(error, num_tries)
                is_last = not error.retries or num_tries > self._policy.max_retries
                if is_last or time.monotonic() + wait >= post.deadline:
                    tries = f" ({num_tries} tries)" if num_tries > 1 else ""
                    error.args = (f"{error}{tries}",)
                    raise
                await asyncio.sleep(wait)
        raise AssertionError("The last attempt returns or raises.")

    def _wait_seconds(self, error: AnswerError, num_tries: int) -> float:
        """Draw the wait from the whole range, so that many clients do not come back at once.

        Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015 (full jitter).
        """
        most = min(
            self._policy.base_seconds * 2 ** (num_tries - 1), self._policy.max_backoff_seconds
        )
        drawn = random.uniform(0, most)  # noqa: S311 - no secret.
        return max(drawn, min(error.wait_seconds, self._policy.max_retry_after_seconds))

    async def _attempt(
        self, post: Post, read: Callable[[Body], Awaitable[Result]]
    ) -> tuple[Result, float]:
        try:
            async with asyncio.timeout(max(0.0, post.deadline - time.monotonic())):
                await self._places.acquire()
        except TimeoutError:
            raise AnswerError(ErrorCode.UNAVAILABLE, "No place became free in time.") from None
        try:
            with self._breaker.attempt():
                began = time.monotonic()
                result = await self._send(post, read)
                return result, time.monotonic() - began
        finally:
            self._places.release()

    async def _send(self, post: Post, read: Callable[[Body], Awaitable[Result]]) -> Result:
        seconds = max(0.0, min(self._server.timeout_seconds, post.deadline - time.monotonic()))
        has_answered = False
        try:
            async with (
                asyncio.timeout(seconds),
                self._client.stream("POST", post.url, json=post.json, data=post.form) as response,
            ):
                await self._check_status(response, post)
                has_answered = True
                return await read(_limited(response))
        except TimeoutError:
            message = f"No whole answer within {seconds:.1f} seconds."
            raise AnswerError(ErrorCode.UNAVAILABLE, message, retries=True) from None
        except httpx2.HTTPError as error:
            # Its own message may hold the address or a piece of the answer.
            code = ErrorCode.BAD_ANSWER if has_answered else ErrorCode.UNAVAILABLE
            where = "in the middle of the answer" if has_answered else "before an answer"
            message = f"The connection failed {where}: {type(error).__name__}."
            raise AnswerError(code, message, retries=True) from None

    async def _check_status(self, response: httpx2.Response, post: Post) -> None:
        status = response.status_code
        if 200 <= status < 300:
            return
        body = b""
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) >= MAX_ERROR_BODY_BYTES:
                break
        said = safe_excerpt(body, api_key=self._server.api_key, prompt=post.prompt)
        may_pass = status in RETRIED_STATUSES or status >= 500
        error = AnswerError(
            ErrorCode.UNAVAILABLE if may_pass else ErrorCode.REJECTED,
            f"HTTP {status}: {said}" if said else f"HTTP {status}",
            retries=may_pass,
            wait_seconds=retry_after_seconds(response.headers.get("retry-after", "")),
        )
        error.status, error.body = status, body
        raise error


async def _limited(response: httpx2.Response) -> Body:
    """Yield the body, up to its limit."""
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise AnswerError(ErrorCode.BAD_ANSWER, "The answer is packed, which was not asked for.")
    num_bytes = 0
    async for chunk in response.aiter_raw():
        num_bytes += len(chunk)
        if num_bytes > MAX_BODY_BYTES:
            raise AnswerError(
                ErrorCode.BAD_ANSWER, f"The answer is longer than {MAX_BODY_BYTES:,} bytes."
            )
        yield chunk


async def read_json(body: Body) -> dict[str, Any]:
    """Read a body as one JSON object.

    Raises:
        AnswerError: It is something else.
    """
    raw = b"".join([chunk async for chunk in body])
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise AnswerError(ErrorCode.BAD_ANSWER, "The answer is no JSON object.", retries=True)
    return found


def retry_after_seconds(header: str, now: datetime | None = None) -> float:
    """Return the seconds that a Retry-After header asks for; 0 where it says nothing.

    Source: RFC 9110, section 10.2.3: seconds or a date.
    """
    header = header.strip()
    if header.isascii() and header.isdigit():
        return float(header[:9])
    try:
        date = parsedate_to_datetime(header)
    except (ValueError, TypeError):
        return 0.0
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (date - (now or datetime.now(UTC))).total_seconds())


def estimated_cost_cents(
    prompt_tokens: int, completion_tokens: int, capabilities: Capabilities
) -> float:
    """Return what so many tokens cost at the engine's prices, in cents."""
    price = (
        prompt_tokens * capabilities.input_cents_per_million
        + completion_tokens * capabilities.output_cents_per_million
    )
    return price / 1_000_000


def checked_server(engine: str, server: ServerConfig) -> ServerConfig:
    """Return the settings of a server without blanks around, or refuse them.

    Nothing is asked over the network: a worker must start while the server is down.

    Raises:
        EngineLoadError: With one line that says which setting is wrong; it holds no secret.
    """
    server = replace(
        server,
        base_url=server.base_url.strip().rstrip("/"),
        model=server.model.strip(),
        api_key=server.api_key.strip(),
    )
    problem = _problem(server)
    if problem:
        raise EngineLoadError(f"Engine {engine!r}: {problem}")
    return server


def _problem(server: ServerConfig) -> str:
    for name, value in (("base_url", server.base_url), ("model", server.model)):
        if not value:
            return f"{name} is missing."
    if not server.api_key:
        return "api_key is missing; any word will do for a server that asks for none."
    if not (
        server.api_key.isascii() and server.api_key.isprintable() and " " not in server.api_key
    ):
        return "api_key holds characters that no key has."
    if server.concurrency < 1 or server.timeout_seconds <= 0:
        return "concurrency and timeout_seconds must be above 0."
    return _url_problem(server.base_url)


def _url_problem(text: str) -> str:
    try:
        url = httpx2.URL(text)
    except httpx2.InvalidURL:
        return "base_url cannot be read as an address."
    if url.scheme not in {"http", "https"} or not url.host:
        return "base_url must begin with http:// or https:// and name a host."
    if url.userinfo:
        return "base_url holds credentials; put the key into api_key."
    if url.query or url.fragment:
        return "base_url may not hold a query or a fragment."
    return ""
