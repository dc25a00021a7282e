"""An engine that asks DeepAI's text generator.

Its form, header and answer are as its public examples show them; parameters such as temperature,
seed or length are not offered by it.
Source: https://deepai.org/machine-learning-model/text-generator
"""

from __future__ import annotations

import functools
import json
from dataclasses import replace

from shop_content.lm.engine import (
    Capabilities,
    EngineConfig,
    ErrorCode,
    ModelInfo,
    ServerConfig,
)
from shop_content.lm.http_circuit import AnswerError, RetryPolicy
from shop_content.lm.http_client import Body, Post, checked_server, read_json
from shop_content.lm.http_engine import Call, HttpEngine, Written, check_offered
from shop_content.lm.http_text import defused, safe_excerpt

DEFAULT_BASE_URL = "https://api.deepai.org"
DEFAULT_MODEL = "text-generator"


class DeepAIEngine(HttpEngine):
    """Ask DeepAI for one text per post; each candidate is a post of its own.

    Every sampling parameter but `stop` is passed over, and so are the constraints, which the
    checks that follow must hold; only a request for JSON is refused, as prose is of no use to it.
    Tokens are not counted: the outputs say 0.
    """

    def __init__(self, server: ServerConfig, *, policy: RetryPolicy | None = None) -> None:
        """Take checked settings."""
        info = ModelInfo(
            engine="deepai",
            name=server.model,
            revision="",
            weights_sha256="",
            dtype="unknown",
            device="server",
        )
        super().__init__(server, info=info, headers={"api-key": server.api_key}, policy=policy)

    @property
    def capabilities(self) -> Capabilities:
        """Say what it can do: write, and no more."""
        return Capabilities(
            input_cents_per_million=self._server.input_cents_per_million,
            output_cents_per_million=self._server.output_cents_per_million,
        )

    async def _ask(self, call: Call, candidate: int, num: int) -> tuple[list[Written], float]:
        """Ask for one text."""
        request = call.request
        check_offered(request)
        if request.constraint is not None and request.constraint.json_schema:
            raise AnswerError(ErrorCode.NOT_OFFERED, "This engine cannot be held to JSON.")
        contents = [message.content for message in request.messages] or [request.prompt]
        post = Post(
            f"{self._server.base_url}/api/text-generator",
            prompt="\n".join(contents),
            deadline=call.deadline,
            form={"text": "\n\n".join(defused(content) for content in contents)},
        )
        read = functools.partial(_read_output, api_key=self._server.api_key, prompt=post.prompt)
        return await call.client.ask(post, read)


def load_deepai_engine(config: EngineConfig) -> DeepAIEngine:
    """Make an engine from `config.deepai`, without asking the server anything.

    Raises:
        EngineLoadError: A setting is missing or wrong.
    """
    server = replace(
        config.deepai,
        base_url=config.deepai.base_url or DEFAULT_BASE_URL,
        model=config.deepai.model or DEFAULT_MODEL,
    )
    return DeepAIEngine(checked_server("deepai", server))


async def _read_output(body: Body, *, api_key: str, prompt: str) -> list[Written]:
    answer = await read_json(body)
    output = answer.get("output")
    if isinstance(output, str):
        return [Written(output)]
    if answer.get("err") or answer.get("status"):
        said = safe_excerpt(json.dumps(answer).encode(), api_key=api_key, prompt=prompt)
        raise AnswerError(ErrorCode.REJECTED, f"The server refuses. {said}".rstrip())
    raise AnswerError(ErrorCode.BAD_ANSWER, "The answer holds no output.", retries=True)
