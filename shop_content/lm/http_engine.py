"""What the engines that ask a model server share: many requests under way, one thread.

Requests run in an event loop of its own thread, so that answers are read and deadlines kept while
the caller is busy with the last text. The thread lives as long as one `stream`.
"""

from __future__ import annotations

import asyncio
import queue
import ssl
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import httpx2

from shop_content.lm.engine import (
    Capabilities,
    Engine,
    ErrorCode,
    FinishReason,
    GenerationOutput,
    GenerationRequest,
    ModelInfo,
    PartialText,
    ServerConfig,
    StepHook,
    Take,
    generate_all,
)
from shop_content.lm.http_circuit import AnswerError, CircuitBreaker, RetryPolicy
from shop_content.lm.http_client import ServerClient
from shop_content.lm.http_text import MAX_TEXT_CHARS, clean_text, cut_at_stop

Report = Callable[[PartialText], None]
_Event = PartialText | Exception | list[GenerationOutput]


@dataclass(frozen=True, slots=True)
class Written:
    """One text as a server gave it."""

    text: str
    finish_reason: FinishReason = FinishReason.STOP
    prompt_tokens: int = 0
    completion_tokens: int = 0
    logprobs: tuple[float, ...] = ()
    error_code: ErrorCode | None = None  # The server answered, but gave no text, for this reason.
    error: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """What one request of a caller needs on its way."""

    request: GenerationRequest
    client: ServerClient
    report: Report
    began: float  # On the monotonic clock, in seconds.
    deadline: float


