"""Turn a job's brief and its product into what a prompt is made from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shop_content.catalogue.models import FactHandling, Product
from shop_content.generation.prompts import PromptFact, PromptInput
from shop_content.generation.prompts.needs import Need, own_need
from shop_content.keywords.models import CategoryNeed


def prompt_input(
    *,
    product: Product,
    field: str,
    brief: dict[str, Any],
    shop_wish: str = "",
    editor_note: str = "",
    previous_text: str = "",
) -> PromptInput:
    """Return the input of the prompt: the product with its facts, the brief as it was.

    Args:
        product: with its facts prefetched.
        field: id of a content field.
        brief: as `keywords.services.brief_snapshot` made it.
        shop_wish: what the shop wants of such texts.
        editor_note: what the editor wants changed.
        previous_text: the draft that the note is about.
    """
    facts = product.facts.all()
    return PromptInput(
        field=field,
        title=product.title,
        brand=product.brand,
        category=product.category,
        # A private fact is not written, and a line to be copied is put in by us: the model sees
        # neither.
        facts=tuple(
            PromptFact(fact.name, fact.value, fact.unit)
            for fact in facts
            if fact.handling not in {FactHandling.PRIVATE, FactHandling.VERBATIM}
        ),
        verbatim=tuple(fact.value for fact in facts if fact.handling == FactHandling.VERBATIM),
        keywords=_words(brief, "keywords"),
        must_use=_words(brief, "must_use"),
        must_not_use=_words(brief, "must_not_use"),
        audience=str(brief.get("audience", "")),
        tone=str(brief.get("tone", "plain")),
        language=str(brief.get("language", "en")),
        length=str(brief.get("length", "medium")),
        supplier_text=product.supplier_text,
        voice_example=str(brief.get("voice", {}).get("example", "")),
        shop_wish=shop_wish,
        editor_note=editor_note,
        previous_text=previous_text,
    )


def own_needs(product: Product, needs: Sequence[CategoryNeed]) -> list[Need]:
    """Return which of the merchant's needs are of the product's category."""
    category = product.category.casefold()
    return [
        own_need(need.fact_name, need.question)
        for need in needs
        if need.category.casefold() in category
    ]


def _words(brief: dict[str, Any], key: str) -> tuple[str, ...]:
    return tuple(str(word) for word in brief.get(key, []))
