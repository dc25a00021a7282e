"""How a text is drawn, and what it may not hold."""

from __future__ import annotations

from shop_content.generation.prompts.fields import field_limit
from shop_content.generation.prompts.source import PromptInput, PromptStyle
from shop_content.lm.constraints import numbers_in
from shop_content.lm.engine import DecodingConstraint, SamplingParams

# Marks of a model that talks about itself, its orders or its own form.
NEVER_WRITTEN = (
    "as an AI",
    "AI assistant",
    "language model",
    "I'm sorry",
    "I cannot",
    "I can't",
    "editor's note",
    "[insert",
    "[your",
    "lorem ipsum",
    "http",
    "https",
    "www.",
)


def sampling_params(
    *,
    field: str,
    length: str,
    seed: int,
    num_candidates: int = 1,
    style: PromptStyle = PromptStyle.REWRITING,
) -> SamplingParams:
    """Return how to draw the text of a content field.

    A cool temperature and, for models as they come, a light penalty: both higher gave more numbers
    that no fact holds. A model that was trained on fact sheets needs no penalty, which would only
    drive it away from the words of the facts.
    """
    is_trained = style is not PromptStyle.REWRITING
    return SamplingParams(
        max_tokens=field_limit(field, length).max_tokens,
        temperature=0.4 if is_trained else 0.2,
        top_p=0.9,
        seed=seed,
        repetition_penalty=1.0 if is_trained else 1.05,
        num_candidates=num_candidates,
    )


def decoding_constraint(prompt_input: PromptInput) -> DecodingConstraint:
    """Return what the text may not hold, whatever the model would like to write.

    Numbers are those of the product, its facts and the brief. What only the supplier says is not
    among them: it is a source of words.
    """
    limit = field_limit(prompt_input.field, prompt_input.length)
    facts = (f"{fact.name} {fact.value} {fact.unit}" for fact in prompt_input.facts)
    return DecodingConstraint(
        numbers=numbers_in(
            prompt_input.title,
            prompt_input.brand,
            *facts,
            *prompt_input.keywords,
            *prompt_input.must_use,
        ),
        forbidden=(*prompt_input.must_not_use, *NEVER_WRITTEN),
        ends_on_sentence=not limit.max_lines and prompt_input.field not in {"title", "meta_title"},
    )
