"""What callers exchange with a language model: requests, sampling parameters, outputs.

Plain data classes and one protocol. Nothing here knows a framework, so that every process may
import it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

# A draft of the longest field takes about 220 tokens; the rest is head room, not an invitation.
MAX_OUTPUT_TOKENS = 400
MAX_CANDIDATES = 16

# Called between decoding steps with the number of steps done since `generate` began.
StepHook = Callable[[int], None]


class FinishReason(StrEnum):
    """Say why a request stopped."""

    STOP = "stop"  # The model ended its text, or wrote a stop string.
    LENGTH = "length"  # The limit of tokens was reached; the text may end within a sentence.
    ERROR = "error"  # There is no text; `GenerationOutput.error_code` says why.


class ErrorCode(StrEnum):
    """Say why there is no text."""

    PROMPT_TOO_LONG = "prompt_too_long"  # It leaves the model no room to write.
    UNAVAILABLE = "unavailable"  # A model server did not answer in time, or is overloaded.
    REJECTED = "rejected"  # A model server refuses this request; again it would refuse again.
    BAD_ANSWER = "bad_answer"  # A model server answered with something that is no text.
    NOT_OFFERED = "not_offered"  # The request asks for what this engine cannot do.


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
    seed: int = 0  # Same request and seed, same text; candidate k draws from seed and k.
    stop: tuple[str, ...] = ()  # The text ends before the first of these strings.
    repetition_penalty: float = 1.1  # Over 1 makes tokens that were already written less likely.
    num_candidates: int = 1  # Texts for this request; they share the reading of the prompt.

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
            "num_candidates": 1 <= self.num_candidates <= MAX_CANDIDATES,
        }
        wrong = [name for name, is_fine in limits.items() if not is_fine]
        if wrong:
            raise ValueError(f"Sampling parameters out of range: {', '.join(wrong)}")


@dataclass(frozen=True, slots=True)
class DecodingConstraint:
    """What a text may hold, enforced while it is written, not by writing it again."""

    # The only numbers that may be written, spelled like this; None allows all, () none.
    numbers: tuple[str, ...] | None = None
    # Words and phrases that may not be written, whatever their case, as whole words.
    forbidden: tuple[str, ...] = ()
    json_schema: str = ""  # JSON text of a schema: the text is one JSON value that fits it.
    # The text ends with a sentence: near max_tokens at the next full stop; what is left over
    # after the last one is cut.
    ends_on_sentence: bool = False


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """One text to write, or several candidates for it."""

    request_id: str  # The caller's own id, unique within a call; given back with the output.
    messages: tuple[Message, ...]
    params: SamplingParams
    prompt: str = ""  # Plain text to go on from; used when there are no messages.
    constraint: DecodingConstraint | None = None
    adapter: str = ""  # Name of a loaded LoRA adapter; empty means the model as it is.
    wants_progress: bool = False  # Report the text while it is written, about once a second.


@dataclass(frozen=True, slots=True)
class GenerationOutput:
    """One text as the model wrote it, with what is needed to judge and to repeat it."""

    request_id: str
    text: str  # Without the prompt, control tokens and stop strings.
    token_ids: tuple[int, ...]  # New tokens, without the one that ended the text.
    # One per token id, of the model itself: before temperature, penalty, filters and constraints.
    # Empty where the engine cannot know them.
    logprobs: tuple[float, ...]
    finish_reason: FinishReason
    prompt_tokens: int
    completion_tokens: int
    queue_seconds: float  # From the call, or from a full batch, until the prompt was read.
    prefill_seconds: float  # Reading the prompts, shared by those read together.
    decode_seconds: float  # Writing, until this text was finished.
    candidate: int = 0  # Which of the request's candidates, 0 to num_candidates - 1.
    error_code: ErrorCode | None = None
    error: str = ""  # One line for an admin; holds no prompt and no secret.
    engine: str = ""  # Which engine of a chain wrote it, as `ModelInfo.label`; empty: the only one.

    @property
    def mean_logprob(self) -> float | None:
        """Return the mean log-probability of a token; None where the engine cannot know it."""
        return sum(self.logprobs) / len(self.logprobs) if self.logprobs else None


@dataclass(frozen=True, slots=True)
class PartialText:
    """What has been written so far of the first candidate of a request."""

    request_id: str
    text: str


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Which model wrote a text: enough to find the same weights again."""

    engine: str
    name: str
    revision: str  # Commit of the hub, version of the package, or empty for a plain folder.
    weights_sha256: str  # Hex digest of the weight file; see loading.weights_digest for several.
    dtype: str
    device: str  # As torch names it; "server" for a model server.

    @property
    def label(self) -> str:
        """Return engine and model in one word, to tell the members of a chain apart."""
        return f"{self.engine}:{self.name}"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine can promise; what it cannot, the pages do not offer."""

    # Same request and seed, same text, alone and in any batch, but for ties within rounding.
    is_repeatable: bool = False
    has_logprobs: bool = False  # Of the model itself, before every filter.
    # Names of the fields of DecodingConstraint that are enforced.
    constraints: frozenset[str] = frozenset()
    has_adapters: bool = False  # LoRA adapters, chosen by request.
    can_score: bool = False  # See `ScoringEngine`.
    streams: bool = False  # Reports partial texts.
    # Token prices in cents per million, for estimates; 0 where nothing is paid.
    input_cents_per_million: int = 0
    output_cents_per_million: int = 0


ALL_CONSTRAINTS = frozenset({"numbers", "forbidden", "json_schema", "ends_on_sentence"})

# Asked between steps how many more requests should begin; called with the number of free places,
# also with 0. It returns at most so many, and may raise to end everything.
Take = Callable[[int], Sequence[GenerationRequest]]


class Engine(Protocol):
    """A loaded model. One call at a time: an engine is not thread safe."""

    @property
    def info(self) -> ModelInfo:
        """Say which model this is."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """Say what it can do."""
        ...

    def stream(self, take: Take) -> Iterator[GenerationOutput | PartialText]:
        """Write requests as places become free, and yield each text as soon as it is finished.

        The batch is kept full: `take` is asked before the first step and between steps, and a place
        is given on as soon as its text is done. Ends when nothing is being written and `take`
        returns nothing. What `take` raises ends the stream; so does closing the iterator.
        The candidates of one request come in any order; a request that cannot be written gives one
        output with its error.
        """
        ...

    def generate(
        self, requests: Sequence[GenerationRequest], on_step: StepHook | None = None
    ) -> list[GenerationOutput]:
        """Write the texts of all requests, in their order, candidates of one beside each other.

        Args:
            requests: Any number; the engine batches them as its memory allows.
            on_step: Called between decoding steps, so that a caller can renew a lease. What it
                raises ends the call, and nothing is returned.
        """
        ...


@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """A given text under a given prompt, to be judged."""

    messages: tuple[Message, ...]
    text: str
    prompt: str = ""  # Used when there are no messages.
    adapter: str = ""


class ScoringEngine(Engine, Protocol):
    """An engine that can also read a text that somebody else wrote."""

    def score(self, requests: Sequence[ScoreRequest]) -> list[tuple[float, ...]]:
        """Return log P(token | prompt, tokens before) of each token of each text.

        A text without tokens gives an empty tuple.

        Raises:
            ValueError: Prompt and text together do not fit the model.
        """
        ...


def generate_all(
    engine: Engine, requests: Sequence[GenerationRequest], on_step: StepHook | None
) -> list[GenerationOutput]:
    """Run a closed list of requests through `engine.stream`: what `generate` does everywhere.

    Raises:
        ValueError: Two requests have the same id.
    """
    waiting = deque(requests)
    order = {request.request_id: index for index, request in enumerate(requests)}
    if len(order) < len(waiting):
        raise ValueError("Each request needs an id of its own.")
    num_steps = 0

    def take(num_free: int) -> list[GenerationRequest]:
        nonlocal num_steps
        if on_step is not None and num_steps:
            on_step(num_steps)
        num_steps += 1
        return [waiting.popleft() for _ in range(min(num_free, len(waiting)))]

    outputs = [event for event in engine.stream(take) if isinstance(event, GenerationOutput)]
    return sorted(outputs, key=lambda output: (order[output.request_id], output.candidate))


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """Where a model server is; set by the operator only, never by a merchant."""

    base_url: str = ""  # Such as "http://127.0.0.1:8001/v1".
    model: str = ""  # The name that the server knows.
    api_key: str = field(default="", repr=False)
    concurrency: int = 16  # Requests under way at once.
    timeout_seconds: float = 60.0  # For one whole answer.
    input_cents_per_million: int = 0
    output_cents_per_million: int = 0


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """Which engine to load, and how."""

    data_dir: Path  # Converted weights are kept in its folder "models".
    # "auto", "transformers", "openvino", "openai", "deepai" or "echo"; several, separated by
    # commas, are a chain: the next one writes what the one before cannot.
    engine: str = "auto"
    model: str = ""  # Folder or hub name; empty means the trial model.
    revision: str = ""  # Full commit hash; required for a hub name.
    weights_sha256: str = ""  # Expected digest of the weights; empty means any.
    device: str = "auto"  # "auto", "cpu", "cuda", "cuda:1", "mps"
    dtype: str = "auto"  # "auto", "float32", "bfloat16", "float16"
    max_batch_size: int = 16  # Texts that are decoded together.
    threads: int = 0  # CPU threads of the model; 0 leaves the framework's choice.
    adapters: Mapping[str, str] = field(default_factory=dict)  # Name to folder of a LoRA adapter.
    openai: ServerConfig = field(default_factory=ServerConfig)
    deepai: ServerConfig = field(default_factory=ServerConfig)
    echo_delay_seconds: float = 0.0  # The echo engine sleeps this long per request.
