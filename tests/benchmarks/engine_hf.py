"""Rows 1 and 2: transformers as its tutorials use it, one by one and by its pipeline.

Both draw like all rows: top_k 0 takes the default limit of 50 tokens off, which costs them nothing.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, pipeline

from shop_content.lm.trial_model import trial_model_folder
from tests.benchmarks.engine_measures import (
    TEMPERATURE,
    TOP_P,
    Measured,
    Ready,
    RowSpec,
    Surroundings,
    peak_mib,
)
from tests.benchmarks.engine_prompts import Prompt
from tests.benchmarks.engine_shapes import num_parameters

BYTES_PER_WEIGHT = 4  # float32
WARM_UP_TOKENS = 8


class _Transformers:
    """The trial model in float32 with its tokenizer."""

    def __init__(self, spec: RowSpec, around: Surroundings) -> None:
        self.spec = spec
        self.around = around
        self.folder = trial_model_folder(Path(around.data_dir) / "models").folder
        torch.set_num_threads(around.threads)
        self.tokenizer: Any = AutoTokenizer.from_pretrained(self.folder, local_files_only=True)
        model: Any = AutoModelForCausalLM.from_pretrained(
            self.folder, dtype=torch.float32, local_files_only=True
        )
        self.model = model.eval()

    @property
    def sampling(self) -> dict[str, Any]:
        """Return the keywords of `generate` that all rows mean."""
        return {
            "do_sample": True,
            "temperature": TEMPERATURE,
            "top_p": TOP_P,
            "top_k": self.spec.top_k,
            "pad_token_id": self.tokenizer.pad_token_id,
        }

    @property
    def weight_bytes(self) -> int:
        """Return what a step reads."""
        return BYTES_PER_WEIGHT * num_parameters(self.folder)

    def num_prompt_tokens(self, prompts: Sequence[Prompt]) -> int:
        """Return how many tokens the prompts have together."""
        return sum(len(self._ids(prompt)) for prompt in prompts)

    def close(self) -> None:
        """Leave it to the end of the process."""

    def _ids(self, prompt: Prompt) -> list[int]:
        text: str = self.tokenizer.apply_chat_template(
            prompt.messages, tokenize=False, add_generation_prompt=True
        )
        ids: list[int] = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids


class OneByOne(_Transformers):
    """`generate`, a prompt at a time: what every other row is compared with."""

    def warm_up(self) -> Ready:
        """Write a few tokens, and read the fixed texts: the reference of the log-probabilities."""
        self._write(self.around.prompts[0], 0, WARM_UP_TOKENS)
        pairs = zip(self.around.prompts, self.around.fixed_texts, strict=False)
        logprobs = [self._score(prompt, text) for prompt, text in pairs]
        return Ready(batch=1, weight_bytes=self.weight_bytes, logprobs=logprobs)

    def measure(self, prompts: Sequence[Prompt], seeds: Sequence[int]) -> Measured:
        """Answer one prompt after the other."""
        began = time.perf_counter()
        new_tokens = sum(
            self._write(prompt, seed, self.spec.max_tokens)
            for prompt, seed in zip(prompts, seeds, strict=True)
        )
        seconds = time.perf_counter() - began
        num = len(prompts)
        return Measured(num, num, new_tokens, self.num_prompt_tokens(prompts), seconds, peak_mib())

    def _write(self, prompt: Prompt, seed: int, max_tokens: int) -> int:
        torch.manual_seed(seed)
        inputs = self.tokenizer.apply_chat_template(
            prompt.messages, add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
        written = self.model.generate(**inputs, max_new_tokens=max_tokens, **self.sampling)
        new = written[0, inputs["input_ids"].shape[1] :]  # (new,)
        self.tokenizer.decode(new, skip_special_tokens=True)
        return int((new != self.tokenizer.eos_token_id).sum())

    @torch.inference_mode()
    def _score(self, prompt: Prompt, text: str) -> list[float]:
        """Return the raw log-probability of each token of a text under its prompt."""
        given = self._ids(prompt)
        ids = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        logits = self.model(torch.tensor([given + ids])).logits[0]  # (prompt + text, vocab)
        # The logits of a place are about the token after it.
        found = logits[len(given) - 1 : -1].log_softmax(dim=-1)  # (text, vocab)
        values: list[float] = found.gather(1, torch.tensor(ids).unsqueeze(1)).squeeze(1).tolist()
        return values


class Pipeline(_Transformers):
    """`pipeline("text-generation")` with a batch size: pads, and waits for the longest text."""

    def __init__(self, spec: RowSpec, around: Surroundings) -> None:
        super().__init__(spec, around)
        self.tokenizer.padding_side = "left"
        self._pipe: Any = pipeline("text-generation", model=self.model, tokenizer=self.tokenizer)

    def warm_up(self) -> Ready:
        """Write a few tokens of one batch."""
        self._write(self.around.prompts[: self.spec.batch], WARM_UP_TOKENS)
        return Ready(batch=self.spec.batch, weight_bytes=self.weight_bytes)

    def measure(self, prompts: Sequence[Prompt], seeds: Sequence[int]) -> Measured:
        """Answer batch after batch; the pipeline knows one seed for all."""
        torch.manual_seed(seeds[0])
        began = time.perf_counter()
        texts = self._write(prompts, self.spec.max_tokens)
        seconds = time.perf_counter() - began
        new_tokens = sum(
            len(self.tokenizer(text, add_special_tokens=False)["input_ids"]) for text in texts
        )
        num = len(prompts)
        return Measured(num, num, new_tokens, self.num_prompt_tokens(prompts), seconds, peak_mib())

    def _write(self, prompts: Sequence[Prompt], max_tokens: int) -> list[str]:
        found = self._pipe(
            [prompt.messages for prompt in prompts],
            batch_size=self.spec.batch,
            max_new_tokens=max_tokens,
            return_full_text=False,
            **self.sampling,
        )
        return [answers[0]["generated_text"] for answers in found]
