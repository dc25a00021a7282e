"""Teach a causal language model a task by low-rank adapters (LoRA) on its linear layers.

The loss is L(theta) = -sum over the tokens of a text of log P(w_i | h_i), where h_i are the prompt
and the tokens before; the prompt itself is read, not learned. Only the adapters' matrices change.

A run can be killed at any time: every few steps adapters, optimizer and place in the data are
written aside and renamed, and the same call goes on from there. Data order, dropout and initial
matrices come from the seed, so that a resumed run is the run that was not killed.

Source: Hu et al. 2021, LoRA: Low-Rank Adaptation of Large Language Models.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from itertools import accumulate
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model, set_peft_model_state_dict
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from shop_content.lm.finetuning_checkpoint import (
    Checkpoint,
    read_checkpoint,
    write_adapter,
    write_checkpoint,
)
from shop_content.lm.finetuning_data import (
    FinetuneConfig,
    FinetuneError,
    FinetuneProgress,
    FinetuneResult,
    TrainingExample,
)
from shop_content.lm.finetuning_rows import Row, batches_of, padded, rows_of
from shop_content.lm.prompt_layout import PromptLayout, end_token_ids
from shop_content.lm.transformers_engine import load_model, load_tokenizer, pick_device

MAX_GRADIENT_NORM = 1.0
# Logits of the text alone, computed by the model's parts, against the model's own forward.
MAX_LOSS_DIFFERENCE = 0.02


def finetune(
    base: Path,
    out: Path,
    examples: Sequence[TrainingExample],
    *,
    validation: Sequence[TrainingExample] = (),
    config: FinetuneConfig | None = None,
    on_progress: Callable[[FinetuneProgress], None] | None = None,
) -> FinetuneResult:
    """Train adapters on the examples and write them into a folder.

    1. Load the model of `base` (safetensors), freeze it, and put adapters on all linear layers.
    2. Go on from the checkpoint in `out` when there is one of the same data and settings.
    3. Step through the epochs; write a checkpoint every few steps.
    4. Write `adapter_model.safetensors` (bfloat16) and `adapter_config.json`; drop the checkpoint.

    Raises:
        FinetuneError: No examples, one is too long, a checkpoint of another run is in the way, or
            the loss is no number any more.
    """
    config = config or FinetuneConfig()
    if not examples:
        raise FinetuneError("There are no examples to learn from.")
    if config.threads > 0:
        torch.set_num_threads(config.threads)
    began = time.monotonic()
    trainer = _Trainer(base, examples, validation, config)
    state = read_checkpoint(out, trainer.run_id)
    if state is not None:
        trainer.restore(state)
    num_resumed = trainer.step
    if trainer.step == 0:
        trainer.validate()
    while trainer.step < trainer.num_steps:
        loss = trainer.take_step()
        if not math.isfinite(loss):
            raise FinetuneError(f"The loss is {loss} at step {trainer.step}; lower the rate.")
        if trainer.is_at_epoch_end:
            trainer.validate()
        is_last = trainer.step == trainer.num_steps
        if trainer.step % config.checkpoint_steps == 0 and not is_last:
            write_checkpoint(out, trainer.run_id, trainer.state())
        if on_progress:
            seconds = time.monotonic() - began
            on_progress(
                FinetuneProgress(trainer.step, trainer.num_steps, loss, seconds, num_resumed)
            )
    digest = trainer.save(out)
    return FinetuneResult(
        num_steps=trainer.num_steps,
        losses=tuple(trainer.losses),
        validation=tuple(trainer.validation_losses),
        seconds=time.monotonic() - began,
        adapter_sha256=digest,
    )


def pick_training_dtype(name: str, device: torch.device) -> torch.dtype:
    """Return the number format of the frozen weights; "auto" takes 16 bits where they are fast.

    Raises:
        FinetuneError: There is no such format.
    """
    known = {"float32": torch.float32, "bfloat16": torch.bfloat16}
    if name == "auto":
        if device.type == "cuda":
            return torch.bfloat16
        has_bf16: bool = torch.cpu._is_avx512_bf16_supported()  # It has no public name.
        return torch.bfloat16 if device.type == "cpu" and has_bf16 else torch.float32
    if name not in known:
        raise FinetuneError(f"Unknown dtype {name!r}: use auto, {', '.join(known)}.")
    return known[name]


class _Trainer:
    """A model with adapters, the data as tokens, and the place in it."""

    def __init__(
        self,
        base: Path,
        examples: Sequence[TrainingExample],
        validation: Sequence[TrainingExample],
        config: FinetuneConfig,
    ) -> None:
        self.config = config
        self.step = 0
        self.losses: list[float] = []
        self.validation_losses: list[tuple[int, float]] = []
        self._device = pick_device(config.device)
        dtype = pick_training_dtype(config.dtype, self._device)
        tokenizer = load_tokenizer(base)
        model = load_model(base, dtype).to(self._device)
        layout = PromptLayout(
            tokenizer, end_ids=end_token_ids(model.generation_config.eos_token_id, tokenizer)
        )
        rows = rows_of(examples, layout, config.max_tokens)
        self._validation = rows_of(validation, layout, config.max_tokens)
        epochs = [
            batches_of(rows, config.batch_size, f"{config.seed}-{epoch}")
            for epoch in range(config.epochs)
        ]
        self._batches = [batch for epoch in epochs for batch in epoch]
        self._epoch_ends = set(accumulate(map(len, epochs)))  # in steps
        self.num_steps = len(self._batches)
        self.run_id = _run_id(rows, config, model)
        torch.manual_seed(config.seed)
        self._model: Any = get_peft_model(
            model,
            LoraConfig(
                r=config.rank,
                lora_alpha=config.alpha,
                lora_dropout=config.dropout,
                target_modules="all-linear",
                fan_in_fan_out=_has_turned_weights(model),
                task_type="CAUSAL_LM",
            ),
        )
        if config.start:
            _start_from(self._model, Path(config.start))
        self._weights = [w for w in self._model.parameters() if w.requires_grad]
        self._optimizer = torch.optim.AdamW(
            self._weights, lr=config.learning_rate, weight_decay=0.0
        )
        self._is_split = self._can_split()

    @property
    def is_at_epoch_end(self) -> bool:
        """Tell whether every example has been seen equally often."""
        return self.step in self._epoch_ends

    def take_step(self) -> float:
        """Learn from the next batch; return its loss per token."""
        batch = self._batches[self.step]
        # Dropout of a step does not depend on what ran before it.
        torch.manual_seed(self.config.seed * 1_000_003 + self.step)
        self._model.train()
        for group in self._optimizer.param_groups:
            group["lr"] = self.config.learning_rate * self._rate_share(self.step)
        loss = self._loss(batch, is_split=self._is_split)
        loss.backward()  # type: ignore[no-untyped-call]  # Torch leaves it untyped.
        torch.nn.utils.clip_grad_norm_(self._weights, MAX_GRADIENT_NORM)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        self.step += 1
        self.losses.append(float(loss.detach()))
        return self.losses[-1]

    @torch.inference_mode()
    def validate(self) -> None:
        """Note the mean loss per token of the texts that are not learned from."""
        if not self._validation:
            return
        self._model.eval()
        total, num_tokens = 0.0, 0
        for batch in batches_of(self._validation, self.config.batch_size, "validation"):
            count = sum(row.num_learned for row in batch)
            total += float(self._loss(batch, is_split=self._is_split)) * count
            num_tokens += count
        self.validation_losses.append((self.step, total / num_tokens))

    def state(self) -> Checkpoint:
        """Return all that the next step depends on."""
        return Checkpoint(
            step=self.step,
            losses=self.losses,
            validation=self.validation_losses,
            weights=self._adapter_tensors(),
            optimizer=self._optimizer.state_dict()["state"],
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on from a checkpoint."""
        self.step = checkpoint.step
        self.losses = list(checkpoint.losses)
        self.validation_losses = list(checkpoint.validation)
        self._model.load_state_dict(checkpoint.weights, strict=False)
        # Its rates are set at every step.
        groups = self._optimizer.state_dict()["param_groups"]
        self._optimizer.load_state_dict({"state": checkpoint.optimizer, "param_groups": groups})

    def save(self, out: Path) -> str:
        """Write the adapters in 16 bits; return the digest of their file."""
        return write_adapter(out, self._model)

    def _adapter_tensors(self) -> dict[str, Tensor]:
        return {
            name: weight.detach()
            for name, weight in self._model.named_parameters()
            if weight.requires_grad
        }

    def _rate_share(self, step: int) -> float:
        """Return the share of the peak rate at a step: a rise, then half a cosine."""
        num_warmup = max(1, round(self.num_steps * self.config.warmup_share))
        if step < num_warmup:
            return (step + 1) / num_warmup
        progress = (step - num_warmup) / max(1, self.num_steps - num_warmup)
        return 0.5 * (1 + math.cos(math.pi * progress))

    def _loss(self, batch: Sequence[Row], *, is_split: bool) -> Tensor:
        """Return the mean of -log P over the text tokens of a batch, a scalar float32."""
        inputs = padded(batch, self._device)
        arguments = {
            "input_ids": inputs.ids,
            "position_ids": inputs.positions,
            "attention_mask": inputs.is_seen,
            "use_cache": False,
        }
        if is_split:
            inner = self._model.get_base_model()
            hidden = inner.get_decoder()(**arguments).last_hidden_state  # (rows, seq, hidden)
            # Most tokens are of prompts, and the head is a fifth of a small model.
            logits = inner.get_output_embeddings()(hidden[inputs.before])  # (learned, vocab)
        else:
            logits = self._model(**arguments).logits[inputs.before]  # (learned, vocab)
        return torch.nn.functional.cross_entropy(logits.float(), inputs.targets)

    @torch.inference_mode()
    def _can_split(self) -> bool:
        """Tell whether decoder and head alone give what the model gives.

        Some models scale or cap their logits after the head.
        """
        self._model.eval()
        batch = self._batches[0][:1]
        whole = self._loss(batch, is_split=False)
        try:
            parts = self._loss(batch, is_split=True)
        except (AttributeError, TypeError, RuntimeError):
            return False
        return bool((whole - parts).abs() <= MAX_LOSS_DIFFERENCE)


