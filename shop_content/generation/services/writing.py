"""Prepare claimed jobs for the model, and find the one that makes a batch fail."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects

from shop_content.catalogue.selectors.products import facts_snapshot
from shop_content.generation.models import FailureReason, GenerationJob
from shop_content.generation.prompts import (
    PromptInput,
    PromptStyle,
    build_messages,
    decoding_constraint,
    sampling_params,
)
from shop_content.generation.services.planned import planned, sentences_of
from shop_content.generation.services.prompt_rules import prompt_rules, rule_for
from shop_content.generation.services.prompting import prompt_input
from shop_content.lm.engine import (
    Engine,
    ErrorCode,
    GenerationOutput,
    GenerationRequest,
    StepHook,
)

logger = logging.getLogger(__name__)

REASONS = {
    ErrorCode.PROMPT_TOO_LONG: FailureReason.PROMPT_TOO_LONG,
    ErrorCode.UNAVAILABLE: FailureReason.SERVER_UNAVAILABLE,
    ErrorCode.REJECTED: FailureReason.SERVER_REJECTED,
    ErrorCode.BAD_ANSWER: FailureReason.SERVER_BAD_ANSWER,
    ErrorCode.NOT_OFFERED: FailureReason.ENGINE_ERROR,
}


class WorkerStoppingError(Exception):
    """The worker was asked to stop; its jobs go back unharmed."""


@dataclass(frozen=True, slots=True)
class PreparedJob:
    """A claimed job, its request, and the facts as they were when the prompt was built."""

    job: GenerationJob
    source: PromptInput
    request: GenerationRequest
    facts: dict[str, Any]  # What the checks compare with.
    facts_fingerprint: str  # Of the product; another one later means that the draft is stale.
    style: PromptStyle  # Of the prompt.

    @property
    def messages(self) -> list[dict[str, str]]:
        """Return the prompt as a draft stores it; of a planned text, those of its sentences."""
        requests = [row.request for row in sentences_of(self.request)] or [self.request]
        return [asdict(message) for request in requests for message in request.messages]

    @property
    def sampling(self) -> dict[str, Any]:
        """Return the sampling parameters and constraints as a draft stores them."""
        constraint = self.request.constraint
        values = asdict(self.request.params)
        return values | {"constraint": asdict(constraint)} if constraint else values


@dataclass(frozen=True, slots=True)
class FailedWriting:
    """An attempt that brought no text."""

    code: FailureReason
    detail: str


def jobs_prepare(
    jobs: Sequence[GenerationJob], *, streamed: AbstractSet[int] = frozenset()
) -> list[PreparedJob]:
    """Build the requests of claimed jobs, with the facts that the prompts were built from.

    Product rows are read before their facts: a change between the two makes the draft look stale,
    never a stale draft look fresh. Each attempt has its own seed, known from the job's.

    Args:
        jobs: claimed.
        streamed: ids of those whose text should be reported while it is written.
    """
    prefetch_related_objects(list(jobs), "product__facts")
    rules = prompt_rules(merchant_ids=[job.merchant_id for job in jobs])
    prepared = []
    for job in jobs:
        rule = rule_for(rules[job.merchant_id], job.product, job.field)
        asked_style = job.prompt_style or (rule.prompt_style if rule else "")
        style = PromptStyle(asked_style or settings.SHOP_CONTENT_LM_PROMPT)
        source = prompt_input(
            product=job.product,
            field=job.field,
            brief=job.brief,
            shop_wish=rule.wish if rule else "",
            editor_note=job.editor_note,
            previous_text=job.previous_text,
        )
        request = GenerationRequest(
            request_id=str(job.pk),
            messages=build_messages(source, style),
            params=sampling_params(
                field=job.field,
                length=source.length,
                seed=job.seed + job.attempts - 1,
                num_candidates=settings.SHOP_CONTENT_LM_CANDIDATES,
                style=style,
            ),
            constraint=decoding_constraint(source),
            adapter=settings.SHOP_CONTENT_LM_ADAPTER,
            wants_progress=job.pk in streamed,
        )
        if style is PromptStyle.SENTENCES:
            request = planned(request, source)
        facts = facts_snapshot(job.product)
        fingerprint = job.product.facts_fingerprint
        prepared.append(PreparedJob(job, source, request, facts, fingerprint, style))
    return prepared


def batch_write(
    *, engine: Engine, prepared: Sequence[PreparedJob], on_step: StepHook
) -> Iterator[tuple[PreparedJob, list[GenerationOutput] | FailedWriting]]:
    """Yield what became of each job; a batch that fails is halved until the culprit is alone.

    Raises:
        WorkerStoppingError: `on_step` raised it.
    """
    failed = False
    try:
        found = _written(engine, prepared, on_step)
    except WorkerStoppingError:
        raise
    except Exception as error:  # Whatever an engine or a driver raises, MemoryError among it.
        if len(prepared) == 1:
            found = [(prepared[0], failed_writing(prepared[0].job, error))]
        else:
            logger.warning("A batch of %s failed; writing its halves", len(prepared))
            failed = True
    # Out of the except block: the failed batch's frames, and the memory they hold, are gone here.
    if not failed:
        yield from found
        return
    middle = len(prepared) // 2
    for half in (prepared[:middle], prepared[middle:]):
        yield from batch_write(engine=engine, prepared=half, on_step=on_step)


def failed_writing(job: GenerationJob, error: Exception) -> FailedWriting:
    """Return why a job failed alone in the engine."""
    logger.warning("Job %s failed in the engine: %s", job.pk, type(error).__name__)
    detail = f"{type(error).__name__}: {error}"
    is_memory = isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"
    return FailedWriting(
        FailureReason.OUT_OF_MEMORY if is_memory else FailureReason.ENGINE_ERROR, detail
    )


def usable(outputs: Sequence[GenerationOutput]) -> list[GenerationOutput] | FailedWriting:
    """Return the outputs that have a text, or why none has."""
    texts = [output for output in outputs if output.error_code is None]
    if texts:
        return texts
    code = outputs[0].error_code or ErrorCode.NOT_OFFERED
    return FailedWriting(REASONS[code], outputs[0].error)


def _written(
    engine: Engine, prepared: Sequence[PreparedJob], on_step: StepHook
) -> list[tuple[PreparedJob, list[GenerationOutput] | FailedWriting]]:
    if not prepared:
        return []
    outputs: dict[str, list[GenerationOutput]] = defaultdict(list)
    for output in engine.generate([item.request for item in prepared], on_step):
        outputs[output.request_id].append(output)
    return [(item, outputs[item.request.request_id]) for item in prepared]