class RequestThread:
    """Run coroutines in a thread of their own; leaving the block cancels what is under way.

    A look-up of a host's name cannot be cancelled; it is waited for.
    """

    def __init__(self, client: ServerClient) -> None:
        """Take the client, which is closed with the thread."""
        self._client = client
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="model-server-requests", daemon=True
        )
        self._started: set[Any] = set()  # A loop alone does not keep its tasks.

    def __enter__(self) -> RequestThread:
        """Start the thread."""
        self._thread.start()
        return self

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin a coroutine and return at once."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        self._started.add(future)
        future.add_done_callback(self._started.discard)

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Cancel, close the connections, and wait for the thread's end."""
        asyncio.run_coroutine_threadsafe(self._finish(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _finish(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.close()
        await self._loop.shutdown_default_executor()


class HttpEngine(ABC):
    """An engine whose model runs behind an HTTP server. See `Engine`.

    A subclass says how a request is put and read; here are places, candidates, circuit, errors.
    """

    def __init__(
        self,
        server: ServerConfig,
        *,
        info: ModelInfo,
        headers: Mapping[str, str],
        policy: RetryPolicy | None = None,
    ) -> None:
        """Take checked settings; nothing is connected before the first stream."""
        self._server = server
        self._info = info
        self._headers = dict(headers)
        self._policy = policy or RetryPolicy()
        self._breaker = CircuitBreaker(self._policy)
        # Reading the certificates takes a tenth of a second, and plain HTTP needs none.
        self._tls = (
            httpx2.create_ssl_context(trust_env=False)
            if server.base_url.startswith("https:")
            else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        )

    @property
    def info(self) -> ModelInfo:
        """Say which model this is, as far as the settings tell."""
        return self._info

    @property
    @abstractmethod
    def capabilities(self) -> Capabilities:
        """Say what it can do."""

    @abstractmethod
    async def _ask(self, call: Call, candidate: int, num: int) -> tuple[list[Written], float]:
        """Ask for up to `num` texts from `candidate` on; return at least one, with the seconds."""

    def is_available(self) -> bool:
        """Say whether a request would be sent now; False while the circuit is open."""
        return self._breaker.num_allowed(1) > 0

    def stream(self, take: Take) -> Iterator[GenerationOutput | PartialText]:
        """Keep `concurrency` requests under way. See `Engine.stream`.

        `take` is asked at least every 0.2 seconds while requests are under way. While the circuit
        is open it is asked for 0 requests, and the stream ends when nothing is under way.
        """
        events: queue.SimpleQueue[_Event] = queue.SimpleQueue()
        client = ServerClient(self._server, self._headers, self._policy, self._breaker, self._tls)
        num_under_way = 0
        with RequestThread(client) as thread:
            while True:
                num_free = self._server.concurrency - num_under_way
                for request in take(self._breaker.num_allowed(num_free, num_under_way)):
                    thread.start(self._serve(client, request, events.put))
                    num_under_way += 1
                if not num_under_way:
                    return
                try:
                    event = events.get(timeout=self._policy.tick_seconds)
                except queue.Empty:
                    continue
                if isinstance(event, PartialText):
                    yield event
                    continue
                num_under_way -= 1
                if isinstance(event, Exception):
                    raise event
                yield from event

    def generate(
        self, requests: Sequence[GenerationRequest], on_step: StepHook | None = None
    ) -> list[GenerationOutput]:
        """Write all requests. See `Engine.generate`.

        What is not begun because the circuit is open comes back as unavailable.
        """
        return generate_each(self, requests, on_step)

    async def _serve(
        self, client: ServerClient, request: GenerationRequest, put: Callable[[_Event], None]
    ) -> None:
        """Write one request, and tell its end whatever happens: the caller waits for it."""
        began = time.monotonic()
        deadline = began + self._server.timeout_seconds * self._policy.max_timeouts
        try:
            put(await self._write(Call(request, client, put, began, deadline)))
        except Exception as error:
            put(error)

    async def _write(self, call: Call) -> list[GenerationOutput]:
        """Ask once for all candidates, then once more for each that did not come."""
        num_wanted = call.request.params.num_candidates
        outputs = await self._outputs(call, 0, num_wanted)
        more = [self._outputs(call, k, 1) for k in range(len(outputs), num_wanted)]
        for further in await asyncio.gather(*more):
            outputs += further
        return outputs

    async def _outputs(self, call: Call, candidate: int, num: int) -> list[GenerationOutput]:
        """Return what came: fewer than `num` texts, or one error for each of them."""
        try:
            found, seconds = await self._ask(call, candidate, num)
        except AnswerError as error:
            failed = Written("", error_code=error.code, error=str(error))
            found, seconds = [failed] * num, 0.0
        elapsed = time.monotonic() - call.began
        return [
            _output(call.request, candidate + k, written, elapsed - seconds, seconds)
            for k, written in enumerate(found[:num])
        ]


def check_offered(request: GenerationRequest) -> None:
    """Refuse what no server behind HTTP is asked for.

    Raises:
        AnswerError: The request wants an adapter, or has neither messages nor a prompt.
    """
    if request.adapter:
        raise AnswerError(ErrorCode.NOT_OFFERED, "This engine has no adapters.")
    if not request.messages and not request.prompt:
        raise AnswerError(ErrorCode.NOT_OFFERED, "There are neither messages nor a prompt.")


def generate_each(
    engine: Engine, requests: Sequence[GenerationRequest], on_step: StepHook | None
) -> list[GenerationOutput]:
    """Run a closed list through an engine whose stream may end before it took all of them.

    The requests that were not taken are the last ones; each comes back as unavailable.
    """
    outputs = generate_all(engine, requests, on_step)
    num_written = len(outputs)
    for request in requests:
        if num_written > 0:
            num_written -= request.params.num_candidates
            continue
        outputs += unavailable(request, "The server is left alone after failures in a row.")
    return outputs


def unavailable(request: GenerationRequest, reason: str) -> list[GenerationOutput]:
    """Return the output of each candidate of a request that was not sent."""
    failed = Written("", error_code=ErrorCode.UNAVAILABLE, error=reason)
    return [_output(request, k, failed, 0.0, 0.0) for k in range(request.params.num_candidates)]


def _output(
    request: GenerationRequest,
    candidate: int,
    written: Written,
    queue_seconds: float,
    decode_seconds: float,
) -> GenerationOutput:
    """Tidy a text, or say why there is none."""
    text, is_cut = cut_at_stop(clean_text(written.text), request.params.stop)
    code, error = written.error_code, written.error
    if code is None and not text.strip():
        code, error = ErrorCode.BAD_ANSWER, "The answer holds no text."
    if code is None and len(text) > MAX_TEXT_CHARS:
        code, error = (
            ErrorCode.BAD_ANSWER,
            f"The text is longer than {MAX_TEXT_CHARS:,} characters.",
        )
    reason = FinishReason.STOP if is_cut else written.finish_reason
    return GenerationOutput(
        request_id=request.request_id,
        text="" if code else text,
        token_ids=(),
        logprobs=() if code else written.logprobs,
        finish_reason=FinishReason.ERROR if code else reason,
        prompt_tokens=written.prompt_tokens,
        completion_tokens=written.completion_tokens,
        queue_seconds=max(0.0, queue_seconds),
        prefill_seconds=0.0,
        decode_seconds=decode_seconds,
        candidate=candidate,
        error_code=code,
        error=error,
    )
