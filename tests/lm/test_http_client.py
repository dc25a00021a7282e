from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop_content.lm.engine import (
    Capabilities,
    ErrorCode,
    FinishReason,
    GenerationOutput,
    GenerationRequest,
    ServerConfig,
)
from shop_content.lm.http_circuit import AnswerError, CircuitBreaker, RetryPolicy
from shop_content.lm.http_client import (
    checked_server,
    estimated_cost_cents,
    retry_after_seconds,
)
from shop_content.lm.http_text import clean_text, cut_at_stop, defused, safe_excerpt
from shop_content.lm.loading import EngineLoadError
from shop_content.lm.openai_engine import OpenAIEngine
from tests.lm.conftest import make_request
from tests.lm.model_server import ModelServer, running_model_server

KEY = "sk-very-secret-4711"
# As in operation, but soon: a test does not wait for seconds.
SOON = RetryPolicy(base_seconds=0.01, max_backoff_seconds=0.05, open_seconds=0.5)
# The circuit stays out of the way of tests about other things.
PATIENT = replace(SOON, open_after=1_000_000)


@pytest.fixture(scope="module")
def server_process() -> Iterator[ModelServer]:
    with running_model_server() as server:
        yield server


@pytest.fixture
def server(server_process: ModelServer) -> ModelServer:
    server_process.forget()
    return server_process


def make_server(**overrides: Any) -> ServerConfig:
    values: dict[str, Any] = {
        "base_url": "http://127.0.0.1:9/v1",
        "model": "tiny",
        "api_key": KEY,
        "timeout_seconds": 5.0,
    }
    return ServerConfig(**{**values, **overrides})


def make_engine(
    server: ModelServer, policy: RetryPolicy = PATIENT, **overrides: Any
) -> OpenAIEngine:
    return OpenAIEngine(make_server(base_url=f"{server.url}/v1", **overrides), policy=policy)


def write_one(engine: OpenAIEngine, prompt: str) -> GenerationOutput:
    (output,) = engine.generate([make_request(prompt)])
    return output


def request_threads() -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t.name == "model-server-requests"]


class Caller:
    """Hands out requests, and notes how often it was asked for how many."""

    def __init__(self, requests: list[GenerationRequest]) -> None:
        self.waiting = list(requests)
        self.asked_for: list[int] = []

    def take(self, num_free: int) -> list[GenerationRequest]:
        self.asked_for.append(num_free)
        taken, self.waiting = self.waiting[:num_free], self.waiting[num_free:]
        return taken


# What a server does, and what becomes of it.


@pytest.mark.parametrize(
    ("behaviour", "code", "num_tries", "words"),
    [
        ("500", ErrorCode.UNAVAILABLE, 4, "HTTP 500: Status 500. (4 tries)"),
        ("503", ErrorCode.UNAVAILABLE, 4, "HTTP 503"),
        ("408", ErrorCode.UNAVAILABLE, 4, "HTTP 408"),
        ("409", ErrorCode.UNAVAILABLE, 4, "HTTP 409"),
        ("425", ErrorCode.UNAVAILABLE, 4, "HTTP 425"),
        ("reset", ErrorCode.UNAVAILABLE, 4, "failed before an answer"),
        ("400", ErrorCode.REJECTED, 1, "HTTP 400: Status 400."),
        ("401", ErrorCode.REJECTED, 1, "HTTP 401"),
        ("404", ErrorCode.REJECTED, 1, "HTTP 404"),
        ("redirect", ErrorCode.REJECTED, 1, "HTTP 307"),
        ("half", ErrorCode.BAD_ANSWER, 4, "failed in the middle of the answer"),
        ("bad_json", ErrorCode.BAD_ANSWER, 4, "no JSON object"),
        ("list", ErrorCode.BAD_ANSWER, 4, "no JSON object"),
        ("odd", ErrorCode.BAD_ANSWER, 4, "no text"),
        ("html", ErrorCode.BAD_ANSWER, 4, "no JSON object"),
        ("huge", ErrorCode.BAD_ANSWER, 1, "longer than 1,000,000 bytes"),
        ("gzip", ErrorCode.BAD_ANSWER, 1, "packed"),
        ("long", ErrorCode.BAD_ANSWER, 1, "longer than 20,000 characters"),
        ("empty", ErrorCode.BAD_ANSWER, 1, "holds no text"),
        ("filter", ErrorCode.REJECTED, 1, "content filter"),
    ],
)
def test_each_misbehaviour_has_its_reason_and_number_of_tries(
    server: ModelServer, behaviour: str, code: ErrorCode, num_tries: int, words: str
) -> None:
    output = write_one(make_engine(server), f"A mug SERVER[{behaviour}]")

    assert (output.error_code, output.finish_reason) == (code, FinishReason.ERROR)
    assert words in output.error
    assert "\n" not in output.error
    assert output.text == ""
    assert server.stats()["num_requests"] == num_tries


