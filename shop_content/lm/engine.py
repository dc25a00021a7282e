"""What callers exchange with a language model: requests, sampling parameters, outputs.

Plain data classes and one protocol. Nothing here knows a framework, so that every process may
import it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

# A draft of the longest field takes about 220 tokens; the rest is head room, not an invitation.
MAX_OUTPUT_TOKENS = 400

# Called between decoding steps with the number of steps done since `generate` began.
StepHook = Callable[[int], None]


class FinishReason(StrEnum):
    """Say why a request stopped."""

    STOP = "stop"  # The model ended its text, or wrote a stop string.
    LENGTH = "length"  # The limit of tokens was reached; the text may end within a sentence.
    ERROR = "error"  # Nothing was generated: the prompt does not fit the model.


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: str  # "system", "user" or "assistant"
    content: str  # Plain text; the model's own control tokens in it are defused by the engine.


@dataclass(frozen=True, slots=True)
class SamplingParams:
    """How the next token is drawn.

    Raises:
        ValueError: A value lies outside its range.
    """

    max_tokens: int = 160  # New tokens at most, 1 to MAX_OUTPUT_TOKENS.
    min_tokens: int = 0  # The text may not end before this many new tokens.
    temperature: float = 0.7  # 0 takes the likeliest token each time.
    top_p: float = 0.9  # Draw from the smallest set of tokens that holds this probability.
    top_k: int = 0  # Draw from this many likeliest tokens at most; 0 means no such limit.
    seed: int = 0  # Same request and seed, same text.
    stop: tuple[str, ...] = ()  # The text ends before the first of these strings.
    repetition_penalty: float = 1.1  # Over 1 makes tokens that were already written less likely.

    def __post_init__(self) -> None:
        limits = {
            "max_tokens": 1 <= self.max_tokens <= MAX_OUTPUT_TOKENS,
            "min_tokens": 0 <= self.min_tokens <= self.max_tokens,
            "temperature": 0.0 <= self.temperature <= 2.0,
            "top_p": 0.0 < self.top_p <= 1.0,
            "top_k": self.top_k >= 0,
            "seed": 0 <= self.seed < 2**63,
            "stop": all(self.stop),
            "repetition_penalty": 0.5 <= self.repetition_penalty <= 2.0,
        }
        wrong = [name for name, is_fine in limits.items() if not is_fine]
        if wrong:
            raise ValueError(f"Sampling parameters out of range: {', '.join(wrong)}")


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """One text to write."""

    request_id: str  # The caller's own id, given back with the output.
    messages: tuple[Message, ...]
    params: SamplingParams


@dataclass(frozen=True, slots=True)
class GenerationOutput:
    """One text as the model wrote it, with what is needed to judge and to repeat it."""

    request_id: str
    text: str  # Without the prompt, control tokens and stop strings.
    token_ids: tuple[int, ...]  # New tokens, without the one that ended the text.
    logprobs: tuple[float, ...]  # One per token id: before temperature, penalty and filters.
    finish_reason: FinishReason
    prompt_tokens: int
    completion_tokens: int
    queue_seconds: float  # From the call until its batch began.
    prefill_seconds: float  # Reading the prompts, shared by the batch.
    decode_seconds: float  # Writing, until this text was finished.


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Which model wrote a text: enough to find the same weights again."""

    engine: str
    name: str
    revision: str  # Commit of the hub, version of the package, or empty for a plain folder.
    weights_sha256: str  # Hex digest of the weight file; see loading.weights_digest for several.
    dtype: str
    device: str


class Engine(Protocol):
    """A loaded model. One call at a time: an engine is not thread safe."""

    @property
    def info(self) -> ModelInfo:
        """Say which model this is."""
        ...

    def generate(
        self, requests: Sequence[GenerationRequest], on_step: StepHook | None = None
    ) -> list[GenerationOutput]:
        """Write one text per request, in the order of the requests.

        Args:
            requests: Any number; the engine batches them as its memory allows.
            on_step: Called between decoding steps, so that a caller can renew a lease. What it
                raises ends the call, and nothing is returned.
        """
        ...


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """Which engine to load, and how."""

    data_dir: Path  # Converted weights are kept in its folder "models".
    engine: str = "transformers"  # "transformers" or "echo"
    model: str = ""  # Folder or hub name; empty means the trial model.
    revision: str = ""  # Full commit hash; required for a hub name.
    weights_sha256: str = ""  # Expected digest of the weights; empty means any.
    device: str = "auto"  # "auto", "cpu", "cuda", "cuda:1", ...
    dtype: str = "auto"  # "auto", "float32", "bfloat16" or "float16"
    max_batch_size: int = 8  # Texts that are decoded together.
    threads: int = 0  # CPU threads of the model; 0 leaves the framework's choice.
    echo_delay_seconds: float = 0.0  # The echo engine sleeps this long per request.
