"""The process of a worker: its engine, its leases, its signs of life, its end."""

from __future__ import annotations

import os
import threading
import time
import uuid
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from shop_content.generation import tasks, workers
from shop_content.generation.models import ModelVersion, WorkerHeartbeat
from shop_content.generation.services.workers import (
    model_version_of,
    worker_count_drafts,
    worker_pulse,
    worker_report,
    worker_set_model,
)
from shop_content.generation.services.writing import WorkerStoppingError
from shop_content.generation.workers import STALL_SECONDS, Worker
from shop_content.lm.echo import EchoEngine
from shop_content.lm.engine import Capabilities, ModelInfo
from tests.conftest import wait_until

State = WorkerHeartbeat.State


@pytest.mark.django_db
def test_engine_is_loaded_once(monkeypatch):
    loads = []
    monkeypatch.setattr(workers, "load_engine", lambda config: loads.append(config) or EchoEngine())
    process = Worker()

    assert process.engine() is process.engine()
    assert len(loads) == 1
    assert process.model_version == ModelVersion.objects.get()
    assert WorkerHeartbeat.objects.get().model_version == process.model_version


@pytest.mark.django_db
def test_page_can_see_that_the_model_is_being_loaded(monkeypatch):
    seen = []

    def load(_config: object) -> EchoEngine:
        seen.append(WorkerHeartbeat.objects.get().state)
        return EchoEngine()

    monkeypatch.setattr(workers, "load_engine", load)
    Worker().engine()

    assert seen == [State.LOADING]
    assert WorkerHeartbeat.objects.get().state == State.IDLE


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OSError("disk\nfull"), ImportError("no torch"), MemoryError()])
def test_any_error_of_the_load_is_shown_and_not_raised(error, monkeypatch):
    def load(_config: object) -> EchoEngine:
        raise error

    monkeypatch.setattr(workers, "load_engine", load)

    assert Worker().engine() is None
    heartbeat = WorkerHeartbeat.objects.get()
    assert heartbeat.state == State.STOPPED
    assert heartbeat.detail in {"disk full", "no torch", "MemoryError"}


@pytest.mark.django_db
def test_database_that_is_away_is_not_taken_for_a_broken_model(monkeypatch):
    def load(_config: object) -> EchoEngine:
        raise DatabaseError

    monkeypatch.setattr(workers, "load_engine", load)

    with pytest.raises(DatabaseError):
        Worker().engine()


def test_model_version_before_the_load_is_an_error():
    with pytest.raises(RuntimeError, match="once the engine is loaded"):
        _version = Worker().model_version


def test_name_says_machine_process_and_queue():
    assert Worker().name.endswith(f":{os.getpid()}:generate")


def test_step_goes_on_until_the_process_should_end():
    process = Worker()
    process.on_step(1)
    process.stopping.set()

    with pytest.raises(WorkerStoppingError):
        process.on_step(2)


class Session:
    """Stand for the jobs in hand: `write` takes what the test says."""

    def __init__(self, write) -> None:
        self.claim_token = uuid.uuid4()
        self.num_released = 0
        self.write = lambda seconds: write()

    def release(self) -> None:
        self.num_released += 1


@pytest.fixture
def renewed(monkeypatch, settings) -> list[uuid.UUID]:
    """Collect the tokens whose leases were renewed, every hundredth of a second."""
    settings.SHOP_CONTENT_JOB_LEASE_SECONDS = 0.04
    tokens: list[uuid.UUID] = []
    monkeypatch.setattr(workers, "job_lease_renew", lambda claim_token: tokens.append(claim_token))
    monkeypatch.setattr(workers, "connection", NoConnection)
    return tokens


def test_engine_without_progress_is_stalled_only_while_it_writes(monkeypatch):
    process = Worker()
    monkeypatch.setattr(workers.time, "monotonic", lambda: STALL_SECONDS + 1)

    assert process.is_stalled() is False  # It sits idle.
    process._is_writing = True
    assert process.is_stalled() is True
    process.on_step(1)
    assert process.is_stalled() is False


