"""The process of a generation worker: its engine, its pulse, and how it stops."""

from __future__ import annotations

import gc
import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError, connection

from shop_content.generation.engine_settings import engine_config
from shop_content.generation.models import ModelVersion, WorkerHeartbeat
from shop_content.generation.services.bells import bells_ring
from shop_content.generation.services.choosing import Judge
from shop_content.generation.services.claims import job_lease_renew
from shop_content.generation.services.planned import PlanningEngine
from shop_content.generation.services.sessions import Settle, WritingSession
from shop_content.generation.services.workers import (
    model_version_of,
    worker_pulse,
    worker_report,
    worker_set_model,
)
from shop_content.generation.services.writing import WorkerStoppingError
from shop_content.lm.engine import Engine, GenerationOutput, ModelInfo
from shop_content.lm.loading import load_engine

if TYPE_CHECKING:
    from shop_content.lm.prompt_layout import PromptLayout

logger = logging.getLogger(__name__)

QUEUE = "generate"
MAX_PULSE_SECONDS = 10.0
# One decoding step of any model is far shorter. A process that hangs for so long in one is ended:
# pool `solo` has no time limit of its own, and the lease would be renewed for ever.
STALL_SECONDS = 300.0
EXIT_CODE_STALLED = 70  # EX_SOFTWARE of sysexits.h

State = WorkerHeartbeat.State


