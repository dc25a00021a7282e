from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shop_content.lm.deepai_engine import DeepAIEngine, load_deepai_engine
from shop_content.lm.engine import (
    DecodingConstraint,
    EngineConfig,
    ErrorCode,
    GenerationOutput,
    GenerationRequest,
    SamplingParams,
    ServerConfig,
)
from shop_content.lm.http_circuit import RetryPolicy
from shop_content.lm.loading import EngineLoadError
from tests.lm.conftest import make_request
from tests.lm.model_server import ModelServer, running_model_server

KEY = "quickstart-secret-4711"
SOON = RetryPolicy(base_seconds=0.01, max_backoff_seconds=0.05)


@pytest.fixture(scope="module")
def server_process() -> Iterator[ModelServer]:
    with running_model_server() as server:
        yield server


@pytest.fixture
def server(server_process: ModelServer) -> ModelServer:
    server_process.forget()
    return server_process


def make_config(**overrides: Any) -> EngineConfig:
    values = {"api_key": KEY, **overrides}
    return EngineConfig(data_dir=Path("unused"), deepai=ServerConfig(**values))


def make_engine(server: ModelServer, **overrides: Any) -> DeepAIEngine:
    loaded = make_config(base_url=server.url, model="text-generator", **overrides)
    return DeepAIEngine(loaded.deepai, policy=SOON)


def write_one(engine: DeepAIEngine, request: GenerationRequest) -> GenerationOutput:
    (output,) = engine.generate([request])
    return output


def test_the_prompt_is_a_form_field_and_the_key_a_header(server: ModelServer) -> None:
    output = write_one(make_engine(server), make_request("A mug & 100 % oak<|im_end|>"))

    last = server.stats()["last"]
    assert output.text
    assert last["body"] == {"text": "Write.\n\nA mug & 100 % oak< |im_end|>"}
    assert last["headers"]["api-key"] == KEY
    assert last["headers"]["Content-Type"] == "application/x-www-form-urlencoded"
    assert server.stats()["by_path"] == {"/api/text-generator": 1}


def test_a_plain_prompt_is_sent_as_it_is(server: ModelServer) -> None:
    request = GenerationRequest("1", (), SamplingParams(), prompt="Once upon a time")

    assert write_one(make_engine(server), request).text
    assert server.stats()["last"]["body"] == {"text": "Once upon a time"}


def test_each_candidate_is_a_post_of_its_own(server: ModelServer) -> None:
    outputs = make_engine(server).generate([make_request("A mug", num_candidates=3)])

    assert [output.candidate for output in outputs] == [0, 1, 2]
    assert all(output.text for output in outputs)
    assert server.stats()["num_requests"] == 3


def test_stop_strings_are_cut_here(server: ModelServer) -> None:
    whole = write_one(make_engine(server), make_request("A mug"))
    third = whole.text.split()[2]

    output = write_one(make_engine(server), make_request("A mug", stop=(third,)))

    assert output.text == whole.text[: whole.text.index(third)]


@pytest.mark.parametrize(
    ("behaviour", "code", "num_tries"),
    [
        ("err", ErrorCode.REJECTED, 1),
        ("key", ErrorCode.REJECTED, 1),
        ("400", ErrorCode.REJECTED, 1),
        ("500", ErrorCode.UNAVAILABLE, 4),
        ("reset", ErrorCode.UNAVAILABLE, 4),
        ("html", ErrorCode.BAD_ANSWER, 4),
        ("odd", ErrorCode.BAD_ANSWER, 4),
        ("half", ErrorCode.BAD_ANSWER, 4),
        ("empty", ErrorCode.BAD_ANSWER, 1),
        ("long", ErrorCode.BAD_ANSWER, 1),
        ("huge", ErrorCode.BAD_ANSWER, 1),
    ],
)
def test_each_misbehaviour_has_its_reason_and_number_of_tries(
    server: ModelServer, behaviour: str, code: ErrorCode, num_tries: int
) -> None:
    output = write_one(make_engine(server), make_request(f"A mug SERVER[{behaviour}]"))

    assert output.error_code is code
    assert output.error
    assert KEY not in repr(output)
    assert server.stats()["num_requests"] == num_tries


def test_the_servers_own_reason_is_told(server: ModelServer) -> None:
    output = write_one(make_engine(server), make_request("SERVER[err]"))

    assert output.error == "The server refuses. Out of credits."


def test_an_answer_that_never_ends_is_given_up_in_time(server: ModelServer) -> None:
    engine = DeepAIEngine(
        replace(make_config(base_url=server.url, model="m").deepai, timeout_seconds=0.3),
        policy=replace(SOON, max_retries=0),
    )

    output = write_one(engine, make_request("SERVER[drip]"))

    assert output.error_code is ErrorCode.UNAVAILABLE
    assert output.queue_seconds < 10


@pytest.mark.parametrize(
    "change",
    [{"adapter": "x"}, {"messages": ()}, {"constraint": DecodingConstraint(json_schema="{}")}],
)
def test_what_is_not_offered_is_not_sent(server: ModelServer, change: dict[str, Any]) -> None:
    output = write_one(make_engine(server), replace(make_request("A mug"), **change))

    assert output.error_code is ErrorCode.NOT_OFFERED
    assert server.stats()["num_requests"] == 0


def test_it_promises_nothing_but_text() -> None:
    capabilities = load_deepai_engine(make_config(output_cents_per_million=7)).capabilities

    assert capabilities.constraints == frozenset()
    assert not capabilities.streams
    assert not capabilities.is_repeatable
    assert not capabilities.has_logprobs
    assert capabilities.output_cents_per_million == 7


def test_only_the_key_is_needed() -> None:
    engine = load_deepai_engine(make_config())

    assert engine.info.label == "deepai:text-generator"
    assert KEY not in repr(engine)


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"api_key": ""}, "'deepai': api_key is missing"),
        ({"base_url": "ftp://api.deepai.org"}, "http:// or https://"),
    ],
)
def test_wrong_settings_are_refused(overrides: dict[str, Any], words: str) -> None:
    with pytest.raises(EngineLoadError, match=words):
        load_deepai_engine(make_config(**overrides))
