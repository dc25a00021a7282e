"""Bells that can be counted, and a worker that starts without an engine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from celery import signals

from shop_content.generation.services.bells import TASK, bells_forget_silence
from shop_content.generation.workers import worker


@pytest.fixture(autouse=True)
def fresh_worker() -> Iterator[None]:
    """Forget the engine, the stop and the broker's silence of the test before."""
    worker.forget_engine()
    worker.stopping.clear()
    bells_forget_silence()
    yield
    worker.forget_engine()
    worker.stopping.clear()
    bells_forget_silence()


@pytest.fixture
def bells() -> Iterator[list[dict[str, Any]]]:
    """Collect every bell that is rung."""
    rung: list[dict[str, Any]] = []

    def collect(sender: str, headers: dict[str, Any], routing_key: str, **_kwargs: Any) -> None:
        if sender == TASK:
            rung.append({"queue": routing_key, **headers})

    signals.before_task_publish.connect(collect, weak=False)
    yield rung
    signals.before_task_publish.disconnect(collect)
