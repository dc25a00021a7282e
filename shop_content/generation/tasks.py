"""Tasks of the stage: write drafts until none waits; sweep. A message is only a bell."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from typing import Any

from celery import Task, shared_task, signals
from django.db import DatabaseError, transaction

from shop_content.checks.judging import badness
from shop_content.checks.services import new_versions_check
from shop_content.drafts.services import (
    CandidateRecord,
    DraftProvenance,
    WrittenJob,
    drafts_create,
)
from shop_content.generation.models import FailureReason, GenerationJob, WorkerHeartbeat
from shop_content.generation.prompts import prompt_version
from shop_content.generation.services.bells import bells_ring
from shop_content.generation.services.choosing import Choice, best_text
from shop_content.generation.services.outcomes import job_fail, jobs_finish
from shop_content.generation.services.sessions import Outcome, Settled, WritingSession
from shop_content.generation.services.sweeping import jobs_sweep
from shop_content.generation.services.workers import worker_count_drafts, worker_report
from shop_content.generation.services.writing import (
    FailedWriting,
    PreparedJob,
    WorkerStoppingError,
    usable,
)
from shop_content.generation.workers import QUEUE, worker
from shop_content.review.services import new_items_open

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
        with worker.at_work():
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
    session = worker.session(_settle, badness)
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


def _settle(claim_token: uuid.UUID, settled: Sequence[Settled]) -> None:
    """Store the drafts of jobs, or say why there are none; an error is one job's alone."""
    written = []
    for item, outcome in settled:
        try:
            one = _written(item, outcome)
        except Exception as error:
            logger.exception("The texts of job %s could not be compared", item.job.pk)
            one = FailedWriting(FailureReason.HAND_OVER, f"{type(error).__name__}: {error}")
        if isinstance(one, FailedWriting):
            _fail(item.job, one.code, one.detail)
        else:
            written.append(one)
    try:
        _hand_over(claim_token, written)
    except Exception as error:
        if len(written) > 1:
            logger.warning("%s drafts together failed; storing them singly", len(written))
        for one in written:
            _hand_over_singly(claim_token, one, error if len(written) == 1 else None)


def _hand_over_singly(claim_token: uuid.UUID, one: WrittenJob, error: Exception | None) -> None:
    """Store a draft whose company failed; `error` is the reason when it had none."""
    if error is None:
        try:
            return _hand_over(claim_token, [one])
        except Exception as own:
            error = own
    logger.error("Job %s could not be handed over", one.job.pk, exc_info=error)
    _fail(one.job, FailureReason.HAND_OVER, f"{type(error).__name__}: {error}")


@transaction.atomic
def _hand_over(claim_token: uuid.UUID, written: Sequence[WrittenJob]) -> None:
    """Finish the jobs, store their drafts, check them and open them for review: all or nothing."""
    if not written:
        return
    mine = jobs_finish(job_ids=[one.job.pk for one in written], claim_token=claim_token)
    versions = drafts_create(written=[one for one in written if one.job.pk in mine])
    new_items_open(check_results=new_versions_check(versions=versions))


def _written(item: PreparedJob, outcome: Outcome) -> WrittenJob | FailedWriting:
    """Choose among the texts of a job."""
    found = outcome if isinstance(outcome, FailedWriting) else usable(outcome)
    if isinstance(found, FailedWriting):
        return found
    choice = best_text(item.source, found, worker.layout, judge=badness)
    if choice is None:
        return FailedWriting(FailureReason.EMPTY_OUTPUT, "")
    candidates = [
        CandidateRecord(
            text=text,
            score=ranked.total,
            scores=dict(ranked.scores),
            mean_logprob=ranked.output.mean_logprob,
            finish_reason=ranked.output.finish_reason,
        )
        for text, ranked in choice.candidates
    ]
    return WrittenJob(item.job, choice.text, _provenance(item, choice), candidates)


def _provenance(item: PreparedJob, choice: Choice) -> DraftProvenance:
    output = choice.output
    return DraftProvenance(
        model_version=worker.model_version_for(output),
        prompt_version=prompt_version(item.style),
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
