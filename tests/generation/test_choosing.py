"""Of several candidates the one that the checks find least in becomes the draft."""

from __future__ import annotations

from dataclasses import replace

from shop_content.checks.judging import badness
from shop_content.generation.prompts import PromptFact, PromptInput
from shop_content.generation.services.choosing import best_text
from shop_content.lm.engine import FinishReason, GenerationOutput

SOURCE = PromptInput(
    field="description",
    title="Harbour Mug",
    brand="Kiln & Co",
    category="Home > Mugs",
    facts=(PromptFact("Material", "stoneware"), PromptFact("Dishwasher safe", "no")),
    keywords=("coffee mug",),
    must_use=(),
    must_not_use=(),
    audience="",
    tone="plain",
    language="en",
    length="short",
)
OUTPUT = GenerationOutput(
    request_id="1",
    text="",
    token_ids=(),
    logprobs=(),
    finish_reason=FinishReason.STOP,
    prompt_tokens=10,
    completion_tokens=10,
    queue_seconds=0.0,
    prefill_seconds=0.0,
    decode_seconds=0.0,
)
WRONG = "The Harbour is a coffee mug of stoneware, and it is dishwasher safe."
RIGHT = "The Harbour is a mug of stoneware. It is not dishwasher safe."


def test_a_text_that_contradicts_a_fact_comes_last_whatever_else_it_has() -> None:
    outputs = [
        replace(OUTPUT, text=text, candidate=number) for number, text in enumerate((WRONG, RIGHT))
    ]

    choice = best_text(SOURCE, outputs, judge=badness)

    assert choice is not None
    assert choice.text == RIGHT
    assert [text for text, _ranked in choice.candidates] == [RIGHT, WRONG]


def test_lines_to_be_copied_end_a_description_once() -> None:
    source = replace(SOURCE, verbatim=("Hot! Mind your fingers.", "Hot! Mind your fingers."))
    outputs = [replace(OUTPUT, text=RIGHT)]

    choice = best_text(source, outputs, judge=badness)
    again = best_text(source, [replace(OUTPUT, text=choice.text if choice else "")])
    title = best_text(replace(source, field="meta_title"), outputs)

    assert choice is not None
    assert choice.text == f"{RIGHT}\n\nHot! Mind your fingers."
    assert again is not None
    assert again.text == choice.text
    assert title is not None
    assert "Hot!" not in title.text


def test_texts_that_the_checks_find_equal_stay_in_the_order_of_their_ranking() -> None:
    texts = ("A mug.", "The Harbour is a coffee mug of stoneware, not dishwasher safe.")
    outputs = [replace(OUTPUT, text=text, candidate=number) for number, text in enumerate(texts)]

    choice = best_text(SOURCE, outputs, judge=badness)

    assert choice is not None
    assert choice.text == texts[1]


def test_what_blocks_weighs_more_than_any_warning() -> None:
    assert badness(WRONG, SOURCE) > badness("A durable, perfect, cosy mug.", SOURCE)
    assert badness(RIGHT, SOURCE) == (0, 0)
