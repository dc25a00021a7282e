"""Tasks of the stage: write drafts until none waits; sweep. A message is only a bell."""

from __future__ import annotations

import logging
import time
from typing import Any

from celery import Task, shared_task, signals
from django.conf import settings
from django.db import DatabaseError, transaction

from shop_content.checks.services import version_check
from shop_content.core.database import connection_released
from shop_content.drafts.services import DraftProvenance, draft_create
from shop_content.generation.models import FailureReason, GenerationJob, WorkerHeartbeat
from shop_content.generation.prompts import PROMPT_VERSION, tidy
from shop_content.generation.services.bells import bells_ring
from shop_content.generation.services.claims import jobs_claim, jobs_release
from shop_content.generation.services.outcomes import job_fail, job_finish
from shop_content.generation.services.runs import run_finish_if_done
from shop_content.generation.services.sweeping import jobs_sweep
from shop_content.generation.services.workers import worker_count_drafts, worker_report
from shop_content.generation.services.writing import (
    FailedWriting,
    PreparedJob,
    WorkerStoppingError,
    batch_write,
    jobs_prepare,
)
from shop_content.generation.workers import QUEUE, worker
from shop_content.lm.engine import Engine, GenerationOutput
from shop_content.review.services import item_open

logger = logging.getLogger(__name__)

# A task ends after so long and rings for the next one: Celery then sees signals of pools with
# child processes, and sends the broker its heartbeats, which pool `solo` cannot do within a task.
SLICE_SECONDS = 15.0

State = WorkerHeartbeat.State


@shared_task(bind=True, ignore_result=True)
def generate_drafts(self: Task[Any, Any]) -> None:
    """Write waiting drafts, a batch at a time, until none waits or the slice of time is over.

    The bell may come twice, late or never: what is written is decided by the claims alone.
    """
    if not self.request.called_directly:
        worker.start_pulse()
    try:
        _write_waiting()
    except MemoryError:
        # Celery ends its worker on this one; our rows already say what failed.
        logger.exception("Too little memory")
    except DatabaseError:
        logger.exception("The database is away; the sweeper takes the jobs back")


@shared_task(ignore_result=True)
def sweep_jobs() -> None:
    """Take back what crashed workers held, finish runs, ring again where a bell was lost."""
    jobs_sweep()


def _write_waiting() -> None:
    engine = worker.engine()
    if engine is None:
        return
    end = time.monotonic() + SLICE_SECONDS
    while not worker.stopping.is_set():
        jobs = jobs_claim(limit=settings.SHOP_CONTENT_LM_BATCH_SIZE)
        if not jobs:
            break
        worker_report(name=worker.name, state=State.WRITING)
        _write_batch(engine, jobs)
        if time.monotonic() > end:
            bells_ring()
            break
    worker_report(name=worker.name, state=State.STOPPED if worker.stopping.is_set() else State.IDLE)


def _write_batch(engine: Engine, jobs: list[GenerationJob]) -> None:
    """Write one claim's drafts and hand each over; a stop gives back what is not handed over."""
    token = jobs[0].claim_token
    if token is None:
        raise ValueError("A claimed job has a token.")
    begun = time.monotonic()
    with worker.keeping(token):
        try:
            prepared = jobs_prepare(jobs)
            with connection_released():
                outcomes = batch_write(engine=engine, prepared=prepared, on_step=worker.on_step)
        except WorkerStoppingError:
            num = jobs_release(claim_token=token)
            logger.info("Asked to stop: gave %s jobs back", num)
            return
        for item, outcome in zip(prepared, outcomes, strict=True):
            _settle(item, outcome)
    for run_id in {job.run_id for job in jobs}:
        run_finish_if_done(run_id=run_id)
    worker_count_drafts(name=worker.name, num_drafts=len(jobs), seconds=time.monotonic() - begun)


def _settle(item: PreparedJob, outcome: GenerationOutput | FailedWriting) -> None:
    """Store the draft of one job, or say why there is none; an error here is this job's alone."""
    if isinstance(outcome, FailedWriting):
        return _fail(item.job, outcome.code, outcome.detail)
    try:
        text = tidy(outcome.text, item.job.field)
        if not text.strip():
            return _fail(item.job, FailureReason.EMPTY_OUTPUT, "")
        _hand_over(item, outcome, text)
    except Exception as error:
        logger.exception("Job %s could not be handed over", item.job.pk)
        _fail(item.job, FailureReason.HAND_OVER, f"{type(error).__name__}: {error}")


@transaction.atomic
def _hand_over(item: PreparedJob, output: GenerationOutput, text: str) -> None:
    """Finish the job, store its draft, check it and open it for review: all or nothing."""
    job = item.job
    if job.claim_token is None or not job_finish(job_id=job.pk, claim_token=job.claim_token):
        return
    draft = draft_create(job=job, text=text, provenance=_provenance(item, output))
    version = draft.versions.get(number=1)
    result = version_check(version=version)
    item_open(draft=draft, version=version, check_result=result)


def _provenance(item: PreparedJob, output: GenerationOutput) -> DraftProvenance:
    logprobs = output.logprobs
    return DraftProvenance(
        model_version=worker.model_version,
        prompt_version=PROMPT_VERSION,
        prompt=item.messages,
        sampling=item.sampling,
        seed=item.request.params.seed,
        facts=item.facts,
        facts_fingerprint=item.facts_fingerprint,
        prompt_tokens=output.prompt_tokens,
        completion_tokens=output.completion_tokens,
        finish_reason=output.finish_reason,
        seconds=output.prefill_seconds + output.decode_seconds,
        mean_logprob=sum(logprobs) / len(logprobs) if logprobs else None,
    )


def _fail(job: GenerationJob, code: FailureReason, detail: str) -> None:
    if job.claim_token is not None:
        job_fail(job_id=job.pk, claim_token=job.claim_token, code=code, message=detail)


def serves_generation(consumer: Any) -> bool:
    """Tell whether a starting Celery worker takes the bells of this stage."""
    return QUEUE in consumer.app.amqp.queues.consume_from


@signals.worker_ready.connect
def _ring_at_start(sender: Any, **_kwargs: Any) -> None:
    """Load the model before somebody asks, and go on where a worker before us stopped."""
    if serves_generation(sender):
        bells_ring()


@signals.worker_shutting_down.connect
def _stop_writing(**_kwargs: Any) -> None:
    """Leave the engine at its next step; runs inside a signal handler, so it only sets a flag."""
    worker.stopping.set()


@signals.worker_shutdown.connect
@signals.worker_process_shutdown.connect
def _report_stop(**_kwargs: Any) -> None:
    """Say that this worker is gone, so that the pages need not wait for its silence."""
    if worker.is_known:
        try:
            worker_report(name=worker.name, state=State.STOPPED)
        except DatabaseError:
            logger.warning("The stop could not be written")
