"""Row 4: llama.cpp on the same GGUF file, as its Python package offers it and at its best.

Runs under any interpreter that has llama_cpp; nothing of the product is imported.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import llama_cpp
import numpy as np

from tests.benchmarks.engine_llama_model import LlamaModel, common_prefix
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
from tests.benchmarks.engine_rows import LLAMA_BATCHES

CONTEXT_TOKENS = 1024
TRIAL_TOKENS = 24
PREFIX_SEQUENCE = 0  # Holds the shared start of all prompts; slot n writes in sequence n + 1.


class LlamaOneByOne:
    """`create_chat_completion`, a prompt at a time: the call that the package's page shows."""

    def __init__(self, spec: RowSpec, around: Surroundings) -> None:
        self.spec = spec
        self.around = around
        self._llama: Any = llama_cpp.Llama(
            around.gguf,
            n_ctx=CONTEXT_TOKENS,
            n_threads=around.threads,
            n_threads_batch=around.threads,
            verbose=False,
        )

    def warm_up(self) -> Ready:
        """Write a few tokens."""
        self._write(self.around.prompts[0], seed=0, max_tokens=TRIAL_TOKENS)
        return Ready(batch=1, weight_bytes=Path(self.around.gguf).stat().st_size)

    def measure(self, prompts: Sequence[Prompt], seeds: Sequence[int]) -> Measured:
        """Answer one prompt after the other."""
        began = time.perf_counter()
        usages = [
            self._write(prompt, seed, self.spec.max_tokens)
            for prompt, seed in zip(prompts, seeds, strict=True)
        ]
        seconds = time.perf_counter() - began
        return Measured(
            num_drafts=len(prompts),
            num_texts=len(prompts),
            new_tokens=sum(usage["completion_tokens"] for usage in usages),
            prompt_tokens=sum(usage["prompt_tokens"] for usage in usages),
            seconds=seconds,
            peak_mib=peak_mib(),
        )

    def close(self) -> None:
        """Leave it to the end of the process."""

    def _write(self, prompt: Prompt, seed: int, max_tokens: int) -> dict[str, int]:
        answer = self._llama.create_chat_completion(
            prompt.messages,
            seed=seed,
            max_tokens=max_tokens,
            temperature=TEMPERATURE,
            top_p=TOP_P,
            top_k=self.spec.top_k,
            min_p=0.0,
            repeat_penalty=1.0,
        )
        usage: dict[str, int] = answer["usage"]
        return usage


@dataclass(slots=True)
class _Slot:
    """One text while it is being written."""

    sequence: int
    sampler: Any  # A chain of its own, as it holds the text's random numbers.
    pending: list[int]  # Tokens that the model has not read yet.
    position: int  # Of the first pending token.
    num_written: int = 0
    output: int = -1  # Place of its logits in the last batch.