@pytest.mark.parametrize("behaviour", ["500", "reset", "half", "bad_json", "html"])
def test_a_failure_that_passes_ends_with_a_text(server: ModelServer, behaviour: str) -> None:
    output = write_one(make_engine(server), f"A mug SERVER[{behaviour}x2]")

    assert output.error_code is None
    assert output.text
    assert server.stats()["num_requests"] == 3


def test_a_redirect_leads_nowhere(server: ModelServer) -> None:
    write_one(make_engine(server), "A mug SERVER[redirect]")

    assert server.stats()["by_path"] == {"/v1/chat/completions": 1}


def test_control_characters_and_lone_surrogates_are_removed(server: ModelServer) -> None:
    assert write_one(make_engine(server), "SERVER[nul]").text == "A good text.\n\tIt ends."


@pytest.mark.parametrize("behaviour", ["hang", "drip"])
def test_an_answer_that_never_ends_is_given_up_in_time(server: ModelServer, behaviour: str) -> None:
    engine = make_engine(server, replace(PATIENT, max_retries=1), timeout_seconds=0.4)
    began = time.monotonic()

    output = write_one(engine, f"A mug SERVER[{behaviour}]")

    assert output.error_code is ErrorCode.UNAVAILABLE
    assert "No whole answer within 0.4 seconds." in output.error
    assert 0.8 <= time.monotonic() - began < 10
    assert server.stats()["num_requests"] == 2


def test_a_request_with_its_retries_ends_within_three_timeouts(server: ModelServer) -> None:
    engine = make_engine(server, replace(PATIENT, max_retries=50), timeout_seconds=0.3)
    began = time.monotonic()

    output = write_one(engine, "A mug SERVER[hang]")

    assert output.error_code is ErrorCode.UNAVAILABLE
    assert time.monotonic() - began < 10


def test_a_server_that_is_gone_is_unavailable() -> None:
    with running_model_server() as server:
        engine = make_engine(server)
        server.stop()
        output = write_one(engine, "A mug")

    assert output.error_code is ErrorCode.UNAVAILABLE
    assert "ConnectError" in output.error


