"""What follows when a merchant has answered a question: the draft that waited for it."""

from __future__ import annotations

from django.db import transaction

from shop_content.accounts.models import User
from shop_content.accounts.services import audit_record
from shop_content.catalogue.models import Product
from shop_content.core.database import database_now
from shop_content.generation.models import GenerationJob, GenerationRun
from shop_content.generation.prompts import has_enough_to_write
from shop_content.generation.services.bells import bells_ring_on_commit
from shop_content.generation.services.prompting import prompt_input
from shop_content.generation.services.runs import jobs_new, run_add_job
from shop_content.keywords.models import FactQuestion, KeywordBrief
from shop_content.keywords.services import brief_snapshot


@transaction.atomic
def answer_write(*, question: FactQuestion, actor: User) -> GenerationRun | None:
    """Queue the drafts that an answer makes possible or better; return their run.

    1. Nothing is queued while the product has too little to write from.
    2. A product that has drafts already is written again once none of its questions is open: a
       merchant who answers three in a row asks for one new draft, not for three.
    3. A field whose draft waits to be written needs none: it will be made from the new fact. One
       that is being written was read before the answer, and makes way for another.

    Returns:
        The run that the drafts belong to; None when nothing was queued.
    """
    brief = question.brief
    if brief is None:
        return None
    # Locked, so that two answers at once are counted one after the other.
    product = Product.objects.select_for_update().get(pk=question.product_id)
    snapshot = brief_snapshot(brief=brief, product=product)
    source = prompt_input(product=product, field=brief.fields[0], brief=snapshot)
    if not has_enough_to_write(source) or _waits_for_more(product):
        return None
    taken = GenerationJob.objects.filter(product=product, status=GenerationJob.Status.QUEUED)
    taken_fields = set(taken.values_list("field", flat=True))
    fields = [field for field in brief.fields if field not in taken_fields]
    if not fields:
        return None
    run = _run_of(brief, product, actor)
    jobs = jobs_new(run, product, fields, snapshot, database_now())
    GenerationJob.objects.bulk_create(jobs)
    run_add_job(run=run, num=len(jobs))
    audit_record(
        merchant=run.merchant,
        actor=actor,
        action="generation.answer_write",
        target=run,
        data={"question": question.pk, "num_jobs": len(jobs)},
    )
    bells_ring_on_commit(num_jobs=len(jobs))
    return run


def _waits_for_more(product: Product) -> bool:
    is_asked = product.questions.filter(status=FactQuestion.Status.OPEN).exists()
    return is_asked and product.generation_jobs.exists()


def _run_of(brief: KeywordBrief, product: Product, actor: User) -> GenerationRun:
    """Return the run that asked, locked and open for more jobs; a new one if it was cancelled."""
    runs = GenerationRun.objects.select_for_update().filter(brief=brief)
    run = runs.exclude(status=GenerationRun.Status.CANCELLED).order_by("-id").first()
    if run is not None:
        return run
    return GenerationRun.objects.create(
        merchant_id=product.merchant_id,
        brief=brief,
        created_by=actor,
        num_products=1,
        name=product.title[:200],
    )
