"""Keep an engine's batch full: jobs in hand, claimed as places become free, settled one by one."""

from __future__ import annotations

import logging
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db import DatabaseError, connection

from shop_content.generation.services.claims import jobs_claim, jobs_release
from shop_content.generation.services.runs import run_finish_if_done
from shop_content.generation.services.streaming import partial_texts_write, wants_stream
from shop_content.generation.services.writing import (
    FailedWriting,
    PreparedJob,
    WorkerStoppingError,
    batch_write,
    jobs_prepare,
)
from shop_content.lm.engine import Engine, GenerationOutput, GenerationRequest, PartialText

logger = logging.getLogger(__name__)

# After a claim that found nothing more, the next one waits so long: new jobs join within it, and
# a database with nothing to give is not asked between any two steps.
ASK_AGAIN_SECONDS = 1.0
PARTIAL_SECONDS = 1.0  # How often texts that are being written reach their page.
MAX_RESERVE = 16  # Jobs claimed ahead of free places: one claim then serves several drafts.
# Drafts are stored together, which costs a third of storing them one by one, and none waits long.
MAX_UNSTORED = 8
UNSTORED_SECONDS = 0.3
# A database connection that nobody used for so long is handed back while the model runs.
IDLE_CONNECTION_SECONDS = 5.0

Outcome = list[GenerationOutput] | FailedWriting
Settled = tuple[PreparedJob, Outcome]
Settle = Callable[[uuid.UUID, Sequence[Settled]], None]


@dataclass(slots=True)
class Pace:
    """How the time of a session was spent, in seconds."""

    num_drafts: int = 0
    busy_seconds: float = 0.0  # within the engine
    wall_seconds: float = 0.0  # within `write`

    @property
    def overhead(self) -> float:
        """Return the time around the engine as a share of the engine's own."""
        return (
            (self.wall_seconds - self.busy_seconds) / self.busy_seconds if self.busy_seconds else 0
        )


@dataclass(slots=True)
class _InHand:
    """A claimed job and what the engine has given for it so far."""

    prepared: PreparedJob
    outputs: list[GenerationOutput] = field(default_factory=list)


