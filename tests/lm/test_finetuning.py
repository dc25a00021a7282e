"""Adapters learn a text, a killed run goes on as if it was not, and merging changes nothing."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from shop_content.lm.engine import EngineConfig, Message
from shop_content.lm.finetuning import finetune, pick_training_dtype
from shop_content.lm.finetuning_data import (
    FinetuneConfig,
    FinetuneError,
    FinetuneProgress,
    TrainingExample,
)
from shop_content.lm.finetuning_rows import batches_of, padded, rows_of
from shop_content.lm.loading import EngineLoadError, load_engine
from shop_content.lm.prompt_layout import PromptLayout
from shop_content.lm.transformers_engine import load_tokenizer
from tests.lm.conftest import make_request

# The tiny model has 96 places, one for each byte.
CONFIG = FinetuneConfig(
    epochs=4, batch_size=2, rank=4, alpha=8, learning_rate=0.02, dtype="float32", max_tokens=96,
    checkpoint_steps=2,
)  # fmt: skip


class KilledError(Exception):
    """Ends a run in the middle."""


def make_example(task: str, text: str) -> TrainingExample:
    sheet = "Name: Mug of stoneware, 0.3 l"
    return TrainingExample((Message("user", f"{sheet}\n{task}"),), text)


EXAMPLES = [
    make_example("Say it.", "A mug."),
    make_example("Say more.", "A stoneware mug."),
    make_example("Title.", "Mug"),
    TrainingExample((Message("user", "Lamp"),), "A lamp."),
]


def kill_at(step: int) -> Callable[[FinetuneProgress], None]:
    def stop(progress: FinetuneProgress) -> None:
        if progress.step == step:
            raise KilledError

    return stop


def test_the_loss_falls_and_the_folder_is_an_adapter(tiny_gpt2: Path, tmp_path: Path) -> None:
    steps: list[int] = []

    result = finetune(
        tiny_gpt2, tmp_path, EXAMPLES, validation=EXAMPLES[:1], config=CONFIG,
        on_progress=lambda progress: steps.append(progress.step),
    )  # fmt: skip

    assert steps == list(range(1, result.num_steps + 1))
    assert result.validation[-1][1] < result.validation[0][1]
    assert len(result.validation) == 1 + CONFIG.epochs
    assert {file.name for file in tmp_path.iterdir()} == {
        "adapter_config.json",
        "adapter_model.safetensors",
    }
    assert str(tiny_gpt2) not in (tmp_path / "adapter_config.json").read_text()


def test_a_killed_run_ends_as_one_that_was_not(tiny_gpt2: Path, tmp_path: Path) -> None:
    whole = finetune(tiny_gpt2, tmp_path / "whole", EXAMPLES, config=CONFIG)
    with pytest.raises(KilledError):
        finetune(tiny_gpt2, tmp_path / "killed", EXAMPLES, config=CONFIG, on_progress=kill_at(3))
    resumed: list[FinetuneProgress] = []

    again = finetune(
        tiny_gpt2, tmp_path / "killed", EXAMPLES, config=CONFIG, on_progress=resumed.append
    )

    assert resumed[0].num_resumed == 2
    assert again.losses == pytest.approx(whole.losses)
    one, other = (
        load_file(tmp_path / name / "adapter_model.safetensors") for name in ("whole", "killed")
    )
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_checkpoint_of_other_data_is_in_the_way(tiny_gpt2: Path, tmp_path: Path) -> None:
    with pytest.raises(KilledError):
        finetune(tiny_gpt2, tmp_path, EXAMPLES, config=CONFIG, on_progress=kill_at(3))

    with pytest.raises(FinetuneError, match="other data or settings"):
        finetune(tiny_gpt2, tmp_path, EXAMPLES[:2], config=CONFIG)


@pytest.mark.parametrize(
    ("examples", "reason"),
    [
        ([], "no examples"),
        ([make_example("Say it.", "")], "needs a prompt, a text"),
        ([make_example("Say it.", "a" * 200)], "has 2"),
    ],
)
def test_what_cannot_be_learned_is_one_line(
    tiny_gpt2: Path, tmp_path: Path, examples: list[TrainingExample], reason: str
) -> None:
    with pytest.raises(FinetuneError, match=reason) as caught:
        finetune(tiny_gpt2, tmp_path, examples, config=CONFIG)

    assert "\n" not in str(caught.value)


def test_an_unknown_dtype_is_refused() -> None:
    with pytest.raises(FinetuneError, match="Unknown dtype 'int3'"):
        pick_training_dtype("int3", torch.device("cpu"))


def test_texts_of_a_product_share_a_row_and_see_only_themselves(tiny_gpt2: Path) -> None:
    layout = PromptLayout(load_tokenizer(tiny_gpt2), end_ids=frozenset())

    rows = rows_of(EXAMPLES, layout, 96)

    assert [row.num_texts for row in rows] == [3, 1]
    [batch] = batches_of(rows[:1], 9, "0")
    inputs = padded(batch, torch.device("cpu"))
    seen = inputs.is_seen[0, 0]
    branches = torch.tensor(rows[0].branches)
    for place, branch in enumerate(rows[0].branches):
        visible = set(branches[seen[place]].tolist())
        assert visible <= {0, branch}
        assert not seen[place, place + 1 :].any()
    assert int(inputs.before.sum()) == len(inputs.targets) == rows[0].num_learned


def test_rows_apart_have_the_loss_of_a_shared_row(tiny_gpt2: Path, tmp_path: Path) -> None:
    shared = finetune(
        tiny_gpt2, tmp_path / "a", EXAMPLES[:3], validation=EXAMPLES[:3], config=CONFIG
    )
    alone = [
        finetune(
            tiny_gpt2, tmp_path / f"b{n}", [EXAMPLES[3]], validation=[example], config=CONFIG
        ).validation[0][1] * _num_tokens(example)
        for n, example in enumerate(EXAMPLES[:3])
    ]  # fmt: skip

    total = sum(_num_tokens(example) for example in EXAMPLES[:3])
    assert shared.validation[0][1] == pytest.approx(sum(alone) / total, abs=1e-4)


def _num_tokens(example: TrainingExample) -> int:
    return len(example.text.encode()) + 1


@pytest.fixture(scope="module")
def trained(tiny_gpt2: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("adapter")
    finetune(tiny_gpt2, folder, EXAMPLES, config=CONFIG)
    return folder


def tiny_config(tiny_gpt2: Path, tmp_path: Path, **adapters: Path) -> EngineConfig:
    return EngineConfig(
        data_dir=tmp_path, engine="transformers", model=str(tiny_gpt2), device="cpu",
        max_batch_size=2, adapters={name: str(folder) for name, folder in adapters.items()},
    )  # fmt: skip


def test_a_merged_adapter_writes_what_the_same_adapter_beside_others_writes(
    tiny_gpt2: Path, tmp_path: Path, trained: Path
) -> None:
    merged = load_engine(tiny_config(tiny_gpt2, tmp_path, warm=trained))
    beside = load_engine(tiny_config(tiny_gpt2, tmp_path, warm=trained, cold=trained))
    plain = load_engine(tiny_config(tiny_gpt2, tmp_path))
    request = make_request("Mug", max_tokens=8, adapter="warm")

    texts = [engine.generate([request])[0] for engine in (merged, beside)]

    assert texts[0].token_ids == texts[1].token_ids
    assert texts[0].logprobs == pytest.approx(texts[1].logprobs, abs=1e-3)
    without = plain.generate([dataclasses.replace(request, adapter="")])[0]
    assert without.logprobs != pytest.approx(texts[0].logprobs, abs=1e-3)
    assert "+ warm " in merged.info.revision


def test_an_adapter_of_other_weights_is_refused(
    tiny_gpt2: Path, tmp_path: Path, trained: Path
) -> None:
    folder = tmp_path / "adapter"
    folder.mkdir()
    for file in trained.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    card: dict[str, Any] = {"base": {"weights_sha256": "0" * 64}}
    (folder / "card.json").write_text(json.dumps(card))

    with pytest.raises(EngineLoadError, match="was trained beside weights with SHA-256 000000"):
        load_engine(tiny_config(tiny_gpt2, tmp_path, warm=folder))


def test_training_goes_on_from_another_adapter(tiny_gpt2: Path, tmp_path: Path) -> None:
    first = finetune(tiny_gpt2, tmp_path / "first", EXAMPLES, config=CONFIG)
    config = dataclasses.replace(CONFIG, start=str(tmp_path / "first"), learning_rate=1e-4)

    second = finetune(tiny_gpt2, tmp_path / "second", EXAMPLES, config=config)

    # The first step's loss is that of the adapter it began with, on the same batch.
    assert second.losses[0] < first.losses[0] - 0.1


@pytest.mark.parametrize(("rank", "reason"), [(4, "no adapter"), (2, "another rank")])
def test_start_that_does_not_fit_is_refused(
    tiny_gpt2: Path, tmp_path: Path, rank: int, reason: str
) -> None:
    if rank == 2:
        other = dataclasses.replace(CONFIG, rank=rank, alpha=4, epochs=1)
        finetune(tiny_gpt2, tmp_path / "other", EXAMPLES, config=other)
    config = dataclasses.replace(CONFIG, start=str(tmp_path / "other"))
    with pytest.raises(FinetuneError, match=reason):
        finetune(tiny_gpt2, tmp_path / "out", EXAMPLES, config=config)
