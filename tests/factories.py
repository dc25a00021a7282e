"""Plain factories: each makes a valid row, whatever it needs included, with names you can read."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

from django.utils import timezone

from shop_content.accounts.models import Membership, Merchant, Role, User
from shop_content.catalogue.models import (
    ContentField,
    ContentOrigin,
    Fact,
    LiveContent,
    LiveContentRevision,
    Product,
)
from shop_content.checks.models import CheckResult
from shop_content.core.fingerprint import data_fingerprint, text_fingerprint
from shop_content.drafts.models import Draft, DraftVersion
from shop_content.generation.models import GenerationJob, GenerationRun, ModelVersion, PromptRule
from shop_content.keywords.models import CategoryNeed, FactQuestion, KeywordBrief
from shop_content.review.models import RejectionReason, ReviewItem

PASSWORD = "correct horse battery"
_numbers = itertools.count(1)


def make_user(**overrides: Any) -> User:
    """Make a person whose password is PASSWORD."""
    number = next(_numbers)
    fields = {"email": f"person{number}@example.com", "name": f"Person {number}", **overrides}
    password = fields.pop("password", PASSWORD)
    return User.objects.create_user(fields.pop("email"), password, **fields)


def make_merchant(**overrides: Any) -> Merchant:
    """Make a shop."""
    number = next(_numbers)
    return Merchant.objects.create(
        **{"name": f"Shop {number}", "slug": f"shop-{number}", **overrides}
    )


def make_member(merchant: Merchant | None = None, role: Role = Role.ADMIN, **user: Any) -> User:
    """Make a person with a role for the merchant."""
    person = make_user(**user)
    Membership.objects.create(user=person, merchant=merchant or make_merchant(), role=role)
    return person


def make_product(merchant: Merchant | None = None, **overrides: Any) -> Product:
    """Make a product; `facts` is a list of (name, value, unit)."""
    number = next(_numbers)
    facts = overrides.pop("facts", [("Material", "stoneware", ""), ("Capacity", "350", "ml")])
    fields = {
        "merchant": merchant or make_merchant(),
        "handle": f"mug-{number}",
        "sku": f"MUG-{number}",
        "title": f"Mug {number}",
        "brand": "Tidewater",
        "category": "Kitchen > Mugs",
        **overrides,
    }
    fields.setdefault("search_text", f"{fields['title']} {fields['sku']}".lower())
    fields.setdefault(
        "facts_fingerprint", data_fingerprint([fields["title"], fields["brand"], facts])
    )
    product = Product.objects.create(**fields)
    Fact.objects.bulk_create(
        Fact(product=product, position=position, name=name, value=value, unit=unit)
        for position, (name, value, unit) in enumerate(facts)
    )
    return product


def make_live(product: Product, text: str = "A mug.", **overrides: Any) -> LiveContent:
    """Put copy live in a field, with its first revision."""
    fields = {
        "field": ContentField.DESCRIPTION,
        "origin": ContentOrigin.IMPORTED,
        "text": text,
        "fingerprint": text_fingerprint(text),
        **overrides,
    }
    LiveContentRevision.objects.create(product=product, number=1, **fields)
    Product.objects.filter(pk=product.pk).update(num_live=1)
    return LiveContent.objects.create(product=product, version=1, **fields)


def make_brief(merchant: Merchant | None = None, **overrides: Any) -> KeywordBrief:
    """Make a brief for a description."""
    fields = {
        "merchant": merchant or make_merchant(),
        "keywords": ["stoneware mug", "dishwasher safe"],
        "fields": [ContentField.DESCRIPTION.value],
        **overrides,
    }
    return KeywordBrief.objects.create(**fields)


def make_question(product: Product | None = None, **overrides: Any) -> FactQuestion:
    """Make an open question about a product."""
    product = product or make_product()
    fields = {
        "merchant": product.merchant,
        "product": product,
        "fact_name": "Material",
        "text": "Which material is it made of?",
        **overrides,
    }
    return FactQuestion.objects.create(**fields)


def make_need(merchant: Merchant, **overrides: Any) -> CategoryNeed:
    """Make a fact that the merchant wants to be known of mugs."""
    fields = {"category": "Mugs", "fact_name": "Glaze", **overrides}
    return CategoryNeed.objects.create(merchant=merchant, **fields)


def make_prompt_rule(merchant: Merchant, **overrides: Any) -> PromptRule:
    """Make a rule that asks for mugs with another prompt."""
    fields = {"category": "Mugs", "prompt_style": "rewriting", **overrides}
    return PromptRule.objects.create(merchant=merchant, **fields)


def make_run(merchant: Merchant | None = None, **overrides: Any) -> GenerationRun:
    """Make a running run without jobs."""
    merchant = merchant or make_merchant()
    fields = {"merchant": merchant, "brief": overrides.pop("brief", None) or make_brief(merchant)}
    return GenerationRun.objects.create(**fields, **overrides)


def brief_snapshot(**overrides: Any) -> dict[str, Any]:
    """Return a brief as a job keeps it."""
    return {
        "keywords": ["stoneware mug"],
        "must_use": [],
        "must_not_use": [],
        "audience": "",
        "tone": "plain",
        "language": "en",
        "length": "medium",
        "voice": {"person": "", "sentence_words": 0, "example": ""},
        **overrides,
    }


def make_job(run: GenerationRun | None = None, **overrides: Any) -> GenerationJob:
    """Make a waiting job for a new product."""
    run = run or make_run()
    fields = {
        "run": run,
        "merchant": run.merchant,
        "product": overrides.pop("product", None) or make_product(run.merchant),
        "field": ContentField.DESCRIPTION,
        "brief": brief_snapshot(),
        **overrides,
    }
    if fields.get("status") == GenerationJob.Status.RUNNING:
        fields.setdefault("claim_token", uuid.uuid4())
    GenerationRun.objects.filter(pk=run.pk).update(num_jobs=run.jobs.count() + 1)
    job = GenerationJob.objects.create(**fields)
    # auto_now_add wrote this process's clock; a job made a moment ago is due now.
    GenerationJob.objects.filter(pk=job.pk).update(
        available_at=overrides.get("available_at", timezone.now())
    )
    return job


def make_model_version(**overrides: Any) -> ModelVersion:
    """Return the model of the tests."""
    fields = {"engine": "echo", "name": "echo", **overrides}
    return ModelVersion.objects.get_or_create(**fields)[0]


def facts_snapshot(product: Product) -> dict[str, Any]:
    """Return the facts of a product as a draft keeps them."""
    return {
        "title": product.title,
        "brand": product.brand,
        "category": product.category,
        "gtin": product.gtin,
        "supplier_text": product.supplier_text,
        "is_trusted": bool(product.suspicions_seen) and not product.num_suspicions,
        "facts": [
            {
                "name": fact.name,
                "value": fact.value,
                "unit": fact.unit,
                "source": fact.source,
                "is_verified": fact.is_verified,
                "handling": fact.handling,
            }
            for fact in product.facts.all()
        ],
    }


def make_draft(
    product: Product | None = None,
    text: str = "A stoneware mug that holds 350 ml.",
    **overrides: Any,
) -> Draft:
    """Make a draft with its first version, from a job that has succeeded."""
    product = product or make_product()
    field = overrides.pop("field", ContentField.DESCRIPTION)
    job = make_job(
        make_run(product.merchant),
        product=product,
        field=field,
        status=GenerationJob.Status.SUCCEEDED,
    )
    fields = {
        "merchant": product.merchant,
        "product": product,
        "field": field,
        "job": job,
        "model_version": make_model_version(),
        "prompt_version": "test",
        "prompt": [{"role": "user", "content": "Write."}],
        "sampling": {"temperature": 0.7},
        "seed": 1,
        "facts": facts_snapshot(product),
        "facts_fingerprint": product.facts_fingerprint,
        "brief": brief_snapshot(),
        **overrides,
    }
    draft = Draft.objects.create(**fields)
    make_version(draft, text)
    return draft


def make_version(draft: Draft, text: str, **overrides: Any) -> DraftVersion:
    """Add a version to a draft."""
    return DraftVersion.objects.create(
        draft=draft,
        number=draft.versions.count() + 1,
        text=text,
        fingerprint=text_fingerprint(text),
        **overrides,
    )


def make_check_result(version: DraftVersion, **overrides: Any) -> CheckResult:
    """Make a clean verdict on a version; `findings` is a list of dicts."""
    findings = overrides.get("findings", [])
    fields = {
        "fingerprint": version.fingerprint,
        "rules_version": "test",
        "findings": findings,
        "num_blocking": sum(finding["severity"] == "B" for finding in findings),
        "num_warnings": sum(finding["severity"] == "W" for finding in findings),
        **overrides,
    }
    return CheckResult.objects.create(version=version, **fields)


def make_item(draft: Draft | None = None, **overrides: Any) -> ReviewItem:
    """Put a draft into the review queue, checked and clean unless `findings` says otherwise."""
    draft = draft or make_draft()
    version = draft.versions.latest("number")
    result = make_check_result(version, findings=overrides.pop("findings", []))
    fields = {
        "merchant": draft.merchant,
        "product": draft.product,
        "field": draft.field,
        "draft": draft,
        "current_version": version,
        "num_blocking": result.num_blocking,
        "num_warnings": result.num_warnings,
        **overrides,
    }
    item = ReviewItem.objects.create(**fields)
    if item.status == ReviewItem.Status.WAITING:
        Product.objects.filter(pk=draft.product_id).update(num_in_review=1)
    return item


def make_reason(merchant: Merchant, **overrides: Any) -> RejectionReason:
    """Make a reason to reject."""
    fields = {"label": f"Reason {next(_numbers)}", **overrides}
    return RejectionReason.objects.create(merchant=merchant, **fields)
