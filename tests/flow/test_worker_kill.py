"""Real workers, a real broker: killed, stopped, frozen and poisoned, and no draft is lost."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conftest import wait_until
from tests.flow.stack import LEASE_SECONDS, SWEEP_SECONDS, Stack, kill, say, seeded_random, stack

pytestmark = pytest.mark.worker

NUM_MERCHANTS = 2
NUM_JOBS = 400
NUM_KILLS = 10
JOBS = "generation_generationjob"
# So long that a test which looks every 50 ms meets a worker with all its jobs in hand.
SLOW_SECONDS = 2.0


@pytest.fixture(scope="module")
def module_stack(tmp_path_factory: pytest.TempPathFactory, broker_url: str) -> Iterator[Stack]:
    """One stack for the module."""
    with stack(tmp_path_factory.mktemp("flow"), broker_url) as made:
        yield made


@pytest.fixture
def flow(module_stack: Stack) -> Iterator[Stack]:
    """The module's stack; the workers that a test has started end with it."""
    yield module_stack
    module_stack.kill_writers()


def of(ids: list[int], *more: str) -> str:
    return " AND ".join([f"id IN ({', '.join(map(str, ids))})", *more])


def is_over(flow: Stack, ids: list[int]) -> bool:
    return not flow.count(JOBS, of(ids, "status IN ('queued', 'running')"))


def is_writing(flow: Stack, ids: list[int], num: int = 1) -> bool:
    return flow.count(JOBS, of(ids, "status = 'running'")) >= num


def named(worker: subprocess.Popen[bytes]) -> str:
    return f"name LIKE '%:{worker.pid}:%'"


def claims_of(flow: Stack, ids: list[int]) -> set[str]:
    rows = flow.rows(
        f"SELECT DISTINCT claim_token FROM {JOBS} WHERE {of(ids, 'status = ' + repr('running'))}"  # noqa: S608 - our ids.
    )
    return {str(token) for (token,) in rows}


def jobs_of_runs(flow: Stack, runs: list[int]) -> list[int]:
    numbers = ", ".join(map(str, runs))
    return [pk for (pk,) in flow.rows(f"SELECT id FROM {JOBS} WHERE run_id IN ({numbers})")]  # noqa: S608 - our ids.


def assert_one_effect_each(flow: Stack, ids: list[int]) -> None:
    """Every job has one draft, one version, one verdict and one review item."""
    numbers = ", ".join(map(str, ids))
    effects = f"""
        SELECT draft.job_id, count(DISTINCT draft.id), count(version.id), count(result.id),
            count(item.id)
        FROM drafts_draft draft
        JOIN drafts_draftversion version ON version.draft_id = draft.id
        LEFT JOIN checks_checkresult result ON result.version_id = version.id
        LEFT JOIN review_reviewitem item ON item.draft_id = draft.id
        WHERE draft.job_id IN ({numbers}) GROUP BY draft.job_id
    """  # noqa: S608 - our ids.
    found = flow.rows(effects)
    assert {row[0] for row in found} == set(ids)
    assert {row[1:] for row in found} == {(1, 1, 1, 1)}
    assert flow.count(JOBS, of(ids, "status = 'succeeded'")) == len(ids)