class Worker:
    """What this process knows while it writes: one engine, and a session of jobs in hand."""

    def __init__(self) -> None:
        self.stopping = threading.Event()  # Set by the signal that asks the process to end.
        self._engine: Engine | None = None
        self._model_versions: dict[str, ModelVersion] = {}  # by `ModelInfo.label`
        self._session: WritingSession | None = None
        self._is_at_work = False  # within a task
        self._is_writing = False  # False between two slices of time
        self._keeper: threading.Thread | None = None
        self._keeping_done = threading.Event()
        self._step_at = 0.0  # monotonic time of the last sign of progress
        self._pulse: threading.Thread | None = None

    @property
    def name(self) -> str:
        """Return the name of the worker's row; asked for anew because a pool may fork."""
        return f"{socket.gethostname()}:{os.getpid()}:{QUEUE}"

    @property
    def is_known(self) -> bool:
        """Tell whether this process has written drafts, or tried to."""
        return self._engine is not None or self._pulse is not None

    def engine(self) -> Engine | None:
        """Return the engine, loaded once; None when it cannot be, which the run's page explains."""
        if self._engine is not None:
            return self._engine
        worker_report(name=self.name, state=State.LOADING)
        try:
            engine = load_engine(engine_config())
            for info in (engine.info, *getattr(engine, "member_infos", ())):
                self._model_versions[info.label] = _version_of(engine, info)
        except DatabaseError:
            raise
        except Exception as error:
            logger.exception("The model could not be loaded")
            worker_report(name=self.name, state=State.STOPPED, detail=_one_line(error))
            return None
        self._engine = engine
        # The tokenizer is millions of objects that live as long as the process: without this, every
        # full garbage collection stops the batch for a tenth of a second.
        gc.collect()
        gc.freeze()
        worker_report(name=self.name, state=State.IDLE)
        worker_set_model(name=self.name, model_version=self._model_versions[engine.info.label])
        logger.info("Ready to write with %s on %s", engine.info.label, engine.info.device)
        return engine

    @property
    def model_version(self) -> ModelVersion:
        """Return the row of the loaded model; of a chain, of its first member."""
        if self._engine is None:
            raise RuntimeError("The model version is known once the engine is loaded.")
        return self._model_versions[self._engine.info.label]

    def model_version_for(self, output: GenerationOutput) -> ModelVersion:
        """Return the row of the model that wrote an output."""
        return self._model_versions[output.engine] if output.engine else self.model_version

    @property
    def layout(self) -> PromptLayout | None:
        """Return what reads the engine's tokens as text; None for engines without tokens."""
        found: PromptLayout | None = getattr(self._engine, "layout", None)
        return found

    def forget_engine(self) -> None:
        """Load the engine anew at the next job, as another configuration needs."""
        self._end_keeping()
        if self._session is not None:
            self._session.abandon()
        self._engine = self._session = None
        self._model_versions.clear()

    def session(self, settle: Settle, judge: Judge) -> WritingSession | None:
        """Return the jobs in hand and the stream that writes them, or a new one without jobs.

        None when the model cannot be loaded.

        Args:
            settle: stores what became of jobs.
            judge: puts the candidates of a sentence in order.
        """
        engine = self.engine()
        if engine is not None and self._session is None:
            self._session = WritingSession(
                engine=PlanningEngine(engine, judge),
                num_places=settings.SHOP_CONTENT_LM_BATCH_SIZE,
                settle=settle,
                on_step=self.on_step,
            )
        return self._session

    def write(self, session: WritingSession, *, seconds: float) -> bool:
        """Write for about so long, leases renewed meanwhile and until nothing is in hand.

        Returns:
            Whether nothing was left to write. See `WritingSession.write` for what it raises.
        """
        self._step_at = time.monotonic()
        self._is_writing = True
        self._keep_leases(session)
        is_done = True
        try:
            is_done = session.write(seconds=seconds)
        finally:
            self._is_writing = False
            if is_done:
                self._session = None
                self._end_keeping()
        return is_done

    def release(self) -> None:
        """Give back what is in hand, because this process ends."""
        session, self._session = self._session, None
        self._end_keeping()
        if session is not None:
            session.release()

    def on_step(self, _num_free: int) -> None:
        """Note progress between two decoding steps; leave the engine if the process should end.

        Raises:
            WorkerStoppingError: the process was asked to stop.
        """
        self._step_at = time.monotonic()
        if self.stopping.is_set():
            raise WorkerStoppingError

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Mark this process as one that does something, until the block ends or fails."""
        self._is_at_work = True
        try:
            yield
        finally:
            self._is_at_work = False

    def start_pulse(self) -> None:
        """Say from now on that this process is alive, also while it has nothing to write."""
        if self._pulse is None or not self._pulse.is_alive():
            self._pulse = threading.Thread(target=self._beat, daemon=True, name="pulse")
            self._pulse.start()

    def is_stalled(self) -> bool:
        """Tell whether the engine has shown no progress for longer than any step takes."""
        return self._is_writing and time.monotonic() - self._step_at > STALL_SECONDS

    def _keep_leases(self, session: WritingSession) -> None:
        """Renew the leases of a session from a thread of its own, until `_end_keeping`."""
        if self._keeper is None or not self._keeper.is_alive():
            self._keeping_done = threading.Event()
            self._keeper = threading.Thread(
                target=self._keep,
                args=(self._keeping_done, session.claim_token),
                daemon=True,
                name="lease",
            )
            self._keeper.start()

    def _end_keeping(self) -> None:
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            self._keeping_done.set()
            keeper.join()

    def _keep(self, done: threading.Event, claim_token: uuid.UUID) -> None:
        while not done.wait(_pulse_seconds()):
            if self.is_stalled():
                logger.critical("The engine hangs; this process ends, its jobs will be taken back")
                os._exit(EXIT_CODE_STALLED)
            _quietly(partial(job_lease_renew, claim_token=claim_token))
            if not self._is_writing:
                # The bell for the next slice may be lost: nobody else can go on with these jobs.
                bells_ring()

    def _beat(self) -> None:
        while not self.stopping.wait(_pulse_seconds()):
            is_free = not self._is_at_work and self._session is None
            _quietly(partial(worker_pulse, name=self.name, is_free=is_free))


def _pulse_seconds() -> float:
    """Return how often to say that we live: four times within a lease, so that one may be lost."""
    quarter: float = settings.SHOP_CONTENT_JOB_LEASE_SECONDS / 4
    return min(MAX_PULSE_SECONDS, quarter)


def _quietly(write: Callable[[], object]) -> None:
    """Write from a thread, on a connection of its own; a database that is away is tried later."""
    try:
        write()
    except DatabaseError as error:
        logger.warning("No sign of life could be written: %s", type(error).__name__)
    finally:
        connection.close()


def _version_of(engine: Engine, info: ModelInfo) -> ModelVersion:
    return model_version_of(info, engine.capabilities)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


worker = Worker()
