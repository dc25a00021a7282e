"""The engine on a CUDA device: `python -m tests.benchmarks.engine_cuda MODEL_FOLDER`.

The same prompts as `tests.benchmarks.engine`: the small model of a folder, and random weights in
the shape of an 8 B model, whose texts mean nothing but cost what those of a trained one cost. Every
row of a model is compared with its first one. Needs the pinned transformers: the settings of its
continuous batching have other names in older ones. The bound is all weights read once for each step
of a full batch, at the bandwidth that a copy on the device reaches.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    ContinuousBatchingConfig,
    GenerationConfig,
    LlamaConfig,
)

from shop_content.lm.engine import (
    ALL_CONSTRAINTS,
    Capabilities,
    DecodingConstraint,
    GenerationRequest,
    Message,
    ModelInfo,
    SamplingParams,
)
from shop_content.lm.packed_linear import pack_linears
from shop_content.lm.prompt_layout import PromptLayout, end_token_ids
from shop_content.lm.slot_engine import SlotEngine
from shop_content.lm.torch_runner import TorchRunner
from tests.benchmarks.engine_measures import TEMPERATURE, TOP_P
from tests.benchmarks.engine_prompts import FORBIDDEN, Prompt, own_prompts

OUT = Path("build/bench/engine_cuda.json")
MAX_TOKENS = 160
SMALL_BATCHES = (64, 256)
LARGE_BATCHES = (64, 256)
LARGE_TOKENS = 64
NUM_ONE_BY_ONE = 4
COPY_BYTES = 2 * 1024**3
# Meta Llama 3 8B, section 3.2 of its report.
LARGE_SHAPE = LlamaConfig(
    vocab_size=49_152,  # Of the small model's tokenizer; the rest is the shape of 8 B.
    hidden_size=4096,
    intermediate_size=14_336,
    num_hidden_layers=32,
    num_attention_heads=32,
    num_key_value_heads=8,
    max_position_embeddings=4096,
)


@dataclass(frozen=True, slots=True)
class CudaRow:
    """One way to write, measured."""

    model: str
    name: str
    num_texts: int
    new_tokens: int
    seconds: float
    tokens_per_second: float
    share_of_bound: float  # Of weights read once a step of a full batch.
    peak_mib: float  # Of device memory, weights included.
    cache_mib: float  # Of it, keys and values; 0 where that is not known.


class Bench:
    """A model on the device, and the rows measured with it."""

    def __init__(self, label: str, model: Any, tokenizer: Any, bandwidth: float) -> None:
        self.label = label
        self.model = model.eval()
        self.tokenizer = tokenizer
        self.bandwidth = bandwidth
        self.weight_bytes = sum(w.numel() * w.element_size() for w in model.parameters())
        self.rows: list[CudaRow] = []

    def row(
        self,
        name: str,
        batch: int,
        write: Callable[[], tuple[int, int]],
        cache_bytes: Callable[[], int] = int,
    ) -> None:
        """Measure one row; one that fails is reported, and the others go on."""
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
        began = time.perf_counter()
        try:
            num_texts, new_tokens = write()
        except Exception as error:  # Whatever a library raises on a device it does not know.
            sys.stdout.write(f"{self.label} {name}: {type(error).__name__}: {str(error)[:200]}\n")
            return
        torch.cuda.synchronize()
        seconds = time.perf_counter() - began
        rate = new_tokens / seconds
        bound = batch * self.bandwidth / self.weight_bytes
        peak = torch.cuda.max_memory_allocated() / 2**20
        found = CudaRow(
            self.label, name, num_texts, new_tokens, seconds, rate, rate / bound, peak,
            cache_bytes() / 2**20,
        )  # fmt: skip
        self.rows.append(found)
        sys.stdout.write(f"{json.dumps(asdict(found))}\n")
        sys.stdout.flush()


def one_by_one(bench: Bench, prompts: Sequence[Prompt], max_tokens: int) -> tuple[int, int]:
    """Write a prompt at a time with `generate`."""
    new = 0
    for seed, prompt in enumerate(prompts):
        torch.manual_seed(seed)
        ids = torch.tensor([_ids(bench.tokenizer, prompt)], device="cuda")
        written = bench.model.generate(
            ids, max_new_tokens=max_tokens, do_sample=True, temperature=TEMPERATURE, top_p=TOP_P,
            top_k=0, pad_token_id=bench.tokenizer.eos_token_id,
        )  # fmt: skip
        new += written.shape[1] - ids.shape[1]
    return len(prompts), new


def continuous(
    bench: Bench, prompts: Sequence[Prompt], max_tokens: int, batch: int
) -> tuple[int, int]:
    """Write with transformers' own continuous batching, log-probabilities on."""
    config = GenerationConfig(
        max_new_tokens=max_tokens, do_sample=True, temperature=TEMPERATURE, top_p=TOP_P, top_k=0,
        eos_token_id=bench.model.generation_config.eos_token_id,
        pad_token_id=bench.tokenizer.eos_token_id,
    )  # fmt: skip
    found = bench.model.generate_batch(
        inputs=[_ids(bench.tokenizer, prompt) for prompt in prompts],
        generation_config=config,
        continuous_batching_config=ContinuousBatchingConfig(
            page_size=16, max_requests_per_batch=batch, max_memory_percent=0.5
        ),
    )
    return len(found), sum(len(output.generated_tokens) for output in found.values())


