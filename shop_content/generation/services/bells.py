"""Ring the workers: a message without content. The rows are the jobs; a lost bell costs a sweep."""

from __future__ import annotations

import logging
import math
import time
from functools import partial

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

from shop_content.generation.selectors import live_workers

logger = logging.getLogger(__name__)

# By name: a service never imports the module of an entry point.
TASK = "shop_content.generation.tasks.generate_drafts"
# After a broker did not answer, this process rings nobody for so long: people who send a hundred
# forms meanwhile wait for the broker once, not a hundred times.
QUIET_SECONDS = 10.0
CONNECT_SECONDS = 1.0
_TRY_ONCE = {"max_retries": 0}

_quiet_until = 0.0  # monotonic time


def bells_ring(*, num_bells: int = 1, expires_seconds: float | None = None) -> bool:
    """Wake up to `num_bells` workers; False when the broker could not be reached.

    Never raises and never hangs on a broker that is down: the sweeper rings again later.
    """
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return False
    try:
        with current_app.connection_for_write() as connection:
            # On a connection of its own, which tries once: the pooled one tries for seconds.
            connection.connect_timeout = CONNECT_SECONDS
            connection.transport_options = {
                **(connection.transport_options or {}),
                **_TRY_ONCE,
            }
            for _number in range(num_bells):
                current_app.send_task(
                    TASK,
                    connection=connection,
                    expires=expires_seconds,
                    retry=False,
                    ignore_result=True,
                )
    except (OperationalError, OSError) as error:
        _quiet_until = time.monotonic() + QUIET_SECONDS
        logger.warning("The broker cannot be reached: %s", type(error).__name__)
        return False
    return True


def bells_ring_on_commit(*, num_jobs: int) -> None:
    """Wake as many workers as the new jobs can occupy, once the transaction is committed."""
    transaction.on_commit(partial(_ring_for, num_jobs))


def bells_forget_silence() -> None:
    """Ring again at once, although the broker did not answer a moment ago."""
    global _quiet_until
    _quiet_until = 0.0


def _ring_for(num_jobs: int) -> None:
    num_batches = math.ceil(num_jobs / settings.SHOP_CONTENT_LM_BATCH_SIZE)
    if num_batches:
        bells_ring(num_bells=min(num_batches, max(1, len(live_workers()))))
