"""Write and measure the rows of an evaluation."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from shop_content.checks.judging import badness
from shop_content.generation.prompts import PromptInput
from shop_content.generation.services.choosing import best_text
from shop_content.generation.services.planned import PlanningEngine
from shop_content.generation.tidying import tidy
from shop_content.lm.engine import Engine, GenerationOutput, ScoreRequest, ScoringEngine
from shop_content.lm.evaluation import corpus_perplexity, sequence_loss
from shop_content.training.corpus import Pair
from shop_content.training.evaluation.measures import DraftMeasures, measure_draft
from shop_content.training.evaluation.recipes import Recipe, recipe_requests


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """The drafts of one recipe, in the order of what was asked for."""

    recipe: Recipe
    drafts: tuple[DraftMeasures, ...]
    seconds: float
    completion_tokens: int


def write_row(
    recipe: Recipe, engine: Engine, asked: Sequence[PromptInput], *, seed: int, adapter: str
) -> WrittenRow:
    """Write a draft for each wish by a recipe, and judge it.

    The plain row shows what the model wrote, markdown taken off and nothing more; the others what
    the product would show.
    """
    requests = recipe_requests(recipe, asked, seed=seed, adapter=adapter)
    began = time.monotonic()
    outputs = PlanningEngine(engine, badness).generate(requests)
    by_place: dict[int, list[GenerationOutput]] = defaultdict(list)
    for output in outputs:
        by_place[int(output.request_id)].append(output)
    texts = [_text(recipe, source, by_place[place]) for place, source in enumerate(asked)]
    seconds = time.monotonic() - began
    return WrittenRow(
        recipe=recipe,
        drafts=tuple(
            measure_draft(text, source) for text, source in zip(texts, asked, strict=True)
        ),
        seconds=seconds,
        completion_tokens=sum(output.completion_tokens for output in outputs),
    )


def human_perplexity(
    engine: ScoringEngine, recipe: Recipe, pairs: Sequence[Pair], *, adapter: str
) -> float:
    """Return the perplexity of people's copy under a recipe's prompts."""
    requests = recipe_requests(recipe, [pair.source for pair in pairs], seed=0, adapter=adapter)
    scored = [
        ScoreRequest(request.messages, pair.text, adapter=request.adapter)
        for request, pair in zip(requests, pairs, strict=True)
    ]
    return corpus_perplexity(sequence_loss(engine, scored))


def _text(recipe: Recipe, source: PromptInput, outputs: Sequence[GenerationOutput]) -> str:
    said = [output for output in outputs if output.error_code is None]
    if not said:
        return ""
    if recipe.num_candidates == 1 and recipe.is_plain:
        return said[0].text.replace("*", "").replace("#", "").strip()
    if recipe.num_candidates == 1:
        return tidy(said[0].text, source.field)
    choice = best_text(source, said, judge=badness)
    return choice.text if choice else ""
