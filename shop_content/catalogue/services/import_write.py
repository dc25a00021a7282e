"""Write a chunk of an import: many products in a few statements, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from shop_content.accounts.models import Merchant, User
from shop_content.catalogue.models import (
    ContentField,
    ContentOrigin,
    Fact,
    FactSource,
    LiveContent,
    LiveContentRevision,
    Product,
    Variant,
)
from shop_content.catalogue.services.import_plan import Plan
from shop_content.catalogue.services.products import (
    product_facts_fingerprint,
    product_refresh,
    product_search_text,
    product_suggestions,
    product_suspicions,
)
from shop_content.core.fingerprint import text_fingerprint


def plans_apply(*, merchant: Merchant, actor: User | None, plans: Sequence[Plan]) -> None:
    """Carry out what was planned; plans that are refused or change nothing are left out.

    Sets `product` on the plans of new products.
    """
    new = [plan for plan in plans if plan.problem is None and plan.product is None]
    changed = [plan for plan in plans if plan.product is not None and plan.changes]
    _create_products(merchant, new)
    _update_products(changed)
    _write_facts(new + changed, num_new=len(new))
    _write_variants(new + changed, num_new=len(new))
    _write_contents(new + changed, actor)
    product_refresh(plan.product.pk for plan in changed if plan.product is not None)


def _create_products(merchant: Merchant, plans: Sequence[Plan]) -> None:
    products = []
    for plan in plans:
        product = Product(merchant=merchant, handle=plan.record.handle, **plan.values)
        # Known before the row is written, so that new products need no second write.
        variants = _variants(plan, product)
        product.search_text = product_search_text(product, variants)
        facts = _facts(plan, product)
        product.facts_fingerprint = product_facts_fingerprint(product, facts)
        product.suspicions = product_suspicions(product, facts)
        product.num_suspicions = len(product.suspicions)
        product.suggestions = product_suggestions(
            product, facts, variants, plan.contents.get(ContentField.DESCRIPTION, "")
        )
        product.num_suggestions = len(product.suggestions)
        product.num_live = len(plan.contents)
        products.append(product)
    for plan, product in zip(plans, Product.objects.bulk_create(products), strict=True):
        plan.product = product


def _update_products(plans: Sequence[Plan]) -> None:
    now = timezone.now()
    columns: set[str] = set()
    products = []
    for plan in plans:
        product = plan.product
        if product is None:
            continue
        for column, value in plan.values.items():
            setattr(product, column, value)
        columns.update(plan.values)
        product.version += 1
        product.updated_at = now
        products.append(product)
    if products:
        Product.objects.bulk_update(products, ["version", "updated_at", *sorted(columns)])


def _facts(plan: Plan, product: Product) -> list[Fact]:
    return [
        Fact(
            product=product,
            position=position,
            name=fact.name,
            value=fact.value,
            unit=fact.unit,
            source=FactSource.IMPORT,
        )
        for position, fact in enumerate(plan.facts or ())
    ]


def _write_facts(plans: Sequence[Plan], *, num_new: int) -> None:
    """Replace the imported facts of products; those that somebody verified stay verified."""
    ids = [plan.product.pk for plan in plans[num_new:] if plan.product and plan.facts is not None]
    old = Fact.objects.filter(product__in=ids, source=FactSource.IMPORT, handling="")
    verified = set(old.filter(is_verified=True).values_list("product_id", "name", "value", "unit"))
    if ids:
        old.delete()
    facts = [fact for plan in plans if plan.product for fact in _facts(plan, plan.product)]
    for fact in facts:
        fact.is_verified = (fact.product_id, fact.name, fact.value, fact.unit) in verified
    Fact.objects.bulk_create(facts)


def _variants(plan: Plan, product: Product) -> list[Variant]:
    return [
        Variant(
            product=product,
            position=position,
            sku=variant.sku,
            gtin=variant.gtin,
            price_cents=variant.price_cents,
            options=[list(option) for option in variant.options],
        )
        for position, variant in enumerate(plan.variants or ())
    ]


def _write_variants(plans: Sequence[Plan], *, num_new: int) -> None:
    ids = [plan.product.pk for plan in plans[num_new:] if plan.product and plan.variants]
    if ids:
        Variant.objects.filter(product__in=ids).delete()
    Variant.objects.bulk_create(
        variant for plan in plans if plan.product for variant in _variants(plan, plan.product)
    )


def _write_contents(plans: Sequence[Plan], actor: User | None) -> None:
    """Make the file's copy live, each text as a revision, as `content_set` does for one."""
    now = timezone.now()
    new, changed, revisions = [], [], []
    for plan in plans:
        for name, text in plan.contents.items():
            live = plan.live.get(name)
            fingerprint = text_fingerprint(text)
            if live is None:
                live = LiveContent(product=plan.product, field=name, version=1)
                new.append(live)
            else:
                live.version += 1
                live.changed_at = now
                changed.append(live)
            live.text = text
            live.fingerprint = fingerprint
            live.origin = ContentOrigin.IMPORTED
            live.facts_fingerprint = ""  # Nobody knows what the text was made from.
            live.changed_by = actor
            live.is_indexed = False
            revisions.append(
                LiveContentRevision(
                    product=plan.product,
                    field=name,
                    number=live.version,
                    text=text,
                    fingerprint=fingerprint,
                    origin=ContentOrigin.IMPORTED,
                    changed_by=actor,
                )
            )
    LiveContent.objects.bulk_create(new)
    if changed:
        columns = ["text", "fingerprint", "origin", "facts_fingerprint", "version", "changed_by"]
        LiveContent.objects.bulk_update(changed, [*columns, "changed_at", "is_indexed"])
    LiveContentRevision.objects.bulk_create(revisions)
