"""An engine whose model runs behind an OpenAI-compatible server, such as vLLM or llama.cpp's.

Source: https://platform.openai.com/docs/api-reference/chat and, for what servers add to it,
https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html
"""

from __future__ import annotations

import functools
import json
import re
from typing import Any

from shop_content.lm.engine import (
    Capabilities,
    EngineConfig,
    ErrorCode,
    GenerationRequest,
    ModelInfo,
    PartialText,
    ServerConfig,
)
from shop_content.lm.http_circuit import AnswerError, RetryPolicy
from shop_content.lm.http_client import Body, Post, checked_server
from shop_content.lm.http_engine import Call, HttpEngine, Written, check_offered
from shop_content.lm.http_text import defused
from shop_content.lm.openai_answers import read_choices, read_events

MAX_STOP_STRINGS = 4  # OpenAI takes no more; the others are found in the finished text.
# What some servers do not know. One that names it in a refusal is asked again without.
OPTIONAL_PARAMETERS = (
    "repetition_penalty",
    "stream_options",
    "min_tokens",
    "logprobs",
    "top_k",
    "seed",
    "n",
)


class OpenAIEngine(HttpEngine):
    """Ask a server that speaks OpenAI's chat/completions and completions.

    Of the constraints only `json_schema` is passed on; a request that carries others is written
    all the same, and the checks that follow are what holds.

    Log-probabilities: such servers may report them after temperature and filters, and OpenAI does
    not say which. They are the model's own for certain only where the operator knows the server
    (vLLM with `--logprobs-mode raw_logprobs`, its default). Otherwise they are neither asked for
    nor given out: for 16 candidates they alone would fill the limit of an answer.
    """

    def __init__(
        self,
        server: ServerConfig,
        *,
        policy: RetryPolicy | None = None,
        has_raw_logprobs: bool = False,
    ) -> None:
        """Take checked settings, and whether the server's log-probabilities are the model's own."""
        info = ModelInfo(
            engine="openai",
            name=server.model,
            revision="",
            weights_sha256="",
            dtype="unknown",
            device="server",
        )
        headers = {"Authorization": f"Bearer {server.api_key}"}
        super().__init__(server, info=info, headers=headers, policy=policy)
        self._has_raw_logprobs = has_raw_logprobs
        self._refused: frozenset[str] = frozenset()  # Parameters that this server does not take.

    @property
    def capabilities(self) -> Capabilities:
        """Say what it can do; a seed is passed on, but no server promises the same text again."""
        return Capabilities(
            has_logprobs=self._has_raw_logprobs and "logprobs" not in self._refused,
            constraints=frozenset({"json_schema"}),
            streams=True,
            input_cents_per_million=self._server.input_cents_per_million,
            output_cents_per_million=self._server.output_cents_per_million,
        )

    async def _ask(self, call: Call, candidate: int, num: int) -> tuple[list[Written], float]:
        """Ask, and once more without each parameter that the server refuses by name."""
        request = call.request
        check_offered(request)
        path = "chat/completions" if request.messages else "completions"
        streams = request.wants_progress and candidate == 0
        # Without chance all candidates are alike, and vLLM refuses to write more than one.
        num = num if request.params.temperature > 0 and not streams else 1
        read = functools.partial(self._read_stream, call) if streams else read_choices
        refused = self._refused
        while True:
            body = self._body(request, candidate, num, streams=streams)
            post = Post(
                f"{self._server.base_url}/{path}",
                prompt="\n".join([m.content for m in request.messages] or [request.prompt]),
                deadline=call.deadline,
                json={name: value for name, value in body.items() if name not in refused},
            )
            try:
                answer = await call.client.ask(post, read)
            except AnswerError as error:
                name = _refused_parameter(error, post.json or {})
                if not name:
                    raise
                refused |= {name}
            else:
                # Only now is it sure that the parameter was the reason.
                self._refused |= refused
                return answer

    def _body(
        self, request: GenerationRequest, candidate: int, num: int, *, streams: bool
    ) -> dict[str, Any]:
        params = request.params
        body: dict[str, Any] = {
            "model": self._server.model,
            "max_tokens": params.max_tokens,
            "temperature": params.temperature,
            "top_p": params.top_p,
            "seed": (params.seed + candidate) % 2**63,
        }
        if request.messages:
            turns = [{"role": m.role, "content": defused(m.content)} for m in request.messages]
            body["messages"] = turns
        else:
            body["prompt"] = defused(request.prompt)
        extras: dict[str, tuple[bool, Any]] = {
            "n": (num > 1, num),
            "stop": (bool(params.stop), list(params.stop[:MAX_STOP_STRINGS])),
            "top_k": (params.top_k > 0, params.top_k),
            "min_tokens": (params.min_tokens > 0, params.min_tokens),
            "repetition_penalty": (params.repetition_penalty != 1, params.repetition_penalty),
            # The older interface wants a number of alternatives.
            "logprobs": (self._has_raw_logprobs, True if request.messages else 1),
            "stream": (streams, True),
            "stream_options": (streams, {"include_usage": True}),
        }
        body.update({name: value for name, (is_sent, value) in extras.items() if is_sent})
        if request.constraint is not None and request.constraint.json_schema:
            body["response_format"] = _response_format(request.constraint.json_schema)
        return body

    async def _read_stream(self, call: Call, body: Body) -> list[Written]:
        def report(text: str) -> None:
            call.report(PartialText(call.request.request_id, text))

        return await read_events(body, report, self._policy.progress_seconds)


def load_openai_engine(config: EngineConfig) -> OpenAIEngine:
    """Make an engine from `config.openai`, without asking the server anything.

    Raises:
        EngineLoadError: A setting is missing or wrong.
    """
    return OpenAIEngine(checked_server("openai", config.openai))


def _response_format(schema: str) -> dict[str, Any]:
    try:
        found = json.loads(schema)
    except (ValueError, RecursionError):
        raise AnswerError(ErrorCode.NOT_OFFERED, "The JSON schema is no JSON.") from None
    return {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": found, "strict": True},
    }


def _refused_parameter(error: AnswerError, sent: Any) -> str:
    """Return which optional parameter a refusal names; empty if none."""
    if error.status not in {400, 422}:
        return ""
    said = error.body.decode("utf-8", errors="replace")
    for name in OPTIONAL_PARAMETERS:
        # A lone letter n stands in many a sentence; it counts only in quotes.
        pattern = rf"\b{name}\b" if len(name) > 1 else rf"[\"'`]{name}\\?[\"'`]"
        if name in sent and re.search(pattern, said):
            return name
    return ""
