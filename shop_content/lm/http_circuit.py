"""When a model server is asked again, and when it is left alone."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shop_content.lm.engine import ErrorCode


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how soon a server is asked again."""

    max_retries: int = 3
    base_seconds: float = 0.5  # The first wait is drawn from 0 to this; it doubles each time.
    max_backoff_seconds: float = 8.0
    max_retry_after_seconds: float = 30.0  # A server that asks for more gets this.
    connect_seconds: float = 5.0
    max_timeouts: float = 3.0  # A request with all its retries ends within so many timeouts.
    open_after: int = 5  # Failures in a row that open the circuit.
    open_seconds: float = 10.0
    tick_seconds: float = 0.1  # A caller is asked for more at least so often.
    progress_seconds: float = 1.0  # Between two partial texts.


class AnswerError(Exception):
    """There is no text; the message is one line for an admin, without prompt and key."""

    def __init__(
        self, code: ErrorCode, message: str, *, retries: bool = False, wait_seconds: float = 0.0
    ) -> None:
        """Say why, whether asking again may help, and how long the server wants to be left."""
        super().__init__(message)
        self.code = code
        self.retries = retries
        self.wait_seconds = wait_seconds
        self.status = 0
        self.body = b""


class CircuitBreaker:
    """Leave a server alone that fails again and again, and try it once per period.

    closed -> open: `open_after` attempts in a row failed (`ErrorCode.UNAVAILABLE`).
    open -> closed: an attempt came through; after `open_seconds` one attempt may try.
    """

    def __init__(self, policy: RetryPolicy, now: Callable[[], float] = time.monotonic) -> None:
        """Begin closed. `now` returns seconds that never go back."""
        self._policy = policy
        self._now = now
        self._lock = threading.Lock()  # The caller's thread asks, the thread of requests tells.
        self._num_failures = 0
        self._opened_at: float | None = None
        self._is_probing = False
        self._reason = ""

    def num_allowed(self, num_free: int, num_under_way: int = 0) -> int:
        """Return how many of the free places may begin a request now."""
        with self._lock:
            if self._opened_at is None:
                return num_free
            # What is under way when the period ends is probe enough.
            may_probe = not num_under_way and not self._is_resting() and not self._is_probing
            return min(num_free, 1) if may_probe else 0

    @contextlib.contextmanager
    def attempt(self) -> Iterator[None]:
        """Count what the block does as one attempt.

        Raises:
            AnswerError: The circuit is open, and this attempt is not the probe.
        """
        is_probe = self._enter()
        has_failed: bool | None = None  # None: cancelled, which says nothing about the server.
        try:
            yield
            has_failed = False
        except AnswerError as error:
            has_failed = error.code is ErrorCode.UNAVAILABLE
            self._reason = str(error)
            raise
        finally:
            self._leave(is_probe=is_probe, has_failed=has_failed)

    def _is_resting(self) -> bool:
        return (
            self._opened_at is not None
            and self._now() < self._opened_at + self._policy.open_seconds
        )

    def _enter(self) -> bool:
        with self._lock:
            if self._opened_at is None:
                return False
            if self._is_resting() or self._is_probing:
                raise AnswerError(
                    ErrorCode.UNAVAILABLE,
                    f"The server is left alone after {self._num_failures} failures in a row, "
                    f"the last: {self._reason}",
                )
            self._is_probing = True
            return True

    def _leave(self, *, is_probe: bool, has_failed: bool | None) -> None:
        with self._lock:
            if is_probe:
                self._is_probing = False
            if has_failed is None:
                return
            if not has_failed:
                self._num_failures, self._opened_at = 0, None
                return
            self._num_failures += 1
            is_due = self._opened_at is None and self._num_failures >= self._policy.open_after
            if is_probe or is_due:
                self._opened_at = self._now()
