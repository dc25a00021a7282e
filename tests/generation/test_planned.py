"""Texts written sentence by sentence: the plan, and how the sentences come together."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop_content.generation.prompts import (
    PromptFact,
    PromptInput,
    PromptStyle,
    build_messages,
    decoding_constraint,
    prompt_version,
    sampling_params,
)
from shop_content.generation.prompts.english import IT
from shop_content.generation.prompts.planning import (
    MAX_SENTENCE_FACTS,
    plain_sentence,
    rule_text,
    sentence_inputs,
)
from shop_content.generation.services.planned import (
    NUM_CANDIDATES,
    PlannedRequest,
    PlanningEngine,
    planned,
    sentences_of,
)
from shop_content.generation.services.writing import jobs_prepare
from shop_content.lm.echo import EchoEngine
from shop_content.lm.engine import (
    ErrorCode,
    FinishReason,
    GenerationOutput,
    GenerationRequest,
    PartialText,
)
from tests.factories import make_job, make_product

FACTS = (
    PromptFact("Material", "stoneware"),
    PromptFact("Inside", "glazed, 350 ml"),
    PromptFact("Glaze", "sea green"),
    PromptFact("Dishwasher safe", "yes"),
    PromptFact("Handle", "large, pulled from the body of the mug"),
)


def make_source(**overrides: object) -> PromptInput:
    values: dict[str, object] = {
        "field": "description",
        "title": "Harbour Mug",
        "brand": "Kiln & Co",
        "category": "Kitchen > Mugs",
        "facts": FACTS,
        "keywords": ("coffee mug", "gift"),
        "must_use": ("handmade",),
        "must_not_use": ("cheap",),
        "audience": "",
        "tone": "friendly",
        "language": "en",
        "length": "medium",
    }
    return PromptInput(**{**values, **overrides})  # type: ignore[arg-type]


def make_request(source: PromptInput, request_id: str = "7", **params: int) -> GenerationRequest:
    return GenerationRequest(
        request_id=request_id,
        messages=build_messages(source, PromptStyle.SENTENCES),
        params=replace(
            sampling_params(
                field=source.field, length="medium", seed=3, style=PromptStyle.SENTENCES
            ),
            **params,
        ),
        constraint=decoding_constraint(source),
    )


class Scripted:
    """An engine that says what a table says, one request a step, and notes what it was asked."""

    def __init__(
        self,
        texts: dict[str, list[str]],
        failing: Sequence[str] = (),
        unsure: Sequence[str] = (),
    ) -> None:
        self.texts, self.failing, self.unsure = texts, failing, unsure
        self.asked: list[GenerationRequest] = []
        self.info = EchoEngine().info
        self.capabilities = EchoEngine().capabilities

    def stream(self, take):
        under_way: deque[GenerationRequest] = deque(take(2))
        while under_way:
            request = under_way.popleft()
            self.asked.append(request)
            if request.wants_progress:
                yield PartialText(request.request_id, f"part of {request.request_id}")
            texts = self.texts.get(request.request_id, ["It is so."])
            for candidate in range(request.params.num_candidates):
                yield self.output(request, texts[candidate % len(texts)], candidate)
                if request.request_id in self.failing:
                    break
            under_way.extend(take(2 - len(under_way)))

    def output(self, request: GenerationRequest, text: str, candidate: int) -> GenerationOutput:
        failed = request.request_id in self.failing
        return GenerationOutput(
            request_id=request.request_id,
            text="" if failed else text,
            token_ids=(1, 2),
            logprobs=(-0.5, -1.0) if text in self.unsure else (-0.125, -0.25),
            finish_reason=FinishReason.ERROR if failed else FinishReason.STOP,
            prompt_tokens=10,
            completion_tokens=2,
            queue_seconds=0.0,
            prefill_seconds=0.1,
            decode_seconds=0.2,
            candidate=candidate,
            error_code=ErrorCode.UNAVAILABLE if failed else None,
            error="away" if failed else "",
        )


# --- The plan ---


def test_each_sentence_has_few_facts_and_all_facts_have_a_sentence():
    parts = sentence_inputs(make_source())

    assert [part.part for part in parts] == ["opening", "next", "next"]
    asked = [fact for part in parts for fact in part.facts]
    assert asked == [fact for fact in FACTS if fact.value != "yes"]
    assert [len(part.facts) for part in parts] == [2, 1, 1]
    assert rule_text(make_source()) == "It is dishwasher safe."


def test_yes_and_no_are_asked_of_the_model_where_no_rule_may_say_them():
    german = make_source(language="de")
    banned = make_source(must_not_use=("Dishwasher",))
    only = make_source(facts=(PromptFact("Vegan", "yes"), PromptFact("Lid", "no")))
    for source in (german, banned, only):
        assert rule_text(source) == ""
        asked = [fact for part in sentence_inputs(source) for fact in part.facts]
        assert asked == list(source.facts)


def test_one_fact_and_a_yes_make_a_text():
    source = make_source(facts=(PromptFact("Material", "oak"), PromptFact("Vegan", "yes")))
    assert len(sentence_inputs(source)) == 1


def test_words_to_use_are_shared_out():
    parts = sentence_inputs(make_source(keywords=("a", "b", "c"), must_use=tuple("wxyz")))

    assert [part.keywords for part in parts] == [("w", "a"), ("x",), ("y", "z")]
    assert all(part.must_use == () for part in parts)


@pytest.mark.parametrize(
    "overrides",
    [
        {"field": "title"},
        {"field": "bullets"},
        {"facts": FACTS[:1]},
        {"facts": (FACTS[0], PromptFact("Colour", " "))},
        {"editor_note": "Shorter, please."},
    ],
)
def test_other_texts_are_written_as_a_whole(overrides):
    source = make_source(**overrides)
    request = make_request(source)

    assert sentence_inputs(source) == ()
    assert planned(request, source) is request
    assert sentences_of(request) == ()


def test_short_text_says_fewer_facts():
    facts = tuple(PromptFact(f"Fact {number}", "a long value of six words") for number in range(20))
    sizes = [
        len(sentence_inputs(make_source(facts=facts, length=length)))
        for length in ("short", "medium", "long")
    ]
    assert sizes == [3, 6, 11]


@given(
    st.lists(
        st.tuples(st.text(max_size=30), st.text(max_size=80)).map(lambda pair: PromptFact(*pair)),
        max_size=30,
    )
)
def test_any_facts_are_planned_in_their_order(facts):
    parts = sentence_inputs(make_source(facts=tuple(facts)))
    said = [fact for part in parts for fact in part.facts]
    assert all(1 <= len(part.facts) <= MAX_SENTENCE_FACTS for part in parts)
    assert said == [fact for fact in facts if fact in said][: len(said)]


def test_sentence_knows_its_own_facts_and_numbers_only():
    request = planned(make_request(make_source()), make_source())
    opening, second, _last = sentences_of(request)

    assert "350" in opening.request.messages[1].content
    assert "350" not in second.request.messages[1].content
    assert "opening sentence" in opening.request.messages[1].content
    assert "next sentence" in second.request.messages[1].content
    assert opening.request.constraint.numbers == ("350",)
    assert second.request.constraint.numbers == ()
    assert second.request.params.num_candidates == NUM_CANDIDATES


def test_what_has_one_right_way_is_said_by_rule():
    facts = (
        PromptFact("Material", "stoneware"),
        PromptFact("Height", "9 cm"),
        PromptFact("Capacity", "350", "ml"),
        PromptFact("Colours", "white, sea green, cheap blue"),
        PromptFact("Made in", "Portugal"),
    )
    source = make_source(facts=facts, must_use=())
    asked = [fact.name for part in sentence_inputs(source) for fact in part.facts]

    assert asked == ["Material", "Colours"]  # It would name a word that the merchant forbids.
    assert rule_text(source) == "It is 9 cm high, holds 350 ml and is made in Portugal."


def test_text_begins_with_a_sentence_of_the_models_also_where_every_fact_is_plain():
    facts = (
        PromptFact("Height", "9 cm"),
        PromptFact("Capacity", "350 ml"),
        PromptFact("Lid", "no"),
    )
    (opening,) = sentence_inputs(make_source(facts=facts))

    assert [fact.name for fact in opening.facts] == ["Height", "Capacity"]
    assert rule_text(make_source(facts=facts)) == "It has no lid."


def test_rule_leaves_room_for_the_model():
    facts = tuple(PromptFact(f"Width {chr(97 + number)} height", "9 cm") for number in range(20))
    texts = [rule_text(make_source(facts=facts, length=size)) for size in ("short", "long")]
    assert [len(text.split()) < words for text, words in zip(texts, (30, 100), strict=True)]
    assert len(texts[0]) < len(texts[1])


@pytest.mark.parametrize(
    ("keywords", "opening"),
    [
        (("dog lead", "daily walks"), "dog lead for daily walks"),
        (("dog lead", "living room"), "dog lead for the living room"),
        (("dog lead", "gift for walkers"), "dog lead as a gift for walkers"),
        (("dog lead", "anniversary gift"), "dog lead as an anniversary gift"),
        (("dog lead", "dog gifts"), "dog lead as dog gifts"),
        (("dog lead", "rope lead"), "dog lead"),
        (("dog lead", "6 mm lugs"), "dog lead"),
        (("dog lead", "no pulling"), "dog lead"),
        (("dog lead", "herringbone"), "dog lead"),
        (("dog lead",), "dog lead"),
    ],
)
def test_second_keyword_says_what_the_first_is_for(keywords, opening):
    source = make_source(keywords=keywords, must_use=())
    assert sentence_inputs(source)[0].keywords == (opening,)


def test_another_name_of_the_product_is_the_subject_of_its_size():
    facts = (PromptFact("Material", "steel"), PromptFact("Weight", "90 g"))
    source = make_source(facts=facts, keywords=("dog lead", "rope leads"), must_use=())
    assert rule_text(source) == "The rope leads weigh 90 g."


def test_keyword_has_the_capitals_of_the_name():
    source = make_source(title="Interval GMT 41", keywords=("gmt watch",), must_use=())
    assert sentence_inputs(source)[0].keywords == ("GMT watch",)
    source = make_source(keywords=("egyptian cotton towel",), must_use=())
    assert sentence_inputs(source)[0].keywords == ("Egyptian cotton towel",)


def test_product_of_a_long_title_is_called_by_its_keyword():
    title = "Rubber Floor Set for Cars, Vans and Trucks, Cut to Size"
    facts = (PromptFact("Material", "rubber"), PromptFact("Weight", "4 kg"))
    source = make_source(title=title, facts=facts, keywords=("car mats",), must_use=())
    assert rule_text(source) == "They weigh 4 kg."


def test_german_keywords_are_the_models():
    source = make_source(language="de", keywords=("Hundeleine", "Spaziergang"), must_use=())
    assert sentence_inputs(source)[0].keywords == ("Hundeleine", "Spaziergang")


@pytest.mark.parametrize(
    ("title", "keyword", "facts", "text"),
    [
        (
            "Harbour Mug", "coffee mug", [("Material", "stoneware")],
            "The Harbour by Kiln & Co is a coffee mug in stoneware.",
        ),
        (
            "Harbour Mug", "stoneware mug", [("Material", "stoneware"), ("Glaze", "sea green")],
            "The Harbour by Kiln & Co is a stoneware mug with sea green glaze.",
        ),
        (
            "Harbour Belt", "leather belt", [("Material", "cow leather, oiled")],
            "The Harbour by Kiln & Co is a leather belt. It is made of oiled cow leather.",
        ),
        (
            "Mug No. 5", "mug as a gift", [("Rim", "gold"), ("Glaze", "blue")],
            "The Mug No. 5 by Kiln & Co is a mug with a gold rim and blue glaze, and makes a gift.",
        ),
        (
            "Harbour Mugs", "coffee mugs for two", [("Material", "clay")],
            "The Harbour Mugs by Kiln & Co are coffee mugs in clay for two.",
        ),
        (
            "Floor Mat Set", "car mats for muddy boots", [("Material", "rubber")],
            "The Floor Mat Set by Kiln & Co is a set of car mats in rubber for muddy boots.",
        ),
        (
            "Nimbus Trainer", "white trainers", [("Sole", "rubber")],
            "White trainers with a rubber sole: the Nimbus Trainer by Kiln & Co.",
        ),
        (
            "Mug Care Kit", "mug care", [("Box", "tin")],
            "Mug care with a tin box: the Mug Care Kit by Kiln & Co.",
        ),
        (
            "First Mug", "mug", [("Lid", "oak with a knob"), ("Rim", "gold")],
            "The First Mug by Kiln & Co is a mug with a gold rim. It has an oak lid with a knob.",
        ),
        ("Mug", "", [("Rim", "gold")], ""),
        (
            "A very long name for a mug", "mug", [("Rim", "gold")],
            "Mug by Kiln & Co with a gold rim.",
        ),
        (
            "Harbour Mug", "mug", [("Use", "on the stove")],
            "The Harbour by Kiln & Co is a mug. Use it on the stove.",
        ),
        ("Harbour Mug", "mug", [("Use", "on the stove; in the oven")], ""),
        ("Harbour Mug", "mug", [("Rim", "cheap gold")], ""),
    ],
)  # fmt: skip
def test_opening_has_a_plain_form(title, keyword, facts, text):
    source = make_source(
        title=title,
        keywords=(keyword,) if keyword else (),
        must_use=(),
        facts=tuple(PromptFact(*fact) for fact in facts),
        part="opening",
    )
    assert plain_sentence(source, IT) == text


def test_plain_sentence_has_the_words_that_must_be_used_or_is_none():
    source = make_source(facts=(PromptFact("Glaze", "sea green"),), keywords=("sea",), part="next")
    assert plain_sentence(source, IT) == "It has sea green glaze."
    assert plain_sentence(replace(source, keywords=("handmade",)), IT) == ""


# --- Writing ---


def write(engine: Scripted, *requests: GenerationRequest) -> list[GenerationOutput]:
    return PlanningEngine(engine).generate(requests)


def test_sentences_come_together_in_their_order():
    engine = Scripted({"7/0": ["A mug."], "7/1": ["It is green."], "7/2": ["Wash it."]})

    (output,) = write(engine, planned(make_request(make_source()), make_source()))

    assert (output.request_id, output.text) == (
        "7",
        "A mug. It is green. Wash it. It is dishwasher safe.",
    )
    assert (output.prompt_tokens, output.completion_tokens) == (30, 6)
    assert len(output.token_ids) == len(output.logprobs) == 6
    assert len(engine.asked) == 3


def test_best_candidate_of_each_sentence_is_taken():
    engine = Scripted({"7/0": ["A mug.", "A mug of gold.", "A bowl."], "7/1": ["Green.", "Blue."]})

    def judge(text: str, source: PromptInput) -> tuple[int, ...]:
        return (int("gold" not in text and "Blue" not in text),)

    request = planned(make_request(make_source()), make_source())
    (output,) = PlanningEngine(engine, judge).generate([request])
    assert output.text.startswith("A mug of gold. Blue.")


def test_plain_sentence_is_taken_where_the_model_is_unsure():
    texts = {"7/0": ["A mug."], "7/1": ["Care of it."], "7/2": ["Green is it."]}
    facts = (PromptFact("Material", "clay"), PromptFact("Rim", "gold"), PromptFact("Glaze", "blue"))
    facts += (PromptFact("Foot", "unglazed"), PromptFact("Motif", "a wren"))
    source = make_source(facts=facts, must_use=())
    engine = Scripted(texts, unsure=["A mug.", "Green is it."])
    (output,) = write(engine, planned(make_request(source), source))

    assert output.text == (
        "The Harbour by Kiln & Co is a coffee mug in clay with a gold rim and makes a gift. "
        "Care of it. It has a motif of a wren."
    )
    assert len(output.token_ids) == len(output.logprobs)


@pytest.mark.parametrize(
    ("text", "is_taken"),
    [("The gold rim is a gold rim.", True), ("The gold rim is on a blue rim of gold.", False)],
)
def test_plain_sentence_is_taken_where_the_model_says_two_words_twice(text, is_taken):
    facts = (PromptFact("Rim", "gold"), PromptFact("Glaze", "blue"))
    source = make_source(facts=facts, must_use=())
    (output,) = write(Scripted({"7/0": [text]}), planned(make_request(source), source))
    assert output.text.startswith("The Harbour by") == is_taken


def test_plain_sentence_is_taken_where_the_checks_object():
    source = make_source(
        facts=(PromptFact("Rim", "gold"), PromptFact("Glaze", "blue")), must_use=()
    )
    texts = {"7/0": ["A bad mug."]}

    def judge(text: str, source: PromptInput) -> tuple[int, ...]:
        return (int("bad" in text),)

    request = planned(make_request(source), source)
    (output,) = PlanningEngine(Scripted(texts), judge).generate([request])
    assert output.text == (
        "The Harbour by Kiln & Co is a coffee mug with a gold rim and blue glaze, and makes a gift."
    )


def test_what_the_model_is_at_a_loss_with_shares_a_sentence_with_what_is_said_by_rule():
    facts = (PromptFact("Material", "clay"), PromptFact("Rim", "gold"), PromptFact("Foot", "oak"))
    facts += (PromptFact("Weight", "90 g"), PromptFact("Vegan", "yes"))
    source = make_source(facts=facts, must_use=())
    engine = Scripted({"7/0": ["A mug with a gold rim."], "7/1": ["No."]}, unsure=["No."])
    (output,) = write(engine, planned(make_request(source), source))
    assert output.text == "A mug with a gold rim. It has an oak foot, weighs 90 g and is vegan."


def test_name_alone_is_no_opening_where_the_next_sentence_can_have_it():
    facts = (PromptFact("Lid", "oak with a knob"), PromptFact("Weight", "90 g"))
    source = make_source(facts=facts, must_use=(), keywords=("mug",))
    (output,) = write(
        Scripted({"7/0": ["A."]}, unsure=["A."]), planned(make_request(source), source)
    )
    assert output.text == ("The Harbour by Kiln & Co has an oak lid with a knob and weighs 90 g.")


@pytest.mark.parametrize(
    ("text", "is_taken"),
    [
        ("The mug is a gold rim.", True),  # of one of its parts
        ("A mug of 4 and 4 feet.", True),  # a number twice
        ("The Harbour is a mug with a gold rim.", False),
        ("A mug with 4 feet.", False),
    ],
)
def test_plain_sentence_is_taken_where_an_opening_speaks_of_another_thing(text, is_taken):
    facts = (PromptFact("Rim", "gold"), PromptFact("Feet", "4, oak"))
    source = make_source(facts=facts, must_use=(), keywords=("coffee mug",))
    (output,) = write(Scripted({"7/0": [text]}), planned(make_request(source), source))
    assert output.text.startswith("The Harbour by") == is_taken


def test_another_beginning_is_no_reason_to_take_what_the_model_is_unsure_of():
    texts = {"7/0": ["The mug."], "7/1": ["The glaze is green.", "Green glaze."]}

    def judge(text: str, source: PromptInput) -> tuple[int, ...]:
        return (0,)

    request = planned(make_request(make_source()), make_source())
    (output,) = PlanningEngine(Scripted(texts, unsure=["Green glaze."]), judge).generate([request])
    assert output.text.startswith("The mug. The glaze is green.")


def test_sentence_that_begins_like_the_one_before_makes_way_for_one_as_good():
    texts = {"7/0": ["The mug."], "7/1": ["The glaze is green.", "Green glaze."]}

    def judge(text: str, source: PromptInput) -> tuple[int, ...]:
        return (int("bad" in text),)

    request = planned(make_request(make_source()), make_source())
    (output,) = PlanningEngine(Scripted(texts), judge).generate([request])
    assert output.text.startswith("The mug. Green glaze.")

    texts["7/1"] = ["The glaze is green.", "Green glaze, bad."]
    (output,) = PlanningEngine(Scripted(texts), judge).generate([request])
    assert output.text.startswith("The mug. The glaze is green.")


def test_candidates_of_a_text_take_the_next_best_sentences():
    request = planned(make_request(make_source(), num_candidates=2), make_source())
    engine = Scripted({"7/0": ["One mug.", "Two mugs."]})

    outputs = write(engine, request)

    assert [output.candidate for output in outputs] == [0, 1]
    assert {output.text.split(".")[0] for output in outputs} == {"One mug", "Two mugs"}


def test_planned_and_whole_texts_share_a_batch():
    whole = make_request(make_source(field="title"), "8")
    request = planned(make_request(make_source()), make_source())

    outputs = write(Scripted({"8": ["Harbour Mug"]}), request, whole)

    assert [(output.request_id, bool(output.text)) for output in outputs] == [
        ("7", True),
        ("8", True),
    ]
    assert outputs[1].text == "Harbour Mug"


def test_sentence_that_fails_is_left_out():
    request = planned(make_request(make_source()), make_source())
    (output,) = write(Scripted({"7/0": ["A mug."]}, failing=["7/1"]), request)
    assert output.text == "A mug. It is so. It is dishwasher safe."


def test_text_without_a_sentence_has_the_error():
    request = planned(make_request(make_source()), make_source())
    (output,) = write(Scripted({}, failing=["7/0", "7/1", "7/2"]), request)
    assert (output.request_id, output.error_code, output.text) == ("7", ErrorCode.UNAVAILABLE, "")


def test_text_grows_by_sentences():
    source = make_source()
    request = replace(make_request(source), wants_progress=True)
    engine = Scripted({})
    waiting = [planned(request, source)]

    def take(num_free: int) -> list[GenerationRequest]:
        return [waiting.pop()] if waiting and num_free else []

    events = list(PlanningEngine(engine).stream(take))
    partial = [event.text for event in events if isinstance(event, PartialText)]

    assert partial[0] == "part of 7/0"
    assert partial[-1] == "part of 7/0 part of 7/1 part of 7/2"
    assert all(event.request_id == "7" for event in events)


def test_caller_is_asked_between_all_steps():
    """It renews leases and stores drafts while it is asked."""
    asked: list[int] = []
    source = make_source()
    waiting = [planned(make_request(source), source)]

    def take(num_free: int) -> list[GenerationRequest]:
        asked.append(num_free)
        return [waiting.pop()] if waiting and num_free else []

    list(PlanningEngine(Scripted({})).stream(take))
    assert asked == [2, 0, 1, 2]


def test_same_seed_gives_the_same_text():
    source = make_source()
    texts = {
        PlanningEngine(EchoEngine()).generate([planned(make_request(source), source)])[0].text
        for _attempt in range(2)
    }
    assert len(texts) == 1
    assert texts.pop()


# --- In the worker ---


@pytest.mark.django_db
def test_job_is_planned_where_the_setting_says_so(settings):
    product = make_product(facts=[("Material", "stoneware", ""), ("Capacity", "350", "ml")] * 2)
    job = make_job(product=product, attempts=1)

    settings.SHOP_CONTENT_LM_PROMPT = "fact_sheet"
    (whole,) = jobs_prepare([job])
    settings.SHOP_CONTENT_LM_PROMPT = "sentences"
    (item,) = jobs_prepare([job])

    assert not isinstance(whole.request, PlannedRequest)
    assert len(sentences_of(item.request)) == 1
    assert rule_text(item.request.source) == "It holds 350 ml."
    stored = [message["content"] for message in item.messages if message["role"] == "user"]
    assert len(stored) == 1
    assert "opening sentence" in stored[0]
    assert "sentences-6" in prompt_version(PromptStyle.SENTENCES)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ("starter", "sentences")),
        ({"SHOP_CONTENT_LM_ADAPTERS": ""}, ("", "rewriting")),
        ({"SHOP_CONTENT_LM_MODEL": "/srv/model"}, ("", "rewriting")),
        ({"SHOP_CONTENT_LM_ENGINE": "openai"}, ("", "rewriting")),
        ({"SHOP_CONTENT_LM_PROMPT": "fact_sheet"}, ("starter", "fact_sheet")),
    ],
)
def test_trial_model_writes_with_its_adapter_unless_told_otherwise(environment, expected):
    code = (
        "from shop_content import settings as s;"
        "print(s.SHOP_CONTENT_LM_ADAPTER + ' ' + s.SHOP_CONTENT_LM_PROMPT)"
    )
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("SHOP_CONTENT_LM")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=inherited | {"SHOP_CONTENT_SECRET_KEY": "k" * 60} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert tuple(done.stdout.rstrip("\n").split(" ")) == expected
