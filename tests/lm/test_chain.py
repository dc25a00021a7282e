from __future__ import annotations

import inspect
import threading
import time
from collections import Counter, deque
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop_content.lm.chain import EngineChain
from shop_content.lm.echo import EchoEngine
from shop_content.lm.engine import (
    Capabilities,
    ErrorCode,
    FinishReason,
    GenerationOutput,
    GenerationRequest,
    ModelInfo,
    PartialText,
    ServerConfig,
    StepHook,
    Take,
    generate_all,
)
from shop_content.lm.http_circuit import RetryPolicy
from shop_content.lm.openai_engine import OpenAIEngine
from tests.lm.conftest import make_request
from tests.lm.model_server import ModelServer, running_model_server

SOON = RetryPolicy(base_seconds=0.01, max_backoff_seconds=0.05, open_seconds=0.5)


@pytest.fixture(scope="module")
def server_process() -> Iterator[ModelServer]:
    with running_model_server() as server:
        yield server


@pytest.fixture
def server(server_process: ModelServer) -> ModelServer:
    server_process.forget()
    return server_process


def make_openai(server: ModelServer, policy: RetryPolicy = SOON, **overrides: Any) -> OpenAIEngine:
    config = ServerConfig(
        base_url=f"{server.url}/v1", model="tiny", api_key="k", timeout_seconds=5.0
    )
    return OpenAIEngine(replace(config, **overrides), policy=policy)


class ScriptedEngine:
    """Writes its name, or fails as the script says for the n-th candidate that it is given."""

    def __init__(
        self,
        name: str,
        script: Sequence[ErrorCode | Exception | None] = (),
        capabilities: Capabilities | None = None,
        batch_size: int = 3,
    ) -> None:
        self.info = ModelInfo("scripted", name, "", "", dtype="none", device="cpu")
        self.capabilities = capabilities or Capabilities()
        self.is_up = True
        self.taken: list[GenerationRequest] = []
        self._script = deque(script)
        self._batch_size = batch_size

    def is_available(self) -> bool:
        return self.is_up

    def stream(self, take: Take) -> Iterator[GenerationOutput | PartialText]:
        under_way: deque[GenerationRequest] = deque()
        while True:
            num_free = self._batch_size - len(under_way) if self.is_up else 0
            taken = take(num_free)
            self.taken += taken
            under_way += taken
            if not under_way:
                return
            request = under_way.popleft()
            yield PartialText(request.request_id, self.info.name[:1])
            for candidate in range(request.params.num_candidates):
                yield self._output(request, candidate)

    def _output(self, request: GenerationRequest, candidate: int) -> GenerationOutput:
        outcome = self._script.popleft() if self._script else None
        if isinstance(outcome, Exception):
            raise outcome
        return GenerationOutput(
            request_id=request.request_id,
            text="" if outcome else self.info.name,
            token_ids=(),
            logprobs=(),
            finish_reason=FinishReason.ERROR if outcome else FinishReason.STOP,
            prompt_tokens=1,
            completion_tokens=1,
            queue_seconds=0.0,
            prefill_seconds=0.0,
            decode_seconds=0.0,
            candidate=candidate,
            error_code=outcome,
            error=f"{self.info.name} failed" if outcome else "",
        )

    def generate(
        self, requests: Sequence[GenerationRequest], on_step: StepHook | None = None
    ) -> list[GenerationOutput]:
        return generate_all(self, requests, on_step)


def make_requests(num: int, **params: Any) -> list[GenerationRequest]:
    return [make_request(f"Mug {k}", **params) for k in range(num)]


def texts(outputs: Sequence[GenerationOutput]) -> list[str]:
    return [output.text for output in outputs]


def test_the_first_engine_writes_what_it_can() -> None:
    first, second = ScriptedEngine("one"), ScriptedEngine("two")

    outputs = EngineChain([first, second]).generate(make_requests(5))

    assert texts(outputs) == ["one"] * 5
    assert [output.request_id for output in outputs] == [f"Mug {k}" for k in range(5)]
    assert {output.engine for output in outputs} == {"scripted:one"}
    assert second.taken == []


@pytest.mark.parametrize(
    "code",
    [
        ErrorCode.UNAVAILABLE,
        ErrorCode.REJECTED,
        ErrorCode.BAD_ANSWER,
        ErrorCode.NOT_OFFERED,
    ],
)
def test_what_the_first_fails_at_the_next_one_writes(code: ErrorCode) -> None:
    chain = EngineChain([ScriptedEngine("one", [None, code]), ScriptedEngine("two")])

    outputs = chain.generate(make_requests(3))

    assert texts(outputs) == ["one", "two", "one"]
    assert outputs[1].engine == "scripted:two"
    assert (outputs[1].error_code, outputs[1].error) == (None, "")


