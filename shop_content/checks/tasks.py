"""Tasks of the stage: keep the index of texts that are alike. A message is only a bell."""

from __future__ import annotations

import time

from celery import shared_task

from shop_content.checks.shop_texts import live_texts_index

SLICE_SECONDS = 5.0  # Of a sweep: imports and other sweeps share the worker.


@shared_task(ignore_result=True)
def index_live_texts() -> None:
    """Put live texts into the index for some seconds; what is left waits for the next sweep."""
    until = time.monotonic() + SLICE_SECONDS
    while live_texts_index() and time.monotonic() < until:
        pass
