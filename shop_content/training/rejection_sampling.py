"""Make training sentences of what the model writes itself: many are written, few are kept.

Rejection sampling, as in Yuan et al., "Scaling Relationship on Learning Mathematical Reasoning"
(2023): the model writes each sentence many times, what the checks do not carry is thrown away, and
the model learns from the rest. Where nothing is left, it learns the sentence said by rule.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from shop_content.checks.judging import check_context
from shop_content.checks.rules.evidence import sentence_evidence
from shop_content.checks.rules.words import is_phrase_in
from shop_content.generation.prompts import PromptInput, PromptStyle, sampling_params
from shop_content.generation.services.planned import Sentence, planned, sentences_of
from shop_content.generation.services.sentence_faults import is_odd
from shop_content.generation.tidying import tidy
from shop_content.lm.engine import Engine, GenerationOutput, GenerationRequest
from shop_content.training.corpus import CorpusProduct, Pair
from shop_content.training.sentences import is_carried

NUM_CANDIDATES = 8
# Mean log-probability of a token, nats: below it most of what the trial's model wrote was odd.
MIN_LOGPROB = -0.35
_IN_PIECES = re.compile(r"[.:] ")  # more than a sentence: "Battery: 2,600 mAh."
MAX_SHARE_OF_BEGINNING = 0.25  # of the sentences may begin with the same two words
MIN_SENTENCES = 16  # With fewer, a share says nothing.


@dataclass(slots=True)
class SampledCounts:
    """What became of the sentences."""

    asked: int = 0
    written: int = 0  # texts, several for each sentence
    kept: int = 0  # sentences of the model's
    by_rule: int = 0  # sentences said by rule
    dropped: int = 0  # with nothing to learn from


def sample_pairs(
    engine: Engine,
    products: Sequence[CorpusProduct],
    *,
    adapter: str,
    counts: SampledCounts,
    num_candidates: int = NUM_CANDIDATES,
    seed: int = 0,
) -> Iterator[Pair]:
    """Yield the sentences to learn from, at most one for each sentence of each product's plan.

    Args:
        engine: writes the candidates.
        products: of whose descriptions the sentences are; their own copy is not looked at.
        adapter: name of the adapter that writes; "" for the model as it is.
        counts: is filled in.
        num_candidates: written for each sentence.
        seed: of the first product; each next one counts up.
    """
    sentences: dict[str, tuple[str, Sentence]] = {}
    for number, product in enumerate(products):
        request = _request(product.source, str(number), seed + number, adapter, num_candidates)
        for sentence in sentences_of(planned(request, product.source)):
            sentences[sentence.request.request_id] = (product.product_id, sentence)
    counts.asked += len(sentences)
    outputs = engine.generate([sentence.request for _id, sentence in sentences.values()])
    begun: Counter[str] = Counter()
    for request_id, found in groupby(outputs, key=lambda output: output.request_id):
        product_id, sentence = sentences[request_id]
        candidates = list(found)
        counts.written += len(candidates)
        most = MAX_SHARE_OF_BEGINNING * max(MIN_SENTENCES, begun.total())
        text = _best(sentence.source, candidates, {key for key in begun if begun[key] >= most})
        if text:
            counts.kept += 1
        elif sentence.plain and not _IN_PIECES.search(sentence.plain):
            text = sentence.plain
            counts.by_rule += 1
        begun[_beginning(text)] += 1
        if text:
            yield Pair(product_id, sentence.source, text)
        else:
            counts.dropped += 1


def pair_line(pair: Pair) -> str:
    """Return a pair as a line of a corpus."""
    source = pair.source
    line = {
        "id": pair.product_id,
        "name": source.title,
        "brand": source.brand,
        "category": source.category,
        "facts": {fact.name: f"{fact.value} {fact.unit}".strip() for fact in source.facts},
        "keywords": list(source.keywords),
        "tone": source.tone,
        "length": source.length,
        "part": source.part,
        "copy": {source.field: pair.text},
    }
    return json.dumps(line, ensure_ascii=False)


def _request(
    source: PromptInput, request_id: str, seed: int, adapter: str, num_candidates: int
) -> GenerationRequest:
    params = sampling_params(
        field=source.field, length=source.length, seed=seed, style=PromptStyle.FACT_SHEET
    )
    return GenerationRequest(
        request_id=request_id,
        messages=(),
        params=replace(params, num_candidates=num_candidates),
        adapter=adapter,
    )


def _best(source: PromptInput, outputs: Sequence[GenerationOutput], usual: Container[str]) -> str:
    """Return the text that the model is surest of among those that may be learned; or ""."""
    rows = [
        (output.mean_logprob or 0.0, tidy(output.text, source.field))
        for output in outputs
        if output.error_code is None
    ]
    for logprob, text in sorted(rows, reverse=True):
        is_new = _beginning(text) not in usual
        if logprob >= MIN_LOGPROB and is_new and _may_be_learned(text, source):
            return text
    return ""


def _may_be_learned(text: str, source: PromptInput) -> bool:
    """Tell whether a sentence says all of its facts and keywords, and nothing else."""
    if not text.strip() or is_odd(text, source):
        return False
    evidence = list(sentence_evidence(text, check_context(source)))
    said = {number for sentence in evidence for number in sentence.facts}
    has_words = all(is_phrase_in(word, text) for word in source.keywords)
    is_whole = len(evidence) == 1 and said == set(range(len(source.facts))) and text[-1] in ".!"
    return is_whole and has_words and is_carried(Pair("", source, text))


def _beginning(text: str) -> str:
    return " ".join(text.casefold().split()[:2])