def test_proxies_of_the_environment_are_not_used(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    assert write_one(make_engine(server), "A mug").error_code is None


# Waiting as the server asks.


@pytest.mark.parametrize(("behaviour", "at_least"), [("429x1", 0.95), ("429-datex1", 0.9)])
def test_retry_after_is_honoured(server: ModelServer, behaviour: str, at_least: float) -> None:
    output = write_one(make_engine(server), f"A mug SERVER[{behaviour}]")

    first, second = server.stats()["times"]
    assert output.error_code is None
    assert at_least <= second - first < 10


def test_a_long_retry_after_is_cut(server: ModelServer) -> None:
    engine = make_engine(server, replace(PATIENT, max_retry_after_seconds=0.2))

    output = write_one(engine, "A mug SERVER[429-longx1]")

    first, second = server.stats()["times"]
    assert output.error_code is None
    assert 0.19 <= second - first < 10


def test_a_wait_past_the_deadline_is_not_begun(server: ModelServer) -> None:
    engine = make_engine(server, timeout_seconds=9.0)
    began = time.monotonic()

    output = write_one(engine, "A mug SERVER[429-long]")

    assert output.error_code is ErrorCode.UNAVAILABLE
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("", 0),
        ("7", 7),
        (" 7 ", 7),
        ("-7", 0),
        ("soon", 0),
        ("9" * 400, 999_999_999),
        ("Mon, 02 Mar 2026 12:00:30 GMT", 30),
        ("Mon, 02 Mar 2026 11:59:00 GMT", 0),
        ("Mon, 02 Mar 2026 12:00:30 -0000", 30),
        ("Mon, 99 Mar 2026 12:00:30 GMT", 0),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str, seconds: float) -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)

    assert retry_after_seconds(header, noon) == seconds


@given(st.text(max_size=40))
@settings(max_examples=50, deadline=None)
def test_no_retry_after_raises(header: str) -> None:
    assert retry_after_seconds(header) >= 0


# The circuit.


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def attempt(breaker: CircuitBreaker, code: ErrorCode | None = None) -> str:
    """Make one attempt; say what it raised."""
    try:
        with breaker.attempt():
            if code is not None:
                raise AnswerError(code, "because")
    except AnswerError as error:
        return str(error)
    return "fine"


def open_breaker(clock: Clock) -> CircuitBreaker:
    breaker = CircuitBreaker(RetryPolicy(), clock)
    for _ in range(5):
        attempt(breaker, ErrorCode.UNAVAILABLE)
    return breaker


def test_the_circuit_opens_after_five_failures_in_a_row() -> None:
    breaker = CircuitBreaker(RetryPolicy(), Clock())
    for _ in range(4):
        attempt(breaker, ErrorCode.UNAVAILABLE)
    assert breaker.num_allowed(8) == 8

    attempt(breaker, ErrorCode.UNAVAILABLE)

    assert breaker.num_allowed(8) == 0
    assert "left alone after 5 failures in a row, the last: because" in attempt(breaker)


@pytest.mark.parametrize("code", [None, ErrorCode.REJECTED, ErrorCode.BAD_ANSWER])
def test_an_answer_between_failures_keeps_the_circuit_closed(code: ErrorCode | None) -> None:
    breaker = CircuitBreaker(RetryPolicy(), Clock())
    for _ in range(4):
        attempt(breaker, ErrorCode.UNAVAILABLE)
        attempt(breaker, code)
        attempt(breaker, ErrorCode.UNAVAILABLE)

    assert breaker.num_allowed(8) == 8


def test_an_open_circuit_lets_one_probe_through_per_period() -> None:
    clock = Clock()
    breaker = open_breaker(clock)
    clock.seconds = 9.9
    assert breaker.num_allowed(8) == 0
    clock.seconds = 10.0
    assert breaker.num_allowed(8) == 1
    assert breaker.num_allowed(8, num_under_way=1) == 0

    assert attempt(breaker, ErrorCode.UNAVAILABLE) == "because"

    assert breaker.num_allowed(8) == 0
    clock.seconds = 20.0
    assert breaker.num_allowed(8) == 1


def test_a_second_attempt_beside_the_probe_is_refused() -> None:
    clock = Clock()
    breaker = open_breaker(clock)
    clock.seconds = 10.0

    with breaker.attempt():
        assert "left alone" in attempt(breaker)

    assert attempt(breaker) == "fine"


def test_a_probe_that_comes_through_closes_the_circuit() -> None:
    clock = Clock()
    breaker = open_breaker(clock)
    clock.seconds = 10.0

    attempt(breaker)

    assert breaker.num_allowed(8) == 8


