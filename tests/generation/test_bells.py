"""Bells: small, by name, and harmless when nobody answers."""

from __future__ import annotations

import socket
import time

import pytest
from celery import current_app
from django.utils import timezone

from shop_content.generation.models import WorkerHeartbeat
from shop_content.generation.services import bells as service
from shop_content.generation.services.bells import bells_ring, bells_ring_on_commit


@pytest.fixture
def broken_broker(monkeypatch):
    """Let the application talk to a port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setattr(current_app.conf, "broker_write_url", f"redis://127.0.0.1:{port}/0")


def test_bell_holds_no_content(bells):
    assert bells_ring() is True

    [bell] = bells
    assert bell["queue"] == "generate"
    assert bell["task"] == service.TASK
    assert bell["argsrepr"] == "()"


def test_bells_are_at_most_one_per_batch_and_per_worker(
    bells, settings, db, django_capture_on_commit_callbacks
):
    settings.SHOP_CONTENT_LM_BATCH_SIZE = 8
    for number in range(3):
        WorkerHeartbeat.objects.create(
            name=f"host:{number}", state=WorkerHeartbeat.State.IDLE, seen_at=timezone.now()
        )

    nums = []
    for num_jobs in (0, 1, 9, 1000):
        del bells[:]
        with django_capture_on_commit_callbacks(execute=True):
            bells_ring_on_commit(num_jobs=num_jobs)
        nums.append(len(bells))

    assert nums == [0, 1, 2, 3]


def test_without_a_known_worker_one_bell_rings(bells, db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        bells_ring_on_commit(num_jobs=1000)

    assert len(bells) == 1


@pytest.mark.usefixtures("broken_broker")
def test_broker_that_is_back_hears_the_next_bell(monkeypatch):
    assert bells_ring() is False
    monkeypatch.undo()
    service.bells_forget_silence()

    assert bells_ring() is True


@pytest.mark.usefixtures("broken_broker")
def test_broker_that_is_down_neither_raises_nor_hangs(caplog):
    begun = time.monotonic()

    assert [bells_ring() for _number in range(100)] == [False] * 100

    # The broker is asked once, then left alone for a while.
    assert time.monotonic() - begun < 10
    assert caplog.text.count("cannot be reached") == 1