def test_a_prompt_that_is_too_long_is_not_handed_on() -> None:
    second = ScriptedEngine("two")

    (output,) = EngineChain([ScriptedEngine("one", [ErrorCode.PROMPT_TOO_LONG]), second]).generate(
        make_requests(1)
    )

    assert output.error_code is ErrorCode.PROMPT_TOO_LONG
    assert output.engine == "scripted:one"
    assert second.taken == []


def test_when_all_fail_the_last_reason_is_told() -> None:
    chain = EngineChain(
        [
            ScriptedEngine("one", [ErrorCode.UNAVAILABLE]),
            ScriptedEngine("two", [ErrorCode.BAD_ANSWER]),
            ScriptedEngine("three", [ErrorCode.REJECTED]),
        ]
    )

    (output,) = chain.generate(make_requests(1))

    assert output.error_code is ErrorCode.REJECTED
    assert (output.error, output.engine) == ("three failed", "scripted:three")


def test_only_the_candidates_that_failed_are_written_again() -> None:
    first = ScriptedEngine("one", [None, ErrorCode.BAD_ANSWER, None, ErrorCode.BAD_ANSWER])
    second = ScriptedEngine("two", [None, ErrorCode.REJECTED])

    outputs = EngineChain([first, second]).generate(make_requests(1, num_candidates=4, seed=10))

    assert texts(outputs) == ["one", "two", "one", ""]
    assert [output.candidate for output in outputs] == [0, 1, 2, 3]
    assert [request.params.num_candidates for request in second.taken] == [1, 1]
    assert [request.params.seed for request in second.taken] == [11, 13]


def test_a_request_that_failed_as_a_whole_is_handed_on_as_a_whole() -> None:
    second = ScriptedEngine("two")
    chain = EngineChain([ScriptedEngine("one", [ErrorCode.REJECTED] * 3), second])

    outputs = chain.generate(make_requests(1, num_candidates=3))

    assert texts(outputs) == ["two"] * 3
    assert len(second.taken) == 1


def test_an_engine_that_takes_nothing_is_passed_over_at_once() -> None:
    first, second = ScriptedEngine("one"), ScriptedEngine("two")
    first.is_up = False

    assert texts(EngineChain([first, second]).generate(make_requests(5))) == ["two"] * 5
    assert first.taken == []


def test_an_engine_that_can_again_is_asked_first_again() -> None:
    first, second = ScriptedEngine("one"), ScriptedEngine("two")
    first.is_up = False
    waiting = make_requests(9)

    def take(num_free: int) -> list[GenerationRequest]:
        first.is_up = len(waiting) < 7
        taken, waiting[:] = waiting[:num_free], waiting[num_free:]
        return taken

    events = EngineChain([first, second]).stream(take)
    found = [event.text for event in events if isinstance(event, GenerationOutput)]

    assert found == ["two"] * 4 + ["one"] * 5


def test_when_nobody_is_available_the_stream_ends_and_takes_nothing() -> None:
    engines = [ScriptedEngine("one"), ScriptedEngine("two")]
    for engine in engines:
        engine.is_up = False
    chain = EngineChain(engines)

    outputs = chain.generate(make_requests(3))

    assert not chain.is_available()
    assert [output.error_code for output in outputs] == [ErrorCode.UNAVAILABLE] * 3
    assert engines[0].taken == engines[1].taken == []


def test_a_failure_comes_back_when_the_next_engine_takes_nothing() -> None:
    second = ScriptedEngine("two")
    second.is_up = False

    outputs = EngineChain([ScriptedEngine("one", [ErrorCode.REJECTED]), second]).generate(
        make_requests(3)
    )

    assert texts(outputs) == ["", "one", "one"]
    assert outputs[0].error == "one failed"


def test_what_an_engine_raises_moves_its_requests_to_the_next() -> None:
    first = ScriptedEngine("one", [None, RuntimeError("secret detail")])
    chain = EngineChain([first, ScriptedEngine("two")])

    outputs = chain.generate(make_requests(9))

    assert texts(outputs) == ["one"] + ["two"] * 8
    assert len(first.taken) <= 4  # It is not asked again.


