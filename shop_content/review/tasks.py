"""Tasks of the stage: check texts again by new rules. A message is only a bell."""

from __future__ import annotations

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from shop_content.review.services import recheck_advance, recheck_ensure, rechecks_running

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def recheck_texts(recheck_id: int) -> None:
    """Check texts again for some seconds, and ring for the next slice of time."""
    if recheck_advance(recheck_id=recheck_id):
        ring(recheck_id)


@shared_task(ignore_result=True)
def sweep_rechecks() -> None:
    """Begin a re-check when the rules have changed; ring again where a bell was lost."""
    recheck_ensure()
    for recheck_id in rechecks_running():
        ring(recheck_id)


def ring(recheck_id: int) -> None:
    """Send the bell; without a broker the sweeper sends it later."""
    try:
        recheck_texts.delay(recheck_id)
    except (OperationalError, OSError) as error:
        logger.warning("The broker cannot be reached: %s", type(error).__name__)
