"""Run a language model on numbered slots with OpenVINO's paged attention, on a CPU.

openvino-genai has a batching loop of its own. It is not used: it sorts whole vocabularies, knows
neither our constraints nor a penalty on written tokens alone, and with a cheap sampler over the
same compiled model the loop of `slot_engine` is faster. What is used is OpenVINO itself: the
transformation that turns a model's attention into paged attention, and its kernels.

A slot is a list of blocks of the key-value cache. Tokens of any number of slots go through the
model as one flat list, each with its own past: nothing is padded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import openvino as ov
import torch
from numpy.typing import NDArray
from openvino import opset15 as ops
from openvino._offline_transformations import paged_attention_transformation
from torch import Tensor

from shop_content.lm.model_runner import Chunk

BLOCKS_PER_SLOT = 8  # To begin with; more are made when they are needed.
LAST_TOKENS = "sampled_tokens_indices"


@dataclass(frozen=True, slots=True)
class OpenVinoOptions:
    """How a model is compiled."""

    threads: int = 0  # 0 leaves OpenVINO's choice: one for each core.
    # Products and cache in bfloat16: twice as fast, only on processors that multiply it.
    is_bfloat16: bool = False


class OpenVinoRunner:
    """A `ModelRunner` over an OpenVINO model file."""

    def __init__(
        self, model_file: Path, *, num_slots: int, max_model_len: int, options: OpenVinoOptions
    ) -> None:
        """Read and compile `openvino_model.xml`; takes seconds."""
        self.num_slots = num_slots
        self.max_model_len = max_model_len
        compiled = _compile(model_file, options)
        self.vocab_size: int = compiled.output("logits").partial_shape[-1].get_length()
        self._request = compiled.create_infer_request()
        shapes = {
            port.any_name: [size.get_length() for size in list(port.partial_shape)[1:]]
            for port in compiled.inputs
            if "_cache." in port.any_name
        }
        first = next(iter(shapes.values()))
        self._block_size: int = first[1]  # (blocks, kv heads, block size, head size)
        # numpy has no bfloat16: its bits are kept as whole numbers.
        self._cache_dtype = np.uint16 if options.is_bfloat16 else np.float32
        self._cache_type = ov.Type.bf16 if options.is_bfloat16 else ov.Type.f32
        self._caches: dict[str, NDArray[Any]] = {
            name: np.empty((0, *shape), dtype=self._cache_dtype) for name, shape in shapes.items()
        }
        self._free: list[int] = []
        # The last lists are for scoring, beside the slots.
        self._blocks: list[list[int]] = [[] for _ in range(num_slots + 1)]
        self._make_blocks(num_slots * BLOCKS_PER_SLOT)

    def forward(self, chunks: Sequence[Chunk]) -> Tensor:
        """Read new tokens into their slots. See `ModelRunner.forward`."""
        ends = np.cumsum([len(chunk.token_ids) for chunk in chunks])
        return self._infer(chunks, (ends - 1).tolist())

    def copy(self, source: int, target: int, num_tokens: int) -> None:
        """Let a slot begin as another does. See `ModelRunner.copy`."""
        self._reserve(target, num_tokens)
        num_blocks = -(-num_tokens // self._block_size)
        to_blocks, from_blocks = self._blocks[target], self._blocks[source]
        for cache in self._caches.values():
            cache[to_blocks[:num_blocks]] = cache[from_blocks[:num_blocks]]

    def text_logprobs(
        self, prompt_ids: Sequence[int], text_ids: Sequence[int], adapter: str
    ) -> Sequence[float]:
        """Score a text by one pass over it. See `ModelRunner.text_logprobs`."""
        first = len(prompt_ids) - 1
        chunk = Chunk(self.num_slots, 0, [*prompt_ids, *text_ids[:-1]], adapter)
        logits = self._infer([chunk], list(range(first, first + len(text_ids))))  # (text, vocab)
        chosen = torch.tensor(text_ids).unsqueeze(1)
        found: list[float] = logits.log_softmax(dim=1).gather(1, chosen).squeeze(1).tolist()
        return found

    def _infer(self, chunks: Sequence[Chunk], wanted: Sequence[int]) -> Tensor:
        """Run the model on the chunks' tokens; return the logits after those wanted, (n, vocab)."""
        for chunk in chunks:
            self._reserve(chunk.slot, chunk.start + len(chunk.token_ids))
        starts = [chunk.start for chunk in chunks]
        lengths = [len(chunk.token_ids) for chunk in chunks]
        num_blocks = [-(-(s + n) // self._block_size) for s, n in zip(starts, lengths, strict=True)]
        blocks = [self._blocks[c.slot][:n] for c, n in zip(chunks, num_blocks, strict=True)]
        inputs = {
            "input_ids": np.array([i for c in chunks for i in c.token_ids], dtype=np.int64),
            "position_ids": np.array(
                [p for s, n in zip(starts, lengths, strict=True) for p in range(s, s + n)],
                dtype=np.int64,
            ),
            "past_lens": np.array(starts, dtype=np.int32),
            "subsequence_begins": np.cumsum([0, *lengths], dtype=np.int32),
            "block_indices": np.array([b for row in blocks for b in row], dtype=np.int32),
            "block_indices_begins": np.cumsum([0, *num_blocks], dtype=np.int32),
            "max_context_len": np.array(
                max(s + n for s, n in zip(starts, lengths, strict=True)), dtype=np.int32
            ),
            LAST_TOKENS: np.array(wanted, dtype=np.int64),
        }
        for name, array in inputs.items():
            self._request.set_tensor(name, ov.Tensor(array))
        self._request.infer()
        logits = self._request.get_tensor("logits").data  # (n, 1, vocab) float32
        return torch.from_numpy(logits).squeeze(1)

    def _reserve(self, slot: int, num_tokens: int) -> None:
        """Give a slot just the blocks that so many tokens need."""
        blocks = self._blocks[slot]
        needed = -(-num_tokens // self._block_size)
        while len(blocks) > needed:
            self._free.append(blocks.pop())
        while len(blocks) < needed:
            if not self._free:
                self._make_blocks(len(next(iter(self._caches.values()))))
            blocks.append(self._free.pop())

    def _make_blocks(self, num_blocks: int) -> None:
        """Add blocks to the cache; what the old ones hold stays."""
        old_count = 0
        for name, old in self._caches.items():
            old_count = len(old)
            new = np.empty((old_count + num_blocks, *old.shape[1:]), dtype=self._cache_dtype)
            new[:old_count] = old
            self._caches[name] = new
            # The tensor looks at the array's memory.
            tensor = ov.Tensor(new, ov.Shape(new.shape), self._cache_type)
            self._request.set_tensor(name, tensor)
        # The next block is the last of the list: low numbers first, so that little is touched.
        self._free.extend(reversed(range(old_count, old_count + num_blocks)))


def _compile(model_file: Path, options: OpenVinoOptions) -> Any:
    """Turn a model's attention into paged attention and compile it for the CPU."""
    core = ov.Core()
    model = core.read_model(model_file)
    paged_attention_transformation(model)
    _keep_last_tokens(model)
    precision = "bf16" if options.is_bfloat16 else "f32"
    settings: dict[str, Any] = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": precision,
        # Beside float32 products, keys that are rounded to 16 bits let near ties fall otherwise,
        # for no gain in speed.
        "KV_CACHE_PRECISION": precision,
        # Activations rounded to 8 bits cost more than half of the fidelity that is asked for.
        "DYNAMIC_QUANTIZATION_GROUP_SIZE": 0,
    }
    if options.threads > 0:
        settings["INFERENCE_NUM_THREADS"] = options.threads
    return core.compile_model(model, "CPU", settings)


def _keep_last_tokens(model: ov.Model) -> None:
    """Let the head compute logits of the tokens that an input names, not of whole prompts.

    Raises:
        RuntimeError: The model's last operation is not a matrix product.
    """
    head = model.get_results()[0].input_value(0).get_node()
    if head.get_type_name() != "MatMul":
        raise RuntimeError(f"The model ends with {head.get_type_name()}, not with its head.")
    wanted = ops.parameter([-1], np.int64, name=LAST_TOKENS)
    wanted.output(0).get_tensor().set_names({LAST_TOKENS})
    # (tokens, 1, hidden) -> (wanted, 1, hidden)
    kept = ops.gather(head.input_value(0), wanted.output(0), ops.constant(0, dtype=np.int64))
    head.input(0).replace_source_output(kept.output(0))
    model.add_parameters([wanted])
    model.validate_nodes_and_infer_types()
