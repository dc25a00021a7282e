"""Which prompt a product is asked with: the merchant's rules by category and brand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction

from shop_content.accounts.models import Merchant, User
from shop_content.accounts.services import audit_record
from shop_content.catalogue.models import Product
from shop_content.generation.models import PromptRule

MAX_RULES = 100  # of a merchant, read for every batch; far above what anybody keeps in order


def prompt_rules(*, merchant_ids: Iterable[int]) -> dict[int, list[PromptRule]]:
    """Return the rules of merchants, by merchant, in the order in which they count; one query."""
    found: dict[int, list[PromptRule]] = defaultdict(list)
    for rule in PromptRule.objects.filter(merchant_id__in=set(merchant_ids)):
        found[rule.merchant_id].append(rule)
    return found


def rule_for(rules: Sequence[PromptRule], product: Product, field: str) -> PromptRule | None:
    """Return the first rule that is about the product and the field; one alone counts."""
    category, brand = product.category.casefold(), product.brand.strip().casefold()
    for rule in rules:
        is_field = rule.field in ("", field)
        is_brand = not rule.brand or rule.brand.casefold() == brand
        if is_field and is_brand and rule.category.casefold() in category:
            return rule
    return None


@transaction.atomic
def prompt_rule_save(*, merchant: Merchant, actor: User, **values: str | int) -> PromptRule:
    """Keep a rule; drafts that are written from now on follow it.

    Args:
        merchant: whose rule it is.
        actor: who keeps it.
        values: fields of the rule.
    """
    rule = PromptRule.objects.create(merchant=merchant, **values)
    audit_record(merchant=merchant, actor=actor, action="generation.prompt_rule_save", target=rule)
    return rule


@transaction.atomic
def prompt_rule_delete(*, rule: PromptRule, actor: User) -> None:
    """Take a rule out; what was written by it stays."""
    audit_record(
        merchant=rule.merchant, actor=actor, action="generation.prompt_rule_delete", target=rule
    )
    rule.delete()
