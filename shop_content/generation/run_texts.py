"""The texts that a run's page shows: those that grow, and the newest that are written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import BigIntegerField, F, QuerySet, Value

from shop_content.catalogue.models import ContentField
from shop_content.generation.models import GenerationJob, GenerationRun

MAX_GROWING_SHOWN = 4
MAX_WRITTEN_SHOWN = 3

Status = GenerationJob.Status

_NO_ITEM = Value(None, output_field=BigIntegerField())


@dataclass(frozen=True, slots=True)
class TextShown:
    """One text on the page of its run, while it is written or when it is."""

    job_id: int
    product_id: int
    title: str  # of the product
    field: str  # id of the content field
    text: str
    item_id: int | None = None  # in the review queue; None while it is being written

    @property
    def field_label(self) -> str:
        """Return the name of the content field."""
        return str(ContentField(self.field).label)


@dataclass(frozen=True, slots=True)
class RunTexts:
    """Which texts of a run its page shows."""

    growing: list[TextShown] = field(default_factory=list)  # being written now
    written: list[TextShown] = field(default_factory=list)  # the newest first
    is_single: bool = False  # the run has one text and no other


def run_texts(*, run: GenerationRun, is_single: bool) -> RunTexts:
    """Return the texts being written and the newest written ones, by one query.

    A run of one text shows it from the beginning, empty while its job waits. What is written reads
    as it does now, edits included: the later stages' rows are reached by name, not imported.
    """
    jobs = GenerationJob.objects.filter(run=run)
    if is_single:
        growing = jobs.filter(status__in=(Status.QUEUED, Status.RUNNING))
    else:
        growing = jobs.filter(status=Status.RUNNING).exclude(partial_text="")
    written = jobs.filter(status=Status.SUCCEEDED).order_by("-finished_at", "-id")
    drafts = _shown(
        written[:MAX_WRITTEN_SHOWN],
        F("draft__review_item__current_version__text"),
        F("draft__review_item__pk"),
    ).filter(draft__review_item__isnull=False)
    rows = _shown(growing.order_by("id")[:MAX_GROWING_SHOWN], F("partial_text"), _NO_ITEM)
    both = rows.union(drafts, all=True).order_by("-finished_at", "-id")
    texts = [TextShown(*row[:-1]) for row in both]
    return RunTexts(
        # By id, so that no text changes its place while others come and go.
        growing=sorted((t for t in texts if t.item_id is None), key=lambda text: text.job_id),
        written=[text for text in texts if text.item_id is not None],
        is_single=is_single,
    )


def _shown(
    jobs: QuerySet[GenerationJob], text: F, item: F | Value
) -> QuerySet[GenerationJob, tuple[Any, ...]]:
    """Return the columns of TextShown, and when the job was finished, of a few chosen jobs."""
    # Chosen within, before anything is joined: a run of ten thousand would sort all its texts.
    rows = GenerationJob.objects.filter(pk__in=jobs.values("pk")).order_by()
    return rows.annotate(words=text, item=item).values_list(
        "id", "product_id", "product__title", "field", "words", "item", "finished_at"
    )