def slots(
    engine: SlotEngine,
    prompts: Sequence[Prompt],
    max_tokens: int,
    *,
    min_tokens: int = 0,
    constraint: bool = False,
    candidates: int = 1,
) -> tuple[int, int]:
    """Write with our own engine."""
    requests = [
        GenerationRequest(
            request_id=str(seed),
            messages=(Message("system", prompt.system), Message("user", prompt.user)),
            params=SamplingParams(
                max_tokens=max_tokens, min_tokens=min_tokens, temperature=TEMPERATURE, top_p=TOP_P,
                top_k=0, seed=seed, repetition_penalty=1.0, num_candidates=candidates,
            ),
            constraint=(
                DecodingConstraint(numbers=prompt.numbers, forbidden=FORBIDDEN)
                if constraint else None
            ),
        )
        for seed, prompt in enumerate(prompts)
    ]  # fmt: skip
    engine.forget()
    outputs = engine.generate(requests)
    return len(outputs), sum(output.completion_tokens for output in outputs)


def slot_engine(bench: Bench, num_slots: int) -> SlotEngine:
    """Put the model of a bench on slots."""
    ends = end_token_ids(bench.model.generation_config.eos_token_id, bench.tokenizer)
    return SlotEngine(
        runner=TorchRunner(
            bench.model,
            vocab_size=bench.model.get_output_embeddings().weight.shape[0],
            num_slots=num_slots,
            max_model_len=2048,
        ),
        layout=PromptLayout(bench.tokenizer, end_ids=ends),
        info=ModelInfo("transformers", bench.label, "", "", "bfloat16", "cuda"),
        capabilities=Capabilities(
            is_repeatable=False, has_logprobs=True, constraints=ALL_CONSTRAINTS
        ),
    )


def cache_bytes(engine: SlotEngine) -> int:
    """Return the bytes of keys and values of an engine's slots."""
    runner: Any = engine.runner
    return sum(t.numel() * t.element_size() for t in (*runner._keys, *runner._values))


def copy_bandwidth() -> float:
    """Return bytes a second, read and written, that a copy on the device reaches."""
    source = torch.empty(COPY_BYTES, dtype=torch.uint8, device="cuda")
    target = torch.empty_like(source)
    best = 0.0
    for _try in range(5):
        torch.cuda.synchronize()
        began = time.perf_counter()
        target.copy_(source)
        torch.cuda.synchronize()
        best = max(best, 2 * COPY_BYTES / (time.perf_counter() - began))
    return best


