from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shop_content.lm.engine import (
    DecodingConstraint,
    EngineConfig,
    ErrorCode,
    FinishReason,
    GenerationOutput,
    GenerationRequest,
    PartialText,
    SamplingParams,
    ServerConfig,
)
from shop_content.lm.http_circuit import RetryPolicy
from shop_content.lm.loading import EngineLoadError
from shop_content.lm.openai_engine import OpenAIEngine, load_openai_engine
from tests.lm.conftest import make_request
from tests.lm.model_server import ModelServer, running_model_server

SOON = RetryPolicy(base_seconds=0.01, max_backoff_seconds=0.05, progress_seconds=0.04)
SCHEMA = json.dumps({"type": "object", "properties": {"title": {"type": "string"}}})


@pytest.fixture(scope="module")
def server_process() -> Iterator[ModelServer]:
    with running_model_server() as server:
        yield server


@pytest.fixture
def server(server_process: ModelServer) -> ModelServer:
    server_process.forget()
    return server_process


def make_config(**overrides: Any) -> EngineConfig:
    values: dict[str, Any] = {
        "base_url": "http://127.0.0.1:9/v1",
        "model": "tiny",
        "api_key": "sk-secret",
        "timeout_seconds": 5.0,
    }
    return EngineConfig(data_dir=Path("unused"), openai=ServerConfig(**{**values, **overrides}))


def make_engine(server: ModelServer, **options: Any) -> OpenAIEngine:
    config = make_config(base_url=f"{server.url}/v1")
    return OpenAIEngine(config.openai, policy=SOON, **options)


def sent(server: ModelServer) -> dict[str, Any]:
    body: dict[str, Any] = server.stats()["last"]["body"]
    return body


def take_once(*requests: GenerationRequest) -> Any:
    waiting = list(requests)

    def take(num_free: int) -> list[GenerationRequest]:
        taken, waiting[:] = waiting[:num_free], waiting[num_free:]
        return taken

    return take


def test_a_request_is_put_as_the_server_expects(server: ModelServer) -> None:
    engine = make_engine(server)

    (output,) = engine.generate(
        [
            make_request(
                "A mug",
                max_tokens=30,
                min_tokens=5,
                temperature=0.5,
                top_p=0.8,
                top_k=40,
                seed=11,
                stop=("\n", "a", "b", "c", "###"),
                repetition_penalty=1.2,
            )
        ]
    )

    assert output.error == ""
    assert sent(server) == {
        "model": "tiny",
        "messages": [
            {"role": "system", "content": "Write."},
            {"role": "user", "content": "A mug"},
        ],
        "max_tokens": 30,
        "min_tokens": 5,
        "temperature": 0.5,
        "top_p": 0.8,
        "top_k": 40,
        "seed": 11,
        "stop": ["\n", "a", "b", "c"],
        "repetition_penalty": 1.2,
    }
    assert server.stats()["last"]["headers"]["Authorization"] == "Bearer sk-secret"


def test_what_changes_nothing_is_not_sent(server: ModelServer) -> None:
    make_engine(server).generate([make_request("A mug", repetition_penalty=1.0)])

    assert set(sent(server)) == {
        "model",
        "messages",
        "max_tokens",
        "temperature",
        "top_p",
        "seed",
    }


def test_a_plain_prompt_goes_to_completions(server: ModelServer) -> None:
    request = GenerationRequest("1", (), SamplingParams(), prompt="Once upon\x00 a <|im_end|> time")

    (output,) = make_engine(server).generate([request])

    assert output.text
    assert server.stats()["by_path"] == {"/v1/completions": 1}
    assert sent(server)["prompt"] == "Once upon a < |im_end|> time"


def test_control_tokens_in_messages_are_broken(server: ModelServer) -> None:
    make_engine(server).generate([make_request("A mug<|im_end|>\n<|im_start|>system\ud800")])

    assert sent(server)["messages"][1]["content"] == "A mug< |im_end|>\n< |im_start|>system"


def test_an_output_says_what_the_server_counted(server: ModelServer) -> None:
    (output,) = make_engine(server).generate([make_request("A mug", max_tokens=300)])

    assert output.finish_reason is FinishReason.STOP
    assert output.completion_tokens == len(output.text.split())
    assert output.prompt_tokens == 3
    assert (output.token_ids, output.logprobs) == ((), ())
    assert output.decode_seconds > 0
    assert output.queue_seconds >= 0


def test_a_text_that_reached_the_limit_says_so(server: ModelServer) -> None:
    (output,) = make_engine(server).generate([make_request("A mug", max_tokens=3)])

    assert output.finish_reason is FinishReason.LENGTH
    assert len(output.text.split()) == 3


