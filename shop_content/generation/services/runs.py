"""Runs: start, pause, resume, cancel, retry what failed, finish."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from shop_content.accounts.models import User
from shop_content.accounts.services import audit_record
from shop_content.catalogue.models import Product
from shop_content.core.database import database_now, skip_locked
from shop_content.generation.models import GenerationJob, GenerationRun
from shop_content.generation.prompts import PromptInput, has_enough_to_write
from shop_content.generation.prompts.needs import MAX_NAME_CHARS
from shop_content.generation.prompts.questions import needs_to_ask
from shop_content.generation.services.bells import bells_ring_on_commit
from shop_content.generation.services.prompting import own_needs, prompt_input
from shop_content.keywords.models import BLOCKING, CategoryNeed, KeywordBrief
from shop_content.keywords.selectors import category_needs
from shop_content.keywords.services import Asked, brief_snapshot, questions_ask

CHUNK_SIZE = 500  # Products read and jobs written at once; ten thousand stay far from the memory.
MAX_SEED = 2**31  # Small enough to be read out and typed; each attempt adds one.

Status = GenerationRun.Status
JobStatus = GenerationJob.Status


class RunStartError(Exception):
    """Nothing can be started; the message says why, in words for the person."""


class RunStateError(Exception):
    """The run is not in a state that allows this; the message says why."""


def seed_draw() -> int:
    """Return a new seed: stored with the job, so that its text can be written again."""
    return secrets.randbelow(MAX_SEED)


@transaction.atomic
def run_start(
    *, brief: KeywordBrief, product_ids: Sequence[int], actor: User, name: str = ""
) -> GenerationRun:
    """Write the rows of a run and ring the workers once they are committed.

    A product with too little to write from gets questions to the merchant in place of jobs; one
    that lacks what its category needs is asked about beside them. Ids that are not of the brief's
    merchant are left out.

    Raises:
        RunStartError: no product or no content field is left to write for.
    """
    if not brief.fields:
        raise RunStartError(_("Choose at least one content field."))
    run = GenerationRun.objects.create(
        merchant_id=brief.merchant_id, brief=brief, created_by=actor, name=name[:200]
    )
    now = database_now()
    needs = category_needs(merchant=run.merchant)
    num_products = num_jobs = num_questions = 0
    for products in _chunks(brief, product_ids):
        jobs: list[GenerationJob] = []
        asked: list[Asked] = []
        for product in products:
            snapshot = brief_snapshot(brief=brief, product=product)
            source = prompt_input(product=product, field=brief.fields[0], brief=snapshot)
            if has_enough_to_write(source):
                jobs += jobs_new(run, product, brief.fields, snapshot, now)
            asked += _questions(product, source, needs)
        GenerationJob.objects.bulk_create(jobs)
        num_questions += questions_ask(brief=brief, asked=asked, asked_by=actor)
        num_products += len(products)
        num_jobs += len(jobs)
    if not num_products:
        raise RunStartError(_("Choose at least one product."))
    run.num_products, run.num_jobs, run.num_questions = num_products, num_jobs, num_questions
    run.save(update_fields=["num_products", "num_jobs", "num_questions"])
    _audit(run, actor, "run_start", num_jobs=num_jobs, num_products=num_products)
    run_finish_if_done(run_id=run.pk)
    bells_ring_on_commit(num_jobs=num_jobs)
    run.refresh_from_db(fields=["status", "finished_at"])
    return run


@transaction.atomic
def run_pause(*, run: GenerationRun, actor: User) -> None:
    """Let workers take no further job of the run; drafts being written are finished.

    Raises:
        RunStateError: the run is not running.
    """
    _move(run, (Status.RUNNING,), Status.PAUSED)
    _audit(run, actor, "run_pause")


@transaction.atomic
def run_resume(*, run: GenerationRun, actor: User) -> None:
    """Let workers take jobs of a paused run again.

    Raises:
        RunStateError: the run is not paused.
    """
    _move(run, (Status.PAUSED,), Status.RUNNING)
    _audit(run, actor, "run_resume")
    bells_ring_on_commit(num_jobs=run.jobs.filter(status=JobStatus.QUEUED).count())


@transaction.atomic
def run_cancel(*, run: GenerationRun, actor: User) -> int:
    """Start no further job of the run; drafts being written are finished. Return how many not.

    Raises:
        RunStateError: the run is over already.
    """
    _move(run, (Status.RUNNING, Status.PAUSED), Status.CANCELLED)
    now = database_now()
    GenerationRun.objects.filter(pk=run.pk).update(finished_at=now)
    num = run.jobs.filter(status=JobStatus.QUEUED).update(
        status=JobStatus.CANCELLED, finished_at=now
    )
    _audit(run, actor, "run_cancel", num_jobs=num)
    return num


@transaction.atomic
def run_retry_failed(*, run: GenerationRun, actor: User) -> int:
    """Give the failed jobs of a run all their attempts again; return how many.

    Raises:
        RunStateError: the run was cancelled, or none of its jobs has failed.
    """
    locked = GenerationRun.objects.select_for_update().get(pk=run.pk)
    if locked.status == Status.CANCELLED:
        raise RunStateError(_("This run was cancelled."))
    num = run.jobs.filter(status=JobStatus.DEAD).update(**jobs_renewed())
    if not num:
        raise RunStateError(_("None of this run's drafts has failed."))
    if locked.status == Status.FINISHED:
        _move(run, (Status.FINISHED,), Status.RUNNING)
    _audit(run, actor, "run_retry_failed", num_jobs=num)
    bells_ring_on_commit(num_jobs=num)
    return num


def jobs_renewed() -> dict[str, object]:
    """Return the columns of a job that starts again from nothing."""
    return {
        "status": JobStatus.QUEUED,
        "attempts": 0,
        "available_at": database_now(),
        "claim_token": None,
        "lease_until": None,
        "finished_at": None,
    }


@transaction.atomic
def run_finish_if_done(*, run_id: int) -> bool:
    """Mark the run as finished if none of its jobs is open; True if this call did it.

    The row is locked before the jobs are counted: a job that is added meanwhile locks it too, and
    so is either seen here or finds the run finished and takes it back to running.
    """
    rows = GenerationRun.objects.filter(pk=run_id, status__in=(Status.RUNNING, Status.PAUSED))
    if skip_locked(rows).first() is None:
        return False
    open_jobs = GenerationJob.objects.filter(
        run_id=run_id, status__in=(JobStatus.QUEUED, JobStatus.RUNNING)
    )
    if open_jobs.exists():
        return False
    return rows.update(status=Status.FINISHED, finished_at=database_now()) == 1


def _chunks(brief: KeywordBrief, product_ids: Sequence[int]) -> Iterator[list[Product]]:
    ids = list(dict.fromkeys(product_ids))
    for start in range(0, len(ids), CHUNK_SIZE):
        found = Product.objects.filter(
            pk__in=ids[start : start + CHUNK_SIZE], merchant_id=brief.merchant_id
        )
        yield list(found.prefetch_related("facts").order_by("pk"))


def jobs_new(
    run: GenerationRun,
    product: Product,
    fields: Sequence[str],
    snapshot: dict[str, Any],
    now: datetime,
) -> list[GenerationJob]:
    """Return unsaved jobs, one for each content field of a product."""
    return [
        GenerationJob(
            run=run,
            merchant_id=run.merchant_id,
            product=product,
            field=field,
            brief=snapshot,
            seed=seed_draw(),
            max_attempts=settings.SHOP_CONTENT_JOB_MAX_ATTEMPTS,
            available_at=now,
        )
        for field in fields
    ]


def _questions(product: Product, source: PromptInput, needs: Sequence[CategoryNeed]) -> list[Asked]:
    extra = 0 if has_enough_to_write(source) else BLOCKING
    return [
        Asked(product, need.fact[:MAX_NAME_CHARS], need.question, need.usefulness + extra)
        for need in needs_to_ask(source, own_needs(product, needs))
    ]


def _move(run: GenerationRun, before: Sequence[str], after: Status) -> None:
    moved = GenerationRun.objects.filter(pk=run.pk, status__in=before).update(
        status=after, finished_at=None
    )
    if not moved:
        run.refresh_from_db()
        raise RunStateError(
            _("This run is “%(status)s” by now.") % {"status": run.get_status_display()}
        )
    run.refresh_from_db(fields=["status", "finished_at"])


def _audit(run: GenerationRun, actor: User, verb: str, **data: int) -> None:
    audit_record(
        merchant=run.merchant, actor=actor, action=f"generation.{verb}", target=run, data=data
    )


def run_add_job(*, run: GenerationRun, num: int = 1) -> None:
    """Count jobs that were just added to the run, and take a finished run back to running."""
    GenerationRun.objects.filter(pk=run.pk).update(num_jobs=F("num_jobs") + num)
    GenerationRun.objects.filter(pk=run.pk, status=Status.FINISHED).update(
        status=Status.RUNNING, finished_at=None
    )
