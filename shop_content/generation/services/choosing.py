"""Choose among the candidates of a text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shop_content.generation.prompts import PromptInput, field_limit
from shop_content.generation.tidying import tidy
from shop_content.lm.engine import GenerationOutput
from shop_content.lm.ranking import RankedCandidate, RankingBrief, rank_candidates

if TYPE_CHECKING:
    from shop_content.lm.prompt_layout import PromptLayout


@dataclass(frozen=True, slots=True)
class Choice:
    """The best text, and all that it was chosen from."""

    text: str  # tidied
    output: GenerationOutput  # that it comes from
    candidates: tuple[
        tuple[str, RankedCandidate], ...
    ]  # tidied text and scores, best first; empty for one
    token_logprobs: tuple[tuple[str, float], ...]  # of the output, piece by piece
    num_equal: int = 1  # of the candidates, from the first on, that the judge finds as good


# How bad a text is, by what the checks find in it; the least comes first.
Judge = Callable[[str, PromptInput], tuple[int, ...]]


def best_text(
    source: PromptInput,
    outputs: Sequence[GenerationOutput],
    layout: PromptLayout | None = None,
    judge: Judge | None = None,
) -> Choice | None:
    """Return the best candidate that says something; None when none does.

    Args:
        source: what the prompt was made from.
        outputs: its candidates, with a text each.
        layout: reads the engine's tokens as text; None where the engine knows no tokens.
        judge: puts the texts in order before the ranking does; texts that it finds equal stay in
            the ranking's order.
    """
    texts = {
        output.candidate: with_lines(tidy(output.text, source.field), source) for output in outputs
    }
    said = [output for output in outputs if texts[output.candidate].strip()]
    if not said:
        return None
    ranked = rank_candidates(said, ranking_brief(source)) if len(said) > 1 else []
    num_equal = 1
    if judge is not None and ranked:
        verdicts = {
            row.output.candidate: judge(texts[row.output.candidate], source) for row in ranked
        }
        ranked.sort(key=lambda row: verdicts[row.output.candidate])
        best_verdict = verdicts[ranked[0].output.candidate]
        num_equal = sum(verdict == best_verdict for verdict in verdicts.values())
    best = ranked[0].output if ranked else said[0]
    return Choice(
        text=texts[best.candidate],
        output=best,
        candidates=tuple((texts[row.output.candidate], row) for row in ranked),
        token_logprobs=_pieces(best, layout),
        num_equal=num_equal,
    )


def with_lines(text: str, source: PromptInput) -> str:
    """Return a description with the lines that have to stand in it word for word, at its end."""
    if source.field != "description" or not text.strip():
        return text
    missing = [line.strip() for line in source.verbatim if line.strip() not in text]
    return "\n\n".join([text, *dict.fromkeys(missing)])


def ranking_brief(source: PromptInput) -> RankingBrief:
    """Return what the candidates of a prompt are compared with."""
    limit = field_limit(source.field, source.length)
    facts = tuple(" ".join(filter(None, (fact.value, fact.unit))) for fact in source.facts)
    known = [source.title, source.brand, source.category, *source.keywords, *source.must_use]
    known += [f"{fact.name} {fact.value} {fact.unit}" for fact in source.facts]
    return RankingBrief(
        facts=facts[: limit.max_facts],
        source_text="\n".join(known),
        must_use=source.must_use + source.keywords,
        must_not_use=source.must_not_use,
        min_words=limit.words // 2,
        max_words=limit.words * 3 // 2,
        min_lines=limit.min_lines,
        max_lines=limit.max_lines,
    )


def _pieces(output: GenerationOutput, layout: PromptLayout | None) -> tuple[tuple[str, float], ...]:
    if layout is None or len(output.token_ids) != len(output.logprobs):
        return ()
    pieces = (layout.text([token_id]) for token_id in output.token_ids)
    return tuple(zip(pieces, output.logprobs, strict=True))