def test_candidates_that_came_before_the_error_are_kept() -> None:
    first = ScriptedEngine("one", [None, MemoryError()])

    outputs = EngineChain([first, ScriptedEngine("two")]).generate(
        make_requests(2, num_candidates=2)
    )

    assert texts(outputs) == ["one", "two", "two", "two"]


def test_what_the_last_engine_raises_reaches_the_caller() -> None:
    chain = EngineChain(
        [ScriptedEngine("one", [RuntimeError("a")]), ScriptedEngine("two", [RuntimeError("b")])]
    )

    with pytest.raises(RuntimeError, match="b"):
        chain.generate(make_requests(2))


@pytest.mark.parametrize("num_calls", [1, 2, 5])
def test_what_take_raises_ends_the_chain(num_calls: int) -> None:
    second = ScriptedEngine("two")
    waiting = make_requests(9)
    calls: list[int] = []

    def take(num_free: int) -> list[GenerationRequest]:
        calls.append(num_free)
        if len(calls) == num_calls:
            raise InterruptedError("stop")
        taken, waiting[:] = waiting[:num_free], waiting[num_free:]
        return taken

    chain = EngineChain([ScriptedEngine("one", [ErrorCode.REJECTED] * 9), second])
    with pytest.raises(InterruptedError, match="stop"):
        list(chain.stream(take))

    assert len(calls) == num_calls


def test_failures_do_not_wait_for_an_endless_flow_of_requests() -> None:
    first = ScriptedEngine("one", [ErrorCode.REJECTED])
    numbers = iter(range(10**6))

    def take(num_free: int) -> list[GenerationRequest]:
        return [make_request(f"Mug {next(numbers)}") for _ in range(num_free)]

    stream = EngineChain([first, ScriptedEngine("two")]).stream(take)
    outputs = (event for event in stream if isinstance(event, GenerationOutput))

    assert "two" in [next(outputs).text for _ in range(5)]
    assert "one" in [next(outputs).text for _ in range(5)]


def test_ids_need_not_be_unique() -> None:
    waiting = [make_request("Mug", num_candidates=2)] * 3
    chain = EngineChain([ScriptedEngine("one", [ErrorCode.REJECTED] * 3), ScriptedEngine("two")])

    def take(num_free: int) -> list[GenerationRequest]:
        taken, waiting[:] = waiting[:num_free], waiting[num_free:]
        return taken

    outputs = [event for event in chain.stream(take) if isinstance(event, GenerationOutput)]

    assert Counter((output.request_id, output.candidate) for output in outputs) == {
        ("Mug", 0): 3,
        ("Mug", 1): 3,
    }
    assert Counter(texts(outputs)) == {"two": 3, "one": 3}


def test_partial_texts_keep_the_callers_id() -> None:
    chain = EngineChain([ScriptedEngine("one", [ErrorCode.REJECTED]), ScriptedEngine("two")])
    waiting = make_requests(1)

    def take(num_free: int) -> list[GenerationRequest]:
        taken, waiting[:] = waiting[:num_free], waiting[num_free:]
        return taken

    partial = [event for event in chain.stream(take) if isinstance(event, PartialText)]

    assert partial == [PartialText("Mug 0", "o"), PartialText("Mug 0", "t")]


OUTCOMES = st.sampled_from(
    [None, None, *ErrorCode, ErrorCode.UNAVAILABLE, ErrorCode.REJECTED, RuntimeError("x")]
)


@settings(max_examples=80, deadline=None)
@given(
    scripts=st.lists(st.lists(OUTCOMES, max_size=12), min_size=1, max_size=3),
    sizes=st.lists(st.integers(1, 3), max_size=8),
    is_up=st.lists(st.booleans(), min_size=3, max_size=3),
)
def test_every_candidate_of_every_request_ends_once(
    scripts: list[list[Any]], sizes: list[int], is_up: list[bool]
) -> None:
    scripts[-1] = [o for o in scripts[-1] if not isinstance(o, Exception)]
    engines = [ScriptedEngine(f"e{k}", script) for k, script in enumerate(scripts)]
    for engine, up in zip(engines, is_up, strict=False):
        engine.is_up = up
    requests = [make_request(f"{k}", num_candidates=size) for k, size in enumerate(sizes)]

    outputs = EngineChain(engines).generate(requests)

    expected = [(f"{k}", candidate) for k, size in enumerate(sizes) for candidate in range(size)]
    assert [(output.request_id, output.candidate) for output in outputs] == expected
    assert all(bool(output.text) != bool(output.error) for output in outputs)


