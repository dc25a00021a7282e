"""Single jobs: asked for again, queued again, cancelled; and the way to their claims."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from shop_content.accounts.models import User
from shop_content.accounts.services import audit_record
from shop_content.catalogue.models import Product
from shop_content.core.database import database_now
from shop_content.generation.models import GenerationJob, GenerationRun
from shop_content.generation.services.bells import bells_ring_on_commit
from shop_content.generation.services.claims import job_lease_renew, jobs_claim, jobs_release
from shop_content.generation.services.outcomes import job_fail, jobs_finish, leases_expire
from shop_content.generation.services.runs import jobs_renewed, run_add_job, seed_draw
from shop_content.generation.services.sweeping import jobs_sweep
from shop_content.keywords.models import KeywordBrief

__all__ = [
    "GenerationLimitError",
    "JobStateError",
    "job_ask_again",
    "job_cancel",
    "job_fail",
    "job_lease_renew",
    "job_requeue",
    "jobs_claim",
    "jobs_finish",
    "jobs_release",
    "jobs_sweep",
    "leases_expire",
]

# An editor who dislikes five drafts in a row is helped by other facts, not by a sixth (L19).
MAX_REPEATS_AN_HOUR = 5

Status = GenerationJob.Status


class GenerationLimitError(Exception):
    """Too many drafts were asked for; the message says so, in words for the person."""


class JobStateError(Exception):
    """The job is not in a state that allows this; the message says why."""


@transaction.atomic
def job_ask_again(
    *,
    product: Product,
    field: str,
    brief: dict[str, Any],
    actor: User,
    editor_note: str = "",
    previous_text: str = "",
    prompt_style: str = "",
) -> GenerationJob:
    """Queue another draft for one field of a product, with another seed; ring the workers.

    The job joins the run of the draft before it, or a new run if that one is paused or cancelled.
    The same wish twice, while the first still waits, is one job.

    Args:
        product: whose copy it is.
        field: id of a content field.
        brief: the brief of the draft before, as the job kept it.
        actor: who asks.
        editor_note: what should be different; goes into the prompt.
        previous_text: the text that the note is about.
        prompt_style: a prompt to be tried; empty takes that of the settings.

    Raises:
        GenerationLimitError: the hour's number for this field of this product is used up.
    """
    # Locked, so that two clicks at once are counted one after the other.
    Product.objects.select_for_update().get(pk=product.pk)
    jobs = GenerationJob.objects.filter(product=product, field=field)
    same = jobs.filter(
        is_repeat=True,
        status=Status.QUEUED,
        editor_note=editor_note,
        previous_text=previous_text,
        prompt_style=prompt_style,
    ).first()
    if same is not None:
        return same
    _refuse_too_many(jobs)
    job = GenerationJob.objects.create(
        run=_run_for_repeat(product, field, brief, actor),
        merchant_id=product.merchant_id,
        product=product,
        field=field,
        brief=brief,
        editor_note=editor_note,
        previous_text=previous_text,
        prompt_style=prompt_style,
        seed=seed_draw(),
        max_attempts=settings.SHOP_CONTENT_JOB_MAX_ATTEMPTS,
        available_at=database_now(),
        is_repeat=True,
    )
    run_add_job(run=job.run)
    _audit(job, actor, "ask_again")
    bells_ring_on_commit(num_jobs=1)
    return job


def _refuse_too_many(jobs: QuerySet[GenerationJob]) -> None:
    hour = timezone.now() - timedelta(hours=1)
    if jobs.filter(is_repeat=True, created_at__gte=hour).count() >= MAX_REPEATS_AN_HOUR:
        raise GenerationLimitError(
            _(
                "Another draft can be asked for %(num)s times an hour. Edit this one, add a fact, "
                "or come back later."
            )
            % {"num": MAX_REPEATS_AN_HOUR}
        )


@transaction.atomic
def job_requeue(*, job: GenerationJob, actor: User) -> None:
    """Give a failed or cancelled job all its attempts again.

    Raises:
        JobStateError: the job is in another state.
    """
    renewed = GenerationJob.objects.filter(
        pk=job.pk, status__in=(Status.DEAD, Status.CANCELLED)
    ).update(**jobs_renewed())
    if not renewed:
        raise JobStateError(_("Only a failed or a cancelled job can be queued again."))
    # A job that waits in a run that is over would wait for ever.
    GenerationRun.objects.filter(
        pk=job.run_id,
        status__in=(GenerationRun.Status.FINISHED, GenerationRun.Status.CANCELLED),
    ).update(status=GenerationRun.Status.RUNNING, finished_at=None)
    _audit(job, actor, "job_requeue")
    bells_ring_on_commit(num_jobs=1)


@transaction.atomic
def job_cancel(*, job: GenerationJob, actor: User) -> None:
    """Take a job out; what a worker may be writing for it is dropped.

    Raises:
        JobStateError: the job is over already.
    """
    cancelled = GenerationJob.objects.filter(
        pk=job.pk, status__in=(Status.QUEUED, Status.RUNNING)
    ).update(
        status=Status.CANCELLED, claim_token=None, lease_until=None, finished_at=database_now()
    )
    if not cancelled:
        raise JobStateError(_("This job is over already."))
    _audit(job, actor, "job_cancel")


def _run_for_repeat(
    product: Product, field: str, brief: dict[str, Any], actor: User
) -> GenerationRun:
    """Return the run of the draft before, locked and open for another job; else a new run."""
    last = (
        GenerationJob.objects.filter(product=product, field=field)
        .select_related("run__brief")
        .order_by("-id")
        .first()
    )
    if last is not None:
        run = GenerationRun.objects.select_for_update().get(pk=last.run_id)
        if run.status in (GenerationRun.Status.RUNNING, GenerationRun.Status.FINISHED):
            return run
    return GenerationRun.objects.create(
        merchant_id=product.merchant_id,
        brief=last.run.brief if last is not None else _brief_of(product, field, brief),
        created_by=actor,
        num_products=1,
        name=_("Another draft: %(title)s") % {"title": product.title[:150]},
    )


def _brief_of(product: Product, field: str, brief: dict[str, Any]) -> KeywordBrief:
    """Store the wishes of a draft that no job is left of."""
    kept = ("keywords", "must_use", "must_not_use", "audience", "tone", "language", "length")
    values = {name: brief[name] for name in kept if name in brief}
    return KeywordBrief.objects.create(merchant_id=product.merchant_id, fields=[field], **values)


def _audit(job: GenerationJob, actor: User, verb: str) -> None:
    audit_record(
        merchant=job.merchant, actor=actor, action=f"generation.{verb}", target=job, data={}
    )
