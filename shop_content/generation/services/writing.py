"""Have the model write a batch of claimed jobs, so that one bad job fails alone."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import prefetch_related_objects

from shop_content.catalogue.selectors.products import facts_snapshot
from shop_content.generation.models import FailureReason, GenerationJob
from shop_content.generation.prompts import build_messages, sampling_params
from shop_content.generation.services.prompting import prompt_input
from shop_content.lm.engine import (
    Engine,
    FinishReason,
    GenerationOutput,
    GenerationRequest,
    StepHook,
)

logger = logging.getLogger(__name__)


class WorkerStoppingError(Exception):
    """The worker was asked to stop; its jobs go back unharmed."""


@dataclass(frozen=True, slots=True)
class PreparedJob:
    """A claimed job, its request, and the facts as they were when the prompt was built."""

    job: GenerationJob
    request: GenerationRequest
    facts: dict[str, Any]  # What the checks compare with.
    facts_fingerprint: str  # Of the product; another one later means that the draft is stale.

    @property
    def messages(self) -> list[dict[str, str]]:
        """Return the prompt as a draft stores it."""
        return [asdict(message) for message in self.request.messages]

    @property
    def sampling(self) -> dict[str, Any]:
        """Return the sampling parameters as a draft stores them."""
        return asdict(self.request.params)


@dataclass(frozen=True, slots=True)
class FailedWriting:
    """An attempt that brought no text."""

    code: FailureReason
    detail: str


def jobs_prepare(jobs: Sequence[GenerationJob]) -> list[PreparedJob]:
    """Build the requests of claimed jobs, with the facts that the prompts were built from.

    Product rows are read before their facts: a change between the two makes the draft look stale,
    never a stale draft look fresh. Each attempt has its own seed, known from the job's.
    """
    prefetch_related_objects(list(jobs), "product__facts")
    prepared = []
    for job in jobs:
        source = prompt_input(
            product=job.product,
            field=job.field,
            brief=job.brief,
            editor_note=job.editor_note,
            previous_text=job.previous_text,
        )
        request = GenerationRequest(
            request_id=str(job.pk),
            messages=build_messages(source),
            params=sampling_params(
                field=job.field, length=source.length, seed=job.seed + job.attempts - 1
            ),
        )
        facts = facts_snapshot(job.product)
        prepared.append(PreparedJob(job, request, facts, job.product.facts_fingerprint))
    return prepared


def batch_write(
    *, engine: Engine, prepared: Sequence[PreparedJob], on_step: StepHook
) -> list[GenerationOutput | FailedWriting]:
    """Return one outcome per job, in their order; an error in a batch is found by its singles.

    Raises:
        WorkerStoppingError: `on_step` raised it; nothing was written.
    """
    requests = [item.request for item in prepared]
    try:
        return [_judged(output) for output in engine.generate(requests, on_step)]
    except WorkerStoppingError:
        raise
    except Exception as error:  # Whatever an engine or a driver raises, MemoryError among it.
        if len(prepared) == 1:
            return [_failed(prepared[0].job, error)]
        logger.warning("A batch of %s failed; writing one by one", len(prepared))
    # Out of the except block: the failed batch's frames, and the memory they hold, are gone here.
    return [
        outcome
        for item in prepared
        for outcome in batch_write(engine=engine, prepared=[item], on_step=on_step)
    ]


def _judged(output: GenerationOutput) -> GenerationOutput | FailedWriting:
    if output.finish_reason == FinishReason.ERROR:
        return FailedWriting(FailureReason.PROMPT_TOO_LONG, "")
    return output


def _failed(job: GenerationJob, error: Exception) -> FailedWriting:
    logger.warning("Job %s failed in the engine: %s", job.pk, type(error).__name__)
    detail = f"{type(error).__name__}: {error}"
    is_memory = isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"
    return FailedWriting(
        FailureReason.OUT_OF_MEMORY if is_memory else FailureReason.ENGINE_ERROR, detail
    )
