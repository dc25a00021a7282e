"""Put texts in order by what the rules find in them. Pure: no database."""

from __future__ import annotations

from collections import Counter

from shop_content.checks.rules import CheckContext, FactValue, Severity, run_rules
from shop_content.generation.prompts import PromptInput


def check_context(source: PromptInput) -> CheckContext:
    """Return what the rules compare a text with, from what its prompt is made from."""
    return CheckContext(
        field=source.field,
        language=source.language,
        name=source.title,
        brand=source.brand,
        category=source.category,
        facts=(
            *(FactValue(fact.name, fact.value, fact.unit) for fact in source.facts),
            *(FactValue("", line) for line in source.verbatim),
        ),
        verbatim=source.verbatim,
        keywords=source.keywords,
        must_use=source.must_use,
        must_not_use=source.must_not_use,
        supplier_text=source.supplier_text,
        length=source.length,
    )


def badness(text: str, source: PromptInput) -> tuple[int, ...]:
    """Return how bad a text is, for comparing: findings that block, then warnings."""
    counts = Counter(mark.severity for mark in run_rules(text, check_context(source)))
    return counts[Severity.BLOCK], counts[Severity.WARN]
