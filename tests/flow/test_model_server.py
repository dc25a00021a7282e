"""Real workers on a model server that misbehaves: every job ends, and pages stay fast (R15)."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

import pytest

from tests.conftest import wait_until
from tests.flow.stack import Stack, stack
from tests.lm.model_server import ModelServer, running_model_server

pytestmark = pytest.mark.worker

JOBS = "generation_generationjob"
NUM_PRODUCTS = 60
# More than this, and the circuit is open nearly all the time: a run then takes minutes.
FAULTS = {"500": 0.1, "429": 0.1, "reset": 0.1, "bad_json": 0.1, "half": 0.05, "huge": 0.05}
REASONS = {"server_unavailable", "server_rejected", "server_bad_answer", "empty_output"}


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with running_model_server() as made:
        yield made


@pytest.fixture
def flow(
    tmp_path_factory: pytest.TempPathFactory, broker_url: str, server: ModelServer
) -> Iterator[Stack]:
    with stack(tmp_path_factory.mktemp("server"), broker_url) as made:
        made.env |= {
            "SHOP_CONTENT_LM_ENGINE": "openai",
            "SHOP_CONTENT_OPENAI_URL": f"{server.url}/v1",
            "SHOP_CONTENT_OPENAI_MODEL": "echo",
            "SHOP_CONTENT_OPENAI_KEY": "canary-key-of-the-flow",
            "SHOP_CONTENT_SERVER_TIMEOUT_SECONDS": "3",
            "SHOP_CONTENT_LM_BATCH_SIZE": "16",
        }
        yield made


def is_over(flow: Stack) -> bool:
    return not flow.count(JOBS, "status IN ('queued', 'running')")


def test_every_job_of_a_server_with_faults_ends_and_pages_stay_fast(
    flow: Stack, server: ModelServer
) -> None:
    idle = flow.script("time_page")
    server.set_mix(FAULTS, seed=7)
    flow.start_worker()
    flow.start_sweeper()
    flow.script("start_runs", "1", str(NUM_PRODUCTS))

    busy = flow.script("time_page")
    assert wait_until(lambda: is_over(flow), 150)

    num_written = flow.count(JOBS, "status = 'succeeded'")
    assert num_written + flow.count(JOBS, "status = 'dead'") == NUM_PRODUCTS
    assert num_written == flow.count("drafts_draft")
    assert num_written > NUM_PRODUCTS / 2
    codes = {code for (code,) in flow.rows(f"SELECT error_code FROM {JOBS} WHERE status = 'dead'")}  # noqa: S608 - our words.
    assert codes <= REASONS
    assert server.stats()["num_requests"] > NUM_PRODUCTS
    # No page asks the model server: one that fails costs a page its share of the processor at most.
    assert statistics.median(busy) < 10 * statistics.median(idle) + 0.1
    assert "canary-key-of-the-flow" not in flow.log
    assert server.url not in flow.log


def test_server_that_is_down_leaves_jobs_waiting_and_they_are_written_when_it_is_back(
    flow: Stack, server: ModelServer
) -> None:
    port = int(server.url.rsplit(":", 1)[1])
    server.stop()
    flow.start_worker()
    flow.start_sweeper()
    flow.script("start_runs", "1", "20")
    # The circuit opens after a few failures: the others are not even tried.
    assert wait_until(lambda: flow.count(JOBS, "attempts > 0") >= 5, 60)
    time.sleep(2)
    assert flow.count(JOBS, "status = 'queued'") > 0

    with running_model_server(port):
        assert wait_until(lambda: is_over(flow), 120)

    assert flow.count(JOBS, "status = 'succeeded'") >= 10
    assert flow.count(JOBS, "status IN ('succeeded', 'dead')") == 20
