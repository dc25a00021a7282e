"""Texts while they are written: what the run's page shows before a draft is there."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence

from django.db.models import Case, F, TextField, Value, When

from shop_content.core.storable import storable
from shop_content.generation.models import GenerationJob

# Each text costs its share of an UPDATE a second; nobody reads more than these at once.
MAX_STREAMED_PER_CLAIM = 4
MAX_PARTIAL_CHARS = 4_000  # Twice what the longest draft takes.


def wants_stream(jobs: Sequence[GenerationJob]) -> set[int]:
    """Return the ids of a claim's jobs whose text should be reported: the first few.

    The claim's runs take turns, so that a run of one job that was claimed with a long one is
    among them: somebody is probably watching it.
    """
    num_before: Counter[int] = Counter()
    turns: list[tuple[int, int, int]] = []
    for place, job in enumerate(jobs):
        turns.append((num_before[job.run_id], place, job.pk))
        num_before[job.run_id] += 1
    return {pk for _turn, _place, pk in sorted(turns)[:MAX_STREAMED_PER_CLAIM]}


def partial_texts_write(*, claim_token: uuid.UUID, texts: Mapping[int, str]) -> int:
    """Keep what has been written so far of a claim's jobs, by one UPDATE; return how many rows.

    Jobs that are over, or that another worker has meanwhile, are left alone.

    Args:
        claim_token: the caller's claim.
        texts: job id -> the whole text so far, as the model wrote it.
    """
    if not texts:
        return 0
    cases = [
        When(pk=pk, then=Value(storable(text)[:MAX_PARTIAL_CHARS])) for pk, text in texts.items()
    ]
    return GenerationJob.objects.filter(
        pk__in=list(texts), claim_token=claim_token, status=GenerationJob.Status.RUNNING
    ).update(
        partial_text=Case(*cases, default=F("partial_text"), output_field=TextField()),
    )
