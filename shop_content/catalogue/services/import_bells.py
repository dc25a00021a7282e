"""Ring the worker that imports. The row is the job: a lost bell costs one sweep."""

from __future__ import annotations

import logging
import time
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

# By name: a service never imports the module of an entry point.
TASK = "shop_content.catalogue.tasks.process_import"
CONNECT_SECONDS = 1.0
# A broker that did not answer is left alone for a while, so that nobody waits for it twice.
QUIET_SECONDS = 10.0
_TRY_ONCE = {"max_retries": 0}

_quiet_until = 0.0  # monotonic time


def bell_ring(*, run_id: int) -> bool:
    """Wake a worker for an import; False when the broker could not be reached."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return False
    try:
        with current_app.connection_for_write() as connection:
            connection.connect_timeout = CONNECT_SECONDS
            connection.transport_options = {
                **(connection.transport_options or {}),
                **_TRY_ONCE,
            }
            current_app.send_task(
                TASK, args=[run_id], connection=connection, retry=False, ignore_result=True
            )
    except (OperationalError, OSError) as error:
        _quiet_until = time.monotonic() + QUIET_SECONDS
        logger.warning("The broker cannot be reached: %s", type(error).__name__)
        return False
    return True


def bell_ring_on_commit(*, run_id: int) -> None:
    """Wake a worker once the transaction is committed."""
    transaction.on_commit(partial(bell_ring, run_id=run_id))
