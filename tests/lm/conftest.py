"""Models for the tests of the language model: a tiny one made on the spot, and the trial model."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from shop_content.lm.engine import (
    DecodingConstraint,
    Engine,
    EngineConfig,
    GenerationRequest,
    Message,
    SamplingParams,
)
from shop_content.lm.loading import load_engine

REPOSITORY = Path(__file__).resolve().parents[2]
# Converting the trial model takes 15 seconds, so the result is kept between runs.
TEST_MODEL_DIR = Path(
    os.environ.get("SHOP_CONTENT_TEST_MODEL_DIR", REPOSITORY / "var" / "test-models")
)


def make_request(
    text: str = "A mug of stoneware",
    *,
    constraint: DecodingConstraint | None = None,
    adapter: str = "",
    wants_progress: bool = False,
    **params: Any,
) -> GenerationRequest:
    defaults: dict[str, Any] = {"max_tokens": 12, "seed": 3, "temperature": 0.8}
    return GenerationRequest(
        request_id=text,
        messages=(Message("system", "Write."), Message("user", text)),
        params=SamplingParams(**{**defaults, **params}),
        constraint=constraint,
        adapter=adapter,
        wants_progress=wants_progress,
    )


def save_tiny_gpt2(folder: Path, *, num_positions: int = 96) -> Path:
    """Write a GPT-2 of two small layers with random weights and one token per byte."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocab = {character: index for index, character in enumerate(alphabet)}
    vocab["<|endoftext|>"] = len(vocab)
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    end = vocab["<|endoftext|>"]
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|endoftext|>", bos_token="<|endoftext|>"
    ).save_pretrained(folder)
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=len(vocab),
        n_positions=num_positions,
        n_embd=32,
        n_layer=2,
        n_head=2,
        bos_token_id=end,
        eos_token_id=end,
    )
    GPT2LMHeadModel(config).save_pretrained(folder, safe_serialization=True)
    return folder


@pytest.fixture(scope="session")
def tiny_gpt2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_gpt2(tmp_path_factory.mktemp("tiny-gpt2"))


@pytest.fixture(scope="session")
def tiny_engine(tiny_gpt2: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    config = EngineConfig(
        data_dir=tmp_path_factory.mktemp("data"),
        engine="transformers",
        model=str(tiny_gpt2),
        max_batch_size=4,
    )
    return load_engine(config)


@pytest.fixture(scope="session")
def trial_engine() -> Engine:
    return load_engine(
        EngineConfig(data_dir=TEST_MODEL_DIR, engine="transformers", max_batch_size=4)
    )


@pytest.fixture(scope="session")
def openvino_engine() -> Engine:
    pytest.importorskip("openvino_genai", reason="the extra openvino is not installed")
    config = EngineConfig(
        data_dir=TEST_MODEL_DIR, engine="openvino", max_batch_size=8, dtype="float16"
    )
    return load_engine(config)
