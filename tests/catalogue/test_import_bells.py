"""The bell of an import: an id and nothing else, and no wait for a broker that is away."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app, signals
from django.db import transaction
from kombu.exceptions import OperationalError

from shop_content.catalogue.models import ImportRun
from shop_content.catalogue.services import import_bells
from shop_content.catalogue.services.import_bells import TASK, bell_ring, bell_ring_on_commit
from shop_content.catalogue.services.imports import import_upload
from shop_content.catalogue.tasks import process_import, sweep_imports
from tests.factories import make_merchant

CONTENT = b"Title,URL handle\nMug,mug\n"


@pytest.fixture(autouse=True)
def fresh_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_bells, "_quiet_until", 0.0)


@pytest.fixture
def bells() -> Iterator[list[tuple[Any, str]]]:
    """Collect the arguments and the queue of every bell."""
    rung: list[tuple[Any, str]] = []

    def collect(sender: str, body: Any, routing_key: str, **_kwargs: Any) -> None:
        if sender == TASK:
            rung.append((list(body[0]), routing_key))

    signals.before_task_publish.connect(collect, weak=False)
    yield rung
    signals.before_task_publish.disconnect(collect)


def test_the_names_of_the_tasks_are_those_that_ring():
    assert process_import.name == TASK
    assert sweep_imports.name == "shop_content.catalogue.tasks.sweep_imports"
    assert TASK in current_app.tasks


def test_a_bell_says_which_import(bells):
    assert bell_ring(run_id=7)

    assert bells == [([7], "default")]


@pytest.mark.django_db(transaction=True)
def test_a_bell_rings_when_the_file_is_there_for_others(bells):
    with transaction.atomic():
        run = import_upload(
            merchant=make_merchant(), actor=None, file_name="x.csv", content=CONTENT
        )
        assert bells == []

    assert bells == [([run.pk], "default")]


@pytest.mark.django_db(transaction=True)
def test_a_file_that_was_not_kept_rings_nobody(bells):
    try:
        with transaction.atomic():
            bell_ring_on_commit(run_id=7)
            raise LookupError
    except LookupError:
        pass

    assert bells == []


def test_a_broker_that_is_away_is_asked_once(monkeypatch):
    asked = []

    def refuse(*_args: object, **_kwargs: object) -> None:
        asked.append(time.monotonic())
        raise OperationalError("away")

    monkeypatch.setattr(current_app, "send_task", refuse)

    assert not bell_ring(run_id=1)
    assert not bell_ring(run_id=2)
    assert len(asked) == 1


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_keeps_no_file_out(settings, monkeypatch):
    monkeypatch.setattr(
        current_app, "send_task", lambda *_args, **_kwargs: (_ for _ in ()).throw(OSError)
    )

    run = import_upload(merchant=make_merchant(), actor=None, file_name="x.csv", content=CONTENT)

    assert ImportRun.objects.get().pk == run.pk