def test_a_probe_that_is_cancelled_leaves_room_for_another() -> None:
    clock = Clock()
    breaker = open_breaker(clock)
    clock.seconds = 10.0

    with pytest.raises(KeyboardInterrupt), breaker.attempt():
        raise KeyboardInterrupt

    assert breaker.num_allowed(8) == 1


def test_an_engine_takes_nothing_while_its_circuit_is_open_and_probes_once(
    server: ModelServer,
) -> None:
    engine = make_engine(server, replace(SOON, max_retries=0), concurrency=1)
    caller = Caller([make_request(f"{k} SERVER[500]") for k in range(20)])

    outputs = list(engine.stream(caller.take))

    assert len(outputs) == server.stats()["num_requests"] == 5
    assert len(caller.waiting) == 15
    assert caller.asked_for[-1] == 0
    assert not engine.is_available()
    assert list(engine.stream(caller.take)) == []

    time.sleep(SOON.open_seconds)
    assert engine.is_available()
    assert len(list(engine.stream(caller.take))) == 1
    assert list(engine.stream(caller.take)) == []
    assert server.stats()["num_requests"] == 6


def test_the_probe_goes_alone_though_many_wait(server: ModelServer) -> None:
    engine = make_engine(server, replace(SOON, max_retries=0), concurrency=8)
    engine.generate([make_request(f"{k} SERVER[500]") for k in range(5)])
    num_before = server.stats()["num_requests"]
    time.sleep(SOON.open_seconds)
    caller = Caller([make_request(f"{k} SERVER[502]") for k in range(10)])

    assert len(list(engine.stream(caller.take))) == 1
    assert server.stats()["num_requests"] == num_before + 1
    assert len(caller.waiting) == 9


def test_retries_end_at_once_when_the_circuit_opens(server: ModelServer) -> None:
    engine = make_engine(server, SOON)

    outputs = engine.generate([make_request(f"{k} SERVER[500]") for k in range(40)])

    assert len(outputs) == 40
    assert {output.error_code for output in outputs} == {ErrorCode.UNAVAILABLE}
    assert server.stats()["num_requests"] <= 16 + 5


def test_a_success_after_the_period_goes_on_as_before(server: ModelServer) -> None:
    engine = make_engine(server, replace(SOON, max_retries=0))
    engine.generate([make_request(f"{k} SERVER[500]") for k in range(5)])
    assert not engine.is_available()
    time.sleep(SOON.open_seconds)

    outputs = engine.generate([make_request(f"{k}") for k in range(20)])

    assert {output.error_code for output in outputs} == {None}


# Many at once, and the end.


def test_requests_are_under_way_together_up_to_the_limit(server: ModelServer) -> None:
    engine = make_engine(server, concurrency=8)
    began = time.monotonic()

    outputs = engine.generate([make_request(f"{k} SERVER[slow]") for k in range(16)])

    assert all(output.text for output in outputs)
    assert server.stats()["max_under_way"] == 8
    assert time.monotonic() - began >= 0.6


def test_candidates_asked_for_one_by_one_keep_the_limit(server: ModelServer) -> None:
    engine = make_engine(server, concurrency=3)
    server.refuse("n")

    outputs = engine.generate([make_request("SERVER[slow]", num_candidates=8)])

    assert len({output.text for output in outputs}) == 8
    assert server.stats()["max_under_way"] == 3


def test_the_caller_is_asked_all_the_time(server: ModelServer) -> None:
    engine = make_engine(server, replace(PATIENT, max_retries=0), concurrency=2, timeout_seconds=1)
    caller = Caller([make_request(f"{k} SERVER[hang]") for k in range(2)])

    outputs = list(engine.stream(caller.take))

    assert len(outputs) == 2
    assert caller.asked_for[0] == 2
    assert caller.asked_for.count(0) > 4


