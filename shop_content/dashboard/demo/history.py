"""A past for the demo shop: runs that are over, drafts that wait, decisions that were taken."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from shop_content.accounts.models import Merchant, User
from shop_content.catalogue.models import Product
from shop_content.catalogue.selectors.products import facts_snapshot
from shop_content.checks.services import version_check
from shop_content.drafts.models import Draft
from shop_content.drafts.services import DraftProvenance, draft_create
from shop_content.generation.models import GenerationJob, GenerationRun, ModelVersion
from shop_content.keywords.models import BLOCKING, KeywordBrief
from shop_content.keywords.services import Asked, brief_snapshot, need_save, questions_ask
from shop_content.publication.models import Publication
from shop_content.publication.services import approve_and_publish
from shop_content.review.models import RejectionReason, ReviewItem
from shop_content.review.services import (
    item_edit,
    item_open,
    item_reject,
    item_send_back,
    reasons_ensure,
)
from shop_content.training.corpus import STARTER
from shop_content.training.models import EvaluationReport

STARTER_EVALUATION = STARTER / "evaluation.json"
PROMPT = [{"role": "user", "content": "Written by hand for the demo shop."}]


def history_seed(
    *, merchant: Merchant, owner: User, editor: User, rows: Iterable[Mapping[str, Any]]
) -> None:
    """Write the demo's drafts through the services and decide on some of them.

    The drafts were written by people and say so: their model is "demo", not a language model.
    """
    model = ModelVersion.objects.get_or_create(engine="demo", name="Written by hand")[0]
    run = _run(merchant, owner)
    reasons_ensure(merchant=merchant)
    for row in rows:
        product = Product.objects.get(merchant=merchant, title=row["title"])
        item = _draft(run, model, product, row)
        _decide(item, row, editor)
    _spread_over_the_past(merchant)
    # Counted anew: a draft that was sent back has added a job of its own and opened the run again.
    GenerationRun.objects.filter(pk=run.pk).update(
        num_jobs=run.jobs.count(), num_products=run.jobs.values("product").distinct().count()
    )
    need_save(
        merchant=merchant,
        actor=owner,
        category="Mugs and cups",
        fact_name="Glaze",
        question="Which glaze does it have?",
    )
    asked = [
        ("Loose Leaf Tin", "Material", "Which material is it made of?", BLOCKING),
        ("Stacking Bears", "Material", "Which material is it made of?", BLOCKING),
        ("Harbour Mug, grey", "Glaze", "Which glaze does it have?", 95),
        ("Skyline Trail Kids", "Care", "How is it cared for?", 70),
    ]
    products = {row.title: row for row in Product.objects.filter(merchant=merchant)}
    questions_ask(
        brief=run.brief,
        asked=[Asked(products[title], fact, text, use) for title, fact, text, use in asked],
        asked_by=owner,
    )
    _evaluation()


def _evaluation() -> None:
    """Keep what was measured when the trial's adapter was made, as its card tells it."""
    data = json.loads(STARTER_EVALUATION.read_text(encoding="utf-8"))
    if not EvaluationReport.objects.filter(evaluated_at=data["evaluated_at"]).exists():
        num = max(row["num_drafts"] for row in data["rows"])
        EvaluationReport.objects.create(**data, num_drafts=num)


def _spread_over_the_past(merchant: Merchant) -> None:
    """Move what was just written back in time, so that ages differ as in a shop that works."""
    now = timezone.now()
    for place, item in enumerate(ReviewItem.objects.filter(merchant=merchant).order_by("-id")):
        written = now - timedelta(minutes=50 + 37 * place)
        decided = written + timedelta(minutes=20)
        values = {"decided_at": decided} if item.decided_at else {}
        ReviewItem.objects.filter(pk=item.pk).update(created_at=written, **values)
        Draft.objects.filter(pk=item.draft_id).update(created_at=written)
        item.decisions.update(decided_at=decided)
        Publication.objects.filter(approval__item=item).update(published_at=decided)


def _run(merchant: Merchant, owner: User) -> GenerationRun:
    brief = KeywordBrief.objects.create(
        merchant=merchant,
        name="Everyday voice",
        is_template=True,
        keywords=["{title}", "{brand}"],
        must_not_use=["cheap", "world-class"],
        audience="people who buy once and keep it for years",
        tone="friendly",
        fields=["description", "short_description"],
        created_by=owner,
    )
    return GenerationRun.objects.create(
        merchant=merchant,
        brief=brief,
        created_by=owner,
        name="Autumn range",
        status=GenerationRun.Status.FINISHED,
        finished_at=timezone.now() - timedelta(hours=3),
    )


def _draft(
    run: GenerationRun, model: ModelVersion, product: Product, row: Mapping[str, Any]
) -> ReviewItem:
    brief = {**brief_snapshot(brief=run.brief, product=product), "keywords": row["keywords"]}
    job = GenerationJob.objects.create(
        run=run,
        merchant=run.merchant,
        product=product,
        field=row["field"],
        status=GenerationJob.Status.SUCCEEDED,
        brief=brief,
        attempts=1,
        started_at=run.finished_at,
        finished_at=run.finished_at,
    )
    draft = draft_create(
        job=job,
        text=row["text"],
        provenance=DraftProvenance(
            model_version=model,
            prompt_version="demo",
            prompt=PROMPT,
            sampling={},
            seed=0,
            facts=facts_snapshot(product),
            facts_fingerprint=product.facts_fingerprint,
            finish_reason="stop",
        ),
    )
    version = draft.versions.get()
    return item_open(draft=draft, version=version, check_result=version_check(version=version))


def _decide(item: ReviewItem, row: Mapping[str, Any], editor: User) -> None:
    if "edited" in row:
        item = item_edit(item=item, text=row["edited"], expected_version=item.version, actor=editor)
    match row["outcome"]:
        case "approved":
            approve_and_publish(item=item, expected_version=item.version, actor=editor)
        case "rejected":
            reason = RejectionReason.objects.get_or_create(
                merchant=item.merchant, label=row["reason"], defaults={"position": 20}
            )[0]
            item_reject(item=item, expected_version=item.version, actor=editor, reason=reason)
        case "sent_back":
            item_send_back(item=item, expected_version=item.version, actor=editor, note=row["note"])
