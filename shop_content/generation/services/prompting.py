"""Turn a job's brief and its product into what a prompt is made from."""

from __future__ import annotations

from typing import Any

from shop_content.catalogue.models import Product
from shop_content.generation.prompts import PromptFact, PromptInput

# Under which fact the answer to a question is kept; the questions are those of `prompts`.
QUESTION_FACTS = {
    "What is the product called?": "Title",
    "Which material is it made of?": "Material",
    "Which size or capacity does it have?": "Size",
    "What is it used for?": "Use",
    "Which sizes and which fit are there?": "Fit",
    "How is it cared for?": "Care",
    "What is in it?": "Ingredients",
    "How much is in a pack?": "Amount",
    "Which power, connections or battery does it have?": "Power",
    "What does it work with?": "Works with",
    "What makes it different from similar products?": "Special feature",
}
MAX_FACT_NAME_CHARS = 120


def prompt_input(
    *,
    product: Product,
    field: str,
    brief: dict[str, Any],
    editor_note: str = "",
    previous_text: str = "",
) -> PromptInput:
    """Return the input of the prompt: the product with its facts, the brief as it was.

    Args:
        product: with its facts prefetched.
        field: id of a content field.
        brief: as `keywords.services.brief_snapshot` made it.
        editor_note: what the editor wants changed.
        previous_text: the draft that the note is about.
    """
    return PromptInput(
        field=field,
        title=product.title,
        brand=product.brand,
        category=product.category,
        facts=tuple(PromptFact(fact.name, fact.value, fact.unit) for fact in product.facts.all()),
        keywords=_words(brief, "keywords"),
        must_use=_words(brief, "must_use"),
        must_not_use=_words(brief, "must_not_use"),
        audience=str(brief.get("audience", "")),
        tone=str(brief.get("tone", "plain")),
        language=str(brief.get("language", "en")),
        length=str(brief.get("length", "medium")),
        supplier_text=product.supplier_text,
        editor_note=editor_note,
        previous_text=previous_text,
    )


def question_fact(question: str) -> str:
    """Return the name of the fact that answers a question of `prompts.missing_questions`."""
    return QUESTION_FACTS.get(question, question.rstrip("?")[:MAX_FACT_NAME_CHARS])


def _words(brief: dict[str, Any], key: str) -> tuple[str, ...]:
    return tuple(str(word) for word in brief.get(key, []))