class WritingSession:
    """The jobs that one worker has in hand, all under one claim, and the stream that writes them.

    The stream outlives a call of `write`: a Celery task is a slice of time of it, and between two
    slices the batch stands still, its lease renewed, nothing lost.
    """

    def __init__(
        self, *, engine: Engine, num_places: int, settle: Settle, on_step: Callable[[int], None]
    ) -> None:
        """Prepare to write; nothing is claimed yet.

        Args:
            engine: loaded.
            num_places: how many jobs the engine can write at once.
            settle: stores what became of jobs, given their claim; called between two steps of the
                engine, so that it may raise nothing but DatabaseError.
            on_step: called between two steps; may raise WorkerStoppingError.
        """
        self.claim_token = uuid.uuid4()
        self.pace = Pace()
        self._engine = engine
        self._reserve_size = min(MAX_RESERVE, num_places)
        self._settle = settle
        self._on_step = on_step
        self._reserve: deque[_InHand] = deque()
        self._in_hand: dict[str, _InHand] = {}
        self._num_of_run: Counter[int] = Counter()  # jobs in hand by run
        self._partial: dict[int, str] = {}
        self._unstored: list[Settled] = []
        self._unstored_at = 0.0  # monotonic time of the first of them
        self._events: Iterator[GenerationOutput | PartialText] | None = None
        self._is_alone = False  # The job in hand must have no company.
        self._ask_at = 0.0  # monotonic time from which the database may be asked for more
        self._partial_at = 0.0
        self._used_at = 0.0  # monotonic time of the last use of the database
        self._outside = 0.0  # seconds of the current slice spent around the engine

    @property
    def num_in_hand(self) -> int:
        """Return how many jobs are claimed and not written."""
        return len(self._in_hand) + len(self._reserve)

    def pace_since_report(self) -> Pace:
        """Return how the time was spent since this was last asked."""
        pace, self.pace = self.pace, Pace()
        return pace

    def write(self, *, seconds: float) -> bool:
        """Write waiting jobs for about so long; return whether nothing was left to write.

        Raises:
            WorkerStoppingError: `on_step` raised it; all jobs in hand were given back.
            DatabaseError: the database is away; the jobs in hand are left to the sweeper.
        """
        began = time.monotonic()
        self._outside = 0.0
        before = self.pace.num_drafts
        try:
            return self._write(began + seconds)
        except WorkerStoppingError:
            self._store()
            self.release()
            raise
        except DatabaseError:
            self.abandon()
            raise
        finally:
            wall = time.monotonic() - began
            if self.pace.num_drafts > before:
                self.pace.wall_seconds += wall
                self.pace.busy_seconds += wall - self._outside

    def release(self) -> int:
        """Give all jobs in hand back, which is no attempt; return how many."""
        self.abandon()
        num = jobs_release(claim_token=self.claim_token)
        if num:
            logger.info("Gave %s jobs back", num)
        return num

    def _write(self, until: float) -> bool:
        while True:
            event = self._next_event()
            if event is None:
                entered = time.monotonic()
                self._store()
                self._outside += time.monotonic() - entered
                if self.num_in_hand:
                    self.release()  # The engine takes no more: its server is away.
                return True
            entered = time.monotonic()
            if isinstance(event, Exception):
                self._write_apart()
            elif isinstance(event, PartialText):
                self._note_progress(event)
            else:
                self._note_output(event)
            is_over = time.monotonic() > until
            self._store_due(is_over=is_over)
            self._used_at = time.monotonic()
            self._outside += self._used_at - entered
            if is_over:
                return False

    def _next_event(self) -> GenerationOutput | PartialText | Exception | None:
        """Let the engine work; None at the end, the error when it failed as a whole."""
        if self._events is None:
            self._events = iter(self._engine.stream(self._take))
        try:
            event = next(self._events, None)
        except (WorkerStoppingError, DatabaseError):
            raise
        except Exception as error:  # Whatever an engine or a driver raises, MemoryError among it.
            logger.warning("The engine stopped with %s", type(error).__name__)
            # Without its frames, which hold the memory of the failed batch.
            self._events = None
            return error.with_traceback(None)
        if event is None:
            self._events = None
        return event

    def _note_progress(self, partial: PartialText) -> None:
        """Keep what is being written; once a second it is written to the rows."""
        self._partial[int(partial.request_id)] = partial.text
        if time.monotonic() - self._partial_at >= PARTIAL_SECONDS:
            partial_texts_write(claim_token=self.claim_token, texts=self._partial)
            self._partial.clear()
            self._partial_at = time.monotonic()

    def _note_output(self, output: GenerationOutput) -> None:
        """Settle a job when all its candidates are there."""
        item = self._in_hand.get(output.request_id)
        if item is None:
            return
        item.outputs.append(output)
        wanted = item.prepared.request.params.num_candidates
        is_refused = output.error_code is not None and len(item.outputs) == 1
        if len(item.outputs) >= wanted or is_refused:
            del self._in_hand[output.request_id]
            self._settle_one(item.prepared, sorted(item.outputs, key=lambda out: out.candidate))

    def _settle_one(self, prepared: PreparedJob, outcome: Outcome) -> None:
        self._partial.pop(prepared.job.pk, None)
        if not self._unstored:
            self._unstored_at = time.monotonic()
        self._unstored.append((prepared, outcome))
        self.pace.num_drafts += 1

    def _store_due(self, *, is_over: bool) -> None:
        """Store what is written, if there is enough of it, if it has waited, or if it must be."""
        if self._unstored and (
            is_over
            or len(self._unstored) >= MAX_UNSTORED
            or time.monotonic() - self._unstored_at >= UNSTORED_SECONDS
        ):
            self._store()

    def _store(self) -> None:
        settled, self._unstored = self._unstored, []
        if not settled:
            return
        self._settle(self.claim_token, settled)
        for run_id, num in Counter(prepared.job.run_id for prepared, _outcome in settled).items():
            self._num_of_run[run_id] -= num
            if not self._num_of_run[run_id]:
                # Asked once for each group of jobs of a run, not for each of its ten thousand.
                del self._num_of_run[run_id]
                run_finish_if_done(run_id=run_id)

    def _write_apart(self) -> None:
        """After an error of the whole batch: find whose error it is, and write the others."""
        items = [*self._in_hand.values(), *self._reserve]
        self._in_hand.clear()
        self._reserve.clear()
        prepared = [item.prepared for item in items]
        entered = time.monotonic()
        in_engine = 0.0
        for item, outcome in batch_write(
            engine=self._engine, prepared=prepared, on_step=self._on_step
        ):
            in_engine += time.monotonic() - entered
            self._settle_one(item, outcome)
            entered = time.monotonic()
        self._outside -= in_engine

    def _take(self, num_free: int) -> Sequence[GenerationRequest]:
        """Give the engine jobs for its free places: what it asks between any two steps."""
        entered = time.monotonic()
        self._on_step(num_free)
        self._store_due(is_over=not self.num_in_hand)
        if not self.num_in_hand:
            # Nothing else would ask before the stream ends.
            self._is_alone, self._ask_at = False, 0.0
        if num_free > len(self._reserve) and entered >= self._ask_at and not self._is_alone:
            self._claim(num_free + self._reserve_size - len(self._reserve))
        requests: list[GenerationRequest] = []
        while self._reserve and len(requests) < num_free:
            item = self._reserve.popleft()
            self._in_hand[item.prepared.request.request_id] = item
            requests.append(item.prepared.request)
        now = time.monotonic()
        if now - self._used_at > IDLE_CONNECTION_SECONDS and not connection.in_atomic_block:
            connection.close()
            self._used_at = now
        self._outside += now - entered
        return requests

    def _claim(self, limit: int) -> None:
        jobs = jobs_claim(limit=limit, claim_token=self.claim_token, num_in_hand=self.num_in_hand)
        self._used_at = time.monotonic()
        if len(jobs) < limit:
            self._ask_at = self._used_at + ASK_AGAIN_SECONDS
        self._is_alone = any(job.is_solitary for job in jobs)
        in_hand = [item.prepared.job for item in (*self._in_hand.values(), *self._reserve)]
        streamed = wants_stream([*in_hand, *jobs])
        self._reserve.extend(_InHand(item) for item in jobs_prepare(jobs, streamed=streamed))
        self._num_of_run.update(job.run_id for job in jobs)

    def abandon(self) -> None:
        """Stop the engine and forget the jobs in hand; the sweeper takes them back in time."""
        events, self._events = self._events, None
        close = getattr(events, "close", None)
        if close is not None:
            close()
        self._in_hand.clear()
        self._reserve.clear()
        self._num_of_run.clear()
        self._partial.clear()
        self._unstored.clear()
        self._is_alone = False