class LlamaBatched:
    """Many texts in one `llama_decode`: slots that are filled again as soon as a text is done.

    What the server of llama.cpp does with parallel slots, without HTTP: one unified cache, the
    common start of the prompts read once and shared by every slot, a sampler chain per slot with
    top-k and top-p before the temperature.
    """

    def __init__(self, spec: RowSpec, around: Surroundings) -> None:
        self.spec = spec
        self.around = around
        self._model = LlamaModel(around.gguf)
        ids = [self._model.prompt_ids(prompt) for prompt in around.prompts]
        self._prefix = common_prefix(ids)
        longest = max(len(row) for row in ids) - len(self._prefix)
        self._slot_tokens = longest + max(spec.max_tokens, TRIAL_TOKENS)
        self._context: Any = None
        self._batch: Any = None
        self._num_slots = 0

    def warm_up(self) -> Ready:
        """Try the numbers of slots, keep the fastest, and read the fixed texts."""
        rates = {num: self._trial(num) for num in LLAMA_BATCHES}
        best = max(rates, key=lambda num: rates[num])
        self._open(best)
        tried = ", ".join(f"{num}: {rate:.0f}" for num, rate in rates.items())
        limit = self.spec.top_k or "no limit"
        return Ready(
            batch=best,
            weight_bytes=Path(self.around.gguf).stat().st_size,
            note=f"{best} slots, top_k {limit}; tokens a second by slots in the trial: {tried}",
            logprobs=self._scores(),
        )

    def measure(self, prompts: Sequence[Prompt], seeds: Sequence[int]) -> Measured:
        """Answer all prompts through the slots."""
        began = time.perf_counter()
        new_tokens, prompt_tokens = self._write_all(prompts, seeds, self.spec)
        seconds = time.perf_counter() - began
        num = len(prompts)
        return Measured(num, num, new_tokens, prompt_tokens, seconds, peak_mib())

    def close(self) -> None:
        """Give the memory back."""
        self._open(0)
        self._model.close()

    def _trial(self, num_slots: int) -> float:
        """Return the tokens a second with so many slots, over short texts."""
        self._open(num_slots)
        spec = replace(self.spec, max_tokens=TRIAL_TOKENS)
        seeds = range(num_slots)
        prompts = [self.around.prompts[seed % len(self.around.prompts)] for seed in seeds]
        began = time.perf_counter()
        new_tokens, _prompt_tokens = self._write_all(prompts, seeds, spec)
        return new_tokens / (time.perf_counter() - began)

    def _open(self, num_slots: int) -> None:
        """Make a context with so many slots in place of the last one; 0 makes none."""
        if self._context:
            llama_cpp.llama_batch_free(self._batch)
            llama_cpp.llama_free(self._context)
            self._context = None
        if not num_slots:
            return
        params = llama_cpp.llama_context_default_params()
        room = len(self._prefix) + num_slots * self._slot_tokens
        params.n_ctx = max(CONTEXT_TOKENS, room)
        params.n_batch = params.n_ctx  # The first step reads the prompts of all slots.
        params.n_seq_max = num_slots + 1
        params.n_threads = params.n_threads_batch = self.around.threads
        params.kv_unified = True
        self._context = llama_cpp.llama_init_from_model(self._model.pointer, params)
        if not self._context:
            raise RuntimeError(f"llama.cpp cannot make a context for {num_slots} slots")
        self._batch = llama_cpp.llama_batch_init(params.n_ctx, 0, 1)
        self._num_slots = num_slots

    def _write_all(
        self, prompts: Sequence[Prompt], seeds: Sequence[int], spec: RowSpec
    ) -> tuple[int, int]:
        """Write every text; return the numbers of new and of prompt tokens."""
        self._read_prefix()
        ids = [self._model.prompt_ids(prompt) for prompt in prompts]
        waiting = deque(zip(ids, seeds, strict=True))
        free = list(range(1, self._num_slots + 1))
        slots: list[_Slot] = []
        new_tokens = 0
        while waiting or slots:
            while waiting and free:
                slots.append(self._begin(free.pop(), *waiting.popleft()))
            self._decode(slots)
            new_tokens += self._draw(slots, spec.max_tokens)
            free += [slot.sequence for slot in slots if not slot.pending]
            slots = [slot for slot in slots if slot.pending]
        return new_tokens, sum(map(len, ids))

    def _read_prefix(self) -> None:
        """Empty the cache and read the common start once."""
        memory = llama_cpp.llama_get_memory(self._context)
        llama_cpp.llama_memory_clear(memory, False)
        self._decode([_Slot(PREFIX_SEQUENCE, None, list(self._prefix), 0)])

    def _begin(self, sequence: int, ids: list[int], seed: int) -> _Slot:
        num = len(self._prefix)
        memory = llama_cpp.llama_get_memory(self._context)
        llama_cpp.llama_memory_seq_cp(memory, PREFIX_SEQUENCE, sequence, 0, num)
        return _Slot(sequence, self._sampler(seed), ids[num:], num)

    def _sampler(self, seed: int) -> Any:
        """Return a chain in the order of llama.cpp's own tools: filters before temperature."""
        chain = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())
        if self.spec.top_k:
            add(chain, llama_cpp.llama_sampler_init_top_k(self.spec.top_k))
        add(chain, llama_cpp.llama_sampler_init_top_p(TOP_P, 1))
        add(chain, llama_cpp.llama_sampler_init_temp(TEMPERATURE))
        add(chain, llama_cpp.llama_sampler_init_dist(seed))
        return chain

    def _decode(self, slots: Sequence[_Slot], *, all_logits: bool = False) -> None:
        """Read the pending tokens of all slots in one call; the last of each asks for logits."""
        batch, num = self._batch, 0
        for slot in slots:
            for offset, token in enumerate(slot.pending):
                batch.token[num] = token
                batch.pos[num] = slot.position + offset
                batch.n_seq_id[num] = 1
                batch.seq_id[num][0] = slot.sequence
                batch.logits[num] = all_logits
                num += 1
            batch.logits[num - 1] = True
            slot.output = num - 1
            slot.position += len(slot.pending)
        batch.n_tokens = num
        code = llama_cpp.llama_decode(self._context, batch)
        if code:
            raise RuntimeError(f"llama_decode gave {code}")

    def _draw(self, slots: Sequence[_Slot], max_tokens: int) -> int:
        """Draw a token for every slot, clear those that are done; return how many were drawn."""
        num_drawn = 0
        for slot in slots:
            token = llama_cpp.llama_sampler_sample(slot.sampler, self._context, slot.output)
            is_end = llama_cpp.llama_vocab_is_eog(self._model.vocab, token)
            slot.num_written += not is_end
            num_drawn += not is_end
            slot.pending = [] if is_end or slot.num_written == max_tokens else [token]
            if not slot.pending:
                llama_cpp.llama_sampler_free(slot.sampler)
                memory = llama_cpp.llama_get_memory(self._context)
                llama_cpp.llama_memory_seq_rm(memory, slot.sequence, -1, -1)
        return num_drawn

    def _scores(self) -> list[list[float]]:
        """Return the raw log-probabilities of the fixed texts, one list a text."""
        pairs = zip(self.around.prompts, self.around.fixed_texts, strict=False)
        return [
            self._score(self._model.prompt_ids(prompt), self._model.ids(text))
            for prompt, text in pairs
        ]

    def _score(self, given: list[int], text: list[int]) -> list[float]:
        memory = llama_cpp.llama_get_memory(self._context)
        llama_cpp.llama_memory_clear(memory, False)
        self._decode([_Slot(PREFIX_SEQUENCE, None, given + text, 0)], all_logits=True)
        vocab_size = llama_cpp.llama_vocab_n_tokens(self._model.vocab)
        logprobs = []
        for offset, token in enumerate(text):
            row = llama_cpp.llama_get_logits_ith(self._context, len(given) - 1 + offset)
            logits = np.ctypeslib.as_array(row, shape=(vocab_size,)).astype(np.float64)
            top = logits.max()
            logprobs.append(float(logits[token] - top - np.log(np.exp(logits - top).sum())))
        return logprobs


def add(chain: Any, sampler: Any) -> None:
    """Put a sampler at the end of a chain, which owns it from then on."""
    llama_cpp.llama_sampler_chain_add(chain, sampler)