def _start_from(model: Any, folder: Path) -> None:
    """Give the adapters the weights of another training.

    Raises:
        FinetuneError: The folder has none that fit.
    """
    try:
        tensors = load_file(folder / "adapter_model.safetensors")
        unfit: Any = set_peft_model_state_dict(model, tensors)
    except (OSError, SafetensorError) as error:
        raise FinetuneError(f"There is no adapter in {folder}.") from error
    except RuntimeError as error:
        raise FinetuneError(f"The adapter in {folder} has another rank or base.") from error
    if unfit.unexpected_keys:
        raise FinetuneError(f"The adapter in {folder} is for other layers.")


def _has_turned_weights(model: Any) -> bool:
    """Tell whether linear layers keep their weights as (in, out), as GPT-2's do."""
    return any(type(module).__name__ == "Conv1D" for module in model.modules())


def _run_id(rows: Sequence[Row], config: FinetuneConfig, model: Any) -> str:
    """Return a digest of what decides how a run goes: data, settings, and the model's shape."""
    digest = hashlib.sha256()
    settings = {**asdict(config), "threads": 0, "checkpoint_steps": 0}  # These change nothing.
    digest.update(json.dumps(settings, sort_keys=True).encode())
    digest.update(f"{model.config.model_type} {model.num_parameters()}".encode())
    for row in rows:
        digest.update(repr((row.ids, row.targets)).encode())
    return digest.hexdigest()
