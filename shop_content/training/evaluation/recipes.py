"""The ways to write that are compared: from the usual tutorial to everything together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shop_content.generation.prompts import (
    PromptInput,
    PromptStyle,
    build_messages,
    decoding_constraint,
    sampling_params,
)
from shop_content.generation.services.planned import planned
from shop_content.lm.engine import GenerationRequest, Message, SamplingParams

NUM_CANDIDATES = 4
# As the usual tutorial asks: one message, the facts in it, sampled, cut at a number of tokens.
PLAIN_TOKENS = 160
PLAIN_TEMPERATURE, PLAIN_TOP_P = 0.7, 0.9
PLAIN_TASKS = {
    "description": "a product description",
    "short_description": "a short product description",
    "bullets": "a list of selling points",
    "title": "a product title",
    "meta_title": "a meta title",
    "meta_description": "a meta description",
    "image_alt_text": "an image alt text",
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """One row of the table."""

    name: str
    is_plain: bool = False  # the tutorial's prompt; else the product's own
    has_constraints: bool = False
    has_adapter: bool = False
    num_candidates: int = 1
    is_planned: bool = False  # sentence by sentence, each from its own facts


RECIPES = (
    Recipe("plain", is_plain=True),
    Recipe("constraints", is_plain=True, has_constraints=True),
    Recipe("ranking", is_plain=True, num_candidates=NUM_CANDIDATES),
    Recipe("adapter", has_adapter=True),
    Recipe("whole", has_constraints=True, has_adapter=True, num_candidates=NUM_CANDIDATES),
    Recipe(
        "all",
        has_constraints=True,
        has_adapter=True,
        num_candidates=NUM_CANDIDATES,
        is_planned=True,
    ),
)


def recipe_requests(
    recipe: Recipe, asked: Sequence[PromptInput], *, seed: int, adapter: str
) -> list[GenerationRequest]:
    """Return one request for each wish; its id is the place of the wish.

    Args:
        recipe: the row.
        asked: what is to be written.
        seed: of the first; each next one counts up.
        adapter: name of the adapter, for rows that have one.
    """
    requests = [
        GenerationRequest(
            request_id=str(place),
            messages=_messages(recipe, source),
            params=_params(recipe, source, seed + place),
            constraint=decoding_constraint(source) if recipe.has_constraints else None,
            adapter=adapter if recipe.has_adapter else "",
        )
        for place, source in enumerate(asked)
    ]
    if not recipe.is_planned:
        return requests
    return [planned(request, source) for request, source in zip(requests, asked, strict=True)]


def _messages(recipe: Recipe, source: PromptInput) -> tuple[Message, ...]:
    if not recipe.is_plain:
        style = PromptStyle.FACT_SHEET if recipe.has_adapter else PromptStyle.REWRITING
        return build_messages(source, style)
    facts = "; ".join(f"{fact.name}: {fact.value} {fact.unit}".strip() for fact in source.facts)
    task = (
        f"Write {PLAIN_TASKS[source.field]} for an online shop. Product: {source.title}. "
        f"Brand: {source.brand}. Features: {facts}. Keywords: {', '.join(source.keywords)}."
    )
    return (Message("user", task),)


def _params(recipe: Recipe, source: PromptInput, seed: int) -> SamplingParams:
    if recipe.is_plain:
        return SamplingParams(
            max_tokens=PLAIN_TOKENS,
            temperature=PLAIN_TEMPERATURE,
            top_p=PLAIN_TOP_P,
            seed=seed,
            repetition_penalty=1.0,
            num_candidates=recipe.num_candidates,
        )
    style = PromptStyle.FACT_SHEET if recipe.has_adapter else PromptStyle.REWRITING
    params = sampling_params(
        field=source.field,
        length=source.length,
        seed=seed,
        num_candidates=recipe.num_candidates,
        style=style,
    )
    return replace(params, num_candidates=recipe.num_candidates)