def test_lease_is_renewed_while_drafts_are_written_and_not_after(renewed):
    process = Worker()

    def write() -> bool:
        return wait_until(lambda: len(renewed) >= 3, 5)

    session = Session(write)
    assert process.write(session, seconds=1) is True
    num = len(renewed)
    time.sleep(0.05)

    assert set(renewed) == {session.claim_token}
    assert len(renewed) == num
    assert "lease" not in {thread.name for thread in threading.enumerate()}


def test_lease_is_renewed_between_two_slices_and_the_bell_rings_again(renewed, monkeypatch):
    rung: list[bool] = []
    monkeypatch.setattr(workers, "bells_ring", lambda: rung.append(True))
    process = Worker()
    slices = [False, True]
    session = Session(lambda: slices.pop(0))

    assert process.write(session, seconds=1) is False
    assert wait_until(lambda: len(renewed) >= 2 and len(rung) >= 2, 5)
    assert process.write(session, seconds=1) is True

    assert "lease" not in {thread.name for thread in threading.enumerate()}


def test_end_of_the_process_gives_back_what_is_in_hand(renewed):
    process = Worker()
    process._session = session = Session(lambda: False)
    process.write(session, seconds=1)

    process.release()

    assert session.num_released == 1
    assert "lease" not in {thread.name for thread in threading.enumerate()}


def test_process_that_hangs_ends_itself(monkeypatch, renewed):
    ended: list[int] = []
    process = Worker()

    def end(code: int) -> None:
        ended.append(code)
        process.on_step(1)  # So that it ends once only, as a process does.

    monkeypatch.setattr(workers.os, "_exit", end)
    monkeypatch.setattr(workers, "STALL_SECONDS", 0.05)

    process.write(Session(lambda: wait_until(lambda: ended, 5)), seconds=1)

    assert ended[0] == workers.EXIT_CODE_STALLED


class NoConnection:
    """Stand for the connection of a thread that wrote nothing."""

    closed = 0

    @classmethod
    def close(cls) -> None:
        cls.closed += 1


def test_thread_closes_its_own_connection_also_after_an_error(monkeypatch, caplog):
    monkeypatch.setattr(workers, "connection", NoConnection)
    before = NoConnection.closed

    def write() -> None:
        raise DatabaseError

    workers._quietly(write)

    assert NoConnection.closed == before + 1
    assert "No sign of life" in caplog.text


def test_pulse_goes_on_until_the_process_stops(monkeypatch, settings):
    settings.SHOP_CONTENT_JOB_LEASE_SECONDS = 0.04
    names: list[str] = []
    monkeypatch.setattr(workers, "worker_pulse", lambda name, is_free: names.append(name))
    monkeypatch.setattr(workers, "connection", NoConnection)
    process = Worker()

    process.start_pulse()
    process.start_pulse()
    assert wait_until(lambda: len(names) >= 2, 5)
    assert [thread.name for thread in threading.enumerate()].count("pulse") == 1
    process.stopping.set()
    assert wait_until(lambda: "pulse" not in {thread.name for thread in threading.enumerate()}, 5)


@pytest.mark.parametrize(("lease", "pulse"), [(60, 10.0), (3, 0.75)])
def test_pulse_beats_four_times_within_a_lease_and_at_least_every_ten_seconds(
    lease, pulse, settings
):
    settings.SHOP_CONTENT_JOB_LEASE_SECONDS = lease

    assert workers._pulse_seconds() == pulse


@pytest.mark.django_db
def test_report_replaces_the_report_before():
    worker_report(name="host:1", state=State.STOPPED, detail="No \x00folder. " + "x" * 400)
    assert len(WorkerHeartbeat.objects.get().detail) == 300

    worker_report(name="host:1", state=State.IDLE)

    heartbeat = WorkerHeartbeat.objects.get()
    assert (heartbeat.state, heartbeat.detail) == (State.IDLE, "")


