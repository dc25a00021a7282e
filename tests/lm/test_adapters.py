"""LoRA adapters: chosen by request, in one batch, never leaking into another text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import GPT2LMHeadModel

from shop_content.lm.engine import Engine, EngineConfig
from shop_content.lm.loading import EngineLoadError, load_engine
from tests.lm.conftest import make_request

TEXTS = ("A mug", "A chair of oak", "Wool")


def save_adapter(model_folder: Path, folder: Path, seed: int) -> Path:
    """Write an adapter of random weights, large enough to change every text."""
    config = LoraConfig(r=4, target_modules=["c_attn"], task_type="CAUSAL_LM", fan_in_fan_out=True)
    model = get_peft_model(GPT2LMHeadModel.from_pretrained(model_folder), config)
    torch.manual_seed(seed)
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            torch.nn.init.normal_(parameter, std=1.0)
    model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def adapters(tiny_gpt2: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {
        name: str(save_adapter(tiny_gpt2, tmp_path_factory.mktemp(name), seed))
        for seed, name in enumerate(("warm", "plain"))
    }


@pytest.fixture(scope="module")
def engine(
    tiny_gpt2: Path, adapters: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Engine:
    return load_engine(
        EngineConfig(
            data_dir=tmp_path_factory.mktemp("data"),
            engine="transformers",
            model=str(tiny_gpt2),
            max_batch_size=4,
            adapters=adapters,
        )
    )


def test_an_adapter_changes_the_text_and_none_is_the_model_as_it_is(
    engine: Engine, tiny_engine: Engine
) -> None:
    texts = {
        name: engine.generate([make_request("A mug", adapter=name)])[0].token_ids
        for name in ("", "warm", "plain")
    }

    assert len(set(texts.values())) == 3
    assert texts[""] == tiny_engine.generate([make_request("A mug")])[0].token_ids
    assert engine.capabilities.has_adapters
    assert not tiny_engine.capabilities.has_adapters


def test_adapters_are_mixed_in_one_batch_and_each_text_has_its_own(engine: Any) -> None:
    requests = [
        make_request(text, adapter=name)
        for text, name in zip(TEXTS, ("warm", "", "plain"), strict=True)
    ]

    together = engine.generate(requests)

    for request, output in zip(requests, together, strict=True):
        engine.forget()
        assert engine.generate([request])[0].token_ids == output.token_ids


def test_what_one_adapter_has_read_is_not_used_for_another(engine: Any) -> None:
    engine.forget()
    fresh = engine.generate([make_request("The same long prompt", adapter="plain")])[0]
    engine.forget()
    engine.generate([make_request("The same long prompt", adapter="warm")])

    after = engine.generate([make_request("The same long prompt", adapter="plain")])[0]

    assert after.token_ids == fresh.token_ids


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("adapter_model.safetensors", "has no adapter_model.safetensors"),
        ("adapter_config.json", "has no adapter_config.json"),
    ],
)
def test_an_incomplete_adapter_is_refused(
    tiny_gpt2: Path, adapters: dict[str, str], tmp_path: Path, file: str, reason: str
) -> None:
    folder = tmp_path / "adapter"
    folder.mkdir()
    for source in Path(adapters["warm"]).iterdir():
        if source.name != file:
            (folder / source.name).write_bytes(source.read_bytes())

    with pytest.raises(EngineLoadError, match=reason):
        load_engine(
            EngineConfig(
                data_dir=tmp_path,
                engine="transformers",
                model=str(tiny_gpt2),
                adapters={"warm": str(folder)},
            )
        )


def test_a_pickled_adapter_is_refused(tiny_gpt2: Path, tmp_path: Path) -> None:
    folder = tmp_path / "adapter"
    folder.mkdir()
    (folder / "adapter_model.bin").write_bytes(b"pickle")

    with pytest.raises(EngineLoadError, match=r"adapter_model\.bin: pickled"):
        load_engine(
            EngineConfig(
                data_dir=tmp_path,
                engine="transformers",
                model=str(tiny_gpt2),
                adapters={"warm": str(folder)},
            )
        )
