"""Jobs in hand: places filled at once, company and solitude, slices of time, stops and failures."""

from __future__ import annotations

import threading
import time
from itertools import pairwise

import pytest
from django.db import DatabaseError, OperationalError

from shop_content.generation.models import GenerationJob
from shop_content.generation.services import sessions
from shop_content.generation.services.sessions import WritingSession
from shop_content.generation.services.writing import FailedWriting, WorkerStoppingError
from shop_content.lm.echo import EchoEngine
from tests.factories import brief_snapshot, make_job, make_run

pytestmark = pytest.mark.django_db

Status = GenerationJob.Status


def make_jobs(num: int, **fields: object) -> list[GenerationJob]:
    run = make_run()
    return [make_job(run, **fields) for _number in range(num)]


class Desk:
    """A session over the echo engine, and what it settled."""

    def __init__(self, *, places: int = 4, engine: EchoEngine | None = None) -> None:
        self.settled: list[tuple[int, object]] = []
        self.groups: list[int] = []  # how many were settled together
        self.in_hand: list[int] = []
        self.stop_after: int | None = None
        self.session = WritingSession(
            engine=engine or EchoEngine(max_batch_size=places),
            num_places=places,
            settle=self.settle,
            on_step=self.on_step,
        )

    def settle(self, claim_token, settled) -> None:
        assert claim_token == self.session.claim_token
        self.groups.append(len(settled))
        for item, outcome in settled:
            self.settled.append((item.job.pk, outcome))
            GenerationJob.objects.filter(pk=item.job.pk).update(status=Status.SUCCEEDED)

    def on_step(self, _num_free: int) -> None:
        self.in_hand.append(GenerationJob.objects.filter(status=Status.RUNNING).count())
        if self.stop_after is not None and len(self.in_hand) > self.stop_after:
            raise WorkerStoppingError

    @property
    def ids(self) -> list[int]:
        return sorted(pk for pk, _outcome in self.settled)


def test_every_waiting_job_is_settled_once_under_one_claim():
    jobs = make_jobs(11)
    desk = Desk()

    assert desk.session.write(seconds=60) is True

    assert desk.ids == [job.pk for job in jobs]
    tokens = set(GenerationJob.objects.values_list("claim_token", flat=True))
    assert tokens == {desk.session.claim_token}


def test_places_stay_full_while_jobs_wait_and_no_more_is_claimed_than_a_small_reserve():
    make_jobs(30)
    desk = Desk(places=4)

    desk.session.write(seconds=60)

    # The first and the last steps aside.
    assert min(desk.in_hand[2:20]) >= 3
    assert max(desk.in_hand) <= 4 + 4 + sessions.MAX_UNSTORED


def test_job_that_comes_while_others_are_written_joins_them(monkeypatch):
    monkeypatch.setattr(sessions, "MAX_UNSTORED", 1)
    monkeypatch.setattr(sessions, "ASK_AGAIN_SECONDS", 0.0)
    make_jobs(3)
    desk = Desk(places=2)
    late: list[int] = []

    def on_step(num_free: int) -> None:
        if len(desk.settled) == 2 and not late:
            late.append(make_job().pk)

    desk.session._on_step = on_step
    desk.session.write(seconds=60)

    assert late[0] in desk.ids


def test_end_of_the_slice_keeps_the_jobs_in_hand_and_the_next_slice_goes_on():
    make_jobs(6)
    desk = Desk(places=2)

    assert desk.session.write(seconds=0) is False
    num_first = len(desk.settled)
    in_hand = desk.session.num_in_hand
    assert desk.session.write(seconds=60) is True

    assert num_first == 1
    assert in_hand >= 1
    assert len(desk.settled) == 6
    assert not GenerationJob.objects.filter(status=Status.RUNNING).exists()


def test_stop_gives_everything_in_hand_back_as_no_attempt():
    make_jobs(6)
    desk = Desk(places=2)
    desk.stop_after = 2

    with pytest.raises(WorkerStoppingError):
        desk.session.write(seconds=60)

    rest = GenerationJob.objects.exclude(pk__in=desk.ids)
    assert set(rest.values_list("status", "attempts", "claim_token")) == {(Status.QUEUED, 0, None)}
    assert desk.session.num_in_hand == 0


def test_stop_between_two_slices_gives_everything_back_too():
    make_jobs(6)
    desk = Desk(places=2)
    desk.session.write(seconds=0)

    num = desk.session.release()

    assert (
        num
        == 6
        - len(desk.settled)
        - GenerationJob.objects.filter(status=Status.QUEUED, attempts=0, started_at=None).count()
    )
    assert not GenerationJob.objects.filter(status=Status.RUNNING).exists()


@pytest.mark.parametrize("marker", ["ECHO_RAISE", "ECHO_MEMORY"])
def test_error_of_the_engine_costs_only_the_job_that_caused_it(marker):
    run = make_run()
    good = [make_job(run) for _number in range(5)]
    bad = make_job(run, brief=brief_snapshot(keywords=[marker]))
    desk = Desk(places=3)

    assert desk.session.write(seconds=60) is True

    outcomes = dict(desk.settled)
    assert isinstance(outcomes[bad.pk], FailedWriting)
    assert all(isinstance(outcomes[job.pk], list) for job in good)