@pytest.mark.parametrize("state", [State.WRITING, State.LOADING])
@pytest.mark.django_db
def test_worker_whose_last_words_were_lost_is_woken_again(state):
    """As when the database goes away in the middle of a batch."""
    now = timezone.now()
    WorkerHeartbeat.objects.create(name="host:1", state=state, seen_at=now)
    WorkerHeartbeat.objects.create(name="host:2", state=State.STOPPED, seen_at=now)

    worker_pulse(name="host:1", is_free=True)
    worker_pulse(name="host:2", is_free=True)

    states = WorkerHeartbeat.objects.order_by("name").values_list("state", flat=True)
    assert list(states) == [State.IDLE, State.STOPPED]


def test_process_is_free_between_its_tasks(monkeypatch, settings):
    settings.SHOP_CONTENT_JOB_LEASE_SECONDS = 0.04
    free: list[bool] = []
    monkeypatch.setattr(workers, "worker_pulse", lambda name, is_free: free.append(is_free))
    monkeypatch.setattr(workers, "connection", NoConnection)
    process = Worker()
    process.start_pulse()
    try:
        with suppress(DatabaseError), process.at_work():
            assert wait_until(lambda: free and not free[-1], 5)
            raise DatabaseError
        assert wait_until(lambda: free[-1], 5)
    finally:
        process.stopping.set()


@pytest.mark.django_db
def test_pulse_changes_the_time_alone():
    past = timezone.now() - timedelta(minutes=1)
    WorkerHeartbeat.objects.create(name="host:1", state=State.WRITING, seen_at=past)

    worker_pulse(name="host:1")
    worker_pulse(name="unknown")

    heartbeat = WorkerHeartbeat.objects.get()
    assert heartbeat.seen_at > past
    assert heartbeat.state == State.WRITING


@pytest.mark.django_db
def test_mean_starts_with_the_first_batch_and_follows_slowly():
    worker_report(name="host:1", state=State.IDLE)

    worker_count_drafts(name="host:1", num_drafts=8, seconds=16.0)
    assert WorkerHeartbeat.objects.get().seconds_per_draft == pytest.approx(2.0)

    worker_count_drafts(name="host:1", num_drafts=4, seconds=16.0)
    assert WorkerHeartbeat.objects.get().seconds_per_draft == pytest.approx(2.4)


@pytest.mark.django_db
def test_model_version_is_one_row_per_weights():
    info = ModelInfo("transformers", "m", "r", "a" * 64, "float32", "cpu")
    other = ModelInfo("transformers", "m", "r", "b" * 64, "float32", "cuda")

    can = Capabilities(is_repeatable=True)

    assert (
        model_version_of(info, can) == model_version_of(info, can) != model_version_of(other, can)
    )
    worker_report(name="host:1", state=State.IDLE)
    worker_set_model(name="host:1", model_version=model_version_of(other, can))
    assert WorkerHeartbeat.objects.get().model_version == model_version_of(other, can)
    assert model_version_of(info, Capabilities()).is_repeatable is False


@pytest.mark.django_db
def test_end_of_a_process_that_wrote_is_reported(monkeypatch):
    process = Worker()
    monkeypatch.setattr(tasks, "worker", process)
    tasks._report_stop()
    assert not WorkerHeartbeat.objects.exists()  # This process has nothing to do with drafts.

    monkeypatch.setattr(workers, "load_engine", lambda _config: EchoEngine())
    process.engine()
    tasks._report_stop()
    assert WorkerHeartbeat.objects.get().state == State.STOPPED


def test_signal_of_the_end_sets_the_flag(monkeypatch):
    process = Worker()
    monkeypatch.setattr(tasks, "worker", process)

    tasks._stop_writing(sig="SIGTERM", how="Warm", exitcode=0)

    assert process.stopping.is_set()