def test_a_freed_place_is_given_on_while_others_are_under_way(server: ModelServer) -> None:
    engine = make_engine(server, concurrency=2)
    prompts = ["SERVER[slow]", *(f"{k}" for k in range(6))]

    outputs = engine.generate([make_request(prompt) for prompt in prompts])
    finished = list(engine.stream(Caller([make_request(p) for p in prompts]).take))

    assert [output.request_id for output in outputs] == prompts
    assert isinstance(finished[0], GenerationOutput)
    assert finished[-1].request_id == "SERVER[slow]"


def test_closing_the_iterator_cancels_and_leaves_no_thread(server: ModelServer) -> None:
    engine = make_engine(server)
    requests = [make_request("A mug"), *(make_request(f"{k} SERVER[hang]") for k in range(5))]
    stream = engine.stream(Caller(requests).take)
    assert isinstance(next(stream), GenerationOutput)
    assert request_threads()
    began = time.monotonic()

    assert isinstance(stream, Generator)
    stream.close()

    assert time.monotonic() - began < 10
    assert not request_threads()
    wait_until_idle(server)


def test_what_take_raises_ends_the_stream_and_leaves_no_thread(server: ModelServer) -> None:
    engine = make_engine(server)
    caller = Caller([make_request(f"{k} SERVER[hang]") for k in range(5)])

    def take(num_free: int) -> list[GenerationRequest]:
        if len(caller.asked_for) == 3:
            raise InterruptedError("the lease is lost")
        return caller.take(num_free)

    with pytest.raises(InterruptedError, match="the lease is lost"):
        list(engine.stream(take))

    assert not request_threads()
    wait_until_idle(server)
    assert write_one(engine, "A mug").text


def test_a_stream_that_ends_leaves_no_thread(server: ModelServer) -> None:
    write_one(make_engine(server), "A mug")

    assert not request_threads()


def wait_until_idle(server: ModelServer) -> None:
    """Fail unless the server sees all its connections closed soon."""
    until = time.monotonic() + 2
    while server.stats()["under_way"]:
        assert time.monotonic() < until
        time.sleep(0.02)


FAULTS = ("500", "reset", "half", "bad_json", "empty")


@pytest.mark.parametrize(("share", "max_retries"), [(0.2, 1), (0.1, 3)])
def test_every_one_of_two_hundred_requests_ends(
    server: ModelServer, share: float, max_retries: int
) -> None:
    server.set_mix(dict.fromkeys(FAULTS, share), seed=7)
    engine = make_engine(server, replace(PATIENT, max_retries=max_retries))

    outputs = engine.generate([make_request(f"Mug {k}") for k in range(200)])

    assert [output.request_id for output in outputs] == [f"Mug {k}" for k in range(200)]
    assert all(bool(output.text) != bool(output.error) for output in outputs)
    codes = Counter(output.error_code for output in outputs)
    assert set(server.stats()["by_behaviour"]) >= set(FAULTS)
    if share == 0.2:  # Nothing but faults: every request has its reason.
        assert codes[None] == 0
    else:
        assert codes[None] > 120


# Secrets and settings.


@pytest.mark.parametrize("behaviour", ["repeat", "key", "500", "html"])
def test_no_error_holds_the_key_or_the_prompt(server: ModelServer, behaviour: str) -> None:
    engine = make_engine(server)

    output = write_one(engine, f"A stoneware mug of the Holm series SERVER[{behaviour}]")

    assert output.error
    for held in (output.error, repr(output), repr(engine), str(vars(output.error_code))):
        assert KEY not in held
    assert "stoneware" not in output.error.casefold()
    assert "\x07" not in output.error


