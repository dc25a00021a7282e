"""Writes of drafts: what a job wrote, and the versions that editors add."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from shop_content.accounts.models import User
from shop_content.core.fingerprint import text_fingerprint
from shop_content.core.storable import storable
from shop_content.drafts.models import Draft, DraftCandidate, DraftVersion
from shop_content.generation.models import GenerationJob, ModelVersion

# Kept in place of what JSON and SQLite cannot hold: log 0, and a score that was divided by 0.
LOWEST = -1_000.0
LOGPROB_DIGITS = 3  # Changes a probability by a twentieth of a percent at most.


@dataclass(frozen=True, slots=True)
class DraftProvenance:
    """Everything needed to say where a draft came from, and to write it again."""

    model_version: ModelVersion
    prompt_version: str
    prompt: list[dict[str, str]]  # messages: role, content
    sampling: dict[str, Any]  # SamplingParams as they were
    seed: int  # of the attempt that wrote it
    facts: dict[str, Any]  # as they were when the prompt was built
    facts_fingerprint: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    finish_reason: str = ""
    seconds: float = 0.0  # the model's own time
    mean_logprob: float | None = None  # natural logarithm, mean over the tokens of the text
    # (piece of text, natural log P) of each token, as the model wrote it, before it was tidied.
    token_logprobs: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class CandidateRecord:
    """One of several texts that the model wrote for a job, as it was ranked."""

    text: str  # as version 1 would hold it
    score: float  # what it was ranked by; higher is better
    scores: dict[str, float] = field(default_factory=dict)  # what the score is made of, by name
    mean_logprob: float | None = None  # as in DraftProvenance
    finish_reason: str = ""


@dataclass(frozen=True, slots=True)
class WrittenJob:
    """What a job brought."""

    job: GenerationJob
    text: str  # that was chosen
    provenance: DraftProvenance
    # All texts that were ranked, the chosen one first; one alone is not kept.
    candidates: Sequence[CandidateRecord] = ()


def draft_create(
    *,
    job: GenerationJob,
    text: str,
    provenance: DraftProvenance,
    candidates: Sequence[CandidateRecord] = (),
) -> Draft:
    """Return the job's draft, with `text` as version 1; see `drafts_create`."""
    drafts_create(written=[WrittenJob(job, text, provenance, candidates)])
    return Draft.objects.get(job=job)


@transaction.atomic(savepoint=False)  # Part of a hand-over, which is undone as a whole.
def drafts_create(*, written: Sequence[WrittenJob]) -> list[DraftVersion]:
    """Make the drafts of jobs, each with its text as version 1; return the versions made.

    However often a job is repeated, it has one draft: one that has its draft is passed over.
    """
    jobs = [one.job.pk for one in written]
    done = set(Draft.objects.filter(job__in=jobs).values_list("job_id", flat=True))
    new = [one for one in written if one.job.pk not in done]
    drafts = Draft.objects.bulk_create(map(_draft, new))
    DraftCandidate.objects.bulk_create(
        row
        for draft, one in zip(drafts, new, strict=True)
        if len(one.candidates) > 1
        for row in _candidate_rows(draft, one.candidates)
    )
    return DraftVersion.objects.bulk_create(
        _version(draft, 1, one.text, None) for draft, one in zip(drafts, new, strict=True)
    )


@transaction.atomic
def version_add(*, draft: Draft, text: str, author: User | None) -> DraftVersion:
    """Add a text to a draft and return it; the same text as the newest adds nothing.

    The draft's row is locked, so that two editors at once get two numbers.
    """
    Draft.objects.select_for_update().get(pk=draft.pk)
    newest = DraftVersion.objects.filter(draft=draft).order_by("-number").first()
    if newest is not None and newest.text == text:
        return newest
    number = newest.number + 1 if newest is not None else 1
    version = _version(draft, number, text, author)
    version.save(force_insert=True)
    return version


def _draft(written: WrittenJob) -> Draft:
    job, provenance = written.job, written.provenance
    values = {name: getattr(provenance, name) for name in DraftProvenance.__slots__}
    return Draft(
        **values
        | {
            "job": job,
            "finish_reason": str(provenance.finish_reason),
            "token_logprobs": _token_logprobs(provenance),
            "merchant_id": job.merchant_id,
            "product_id": job.product_id,
            "field": job.field,
            "brief": job.brief,
        }
    )


def _version(draft: Draft, number: int, text: str, author: User | None) -> DraftVersion:
    return DraftVersion(
        draft=draft,
        number=number,
        text=text,
        fingerprint=text_fingerprint(text),
        author=author,
    )


def _candidate_rows(draft: Draft, candidates: Sequence[CandidateRecord]) -> list[DraftCandidate]:
    return [
        DraftCandidate(
            draft=draft,
            rank=rank,
            text=storable(candidate.text),
            score=_finite(candidate.score),
            scores={name: _finite(value) for name, value in candidate.scores.items()},
            mean_logprob=(
                None if candidate.mean_logprob is None else _finite(candidate.mean_logprob)
            ),
            finish_reason=str(candidate.finish_reason),
        )
        for rank, candidate in enumerate(candidates, start=1)
    ]


def _token_logprobs(provenance: DraftProvenance) -> list[list[str | float]]:
    """Return the pairs as JSON keeps them; a piece keeps its length, so that places stay right."""
    return [
        [
            storable(piece, replacement="\N{REPLACEMENT CHARACTER}"),
            round(_finite(logprob), LOGPROB_DIGITS),
        ]
        for piece, logprob in provenance.token_logprobs
    ]


def _finite(value: float) -> float:
    """Return a number that can be stored: an odd score may cost no draft."""
    return value if math.isfinite(value) else LOWEST
