"""Tasks of the stage: write drafts until none waits; sweep. A message is only a bell."""

from __future__ import annotations

import logging
from typing import Any

from celery import Task, shared_task, signals
from django.conf import settings
from django.db import DatabaseError, transaction

from shop_content.checks.judging import badness
from shop_content.checks.services import version_check
from shop_content.drafts.services import CandidateRecord, DraftProvenance, first_version_create
from shop_content.generation.models import FailureReason, GenerationJob, WorkerHeartbeat
from shop_content.generation.prompts import PromptStyle, prompt_version
from shop_content.generation.services.bells import bells_ring
from shop_content.generation.services.choosing import Choice, best_text
from shop_content.generation.services.outcomes import job_fail, job_finish
from shop_content.generation.services.sessions import Outcome, WritingSession
from shop_content.generation.services.sweeping import jobs_sweep
from shop_content.generation.services.workers import worker_count_drafts, worker_report
from shop_content.generation.services.writing import (
    FailedWriting,
    PreparedJob,
    WorkerStoppingError,
    usable,
)
from shop_content.generation.workers import QUEUE, worker
from shop_content.review.services import item_open

logger = logging.getLogger(__name__)

# A task is a slice of time; at its end it rings for the next one, and the batch stands still in
# between: Celery then sees signals of pools with child processes, and sends the broker its
# heartbeats, which pool `solo` cannot do within a task.
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
    """Write for a slice of time; the next task goes on where this one ends."""
    session = worker.session(_settle)
    if session is None:
        return
    is_done = True
    try:
        worker_report(name=worker.name, state=State.WRITING)
        is_done = worker.write(session, seconds=SLICE_SECONDS)
    except WorkerStoppingError:
        pass
    _report(session)
    if is_done:
        state = State.STOPPED if worker.stopping.is_set() else State.IDLE
        worker_report(name=worker.name, state=state)
    else:
        bells_ring()


def _report(session: WritingSession) -> None:
    """Say how fast this worker is, and how much of its time was not the engine's."""
    pace = session.pace_since_report()
    if pace.num_drafts:
        worker_count_drafts(name=worker.name, num_drafts=pace.num_drafts, seconds=pace.wall_seconds)
        logger.info(
            "engine busy_seconds=%.3f wall_seconds=%.3f drafts=%s overhead=%.3f",
            pace.busy_seconds,
            pace.wall_seconds,
            pace.num_drafts,
            pace.overhead,
        )


def _settle(item: PreparedJob, outcome: Outcome) -> None:
    """Store the draft of one job, or say why there is none; an error here is this job's alone."""
    found = outcome if isinstance(outcome, FailedWriting) else usable(outcome)
    if isinstance(found, FailedWriting):
        _fail(item.job, found.code, found.detail)
    else:
        try:
            choice = best_text(item.source, found, worker.layout, judge=badness)
            if choice is None:
                _fail(item.job, FailureReason.EMPTY_OUTPUT, "")
            else:
                _hand_over(item, choice)
        except Exception as error:
            logger.exception("Job %s could not be handed over", item.job.pk)
            _fail(item.job, FailureReason.HAND_OVER, f"{type(error).__name__}: {error}")


@transaction.atomic
def _hand_over(item: PreparedJob, choice: Choice) -> None:
    """Finish the job, store its draft, check it and open it for review: all or nothing."""
    job = item.job
    if job.claim_token is None or not job_finish(job_id=job.pk, claim_token=job.claim_token):
        return
    version, is_new = first_version_create(
        job=job,
        text=choice.text,
        provenance=_provenance(item, choice),
        candidates=[
            CandidateRecord(
                text=text,
                score=ranked.total,
                scores=dict(ranked.scores),
                mean_logprob=ranked.output.mean_logprob,
                finish_reason=ranked.output.finish_reason,
            )
            for text, ranked in choice.candidates
        ],
    )
    result = version_check(version=version, is_new=is_new)
    item_open(draft=version.draft, version=version, check_result=result, is_new=is_new)


def _provenance(item: PreparedJob, choice: Choice) -> DraftProvenance:
    output = choice.output
    return DraftProvenance(
        model_version=worker.model_version_for(output),
        prompt_version=prompt_version(PromptStyle(settings.SHOP_CONTENT_LM_PROMPT)),
        prompt=item.messages,
        sampling=item.sampling,
        seed=item.request.params.seed,
        facts=item.facts,
        facts_fingerprint=item.facts_fingerprint,
        prompt_tokens=output.prompt_tokens,
        completion_tokens=output.completion_tokens,
        finish_reason=output.finish_reason,
        seconds=output.prefill_seconds + output.decode_seconds,
        mean_logprob=output.mean_logprob,
        token_logprobs=choice.token_logprobs,
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
    """Give back what is in hand, and say that this worker is gone: nobody waits for its silence."""
    if worker.is_known:
        try:
            worker.release()
            worker_report(name=worker.name, state=State.STOPPED)
        except DatabaseError:
            logger.warning("The stop could not be written")
