"""The model writes many sentences; only those that say their facts and nothing else are learned."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from shop_content.generation.prompts import PromptFact, PromptInput
from shop_content.lm.echo import EchoEngine
from shop_content.lm.engine import FinishReason, GenerationOutput, GenerationRequest
from shop_content.training.corpus import CorpusError, CorpusProduct, pairs, read_corpus
from shop_content.training.management.commands import sample_copy
from shop_content.training.rejection_sampling import SampledCounts, pair_line, sample_pairs
from shop_content.training.sentences import by_sentence

SOURCE = PromptInput(
    field="description",
    title="Harbour Mug",
    brand="Tidewater",
    category="Kitchen > Mugs",
    facts=(
        PromptFact("Material", "stoneware"),
        PromptFact("Glaze", "sea green"),
        PromptFact("Firing", "twice, at 1,240 °C"),
        PromptFact("Dishwasher safe", "yes"),
    ),
    keywords=("coffee mug",),
    must_use=(),
    must_not_use=(),
    audience="",
    tone="plain",
    language="en",
    length="medium",
)
OPENING = "The Harbour is a coffee mug in stoneware with a sea green glaze."
NEXT = "It is fired twice at 1,240 °C."


class Writer:
    """An engine that says given texts, each with its log-probability."""

    def __init__(
        self, opening: Sequence[tuple[str, float]], following: Sequence[tuple[str, float]]
    ):
        self.texts = {"opening": opening, "next": following}
        self.info, self.capabilities = EchoEngine().info, EchoEngine().capabilities

    def generate(self, requests: Sequence[GenerationRequest], on_step=None):
        return [
            GenerationOutput(
                request_id=request.request_id,
                text=text,
                token_ids=(1,),
                logprobs=(logprob,),
                finish_reason=FinishReason.STOP,
                prompt_tokens=1,
                completion_tokens=1,
                queue_seconds=0.0,
                prefill_seconds=0.0,
                decode_seconds=0.0,
                candidate=number,
            )
            for request in requests
            for number, (text, logprob) in enumerate(
                self.texts["opening" if request.request_id.endswith("/0") else "next"]
            )
        ]


def sampled(opening, following, num_products: int = 1):
    counts = SampledCounts()
    products = [CorpusProduct(f"m-{number}", SOURCE, ()) for number in range(num_products)]
    found = list(sample_pairs(Writer(opening, following), products, adapter="", counts=counts))
    return found, counts


def test_surest_sentence_that_says_all_of_its_facts_is_kept():
    found, counts = sampled(
        [(OPENING, -0.2), ("A coffee mug in stoneware with a sea green glaze.", -0.1)],
        [(NEXT, -0.2)],
    )
    assert [pair.text for pair in found] == [
        "A coffee mug in stoneware with a sea green glaze.",
        NEXT,
    ]
    assert [pair.source.part for pair in found] == ["opening", "next"]
    assert (counts.asked, counts.written, counts.kept) == (2, 3, 2)


@pytest.mark.parametrize(
    "text",
    [
        "The Harbour is a coffee mug in stoneware.",  # a fact left out
        "The Harbour is a mug in stoneware with a sea green glaze.",  # the keyword left out
        "The Harbour is a coffee mug in stoneware with a sea green glaze and a lid.",  # invented
        "The Harbour is a coffee mug in stoneware. It has a sea green glaze.",  # two sentences
        "The Harbour is a coffee mug in stoneware with a sea green",  # unfinished
        "A sea green glaze of sea green glaze on a coffee mug in stoneware.",  # twice
        "",
    ],
)
def test_other_sentences_give_way_to_what_is_said_by_rule(text):
    found, counts = sampled([(text, -0.1)], [(NEXT, -0.1)])
    assert found[0].text == (
        "The Harbour by Tidewater is a coffee mug in stoneware with sea green glaze."
    )
    assert (counts.kept, counts.by_rule) == (1, 1)


def test_sentence_that_the_model_is_unsure_of_is_not_learned():
    found, counts = sampled([(OPENING, -0.1)], [(NEXT, -2.0)])
    assert [pair.text for pair in found] == [OPENING]  # "Firing: twice, …" is no sentence.
    assert counts.dropped == 1


def test_one_beginning_does_not_take_over():
    found, _counts = sampled(
        [(OPENING, -0.1), ("A coffee mug in stoneware with a sea green glaze.", -0.3)],
        [("No.", -0.1)],
        40,
    )
    texts = [pair.text for pair in found]
    assert 4 <= texts.count(OPENING) <= 20
    assert 4 <= texts.count("A coffee mug in stoneware with a sea green glaze.") <= 20


def test_kept_sentences_are_read_again_as_they_were(tmp_path: Path):
    found, _counts = sampled([(OPENING, -0.1)], [(NEXT, -0.1)])
    file = tmp_path / "sampled.jsonl"
    file.write_text("\n".join(map(pair_line, found)), encoding="utf-8")
    learned = by_sentence(pairs(read_corpus([file])))
    assert [(pair.source.part, pair.text) for pair in learned] == [
        ("opening", OPENING),
        ("next", NEXT),
    ]
    assert learned[0].source.facts == found[0].source.facts
    assert learned[0].source.keywords == ("coffee mug",)


def test_part_that_there_is_not_is_refused(tmp_path: Path):
    file = tmp_path / "bad.jsonl"
    line = {"name": "Mug", "facts": {"M": "clay"}, "part": "middle", "copy": {"title": "Mug"}}
    file.write_text(json.dumps(line))
    with pytest.raises(CorpusError, match=r'line 1: "part" is one of opening, next'):
        read_corpus([file])


def test_command_writes_what_finetune_reads(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(
        sample_copy, "load_engine", lambda config: Writer([(OPENING, -0.1)], [(NEXT, -0.1)])
    )
    data = tmp_path / "data.jsonl"
    facts = {fact.name: fact.value for fact in SOURCE.facts}
    line = {"name": SOURCE.title, "brand": SOURCE.brand, "facts": facts, "keywords": ["coffee mug"]}
    data.write_text(json.dumps({**line, "copy": {"description": "A mug."}}))
    said = io.StringIO()
    out = tmp_path / "out.jsonl"
    call_command("sample_copy", data=[data], out=out, stdout=said, stderr=io.StringIO())
    assert [pair.text for pair in pairs(read_corpus([out]))] == [OPENING, NEXT]
    assert "2 sentences kept" in said.getvalue()

    with pytest.raises(CommandError, match="Cannot read"):
        call_command("sample_copy", data=[tmp_path / "none.jsonl"], out=out)
    with pytest.raises(CommandError, match="Cannot write"):
        call_command("sample_copy", data=[data], out=tmp_path / "none" / "out.jsonl")
    with pytest.raises(CommandError, match="at least 1"):
        call_command("sample_copy", data=[data], out=out, candidates=0)