def test_an_excerpt_is_short_plain_and_without_secrets() -> None:
    def excerpt(body: str) -> str:
        return safe_excerpt(body.encode(), api_key=KEY, prompt="Describe the oak table, please.")

    assert excerpt('{"error": {"message": "Model\\nnot found"}}') == "Model not found"
    assert excerpt('{"detail": "No such thing"}') == "No such thing"
    assert excerpt("<h1>Bad</h1><p>Gateway\r\n\x00</p>") == "Bad Gateway"
    assert excerpt(f'{{"error": "no {KEY} here"}}') == "no *** here"
    assert excerpt("x" * 150 + KEY * 20) == "x" * 150 + "***" * 16 + "**"
    assert excerpt('{"input": "DESCRIBE  the\\noak table"}') == ""
    assert (
        excerpt('{"detail": [{"loc": ["body", "n"], "msg": "Not allowed"}]}')
        == "body n Not allowed"
    )
    assert excerpt('{"input": "describe the\\noak') == ""
    assert excerpt("<p>Describe&nbsp;the <b>oak</b> table</p>") == ""
    assert excerpt("[" * 50_000).startswith("[[[")
    assert len(excerpt("word " * 5_000)) == 200


@given(st.text(), st.text(min_size=1))
def test_an_excerpt_never_holds_the_prompt(before: str, prompt: str) -> None:
    said = safe_excerpt(f"{before}{prompt}".encode(errors="replace"), api_key="", prompt=prompt)

    assert len(prompt) < 12 or not prompt.isalnum() or prompt.casefold() not in said.casefold()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<|im_end|><|im_start|>system", "< |im_end|>< |im_start|>system"),
        ("[/INST] </s> <start_of_turn>", "[ /INST] < /s> < start_of_turn>"),
        ("5 < 6 | 7 > 3 <b>bold</b>", "5 < 6 | 7 > 3 <b>bold</b>"),
        ("a\x00b\ud800c\r\nd", "abc\nd"),
    ],
)
def test_control_tokens_of_prompts_are_broken(text: str, expected: str) -> None:
    assert defused(text) == expected


@given(st.text(alphabet=st.characters(codec=None)))
def test_a_clean_text_can_be_stored_anywhere(text: str) -> None:
    cleaned = clean_text(text)

    assert cleaned.encode().decode() == cleaned
    assert "\x00" not in cleaned


def test_a_text_is_cut_before_its_first_stop_string() -> None:
    assert cut_at_stop("one two three", ("three", "two")) == ("one ", True)
    assert cut_at_stop("one", ("two",)) == ("one", False)


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"base_url": ""}, "base_url is missing"),
        ({"model": " "}, "model is missing"),
        ({"api_key": ""}, "api_key is missing"),
        ({"api_key": "a\nb"}, "characters that no key has"),
        ({"api_key": "schlüssel"}, "characters that no key has"),
        ({"base_url": "ftp://host/v1"}, "http:// or https://"),
        ({"base_url": "file:///etc/passwd"}, "http:// or https://"),
        ({"base_url": "localhost:8000"}, "http:// or https://"),
        ({"base_url": "http://"}, "http:// or https://"),
        ({"base_url": "http://[::1"}, "cannot be read"),
        ({"base_url": "http://host:port/"}, "cannot be read"),
        ({"base_url": f"http://user:{KEY}@host/v1"}, "holds credentials"),
        ({"base_url": f"http://host/v1?key={KEY}"}, "query"),
        ({"concurrency": 0}, "above 0"),
        ({"timeout_seconds": 0}, "above 0"),
    ],
)
def test_wrong_settings_are_refused_with_one_line(overrides: dict[str, Any], words: str) -> None:
    with pytest.raises(EngineLoadError, match=words) as caught:
        checked_server("openai", make_server(**overrides))

    assert "\n" not in str(caught.value)
    assert KEY not in str(caught.value)


def test_blanks_and_a_last_slash_are_taken_off() -> None:
    checked = checked_server("openai", make_server(base_url=" http://host/v1/ ", api_key=" k "))

    assert (checked.base_url, checked.api_key) == ("http://host/v1", "k")


def test_the_cost_follows_the_prices() -> None:
    capabilities = Capabilities(input_cents_per_million=15, output_cents_per_million=60)

    assert estimated_cost_cents(2_000_000, 500_000, capabilities) == 60.0
    assert estimated_cost_cents(0, 0, capabilities) == 0.0
    assert estimated_cost_cents(100, 100, Capabilities()) == 0.0