def test_no_draft_is_lost_or_doubled_by_ten_kills_and_a_wiped_broker(
    flow: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        chance = seeded_random(f"{NUM_JOBS} jobs, {NUM_KILLS} times kill -9")
    runs = flow.script("start_runs", str(NUM_MERCHANTS), str(NUM_JOBS // NUM_MERCHANTS))
    ids = jobs_of_runs(flow, runs)
    assert len(ids) == NUM_JOBS
    wipe_at = chance.randrange(NUM_KILLS)
    worker = flow.start_worker()
    known: set[str] = set()

    for number in range(NUM_KILLS):
        assert wait_until(lambda: claims_of(flow, ids) - known), flow.log  # noqa: B023 - at once.
        time.sleep(chance.uniform(0.0, 0.9))
        known |= claims_of(flow, ids)
        assert not is_over(flow, ids), "the kills came too late to hit anything"
        kill(worker)
        known |= claims_of(flow, ids)
        if number == wipe_at:
            flow.wipe_broker()
        worker = flow.start_worker()

    assert wait_until(lambda: is_over(flow, ids), 120), flow.log
    kill(worker)
    assert_one_effect_each(flow, ids)
    assert len(ids) == flow.count("drafts_draft", f"job_id IN ({', '.join(map(str, ids))})")
    runs_done = f"id IN ({', '.join(map(str, runs))}) AND status = 'finished'"
    assert wait_until(lambda: flow.count("generation_generationrun", runs_done) == len(runs))
    lost = flow.count(JOBS, of(ids, "is_solitary"))
    with capsys.disabled():
        say(f"{NUM_JOBS} drafts, none lost, none doubled; {lost} jobs had lost their worker")
    assert lost, "no kill hit a job"


def test_poison_is_parked_after_three_attempts_and_its_neighbours_are_written(flow: Stack) -> None:
    ids = flow.script("add_jobs", *["mug"] * 3, "ECHO_KILL", "ECHO_MEMORY", *["mug"] * 3)
    killer, hungry = ids[3], ids[4]
    good = [pk for pk in ids if pk not in (killer, hungry)]
    worker = flow.start_worker()
    num_deaths = 0

    def step() -> bool:
        nonlocal worker, num_deaths
        if worker.poll() is not None:
            num_deaths += 1
            worker = flow.start_worker()
        return is_over(flow, ids)

    assert wait_until(step, 60), flow.log
    assert_one_effect_each(flow, good)
    states = {
        row[0]: row[1:]
        for row in flow.rows(f"SELECT id, status, attempts, error_code, error FROM {JOBS}")  # noqa: S608 - our name.
    }
    assert states[killer][:3] == ("dead", 3, "worker_lost")
    assert "stopped while it wrote this draft" in states[killer][3]
    assert states[hungry][:3] == ("dead", 3, "out_of_memory")
    assert num_deaths == 1 + 3  # Once in company, then three attempts of its own.
    assert worker.poll() is None, "the worker lives on"
    kill(worker)


def test_worker_asked_to_stop_gives_its_jobs_back_and_the_next_goes_on(flow: Stack) -> None:
    ids = flow.script("add_jobs", *["mug"] * 60)
    worker = flow.start_worker()
    assert wait_until(lambda: is_writing(flow, ids, 8)), flow.log

    begun = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0
    assert time.monotonic() - begun < 5

    assert flow.count(JOBS, of(ids, "status = 'running'")) == 0
    assert flow.count(JOBS, of(ids, "status = 'queued' AND attempts > 0")) == 0
    assert flow.count("generation_workerheartbeat", f"state = 'stopped' AND {named(worker)}")
    restarted = time.monotonic()
    worker = flow.start_worker()
    assert wait_until(lambda: is_writing(flow, ids)), flow.log
    assert time.monotonic() - restarted < 5 + 3  # 3 s for the start of a process on a busy machine.
    assert wait_until(lambda: is_over(flow, ids)), flow.log
    kill(worker)
    assert_one_effect_each(flow, ids)


def test_idle_worker_stops_at_once(flow: Stack) -> None:
    worker = flow.start_worker()
    idle = f"state = 'idle' AND {named(worker)}"
    assert wait_until(lambda: flow.count("generation_workerheartbeat", idle)), flow.log
    time.sleep(1)  # Its event loop has gone to sleep.

    begun = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(15) == 0, flow.log
    assert time.monotonic() - begun < 5


def test_frozen_worker_that_wakes_up_late_doubles_nothing(flow: Stack) -> None:
    ids = flow.script("add_jobs", *["mug"] * 8)
    frozen = flow.start_worker(SLOW_SECONDS)
    assert wait_until(lambda: is_writing(flow, ids, 8)), flow.log
    frozen.send_signal(signal.SIGSTOP)

    time.sleep(LEASE_SECONDS + SWEEP_SECONDS)
    other = flow.start_worker()
    assert wait_until(lambda: is_over(flow, ids)), flow.log
    frozen.send_signal(signal.SIGCONT)
    assert wait_until(lambda: "Dropped the result" in flow.log), flow.log

    kill(frozen)
    kill(other)
    assert_one_effect_each(flow, ids)


def test_jobs_whose_bell_was_lost_are_found_by_the_sweeper(flow: Stack) -> None:
    worker = flow.start_worker()
    idle = f"state = 'idle' AND {named(worker)}"
    assert wait_until(lambda: flow.count("generation_workerheartbeat", idle)), flow.log

    ids = flow.script("add_jobs", *["mug"] * 8)

    assert wait_until(lambda: is_over(flow, ids), 10 * SWEEP_SECONDS), flow.log
    kill(worker)
    assert_one_effect_each(flow, ids)


def test_eight_processes_claim_two_thousand_jobs_once_each(flow: Stack) -> None:
    ids = flow.script("add_jobs", *["mug"] * 2000)
    lease = flow.env["SHOP_CONTENT_JOB_LEASE_SECONDS"]
    # On a slow machine the claims take longer than the stack's short lease, and are taken back.
    flow.env["SHOP_CONTENT_JOB_LEASE_SECONDS"] = "120"
    begun = time.monotonic()
    try:
        with ThreadPoolExecutor(8) as processes:
            claims = list(processes.map(lambda _number: flow.script("claim_all"), range(8)))
    finally:
        flow.env["SHOP_CONTENT_JOB_LEASE_SECONDS"] = lease

    seconds = time.monotonic() - begun
    claimed = [pk for claim in claims for pk in claim]
    assert len(claimed) == len(set(claimed)) == 2000
    assert set(claimed) == set(ids)
    assert seconds < 30
    # Nobody writes these: take them out before another test's worker does.
    assert flow.script("drop_jobs", *map(str, ids)) == 2000


@pytest.mark.services
def test_database_that_cuts_every_connection_costs_no_draft(flow: Stack) -> None:
    if flow.database_url.startswith("sqlite"):
        pytest.fail("This test is for a server: set DATABASE_URL, as `make test-services` does.")
    ids = flow.script("add_jobs", *["mug"] * 100)
    worker = flow.start_worker()

    for _number in range(4):
        assert wait_until(lambda: is_writing(flow, ids)), flow.log
        flow.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        time.sleep(0.5)

    assert wait_until(lambda: is_over(flow, ids), 90), flow.log
    assert worker.poll() is None, "the worker lives on without a restart"
    kill(worker)
    assert_one_effect_each(flow, ids)


def test_without_the_lease_a_kill_loses_jobs(flow: Stack) -> None:
    """The negative control: with the sweeper's repair off, the test above would fail."""
    ids = flow.script("add_jobs", *["mug"] * 8)
    worker = flow.start_worker(SLOW_SECONDS)
    assert wait_until(lambda: is_writing(flow, ids, 8)), flow.log
    kill(worker)
    flow.script("forbid_return", *map(str, ids))
    worker = flow.start_worker()

    assert not wait_until(lambda: is_over(flow, ids), LEASE_SECONDS + 2 * SWEEP_SECONDS)

    kill(worker)
    flow.script("drop_jobs", *map(str, ids))