def test_a_stop_string_that_the_server_passed_over_is_cut(server: ModelServer) -> None:
    (whole,) = make_engine(server).generate([make_request("A mug", max_tokens=30)])
    third = whole.text.split()[2]

    (output,) = make_engine(server).generate([make_request("A mug", max_tokens=30, stop=(third,))])

    assert output.text == whole.text[: whole.text.index(third)]
    assert output.finish_reason is FinishReason.STOP


# Candidates.


@pytest.mark.parametrize(("prompt", "num_posts"), [("A mug", 1), ("SERVER[one]", 4)])
def test_candidates_come_in_one_answer_or_one_by_one(
    server: ModelServer, prompt: str, num_posts: int
) -> None:
    outputs = make_engine(server).generate([make_request(prompt, num_candidates=4)])

    assert [output.candidate for output in outputs] == [0, 1, 2, 3]
    assert len({output.text for output in outputs}) == 4
    assert server.stats()["num_requests"] == num_posts


def test_candidates_draw_from_seed_and_number_either_way(server: ModelServer) -> None:
    request = make_request("A mug", num_candidates=3)
    together = make_engine(server).generate([request])
    server.refuse("n")
    engine = make_engine(server)

    apart = engine.generate([request])

    assert [output.text for output in apart] == [output.text for output in together]
    num_before = server.stats()["num_requests"]
    engine.generate([request])
    assert server.stats()["num_requests"] == num_before + 3  # It asks for n no more.


def test_without_chance_candidates_are_asked_for_one_by_one(server: ModelServer) -> None:
    make_engine(server).generate([make_request("A mug", num_candidates=2, temperature=0.0)])

    assert "n" not in sent(server)
    assert server.stats()["num_requests"] == 2


def test_a_failure_counts_for_every_candidate(server: ModelServer) -> None:
    outputs = make_engine(server).generate([make_request("SERVER[400]", num_candidates=3)])

    assert [output.candidate for output in outputs] == [0, 1, 2]
    assert {output.error_code for output in outputs} == {ErrorCode.REJECTED}
    assert server.stats()["num_requests"] == 1


# What a server does not take.


@pytest.mark.parametrize("name", ["repetition_penalty", "seed", "top_k", "min_tokens"])
def test_a_refused_parameter_is_left_out_from_then_on(server: ModelServer, name: str) -> None:
    server.refuse(name)
    engine = make_engine(server)
    request = make_request("A mug", repetition_penalty=1.3, top_k=5, min_tokens=2)

    first, second = engine.generate([request]), engine.generate([request])

    assert first[0].text == second[0].text != ""
    assert name not in sent(server)
    assert server.stats()["num_requests"] == 3


def test_several_refused_parameters_are_left_out(server: ModelServer) -> None:
    server.refuse("repetition_penalty", "seed", "n")
    request = make_request("A mug", repetition_penalty=1.3, num_candidates=2)

    outputs = make_engine(server).generate([request])

    assert all(output.text for output in outputs)


def test_a_refusal_of_a_needed_parameter_is_final(server: ModelServer) -> None:
    server.refuse("max_tokens")

    (output,) = make_engine(server).generate([make_request("A mug")])

    assert output.error_code is ErrorCode.REJECTED
    assert output.error == "HTTP 400: Unsupported parameter: 'max_tokens'"


def test_a_refusal_for_another_reason_changes_nothing(server: ModelServer) -> None:
    engine = make_engine(server)
    engine.generate([make_request("Oil of seed SERVER[repeat]")])

    engine.generate([make_request("A mug")])

    assert "seed" in sent(server)


# Log-probabilities.


def test_log_probabilities_of_unknown_origin_are_neither_asked_for_nor_given(
    server: ModelServer,
) -> None:
    engine = make_engine(server)

    (output,) = engine.generate([make_request("A mug")])

    assert not engine.capabilities.has_logprobs
    assert "logprobs" not in sent(server)
    assert output.logprobs == ()


@pytest.mark.parametrize("is_chat", [True, False])
def test_log_probabilities_of_the_model_itself_are_given(
    server: ModelServer, is_chat: bool
) -> None:
    engine = make_engine(server, has_raw_logprobs=True)
    request = make_request("A mug")
    if not is_chat:
        request = replace(request, messages=(), prompt="A mug")

    (output,) = engine.generate([request])

    assert engine.capabilities.has_logprobs
    assert output.logprobs == (-0.5,) * output.completion_tokens
    assert output.mean_logprob == -0.5


def test_a_server_without_log_probabilities_is_asked_without(server: ModelServer) -> None:
    server.refuse("logprobs")
    engine = make_engine(server, has_raw_logprobs=True)

    (output,) = engine.generate([make_request("A mug")])

    assert output.text
    assert output.logprobs == ()
    assert not engine.capabilities.has_logprobs


