"""The Celery application. A message is only a bell: it holds ids, the database row is the job."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop_content.settings")

app = Celery("shop_content")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

TURN_SECONDS = 1.0


@signals.worker_ready.connect
def _keep_turning(sender: Any, **_kwargs: Any) -> None:
    """Let an idle worker look around every second.

    With RabbitMQ its event loop sleeps until the next heartbeat is due, up to 10 seconds (`Hub` of
    kombu, `fire_timers`). A signal to stop waits as long, and so may acknowledgements that are left
    for the next turn: meanwhile the broker hands out nothing.
    """
    if sender.timer is not None:
        sender.timer.call_repeatedly(TURN_SECONDS, _turn)


def _turn() -> None:
    """Do nothing: the loop has woken up."""