def test_solitary_job_is_written_when_nothing_else_is_in_hand():
    company = make_jobs(3)
    alone = make_job(company[0].run, is_solitary=True)
    more = [make_job(company[0].run) for _number in range(3)]
    desk = Desk(places=2)
    seen: list[tuple[int, int]] = []
    settle = desk.settle

    def watch(claim_token, settled) -> None:
        num_running = GenerationJob.objects.filter(status=Status.RUNNING).count()
        seen.extend((item.job.pk, num_running) for item, _outcome in settled)
        settle(claim_token, settled)

    desk.session._settle = watch
    desk.session.write(seconds=60)

    assert desk.ids == sorted(job.pk for job in [*company, alone, *more])
    assert dict(seen)[alone.pk] == 1


def test_jobs_in_hand_know_their_company():
    make_jobs(5)
    desk = Desk(places=2)

    desk.session.write(seconds=0)

    running = GenerationJob.objects.filter(status=Status.RUNNING)
    assert running.exists()
    assert min(running.values_list("num_claimed_together", flat=True)) > 1


def test_candidates_of_a_job_are_settled_together(settings):
    settings.SHOP_CONTENT_LM_CANDIDATES = 3
    make_jobs(4)
    desk = Desk(places=2)

    desk.session.write(seconds=60)

    assert len(desk.settled) == 4
    for _pk, outputs in desk.settled:
        assert [output.candidate for output in outputs] == [0, 1, 2]


def test_text_reaches_its_row_while_it_is_written(monkeypatch):
    monkeypatch.setattr(sessions, "PARTIAL_SECONDS", 0.0)
    [job] = make_jobs(1)
    seen: list[str] = []
    desk = Desk(engine=EchoEngine(delay_seconds=0.6))
    desk.session._on_step = lambda _num: seen.append(
        GenerationJob.objects.get(pk=job.pk).partial_text
    )

    desk.session.write(seconds=60)

    grown = [text for text in seen if text]
    assert grown
    assert all(later.startswith(earlier) for earlier, later in pairwise(grown))


def test_database_that_goes_away_leaves_the_jobs_to_the_sweeper():
    make_jobs(4)
    desk = Desk(places=2)

    def break_down(_claim_token, _settled) -> None:
        raise OperationalError("server closed the connection")

    desk.session._settle = break_down

    with pytest.raises(DatabaseError):
        desk.session.write(seconds=60)

    assert desk.session.num_in_hand == 0
    assert GenerationJob.objects.filter(status=Status.RUNNING).exists()


def test_texts_that_are_done_in_quick_succession_are_stored_together():
    make_jobs(20)
    desk = Desk(places=4)

    desk.session.write(seconds=60)

    assert max(desk.groups) == sessions.MAX_UNSTORED
    assert sum(desk.groups) == 20


def test_text_that_is_done_is_stored_soon_whatever_else_is_being_written(monkeypatch):
    monkeypatch.setattr(sessions, "UNSTORED_SECONDS", 0.05)
    make_jobs(6)
    desk = Desk(places=2, engine=EchoEngine(delay_seconds=0.06, max_batch_size=2))

    desk.session.write(seconds=60)

    assert max(desk.groups) <= 2


def test_text_that_is_done_is_stored_when_the_worker_stops():
    make_jobs(4)
    desk = Desk(places=2)
    desk.stop_after = 1

    with pytest.raises(WorkerStoppingError):
        desk.session.write(seconds=60)

    assert desk.settled
    assert not GenerationJob.objects.filter(status=Status.RUNNING).exists()


def test_pace_tells_the_engines_time_from_the_rest():
    make_jobs(4)
    desk = Desk(engine=EchoEngine(delay_seconds=0.05))
    settle = desk.settle

    def slow(claim_token, settled) -> None:
        time.sleep(0.02 * len(settled))
        settle(claim_token, settled)

    desk.session._settle = slow
    desk.session.write(seconds=60)

    pace = desk.session.pace_since_report()
    assert pace.num_drafts == 4
    assert pace.busy_seconds == pytest.approx(0.2, abs=0.1)
    assert pace.wall_seconds - pace.busy_seconds >= 0.08
    assert pace.overhead > 0
    assert desk.session.pace_since_report().num_drafts == 0


def test_engine_that_takes_no_more_gets_its_reserve_taken_back():
    """A server whose circuit opens ends its stream, whatever has been claimed for it."""

    class TiredEngine(EchoEngine):
        def stream(self, take):
            [request] = take(1)
            yield from self._outputs(request)

    make_jobs(5)
    desk = Desk(engine=TiredEngine())

    assert desk.session.write(seconds=60) is True

    assert len(desk.settled) == 1
    assert not GenerationJob.objects.filter(status=Status.RUNNING).exists()
    assert GenerationJob.objects.filter(status=Status.QUEUED, attempts=0).count() == 4


def test_session_leaves_no_thread_behind():
    before = set(threading.enumerate())
    make_jobs(3)

    Desk().session.write(seconds=60)

    assert set(threading.enumerate()) == before
