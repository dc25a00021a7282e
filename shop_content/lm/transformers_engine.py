"""Load any Hugging Face causal language model into a slot engine, on a GPU or a CPU."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging as transformers_logging

from shop_content.lm.adapter_merging import merge_adapter, only_adapter, revision_with
from shop_content.lm.engine import ALL_CONSTRAINTS, Capabilities, EngineConfig, ModelInfo
from shop_content.lm.loading import BaseModel, EngineLoadError, check_adapter_folder, first_line
from shop_content.lm.model_runner import Chunk
from shop_content.lm.packed_linear import pack_linears
from shop_content.lm.prompt_layout import PromptLayout, end_token_ids
from shop_content.lm.slot_engine import SlotEngine
from shop_content.lm.torch_runner import BASE_ADAPTER, TorchRunner

# Longest prompt and text together: every slot may need a cache of so many tokens.
MAX_SLOT_TOKENS = 2048
# The runner's attention against the model's own, mean difference of log-probabilities. Rounding
# costs 0.00001 in float32 and 0.02 in bfloat16; a model that it does not fit is off by far more.
MAX_DIFFERENCE = 0.1
PROBE_TOKENS = 24


def load_transformers_engine(source: BaseModel, config: EngineConfig) -> SlotEngine:
    """Load model and tokenizer of a checked folder, offline and without foreign code.

    Raises:
        EngineLoadError: With one line that says what is wrong.
    """
    silence: Any = transformers_logging.disable_progress_bar  # It has no types.
    silence()
    if config.threads > 0:
        torch.set_num_threads(config.threads)
    device = pick_device(config.device)
    dtype = pick_dtype(config.dtype, device)
    adapters = dict(config.adapters)
    for folder in adapters.values():
        check_adapter_folder(Path(folder))
    merged = only_adapter(config, source)
    try:
        tokenizer = load_tokenizer(source.folder)
        model = load_model(source.folder, dtype).to(device).eval()
        if merged is not None:
            merge_adapter(model, merged)
        runner = _runner(model, config, {} if merged else adapters)
    except EngineLoadError:
        raise
    except Exception as error:
        # Whatever transformers, tokenizers and safetensors raise on a broken folder.
        raise EngineLoadError(
            f"Model {source.name} cannot be loaded: {first_line(error)}"
        ) from error
    end_ids = end_token_ids(model.generation_config.eos_token_id, tokenizer)
    return SlotEngine(
        runner=runner,
        layout=PromptLayout(tokenizer, end_ids=end_ids),
        info=ModelInfo(
            engine="transformers",
            name=source.name,
            revision=revision_with(source.revision, merged),
            weights_sha256=source.weights_sha256,
            dtype=str(dtype).removeprefix("torch."),
            device=str(device),
        ),
        capabilities=Capabilities(
            is_repeatable=dtype == torch.float32 and device.type == "cpu",
            has_logprobs=True,
            constraints=ALL_CONSTRAINTS,
            has_adapters=bool(adapters),
            can_score=True,
            streams=True,
        ),
        adapters=frozenset(adapters),
    )


def load_tokenizer(folder: Path) -> Any:
    """Load the tokenizer of a folder, offline and without foreign code."""
    return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)


def load_model(folder: Path, dtype: torch.dtype) -> Any:
    """Load the weights of a folder, safetensors only, offline and without foreign code."""
    return AutoModelForCausalLM.from_pretrained(
        folder,
        dtype=dtype,
        local_files_only=True,
        trust_remote_code=False,
        use_safetensors=True,
    )


def pick_device(name: str) -> torch.device:
    """Return the device that a setting asks for; "auto" takes a GPU where there is one.

    Raises:
        EngineLoadError: There is no such device here.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise EngineLoadError(f"Unknown device {name!r}: use auto, cpu, cuda or mps.") from error
    if device.type == "cuda" and not torch.cuda.is_available():
        raise EngineLoadError(f"Device {name!r} is asked for, but no CUDA device is usable here.")
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise EngineLoadError(f"Device {name!r} is asked for, but there is no Apple GPU here.")
    return device


def pick_dtype(name: str, device: torch.device) -> torch.dtype:
    """Choose the number format of the weights.

    On the CPU "auto" is float32: a text then depends on its seed and not on its neighbours in the
    batch. bfloat16 is about twice as fast on processors with AVX512-BF16, and five times slower on
    those without it.

    Raises:
        EngineLoadError: There is no such format.
    """
    known = {
        "float32": torch.float32,
        "bfloat16": torch.bfloat16,
        "float16": torch.float16,
    }
    if name == "auto":
        if device.type == "cuda":
            return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
        return torch.float16 if device.type == "mps" else torch.float32
    if name not in known:
        raise EngineLoadError(f"Unknown dtype {name!r}: use auto, {', '.join(known)}.")
    return known[name]


def model_length(model_config: Any) -> int:
    """Return how many tokens a slot may hold: what the model reads, up to our own bound."""
    length = getattr(model_config, "max_position_embeddings", None) or MAX_SLOT_TOKENS
    return min(int(length), MAX_SLOT_TOKENS)


@torch.inference_mode()
def _runner(model: Any, config: EngineConfig, adapters: Mapping[str, str]) -> TorchRunner:
    """Put the model on slots, and compare with what it says by itself.

    Raises:
        EngineLoadError: The model does not fit, or peft is missing.
    """
    length = model_length(model.config)
    # Any tokens do; these are spread over the vocabulary.
    step = max(1, model.config.vocab_size // PROBE_TOKENS)
    ids = [
        number * step for number in range(min(PROBE_TOKENS, length - 1, model.config.vocab_size))
    ]
    expected = model(torch.tensor([ids], device=model.device)).logits[0, -1].float()
    vocab_size = model.get_output_embeddings().weight.shape[0]
    if adapters:
        model = _with_adapters(model, adapters)  # They need the layers as they are.
    else:
        pack_linears(model)
    runner = TorchRunner(
        model,
        vocab_size=vocab_size,
        num_slots=max(1, config.max_batch_size),
        max_model_len=length,
        has_adapters=bool(adapters),
    )
    half = len(ids) // 2
    runner.forward([Chunk(0, 0, ids[:half])])
    runner.forward([Chunk(0, half, ids[half:-1])])
    found = runner.forward([Chunk(0, len(ids) - 1, ids[-1:])])[0]
    difference = (expected.log_softmax(0) - found.log_softmax(0)).abs().mean()
    if not float(difference) <= MAX_DIFFERENCE:  # Also when it is no number.
        raise EngineLoadError(
            f"Models of the kind {model.config.model_type!r} cannot be run on slots: their "
            f"log-probabilities are off by {float(difference):.3f}."
        )
    return runner


def _with_adapters(model: Any, adapters: Mapping[str, str]) -> Any:
    """Load LoRA adapters beside the weights."""
    if importlib.util.find_spec("peft") is None:
        raise EngineLoadError("Adapters need the package peft: pip install 'shop-content[train]'.")
    from peft import PeftModel

    (first, folder), *others = adapters.items()
    if BASE_ADAPTER in adapters:
        raise EngineLoadError(f"An adapter may not be called {BASE_ADAPTER}.")
    wrapped = PeftModel.from_pretrained(model, folder, adapter_name=first)
    for name, other in others:
        wrapped.load_adapter(other, adapter_name=name)
    return wrapped.eval()
