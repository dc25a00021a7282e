"""Build the prompts, choose the sampling, ask for what is missing. Pure: data in, text out."""

from __future__ import annotations

from shop_content.generation.prompts import fact_sheet, planning, rewriting
from shop_content.generation.prompts.fields import FIELD_LIMITS, FieldLimit, field_limit
from shop_content.generation.prompts.questions import has_enough_to_write, missing_questions
from shop_content.generation.prompts.sampling import decoding_constraint, sampling_params
from shop_content.generation.prompts.source import PromptFact, PromptInput, PromptStyle
from shop_content.lm.engine import Message

# What no draft may repeat.
PROMPT_SENTENCES = (
    fact_sheet.SYSTEM,
    rewriting.ROLE,
    f"Rewrite the input text to make it {rewriting.AIM}",
)

__all__ = [
    "FIELD_LIMITS",
    "PROMPT_SENTENCES",
    "FieldLimit",
    "PromptFact",
    "PromptInput",
    "PromptStyle",
    "build_messages",
    "decoding_constraint",
    "field_limit",
    "has_enough_to_write",
    "missing_questions",
    "prompt_version",
    "sampling_params",
]


def build_messages(
    prompt_input: PromptInput, style: PromptStyle = PromptStyle.REWRITING, *, num_words: int = 0
) -> tuple[Message, ...]:
    """Return the conversation that asks a model for one content field of one product.

    Args:
        prompt_input: the product and the wish.
        style: which prompt.
        num_words: how long a description should be; 0 lets the wish decide. Only fact sheets.
    """
    if style is not PromptStyle.REWRITING:
        return fact_sheet.fact_sheet_messages(prompt_input, num_words)
    return rewriting.rewriting_messages(prompt_input)


def prompt_version(style: PromptStyle) -> str:
    """Return what a draft is stored with: which prompt, and its version."""
    if style is PromptStyle.REWRITING:
        return rewriting.VERSION
    if style is PromptStyle.SENTENCES:
        return f"{fact_sheet.VERSION}, {planning.VERSION}"
    return fact_sheet.VERSION
