"""Writes of drafts: what a job wrote, and the versions that editors add."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from shop_content.accounts.models import User
from shop_content.core.fingerprint import text_fingerprint
from shop_content.drafts.models import Draft, DraftVersion
from shop_content.generation.models import GenerationJob, ModelVersion


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


@transaction.atomic
def draft_create(*, job: GenerationJob, text: str, provenance: DraftProvenance) -> Draft:
    """Return the job's draft, with `text` as version 1; the one that is there if there is one.

    However often a job is repeated, it has one draft.
    """
    values = {name: getattr(provenance, name) for name in DraftProvenance.__slots__}
    draft, created = Draft.objects.get_or_create(
        job=job,
        defaults={
            **values,
            "finish_reason": str(provenance.finish_reason),
            "merchant_id": job.merchant_id,
            "product_id": job.product_id,
            "field": job.field,
            "brief": job.brief,
        },
    )
    if created:
        _version_create(draft, 1, text, None)
    return draft


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
    return _version_create(draft, number, text, author)


def _version_create(draft: Draft, number: int, text: str, author: User | None) -> DraftVersion:
    return DraftVersion.objects.create(
        draft=draft,
        number=number,
        text=text,
        fingerprint=text_fingerprint(text),
        author=author,
    )
