"""The task that writes: once, twice, with failures, with a stop, with a crash before hand-over."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.conf import settings as django_settings

from shop_content.checks.judging import badness
from shop_content.checks.models import CheckResult
from shop_content.core.fingerprint import text_fingerprint
from shop_content.drafts.models import Draft, DraftVersion
from shop_content.generation import tasks
from shop_content.generation.models import (
    GenerationJob,
    GenerationRun,
    ModelVersion,
    WorkerHeartbeat,
)
from shop_content.generation.prompts import PromptStyle, prompt_version
from shop_content.generation.services.prompting import prompt_input
from shop_content.generation.tasks import generate_drafts, sweep_jobs
from shop_content.generation.workers import worker
from shop_content.lm.echo import EchoEngine
from shop_content.review.models import ReviewItem
from tests.factories import brief_snapshot, facts_snapshot, make_job, make_product, make_run

pytestmark = pytest.mark.django_db

Status = GenerationJob.Status
State = WorkerHeartbeat.State


def make_jobs(num: int, **fields: object) -> list[GenerationJob]:
    run = make_run()
    return [make_job(run, **fields) for _number in range(num)]


def poisoned(marker: str) -> dict[str, object]:
    """Return a brief whose prompt makes the echo engine fail."""
    return brief_snapshot(keywords=[marker])


def states() -> list[str]:
    return list(GenerationJob.objects.order_by("pk").values_list("status", flat=True))


def make_due() -> None:
    GenerationJob.objects.filter(status=Status.QUEUED).update(available_at="2020-01-01T00:00Z")


def assert_one_draft_each(jobs: list[GenerationJob]) -> None:
    for job in jobs:
        draft = Draft.objects.get(job=job)
        version = DraftVersion.objects.get(draft=draft)
        assert CheckResult.objects.filter(version=version).count() == 1
        assert ReviewItem.objects.filter(draft=draft, current_version=version).count() == 1


def test_all_waiting_jobs_become_checked_drafts_in_review(settings):
    settings.SHOP_CONTENT_LM_BATCH_SIZE = 4
    jobs = make_jobs(10)

    generate_drafts()

    assert set(states()) == {Status.SUCCEEDED}
    assert_one_draft_each(jobs)
    run = GenerationRun.objects.get()
    assert run.status == GenerationRun.Status.FINISHED
    assert run.finished_at is not None


def test_task_twice_writes_once():
    jobs = make_jobs(3)

    generate_drafts()
    generate_drafts()

    assert_one_draft_each(jobs)


def test_task_without_work_does_nothing():
    generate_drafts()

    assert not Draft.objects.exists()
    assert WorkerHeartbeat.objects.get().state == State.IDLE


def test_job_that_is_gone_by_the_time_of_the_bell_is_no_error():
    [job] = make_jobs(1)
    job.delete()

    generate_drafts()

    assert not Draft.objects.exists()


def test_everything_needed_to_repeat_a_draft_is_stored():
    job = make_job(seed=41, attempts=0)

    generate_drafts()

    draft = Draft.objects.select_related("model_version").get()
    assert draft.model_version == ModelVersion.objects.get(engine="echo")
    assert len(draft.model_version.weights_sha256) == 64
    assert draft.prompt_version == prompt_version(PromptStyle.REWRITING)
    assert [message["role"] for message in draft.prompt][-1] == "user"
    assert draft.sampling["seed"] == draft.seed == 41
    assert draft.facts == facts_snapshot(job.product)
    assert draft.facts_fingerprint == job.product.facts_fingerprint
    assert draft.brief == job.brief
    assert draft.prompt_tokens > 0
    assert draft.completion_tokens > 0
    assert draft.finish_reason == "stop"
    assert draft.mean_logprob == -0.5
    version = draft.versions.get()
    assert (version.number, version.author) == (1, None)
    assert version.fingerprint == text_fingerprint(version.text)


def test_same_seed_and_facts_give_the_same_text():
    run = make_run()
    product = make_product(run.merchant)
    for _number in range(2):
        make_job(run, product=product, seed=7)

    generate_drafts()

    assert DraftVersion.objects.values("text").distinct().count() == 1


def test_note_of_the_editor_is_in_the_prompt():
    make_job(editor_note="Mention the handle.", previous_text="A mug.")

    generate_drafts()

    prompt = " ".join(message["content"] for message in Draft.objects.get().prompt)
    assert "Mention the handle." in prompt


@pytest.mark.parametrize(
    ("marker", "code"), [("ECHO_RAISE", "engine_error"), ("ECHO_MEMORY", "out_of_memory")]
)
def test_error_in_a_batch_costs_only_the_job_that_caused_it(marker, code):
    run = make_run()
    good = [make_job(run) for _number in range(3)]
    bad = make_job(run, brief=poisoned(marker))

    generate_drafts()

    assert_one_draft_each(good)
    bad.refresh_from_db()
    assert (bad.status, bad.attempts, bad.error_code) == (Status.QUEUED, 1, code)
    assert GenerationRun.objects.get().status == GenerationRun.Status.RUNNING


def test_job_that_always_fails_is_parked_after_three_attempts_and_the_run_ends():
    run = make_run()
    good = make_job(run)
    bad = make_job(run, brief=poisoned("ECHO_MEMORY"))

    for _round in range(5):
        generate_drafts()
        make_due()

    bad.refresh_from_db()
    assert (bad.status, bad.attempts) == (Status.DEAD, 3)
    assert "too little memory" in bad.error
    assert_one_draft_each([good])
    assert GenerationRun.objects.get().status == GenerationRun.Status.FINISHED


class SilentEngine(EchoEngine):
    """Answer the first attempts with nothing but what is tidied away, and note their seeds."""

    def __init__(self, num_silent: int) -> None:
        super().__init__()
        self.seeds: list[int] = []
        self.num_silent = num_silent

    def _output(self, request):
        output = super()._output(request)
        self.seeds.append(request.params.seed)
        if len(self.seeds) <= self.num_silent:
            return type(output)(
                **{**{s: getattr(output, s) for s in output.__slots__}, "text": " "}
            )
        return output


def test_empty_text_is_a_failed_attempt_and_the_next_has_another_seed(monkeypatch):
    engine = SilentEngine(1)
    monkeypatch.setattr("shop_content.generation.workers.load_engine", lambda _config: engine)
    job = make_job(seed=5)

    generate_drafts()
    job.refresh_from_db()
    assert (job.status, job.error_code) == (Status.QUEUED, "empty_output")

    make_due()
    generate_drafts()
    job.refresh_from_db()
    assert job.status == Status.SUCCEEDED
    assert engine.seeds == [5, 6]
    assert Draft.objects.get().seed == 6


CRASH_POINTS = ["drafts_create", "new_versions_check", "new_items_open"]


@pytest.mark.parametrize("point", CRASH_POINTS)
def test_failure_within_the_hand_over_leaves_nothing_half_done(point, monkeypatch):
    [job] = make_jobs(1)

    def crash(**_kwargs: object) -> None:
        raise RuntimeError("crash")

    with monkeypatch.context() as broken:
        broken.setattr(tasks, point, crash)
        generate_drafts()
    job.refresh_from_db()
    assert (job.status, job.error_code) == (Status.QUEUED, "hand_over")
    assert not Draft.objects.exists()
    assert not ReviewItem.objects.exists()

    make_due()
    generate_drafts()
    assert_one_draft_each([job])


def test_draft_that_cannot_be_stored_does_not_take_its_company_along(monkeypatch):
    jobs = make_jobs(5)
    create = tasks.drafts_create

    def crash(*, written):
        if any(one.job.pk == jobs[2].pk for one in written):
            raise RuntimeError("crash")
        return create(written=written)

    monkeypatch.setattr(tasks, "drafts_create", crash)
    generate_drafts()

    jobs[2].refresh_from_db()
    assert (jobs[2].status, jobs[2].error_code) == (Status.QUEUED, "hand_over")
    assert_one_draft_each([*jobs[:2], *jobs[3:]])


def test_drafts_of_one_place_handed_over_together_leave_one_item_waiting():
    run = make_run()
    product = make_product(run.merchant)
    jobs = [make_job(run, product=product) for _number in range(3)]

    generate_drafts()

    assert_one_draft_each(jobs)
    assert ReviewItem.objects.filter(status=ReviewItem.Status.WAITING).count() == 1
    product.refresh_from_db()
    assert product.num_in_review == 1


@pytest.mark.parametrize("point", CRASH_POINTS)
def test_death_within_the_hand_over_leaves_nothing_half_done(point, monkeypatch):
    """A death is no Exception: nothing after it runs in this process but the rollback."""

    class DeathError(BaseException):
        pass

    def die(**_kwargs: object) -> None:
        raise DeathError

    [job] = make_jobs(1)
    with monkeypatch.context() as broken:
        broken.setattr(tasks, point, die)
        with pytest.raises(DeathError):
            generate_drafts()
    assert not Draft.objects.exists()

    GenerationJob.objects.update(lease_until="2020-01-01T00:00Z")
    sweep_jobs()
    make_due()
    generate_drafts()

    assert_one_draft_each([job])


def test_stop_gives_the_batch_back_without_an_attempt(monkeypatch):
    class StoppedEngine(EchoEngine):
        def stream(self, take):
            worker.stopping.set()
            return super().stream(take)

    monkeypatch.setattr(
        "shop_content.generation.workers.load_engine", lambda _config: StoppedEngine()
    )
    jobs = make_jobs(3)

    generate_drafts()

    for job in GenerationJob.objects.all():
        assert (job.status, job.attempts, job.claim_token) == (Status.QUEUED, 0, None)
    assert WorkerHeartbeat.objects.get().state == State.STOPPED

    worker.stopping.clear()
    monkeypatch.undo()
    worker.forget_engine()
    generate_drafts()
    assert_one_draft_each(jobs)


def test_result_for_a_job_that_another_worker_took_is_dropped(monkeypatch, caplog):
    class SlowEngine(EchoEngine):
        def _output(self, *args, **kwargs):
            GenerationJob.objects.update(claim_token="00000000-0000-0000-0000-000000000001")
            return super()._output(*args, **kwargs)

    monkeypatch.setattr("shop_content.generation.workers.load_engine", lambda _config: SlowEngine())
    make_jobs(1)

    generate_drafts()

    assert states() == [Status.RUNNING]
    assert not Draft.objects.exists()
    assert "Dropped the result" in caplog.text


def test_model_that_cannot_be_loaded_leaves_the_jobs_waiting_and_says_why(settings):
    settings.SHOP_CONTENT_LM_ENGINE = "no-such-engine"
    make_jobs(2)

    generate_drafts()

    assert set(states()) == {Status.QUEUED}
    heartbeat = WorkerHeartbeat.objects.get()
    assert heartbeat.state == State.STOPPED
    assert "no-such-engine" in heartbeat.detail

    settings.SHOP_CONTENT_LM_ENGINE = "echo"
    generate_drafts()
    assert set(states()) == {Status.SUCCEEDED}
    assert WorkerHeartbeat.objects.get().detail == ""


def test_worker_says_what_it_does_how_fast_and_with_which_model(monkeypatch):
    seen: list[str] = []

    class WatchedEngine(EchoEngine):
        def stream(self, take):
            seen.append(WorkerHeartbeat.objects.get().state)
            return super().stream(take)

    monkeypatch.setattr(
        "shop_content.generation.workers.load_engine", lambda _config: WatchedEngine()
    )
    make_jobs(2)

    generate_drafts()

    heartbeat = WorkerHeartbeat.objects.get()
    assert seen == [State.WRITING]
    assert heartbeat.state == State.IDLE
    assert heartbeat.seconds_per_draft > 0
    assert heartbeat.model_version == ModelVersion.objects.get(engine="echo")


def test_end_of_the_slice_rings_for_the_rest(bells, settings, monkeypatch):
    settings.SHOP_CONTENT_LM_BATCH_SIZE = 1
    jobs = make_jobs(4)

    with monkeypatch.context() as short:
        short.setattr(tasks, "SLICE_SECONDS", 0.0)
        generate_drafts()
    assert states().count(Status.SUCCEEDED) == 1
    assert len(bells) == 1
    assert WorkerHeartbeat.objects.get().state == State.WRITING

    generate_drafts()
    assert_one_draft_each(jobs)
    assert WorkerHeartbeat.objects.get().state == State.IDLE


def test_end_of_the_process_between_two_slices_gives_the_jobs_back(settings, monkeypatch):
    settings.SHOP_CONTENT_LM_BATCH_SIZE = 1
    monkeypatch.setattr(tasks, "SLICE_SECONDS", 0.0)
    make_jobs(4)
    generate_drafts()

    tasks._report_stop()

    assert Status.RUNNING not in states()
    assert states().count(Status.QUEUED) == 3
    assert WorkerHeartbeat.objects.get().state == State.STOPPED


def test_best_of_several_candidates_becomes_the_draft_and_all_are_kept(settings):
    settings.SHOP_CONTENT_LM_CANDIDATES = 3
    make_jobs(1)

    generate_drafts()

    draft = Draft.objects.get()
    candidates = list(draft.candidates.order_by("rank"))
    assert [candidate.rank for candidate in candidates] == [1, 2, 3]
    assert candidates[0].text == draft.versions.get().text
    assert "grounded" in candidates[0].scores
    source = prompt_input(product=draft.product, field=draft.field, brief=draft.brief)
    order = [(badness(candidate.text, source), -candidate.score) for candidate in candidates]
    assert order == sorted(order)


def test_starting_worker_rings_only_if_it_serves_the_queue(bells):
    class Queues:
        consume_from: dict[str, object] = {"default": None}

    class Consumer:
        class app:
            class amqp:
                queues = Queues

    tasks._ring_at_start(sender=Consumer)
    assert bells == []

    Queues.consume_from["generate"] = None
    tasks._ring_at_start(sender=Consumer)
    assert len(bells) == 1


def test_importing_settings_addresses_and_tasks_leaves_the_model_libraries_out():
    code = (
        "import sys, django; django.setup();"
        "import shop_content.celery, shop_content.generation.tasks, shop_content.generation.urls;"
        "print([name for name in ('torch', 'transformers', 'gguf') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=django_settings.BASE_DIR,
    )

    assert done.stdout.strip().endswith("[]")
