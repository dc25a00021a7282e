"""Row 3: an engine of ours, with candidates and constraints as the row asks."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from shop_content.lm.engine import (
    DecodingConstraint,
    EngineConfig,
    FinishReason,
    GenerationRequest,
    Message,
    SamplingParams,
    ScoreRequest,
    ScoringEngine,
)
from shop_content.lm.loading import load_engine
from shop_content.lm.trial_model import trial_model_folder
from tests.benchmarks.engine_measures import (
    TEMPERATURE,
    TOP_P,
    LeftOutError,
    Measured,
    Ready,
    RowSpec,
    Surroundings,
    peak_mib,
)
from tests.benchmarks.engine_prompts import FORBIDDEN, Prompt
from tests.benchmarks.engine_shapes import num_parameters

BYTES_PER_WEIGHT = {"float32": 4, "bfloat16": 2, "float16": 2}
CONSTRAINTS = frozenset({"numbers", "forbidden", "ends_on_sentence"})
WARM_UP_TOKENS = 8


class OwnEngine:
    """An engine that `load_engine` gives, asked through its interface alone."""

    def __init__(self, spec: RowSpec, around: Surroundings) -> None:
        self.spec = spec
        self.around = around
        config = EngineConfig(
            data_dir=Path(around.data_dir), engine=spec.engine, max_batch_size=spec.batch
        )
        self._engine = load_engine(config)
        missing = CONSTRAINTS - self._engine.capabilities.constraints
        if spec.is_constrained and missing:
            raise LeftOutError(f"{self._engine.info.label} has no constraint {min(missing)}")

    def warm_up(self) -> Ready:
        """Write a few tokens of a full batch, and read the fixed texts."""
        short = dataclasses.replace(self.spec, max_tokens=WARM_UP_TOKENS, min_tokens=0)
        num = max(1, self.spec.batch // self.spec.candidates)
        prompts = [self.around.prompts[n % len(self.around.prompts)] for n in range(num)]
        self._engine.generate([_request(short, prompt, n) for n, prompt in enumerate(prompts)])
        info, can = self._engine.info, self._engine.capabilities
        logprobs_note = "with" if can.has_logprobs else "without"
        return Ready(
            batch=self.spec.batch,
            weight_bytes=self._weight_bytes(info.dtype),
            note=f"{info.engine} {info.dtype}, {logprobs_note} log-probabilities",
            logprobs=self._scores() if can.can_score else None,
        )

    def measure(self, prompts: Sequence[Prompt], seeds: Sequence[int]) -> Measured:
        """Hand all requests over at once; the engine batches them."""
        requests = [
            _request(self.spec, prompt, seed) for prompt, seed in zip(prompts, seeds, strict=True)
        ]
        forget = getattr(self._engine, "forget", None)
        if forget is not None:
            forget()  # The same prompts were read in the repeat before.
        began = time.perf_counter()
        outputs = self._engine.generate(requests)
        seconds = time.perf_counter() - began
        errors = [output for output in outputs if output.finish_reason == FinishReason.ERROR]
        if errors:
            raise RuntimeError(f"{len(errors)} requests failed: {errors[0].error_code}")
        if len(outputs) != len(requests) * self.spec.candidates:
            raise RuntimeError(f"{len(outputs)} texts for {len(requests)} requests")
        return Measured(
            num_drafts=len(requests),
            num_texts=len(outputs),
            new_tokens=sum(output.completion_tokens for output in outputs),
            prompt_tokens=sum(o.prompt_tokens for o in outputs if o.candidate == 0),
            seconds=seconds,
            peak_mib=peak_mib(),
        )

    def close(self) -> None:
        """Leave it to the end of the process."""

    def _weight_bytes(self, dtype: str) -> int:
        """Return what a step reads; 0 for an engine whose weights are elsewhere."""
        if dtype not in BYTES_PER_WEIGHT:
            return 0
        folder = trial_model_folder(Path(self.around.data_dir) / "models").folder
        return BYTES_PER_WEIGHT[dtype] * num_parameters(folder)

    def _scores(self) -> list[list[float]]:
        pairs = zip(self.around.prompts, self.around.fixed_texts, strict=False)
        requests = [ScoreRequest(_messages(prompt), text) for prompt, text in pairs]
        return [list(row) for row in cast("ScoringEngine", self._engine).score(requests)]


def _messages(prompt: Prompt) -> tuple[Message, ...]:
    return (Message("system", prompt.system), Message("user", prompt.user))


def _request(spec: RowSpec, prompt: Prompt, seed: int) -> GenerationRequest:
    # Not the end on a sentence: it makes texts shorter, and drafts would be compared with others.
    constraint = DecodingConstraint(numbers=prompt.numbers, forbidden=FORBIDDEN)
    return GenerationRequest(
        request_id=str(seed),
        messages=_messages(prompt),
        params=SamplingParams(
            max_tokens=spec.max_tokens,
            min_tokens=spec.min_tokens,
            temperature=TEMPERATURE,
            top_p=TOP_P,
            top_k=spec.top_k,
            seed=seed,
            repetition_penalty=1.0,  # No other row has one.
            num_candidates=spec.candidates,
        ),
        constraint=constraint if spec.is_constrained else None,
    )
