"""The loop of slots over a real runner: full places, shared beginnings, candidates, constraints."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor

from shop_content.lm.constraints import numbers_in
from shop_content.lm.engine import (
    DecodingConstraint,
    Engine,
    ErrorCode,
    FinishReason,
    GenerationOutput,
    GenerationRequest,
    PartialText,
    SamplingParams,
    ScoreRequest,
)
from shop_content.lm.model_runner import Chunk
from tests.lm.conftest import make_request

TEXTS = ("A mug", "A chair of oak for the kitchen", "Wool", "A lamp, 9 W", "Soap", "A bag")


class Watched:
    """A runner that notes what it is asked to read."""

    def __init__(self, runner: Any) -> None:
        self.runner = runner
        self.calls: list[list[Chunk]] = []
        self.num_copied = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.runner, name)

    def forward(self, chunks: Sequence[Chunk]) -> Tensor:
        self.calls.append(list(chunks))
        return self.runner.forward(chunks)

    def copy(self, source: int, target: int, num_tokens: int) -> None:
        self.num_copied += num_tokens
        self.runner.copy(source, target, num_tokens)

    @property
    def num_read(self) -> int:
        """Return how many prompt tokens were read: all but the steps of one token."""
        return sum(len(c.token_ids) for call in self.calls for c in call if len(c.token_ids) > 1)


@pytest.fixture
def watched(tiny_engine: Any, monkeypatch: pytest.MonkeyPatch) -> Watched:
    runner = Watched(tiny_engine.runner)
    tiny_engine.forget()
    monkeypatch.setattr(tiny_engine, "runner", runner)
    return runner


def test_places_of_finished_texts_are_given_on_at_once(
    tiny_engine: Engine, watched: Watched
) -> None:
    lengths = (2, 12, 12, 12, 12, 12)
    requests = [
        make_request(text, max_tokens=length) for text, length in zip(TEXTS, lengths, strict=True)
    ]

    tiny_engine.generate(requests)

    steps = [len(call) for call in watched.calls if all(len(c.token_ids) == 1 for c in call)]
    # Four places: the short text ends after its second token, and the fifth begins beside three.
    assert max(steps) == 4
    assert steps.count(4) >= 10


def test_a_text_is_given_out_as_soon_as_it_is_finished(tiny_engine: Engine) -> None:
    waiting = [make_request("A mug", max_tokens=12), make_request("Soap", max_tokens=2)]
    events = tiny_engine.stream(lambda num_free: [waiting.pop() for _ in waiting[:num_free]])

    first = next(events)

    assert isinstance(first, GenerationOutput)
    assert first.request_id == "Soap"
    assert [event.request_id for event in events] == ["A mug"]


def test_requests_that_come_later_join_the_running_batch(
    tiny_engine: Engine, watched: Watched
) -> None:
    late = [make_request("Soap", max_tokens=3)]
    asked: list[int] = []

    def take(num_free: int) -> list[GenerationRequest]:
        asked.append(num_free)
        if len(asked) == 1:
            return [make_request("A mug", max_tokens=12)]
        return [late.pop()] if late and len(asked) == 4 else []

    ids = [event.request_id for event in tiny_engine.stream(take)]

    assert ids == ["Soap", "A mug"]
    assert asked[0] == 4
    assert asked[1] == 3


def test_closing_the_stream_frees_all_places(tiny_engine: Engine) -> None:
    waiting = [make_request(text) for text in TEXTS]
    events = tiny_engine.stream(lambda num_free: [waiting.pop() for _ in waiting[:num_free]])
    next(events)

    events.close()  # type: ignore[attr-defined]  # It is a generator.

    assert len(tiny_engine.generate([make_request(text) for text in TEXTS])) == len(TEXTS)


def test_a_beginning_that_prompts_share_is_read_once(tiny_engine: Any, watched: Watched) -> None:
    shared = "The same long beginning of every prompt. "
    requests = [make_request(shared + text, max_tokens=2) for text in ("Mug", "Pot", "Cup")]
    lengths = [len(tiny_engine.layout.prompt_ids(r.messages, "")) for r in requests]

    tiny_engine.generate(requests)

    common = len("Write.\n\n" + shared)
    assert watched.num_read == sum(lengths) - 2 * common
    assert watched.num_copied == 2 * common


def test_a_shared_beginning_changes_no_text(tiny_engine: Any) -> None:
    requests = [make_request("The same beginning, " + text) for text in TEXTS]
    tiny_engine.forget()
    together = tiny_engine.generate(requests)

    alone = []
    for request in requests:
        tiny_engine.forget()
        alone += tiny_engine.generate([request])

    assert [out.token_ids for out in together] == [out.token_ids for out in alone]


def test_what_a_free_place_has_read_is_kept(tiny_engine: Any, watched: Watched) -> None:
    request = make_request("A mug of stoneware", max_tokens=2)
    first = tiny_engine.generate([request])
    num_read = watched.num_read

    again = tiny_engine.generate([request])

    assert watched.num_read == num_read  # The last token alone is read anew.
    assert first[0].token_ids == again[0].token_ids


def test_candidates_share_the_prompt_and_differ(tiny_engine: Any, watched: Watched) -> None:
    request = make_request("A mug of stoneware", num_candidates=4)
    length = len(tiny_engine.layout.prompt_ids(request.messages, ""))

    outputs = tiny_engine.generate([request])

    assert [output.candidate for output in outputs] == [0, 1, 2, 3]
    assert len({output.token_ids for output in outputs}) == 4
    assert watched.num_read == length


def test_the_first_candidate_is_the_text_without_others(tiny_engine: Engine) -> None:
    several = tiny_engine.generate([make_request("A mug", num_candidates=3)])

    assert several[0].token_ids == tiny_engine.generate([make_request("A mug")])[0].token_ids


def test_more_candidates_than_places_are_all_written(tiny_engine: Engine) -> None:
    outputs = tiny_engine.generate(
        [make_request(text, num_candidates=3, max_tokens=3) for text in TEXTS[:3]]
    )

    assert [(out.request_id, out.candidate) for out in outputs] == [
        (text, candidate) for text in TEXTS[:3] for candidate in range(3)
    ]


def test_progress_grows_and_is_reported_where_it_is_wanted(
    tiny_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shop_content.lm.slot_engine.PROGRESS_SECONDS", 0.0)
    waiting = [make_request("A mug", wants_progress=True), make_request("Soap")]

    events = list(tiny_engine.stream(lambda num: [waiting.pop() for _ in waiting[:num]]))

    partial = [event for event in events if isinstance(event, PartialText)]
    assert {event.request_id for event in partial} == {"A mug"}
    assert [len(event.text) for event in partial] == sorted(len(event.text) for event in partial)
    whole = next(e for e in events if isinstance(e, GenerationOutput) and e.request_id == "A mug")
    assert whole.text.startswith(partial[0].text)


def test_a_plain_prompt_is_gone_on_from(tiny_engine: Any) -> None:
    request = GenerationRequest("1", (), SamplingParams(max_tokens=3), prompt="Once upon a time")

    (output,) = tiny_engine.generate([request])

    assert output.prompt_tokens == len("Once upon a time")


def test_an_unknown_adapter_is_refused(tiny_engine: Engine) -> None:
    good, bad = tiny_engine.generate([make_request("A mug"), make_request("Soap", adapter="no")])

    assert good.finish_reason is FinishReason.LENGTH
    assert (bad.finish_reason, bad.error_code) == (FinishReason.ERROR, ErrorCode.NOT_OFFERED)
    assert "adapter" in bad.error


def test_two_requests_of_one_id_are_refused(tiny_engine: Engine) -> None:
    with pytest.raises(ValueError, match="id"):
        tiny_engine.generate([make_request("A mug"), make_request("A mug")])


def test_a_schema_that_is_none_is_refused_alone(tiny_engine: Engine) -> None:
    bad = make_request("A mug", constraint=DecodingConstraint(json_schema='{"type": 3}'))

    refused, written = tiny_engine.generate([bad, make_request("Soap")])

    assert refused.error_code is ErrorCode.NOT_OFFERED
    assert written.text


LOCKED = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@LOCKED
@given(
    seeds=st.lists(st.integers(0, 2**31), min_size=1, max_size=4, unique=True),
    numbers=st.lists(
        st.sampled_from(["8", "290", "0.3", "10,000", "2", "180"]), max_size=4, unique=True
    ),
    temperature=st.sampled_from([0.7, 1.5, 2.0]),
)
def test_no_number_is_written_that_is_not_among_the_facts(
    tiny_engine: Engine, seeds: list[int], numbers: list[str], temperature: float
) -> None:
    requests = [
        make_request(
            f"{' and '.join(numbers)} {seed}",
            seed=seed,
            max_tokens=40,
            temperature=temperature,
            top_p=1.0,
            constraint=DecodingConstraint(numbers=tuple(numbers)),
        )
        for seed in seeds
    ]

    for output in tiny_engine.generate(requests):
        assert set(numbers_in(output.text)) <= set(numbers)


SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "maxLength": 6},
        "tone": {"enum": ["plain", "warm"]},
    },
    "required": ["title", "tone"],
    "additionalProperties": False,
}


@LOCKED
@given(seed=st.integers(0, 2**31))
def test_json_that_is_asked_for_parses_and_fits(tiny_engine: Engine, seed: int) -> None:
    (output,) = tiny_engine.generate(
        [
            make_request(
                "A mug",
                seed=seed,
                max_tokens=60,
                constraint=DecodingConstraint(json_schema=json.dumps(SCHEMA)),
            )
        ]
    )

    value = json.loads(output.text)
    assert output.finish_reason is FinishReason.STOP
    assert len(value["title"]) <= 6
    assert value["tone"] in {"plain", "warm"}


@LOCKED
@given(seed=st.integers(0, 2**31), letter=st.sampled_from("aeiou"))
def test_no_forbidden_phrase_is_written(tiny_engine: Engine, seed: int, letter: str) -> None:
    constraint = DecodingConstraint(forbidden=(letter, "%"))
    (output,) = tiny_engine.generate(
        [make_request(seed=seed, max_tokens=40, constraint=constraint)]
    )

    words = "".join(c if c.isalnum() else " " for c in output.text.casefold()).split()
    assert letter not in words


def test_logprobs_under_constraints_are_still_the_models_own(tiny_engine: Any) -> None:
    request = make_request(
        "A mug",
        max_tokens=20,
        repetition_penalty=1.3,
        constraint=DecodingConstraint(numbers=(), forbidden=("a",)),
    )
    (output,) = tiny_engine.generate([request])
    prompt_ids = tiny_engine.layout.prompt_ids(request.messages, "")

    expected = tiny_engine.runner.text_logprobs(prompt_ids, output.token_ids, "")

    assert list(output.logprobs) == pytest.approx(list(expected), abs=1e-4)
    assert sum(output.logprobs) == pytest.approx(sum(expected), abs=1e-3)


def test_a_text_is_scored_token_by_token(tiny_engine: Any) -> None:
    request = make_request("A mug")
    ids = tiny_engine.layout.prompt_ids(request.messages, "")

    [scores, nothing] = tiny_engine.score(
        [ScoreRequest(request.messages, "of clay"), ScoreRequest(request.messages, "")]
    )

    expected = tiny_engine.runner.text_logprobs(ids, tiny_engine.layout.text_ids("of clay"), "")
    assert list(scores) == list(expected)
    assert all(score < 0 for score in scores)
    assert nothing == ()


def test_a_text_too_long_to_be_scored_is_an_error(tiny_engine: Any) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        tiny_engine.score([ScoreRequest(make_request().messages, "long " * 40)])


def test_scoring_leaves_running_texts_alone(tiny_engine: Any) -> None:
    expected = [out.token_ids for out in tiny_engine.generate([make_request(t) for t in TEXTS[:3]])]
    waiting = [make_request(text) for text in TEXTS[:3]]
    asked = 0

    def take(num_free: int) -> list[GenerationRequest]:
        nonlocal asked
        asked += 1
        if asked == 5:
            tiny_engine.score([ScoreRequest(make_request().messages, "something else")])
        return [waiting.pop(0) for _ in waiting[:num_free]]

    found = {out.request_id: out.token_ids for out in tiny_engine.stream(take)}

    assert [found[text] for text in TEXTS[:3]] == expected


def test_rows_of_a_batch_are_those_of_its_texts_whatever_ended_before(tiny_engine: Any) -> None:
    """Texts end in every order, and slots move from row to row; each text stays itself."""
    lengths = (1, 9, 3, 7, 2, 11)
    requests = [
        make_request(text, max_tokens=length) for text, length in zip(TEXTS, lengths, strict=True)
    ]

    together = {out.request_id: out.token_ids for out in tiny_engine.generate(requests)}

    for request in requests:
        (alone,) = tiny_engine.generate([request])
        assert alone.token_ids == together[request.request_id]


def test_the_cache_grows_with_the_longest_text(tiny_engine: Any) -> None:
    capacity = tiny_engine.runner._capacity

    tiny_engine.generate([make_request("x" * 60, max_tokens=30)])

    assert tiny_engine.runner._capacity >= max(capacity, 90)
    assert tiny_engine.runner._keys[0].dtype == torch.float32
