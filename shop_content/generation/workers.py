"""The process of a generation worker: its engine, its pulse, and how it stops."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from django.conf import settings
from django.db import DatabaseError, connection

from shop_content.generation.engine_settings import engine_config
from shop_content.generation.models import ModelVersion, WorkerHeartbeat
from shop_content.generation.services.claims import job_lease_renew
from shop_content.generation.services.workers import (
    model_version_of,
    worker_pulse,
    worker_report,
    worker_set_model,
)
from shop_content.generation.services.writing import WorkerStoppingError
from shop_content.lm.engine import Engine
from shop_content.lm.loading import load_engine

logger = logging.getLogger(__name__)

QUEUE = "generate"
MAX_PULSE_SECONDS = 10.0
# One decoding step of any model is far shorter. A process that hangs for so long in one is ended:
# pool `solo` has no time limit of its own, and the lease would be renewed for ever.
STALL_SECONDS = 300.0
EXIT_CODE_STALLED = 70  # EX_SOFTWARE of sysexits.h

State = WorkerHeartbeat.State


class Worker:
    """What this process knows while it writes: one engine, one claim at a time."""

    def __init__(self) -> None:
        self.stopping = threading.Event()  # Set by the signal that asks the process to end.
        self._engine: Engine | None = None
        self._model_version: ModelVersion | None = None
        self._claim_token: uuid.UUID | None = None
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
            self._model_version = model_version_of(engine.info)
        except DatabaseError:
            raise
        except Exception as error:
            logger.exception("The model could not be loaded")
            worker_report(name=self.name, state=State.STOPPED, detail=_one_line(error))
            return None
        self._engine = engine
        worker_report(name=self.name, state=State.IDLE)
        worker_set_model(name=self.name, model_version=self._model_version)
        return engine

    @property
    def model_version(self) -> ModelVersion:
        """Return the row of the loaded model."""
        if self._model_version is None:
            raise RuntimeError("The model version is known once the engine is loaded.")
        return self._model_version

    def forget_engine(self) -> None:
        """Load the engine anew at the next job, as another configuration needs."""
        self._engine = self._model_version = None

    @contextmanager
    def keeping(self, claim_token: uuid.UUID) -> Iterator[None]:
        """Renew the lease of a claim while its drafts are written, from a thread of its own."""
        self._step_at = time.monotonic()
        self._claim_token = claim_token
        done = threading.Event()
        keeper = threading.Thread(target=self._keep, args=(done,), daemon=True, name="lease")
        keeper.start()
        try:
            yield
        finally:
            self._claim_token = None
            done.set()
            keeper.join()

    def on_step(self, _num_steps: int) -> None:
        """Note progress between two decoding steps; leave the engine if the process should end.

        Raises:
            WorkerStoppingError: the process was asked to stop.
        """
        self._step_at = time.monotonic()
        if self.stopping.is_set():
            raise WorkerStoppingError

    def start_pulse(self) -> None:
        """Say from now on that this process is alive, also while it has nothing to write."""
        if self._pulse is None or not self._pulse.is_alive():
            self._pulse = threading.Thread(target=self._beat, daemon=True, name="pulse")
            self._pulse.start()

    def is_stalled(self) -> bool:
        """Tell whether the engine has shown no progress for longer than any step takes."""
        claimed = self._claim_token is not None
        return claimed and time.monotonic() - self._step_at > STALL_SECONDS

    def _keep(self, done: threading.Event) -> None:
        while not done.wait(_pulse_seconds()):
            if self.is_stalled():
                logger.critical("The engine hangs; this process ends, its jobs will be taken back")
                os._exit(EXIT_CODE_STALLED)
            token = self._claim_token
            if token is not None:
                _quietly(partial(job_lease_renew, claim_token=token))

    def _beat(self) -> None:
        while not self.stopping.wait(_pulse_seconds()):
            _quietly(partial(worker_pulse, name=self.name))


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


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


worker = Worker()