# With real members.


def test_a_server_that_fails_is_replaced_by_the_local_engine(server: ModelServer) -> None:
    server.set_mix({"500": 0.2, "bad_json": 0.1, "400": 0.1}, seed=3)
    chain = EngineChain([make_openai(server), EchoEngine()])

    outputs = chain.generate(make_requests(60))

    assert all(output.text for output in outputs)
    engines = Counter(output.engine for output in outputs)
    assert set(engines) == {"openai:tiny", "echo:echo"}
    assert engines["openai:tiny"] > 30


def test_a_server_that_is_gone_is_asked_only_until_its_circuit_opens() -> None:
    with running_model_server() as gone:
        gone.stop()
        openai = make_openai(gone, replace(SOON, open_seconds=60.0))
        began = time.monotonic()
        outputs = EngineChain([openai, EchoEngine()]).generate(make_requests(100))

    assert all(output.text for output in outputs)
    assert {output.engine for output in outputs} == {"echo:echo"}
    assert time.monotonic() - began < 10
    assert not openai.is_available()


def test_two_servers_share_the_work_when_one_is_down(server: ModelServer) -> None:
    with running_model_server() as gone:
        gone.stop()
        chain = EngineChain([make_openai(gone, model="far"), make_openai(server, model="near")])
        outputs = chain.generate(make_requests(30, num_candidates=2))

    assert len(outputs) == 60
    assert {output.engine for output in outputs} == {"openai:near"}


def test_the_caller_is_asked_while_the_second_engine_writes() -> None:
    first = ScriptedEngine("one", [ErrorCode.REJECTED])
    asked_at: list[float] = []
    waiting = make_requests(1)

    def take(num_free: int) -> list[GenerationRequest]:
        asked_at.append(time.monotonic())
        taken, waiting[:] = waiting[:num_free], waiting[num_free:]
        return taken

    list(EngineChain([first, EchoEngine(delay_seconds=1.0)]).stream(take))

    gaps = [after - before for before, after in pairwise(asked_at)]
    assert asked_at[-1] - asked_at[0] >= 1.0
    assert max(gaps) < 0.3


def test_closing_the_chain_closes_the_member_that_runs(server: ModelServer) -> None:
    requests = [make_request("Mug"), make_request("SERVER[hang]")]

    def take(num_free: int) -> list[GenerationRequest]:
        taken, requests[:] = requests[:num_free], requests[num_free:]
        return taken

    stream = EngineChain([make_openai(server), EchoEngine()]).stream(take)
    next(stream)
    names = {thread.name for thread in threading.enumerate()}
    assert "model-server-requests" in names

    assert isinstance(stream, Generator)
    stream.close()

    assert "model-server-requests" not in {thread.name for thread in threading.enumerate()}


def test_a_member_is_closed_even_if_somebody_else_holds_its_stream() -> None:
    member = ScriptedEngine("one")
    held = member.stream(lambda num_free: make_requests(num_free))
    member.stream = lambda _take: held  # type: ignore[method-assign]  # Held by this test.

    stream = EngineChain([member]).stream(lambda _num_free: [])
    assert isinstance(stream, Generator)
    with pytest.raises(KeyError):  # The ids are none of the chain's own.
        next(stream)

    assert isinstance(held, Generator)
    assert inspect.getgeneratorstate(held) == inspect.GEN_CLOSED


# What a chain says of itself.


def test_a_chain_promises_what_all_can_do() -> None:
    able = Capabilities(
        is_repeatable=True,
        has_logprobs=True,
        constraints=frozenset({"json_schema", "numbers"}),
        has_adapters=True,
        can_score=True,
        streams=True,
        input_cents_per_million=3,
        output_cents_per_million=9,
    )
    plain = Capabilities(constraints=frozenset({"json_schema"}), streams=True)
    chain = EngineChain([ScriptedEngine("one", (), able), ScriptedEngine("two", (), plain)])

    assert chain.capabilities == Capabilities(
        constraints=frozenset({"json_schema"}),
        streams=True,
        input_cents_per_million=3,
        output_cents_per_million=9,
    )
    assert not EngineChain([ScriptedEngine("one", (), able)]).capabilities.can_score


def test_a_chain_has_the_names_of_all() -> None:
    chain = EngineChain([ScriptedEngine("one"), EchoEngine()])

    assert chain.info.label == "scripted:one | echo"


def test_a_chain_without_engines_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        EngineChain([])
