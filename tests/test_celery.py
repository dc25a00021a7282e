"""What our Celery workers do besides their tasks."""

from __future__ import annotations

from types import SimpleNamespace

from celery import signals
from kombu.asynchronous import Hub
from kombu.asynchronous.timer import Timer

from shop_content import celery


def test_idle_worker_looks_around_every_second():
    hub = Hub(timer=Timer(max_interval=10.0))
    hub.timer.call_repeatedly(60.0, lambda: None)  # as the heartbeat of RabbitMQ
    assert hub.fire_timers() > 5

    celery._keep_turning(sender=SimpleNamespace(timer=hub.timer))

    assert hub.fire_timers() <= celery.TURN_SECONDS
    hub.close()


def test_worker_without_an_event_loop_is_left_alone():
    celery._keep_turning(sender=SimpleNamespace(timer=None))


def test_worker_that_is_ready_begins_to_look_around():
    handlers = [ref() for _key, ref in signals.worker_ready.receivers]
    assert celery._keep_turning in handlers