def measure_small(folder: Path, bandwidth: float) -> list[CudaRow]:
    """Measure the model of a folder."""
    tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    model: Any = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.bfloat16, local_files_only=True
    ).to("cuda")
    bench = Bench("small", model, tokenizer, bandwidth)
    prompts = own_prompts()
    many = [prompts[n % len(prompts)] for n in range(2 * max(SMALL_BATCHES))]
    one_by_one(bench, prompts[:1], 8)
    bench.row("one by one", 1, lambda: one_by_one(bench, prompts[:NUM_ONE_BY_ONE], MAX_TOKENS))
    for batch in SMALL_BATCHES:
        some = many[: 2 * batch]
        bench.row(
            f"continuous batching, {batch}", batch,
            lambda some=some, batch=batch: continuous(bench, some, MAX_TOKENS, batch),
        )  # fmt: skip
    pack_linears(model)
    for batch in SMALL_BATCHES:
        engine = slot_engine(bench, batch)
        slots(engine, prompts[:batch], 8)
        for name, more in (
            ("", {}),
            (", constraints", {"constraint": True}),
            (", 4 candidates", {"candidates": 4}),
        ):  # fmt: skip
            some = many[: (batch // 2 if "candidates" in more else 2 * batch)]
            bench.row(
                f"slots, {batch}{name}", batch,
                lambda engine=engine, some=some, more=more: slots(engine, some, MAX_TOKENS, **more),
                lambda engine=engine: cache_bytes(engine),
            )  # fmt: skip
    return bench.rows


def measure_large(folder: Path, bandwidth: float) -> list[CudaRow]:
    """Measure random weights in the shape of 8 B; texts end at the limit alone."""
    tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    torch.set_default_dtype(torch.bfloat16)
    with torch.device("cuda"):
        model: Any = AutoModelForCausalLM.from_config(LARGE_SHAPE, dtype=torch.bfloat16)
    torch.set_default_dtype(torch.float32)
    bench = Bench("8B shape", model, tokenizer, bandwidth)
    prompts = own_prompts()
    many = [prompts[n % len(prompts)] for n in range(max(LARGE_BATCHES))]
    one_by_one(bench, prompts[:1], 4)
    bench.row("one by one", 1, lambda: one_by_one(bench, prompts[:2], LARGE_TOKENS))
    for batch in LARGE_BATCHES:
        bench.row(
            f"continuous batching, {batch}", batch,
            lambda batch=batch: continuous(bench, many[:batch], LARGE_TOKENS, batch),
        )  # fmt: skip
    for batch in LARGE_BATCHES:
        engine = slot_engine(bench, batch)
        slots(engine, many[:batch], 4)
        bench.row(
            f"slots, {batch}", batch,
            lambda engine=engine, batch=batch: slots(
                engine, many[:batch], LARGE_TOKENS, min_tokens=LARGE_TOKENS
            ),
            lambda engine=engine: cache_bytes(engine),
        )  # fmt: skip
        del engine
        gc.collect()
        torch.cuda.empty_cache()
    return bench.rows


def main() -> None:
    """Measure both models, print a line a row, and write them all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="of the small model, in safetensors")
    parser.add_argument("--small-only", action="store_true")
    options = parser.parse_args()
    if not torch.cuda.is_available():
        parser.error("there is no CUDA device here")
    bandwidth = copy_bandwidth()
    sys.stdout.write(f"{torch.cuda.get_device_name()}: {bandwidth / 1e9:,.0f} GB/s\n")
    rows = measure_small(options.folder, bandwidth)
    if not options.small_only:
        gc.collect()
        torch.cuda.empty_cache()
        rows += measure_large(options.folder, bandwidth)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8")


def _ids(tokenizer: Any, prompt: Prompt) -> list[int]:
    text: str = tokenizer.apply_chat_template(
        prompt.messages, tokenize=False, add_generation_prompt=True
    )
    ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    return ids


if __name__ == "__main__":
    main()