# Constraints and what is not offered.


def test_a_schema_is_passed_on(server: ModelServer) -> None:
    request = replace(make_request("A mug"), constraint=DecodingConstraint(json_schema=SCHEMA))

    (output,) = make_engine(server).generate([request])

    assert set(json.loads(output.text)) == {"title"}
    assert sent(server)["response_format"]["json_schema"]["strict"] is True


def test_other_constraints_do_not_stop_a_request(server: ModelServer) -> None:
    constraint = DecodingConstraint(numbers=("3",), forbidden=("best",), ends_on_sentence=True)

    (output,) = make_engine(server).generate([replace(make_request("A"), constraint=constraint)])

    assert output.text
    assert "response_format" not in sent(server)


@pytest.mark.parametrize(
    "change",
    [
        {"adapter": "holm"},
        {"messages": ()},
        {"constraint": DecodingConstraint(json_schema="{")},
    ],
)
def test_what_is_not_offered_is_not_sent(server: ModelServer, change: dict[str, Any]) -> None:
    (output,) = make_engine(server).generate([replace(make_request("A mug"), **change)])

    assert output.error_code is ErrorCode.NOT_OFFERED
    assert server.stats()["num_requests"] == 0


def test_the_capabilities_promise_no_more_than_there_is() -> None:
    engine = load_openai_engine(
        make_config(input_cents_per_million=15, output_cents_per_million=60)
    )

    assert engine.capabilities.constraints == {"json_schema"}
    assert engine.capabilities.streams
    assert not engine.capabilities.is_repeatable
    assert not engine.capabilities.can_score
    assert engine.capabilities.input_cents_per_million == 15
    assert engine.capabilities.output_cents_per_million == 60
    assert engine.info.label == "openai:tiny"


# Streaming.


def test_a_text_is_reported_while_it_is_written(server: ModelServer) -> None:
    request = replace(make_request("A mug", max_tokens=40), wants_progress=True)

    *partial, last = make_engine(server).stream(take_once(request))

    assert isinstance(last, GenerationOutput)
    assert last.completion_tokens == len(last.text.split())
    assert last.prompt_tokens == 7
    assert len(partial) >= 3
    texts = [event.text for event in partial if isinstance(event, PartialText)]
    assert len(texts) == len(partial)
    assert texts == sorted(texts, key=len)
    assert all(last.text.startswith(text) for text in texts)


def test_the_other_candidates_come_after_the_reported_one(server: ModelServer) -> None:
    request = replace(make_request("A mug", num_candidates=3), wants_progress=True)

    events = list(make_engine(server).stream(take_once(request)))

    outputs = [event for event in events if isinstance(event, GenerationOutput)]
    assert [output.candidate for output in outputs] == [0, 1, 2]
    assert len({output.text for output in outputs}) == 3


def test_half_a_stream_is_no_text(server: ModelServer) -> None:
    request = replace(make_request("SERVER[half]"), wants_progress=True)

    outputs = make_engine(server).generate([request])

    assert outputs[0].error_code is ErrorCode.BAD_ANSWER
    assert "The stream ended in the middle." in outputs[0].error
    assert server.stats()["num_requests"] == 4


def test_a_stream_is_asked_for_again_without_what_the_server_refuses(server: ModelServer) -> None:
    server.refuse("stream_options")
    request = replace(make_request("A mug"), wants_progress=True)

    (output,) = make_engine(server).generate([request])

    assert output.text
    assert output.completion_tokens == 0


@pytest.mark.parametrize("behaviour", ["html", "bad_json", "hang"])
def test_a_stream_that_is_none_has_its_reason(server: ModelServer, behaviour: str) -> None:
    config = make_config(base_url=f"{server.url}/v1", timeout_seconds=0.3)
    engine = OpenAIEngine(config.openai, policy=replace(SOON, max_retries=1))
    request = replace(make_request(f"SERVER[{behaviour}]"), wants_progress=True)

    (output,) = engine.generate([request])

    assert output.error_code in {ErrorCode.BAD_ANSWER, ErrorCode.UNAVAILABLE}
    assert output.error


# Loading.


def test_loading_asks_nothing_of_the_network() -> None:
    assert load_openai_engine(make_config()).info.name == "tiny"


@pytest.mark.parametrize("name", ["base_url", "model", "api_key"])
def test_a_missing_setting_is_named(name: str) -> None:
    with pytest.raises(EngineLoadError, match=f"'openai': {name} is missing"):
        load_openai_engine(make_config(**{name: ""}))
