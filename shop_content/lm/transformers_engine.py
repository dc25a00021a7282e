"""Batched generation with any Hugging Face causal language model.

One left-padded batch, the model's own forward with its key-value cache, a cheap sampler, finished
rows drop out. Speed comes from batching, a fitting dtype and the sampler.

Sameness: a request draws the random numbers of its seed, whatever else is in the batch. In float32
the logits of a row hardly depend on its neighbours, so the text is the same but for rare near ties;
in bfloat16 they do, and a text can change with its neighbours. In the same batch again, a request
gives the same text in both, on the same hardware and number of threads.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache

from shop_content.lm.engine import (
    FinishReason,
    GenerationOutput,
    GenerationRequest,
    Message,
    ModelInfo,
    StepHook,
)
from shop_content.lm.sampling import RowSampling, draw_tokens, penalise_repetition

# A stop string is looked for in the last tokens only; none of ours is longer than this.
STOP_WINDOW_TOKENS = 24


@dataclass(slots=True)
class _Row:
    """One request while it is being written."""

    index: int  # Place in the caller's list.
    request: GenerationRequest
    prompt_ids: list[int]
    max_new: int  # The request's limit, or what is left of the model's context.
    token_ids: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    finish_reason: FinishReason | None = None
    decode_seconds: float = 0.0


class TransformersEngine:
    """Generate with a loaded model and its tokenizer."""

    def __init__(
        self, *, model: Any, tokenizer: Any, info: ModelInfo, max_batch_size: int = 8
    ) -> None:
        """Take a model in evaluation mode, on its device, and the tokenizer that belongs to it."""
        self.info = info
        self._model = model
        self._tokenizer = tokenizer
        self._device: torch.device = model.device
        self._max_batch_size = max(1, max_batch_size)
        self._max_model_len = int(getattr(model.config, "max_position_embeddings", 1024))
        self._end_ids = _end_token_ids(model, tokenizer)
        self._special_tokens: list[str] = sorted(tokenizer.all_special_tokens, key=len)

    def generate(
        self, requests: Sequence[GenerationRequest], on_step: StepHook | None = None
    ) -> list[GenerationOutput]:
        """Write one text per request, in the order of the requests. See `Engine.generate`."""
        called = time.perf_counter()
        outputs: dict[int, GenerationOutput] = {}
        rows: list[_Row] = []
        for index, request in enumerate(requests):
            row = self._make_row(index, request)
            if row.max_new > 0:
                rows.append(row)
            else:
                row.finish_reason = FinishReason.ERROR
                outputs[index] = self._output(row, queue_seconds=0.0, prefill_seconds=0.0)
        num_steps = 0
        for start in range(0, len(rows), self._max_batch_size):
            batch = rows[start : start + self._max_batch_size]
            queue_seconds = time.perf_counter() - called
            prefill_seconds, num_steps = self._decode(batch, on_step, num_steps)
            for row in batch:
                outputs[row.index] = self._output(row, queue_seconds, prefill_seconds)
        return [outputs[index] for index in range(len(requests))]

    def prompt_text(self, messages: Sequence[Message]) -> str:
        """Lay out messages as the model was trained to read them.

        A model without a chat template (GPT-2) gets the contents one after the other and goes on
        from there.
        """
        turns = [{"role": m.role, "content": self._defuse(m.content)} for m in messages]
        if self._tokenizer.chat_template:
            text: str = self._tokenizer.apply_chat_template(
                turns, tokenize=False, add_generation_prompt=True
            )
            return text
        return "\n\n".join(turn["content"] for turn in turns) + "\n\n"

    def _defuse(self, content: str) -> str:
        """Break the model's control tokens in text of users, so that it cannot open a new turn."""
        for token in self._special_tokens:
            content = content.replace(token, f"{token[:1]} {token[1:]}")
        return content

    def _make_row(self, index: int, request: GenerationRequest) -> _Row:
        text = self.prompt_text(request.messages)
        prompt_ids: list[int] = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        room = self._max_model_len - len(prompt_ids) if prompt_ids else 0
        return _Row(index, request, prompt_ids, max_new=min(request.params.max_tokens, room))

    @torch.inference_mode()
    def _decode(
        self, batch: list[_Row], on_step: StepHook | None, num_steps: int
    ) -> tuple[float, int]:
        """Write the rows of one batch to their ends.

        1. Read all prompts in one forward pass (prefill).
        2. Draw a token per row, from the logits of its last place.
        3. Drop the rows that are finished from batch, cache and mask.
        4. Feed the drawn tokens, and go on with 2.

        Returns:
            Seconds of step 1, and the number of steps since `generate` began.
        """
        began = time.perf_counter()
        input_ids, mask = self._pad_left(batch)  # (batch, prompt) each
        positions = (mask.cumsum(dim=1) - 1).clamp(min=0)  # (batch, prompt)
        cache = DynamicCache(config=self._model.config)
        logits = self._forward(input_ids, mask, positions, cache)  # (batch, vocab)
        prefill_seconds = time.perf_counter() - began

        sampling = RowSampling.from_params(
            [row.request.params for row in batch], logits.shape[1], self._device
        )
        written = torch.empty((len(batch), 0), dtype=torch.int64, device=self._device)
        positions = positions[:, -1:]  # (batch, 1)
        active = batch
        step = 0
        while True:
            tokens = self._draw(active, logits, written, sampling, step)  # (batch,)
            step += 1
            if on_step is not None:
                on_step(num_steps + step)
            elapsed = time.perf_counter() - began - prefill_seconds
            kept = [i for i, row in enumerate(active) if not self._is_finished(row, elapsed)]
            if not kept:
                return prefill_seconds, num_steps + step
            if len(kept) < len(active):
                rows = torch.tensor(kept, device=self._device)
                active = [active[i] for i in kept]
                cache.batch_select_indices(rows)
                sampling = sampling.select(rows)
                tokens, written = tokens[rows], written[rows]
                mask, positions = mask[rows], positions[rows]
            written = torch.cat([written, tokens.unsqueeze(1)], dim=1)  # (batch, step)
            mask = torch.cat([mask, mask.new_ones((len(active), 1))], dim=1)  # (batch, prompt+step)
            positions = positions + 1
            logits = self._forward(tokens.unsqueeze(1), mask, positions, cache)

    def _pad_left(self, batch: list[_Row]) -> tuple[Tensor, Tensor]:
        """Return token ids and attention mask, (batch, longest prompt) int64 each.

        The padding stands on the left, so that the last column is the last token of every row.
        """
        width = max(len(row.prompt_ids) for row in batch)
        ids = torch.zeros((len(batch), width), dtype=torch.int64)
        mask = torch.zeros_like(ids)
        for i, row in enumerate(batch):
            ids[i, width - len(row.prompt_ids) :] = torch.tensor(row.prompt_ids)
            mask[i, width - len(row.prompt_ids) :] = 1
        return ids.to(self._device), mask.to(self._device)

    def _forward(self, ids: Tensor, mask: Tensor, positions: Tensor, cache: Any) -> Tensor:
        """Run the model on new tokens and return the logits of the last place, (batch, vocab)."""
        result = self._model(
            input_ids=ids,  # (batch, new)
            attention_mask=mask,  # (batch, cached + new)
            position_ids=positions,  # (batch, new)
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,  # Logits of a whole prompt would be 49,152 floats a token.
        )
        logits: Tensor = result.logits[:, -1, :].float()  # (batch, 1, vocab) -> (batch, vocab)
        return logits

    def _draw(
        self, active: list[_Row], logits: Tensor, written: Tensor, sampling: RowSampling, step: int
    ) -> Tensor:
        """Draw a token per row, append it with its raw log-probability; return (batch,) ids."""
        scores = penalise_repetition(logits, written, sampling.penalty)  # (batch, vocab)
        too_early = [i for i, row in enumerate(active) if step < row.request.params.min_tokens]
        if too_early and self._end_ids:
            scores = scores.clone()
            blocked = torch.tensor(sorted(self._end_ids), device=self._device)
            scores[torch.tensor(too_early, device=self._device).unsqueeze(1), blocked] = -1e9
        tokens = draw_tokens(scores, sampling, step)  # (batch,)
        raw = logits.gather(1, tokens.unsqueeze(1)).squeeze(1) - torch.logsumexp(logits, dim=1)
        for row, token, logprob in zip(active, tokens.tolist(), raw.tolist(), strict=True):
            row.token_ids.append(token)
            row.logprobs.append(logprob)
        return tokens

    def _is_finished(self, row: _Row, elapsed: float) -> bool:
        """Note whether and why this row ends with the token just drawn."""
        if row.token_ids[-1] in self._end_ids:
            row.token_ids.pop()
            row.logprobs.pop()
            row.finish_reason = FinishReason.STOP
        elif self._has_stop_string(row):
            row.finish_reason = FinishReason.STOP
        elif len(row.token_ids) >= row.max_new:
            row.finish_reason = FinishReason.LENGTH
        row.decode_seconds = elapsed
        return row.finish_reason is not None

    def _has_stop_string(self, row: _Row) -> bool:
        stop = row.request.params.stop
        if not stop:
            return False
        tail = self._text(row.token_ids[-STOP_WINDOW_TOKENS:])
        return any(string in tail for string in stop)

    def _text(self, token_ids: list[int]) -> str:
        text: str = self._tokenizer.decode(
            token_ids, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return text

    def _output(self, row: _Row, queue_seconds: float, prefill_seconds: float) -> GenerationOutput:
        text = self._text(row.token_ids)
        cuts = [text.index(string) for string in row.request.params.stop if string in text]
        return GenerationOutput(
            request_id=row.request.request_id,
            text=text[: min(cuts)] if cuts else text,
            token_ids=tuple(row.token_ids),
            logprobs=tuple(row.logprobs),
            finish_reason=row.finish_reason or FinishReason.ERROR,
            prompt_tokens=len(row.prompt_ids),
            completion_tokens=len(row.token_ids),
            queue_seconds=queue_seconds,
            prefill_seconds=prefill_seconds,
            decode_seconds=row.decode_seconds,
        )


def _end_token_ids(model: Any, tokenizer: Any) -> frozenset[int]:
    """Collect every token that ends a text: of the generation settings and of the tokenizer."""
    configured = getattr(model.generation_config, "eos_token_id", None)
    ids = set(configured if isinstance(configured, list) else [configured])
    ids.add(tokenizer.eos_token_id)
    return frozenset(token_id for token_id in ids if token_id is not None)
