from __future__ import annotations

import hashlib
import json
import pickle
import shutil
from pathlib import Path
from typing import Any

import pytest

from shop_content.lm.engine import Engine, EngineConfig
from shop_content.lm.loading import (
    EngineLoadError,
    check_model_folder,
    load_engine,
    weights_digest,
)
from tests.lm.conftest import make_request

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Planted:
    """Writes a file when it is unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return (Path.touch, (self.target,))


@pytest.fixture
def model_copy(tiny_gpt2: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_gpt2, tmp_path / "model"))


def load_error(tmp_path: Path, **values: Any) -> str:
    with pytest.raises(EngineLoadError) as caught:
        load_engine(EngineConfig(data_dir=tmp_path, **values))
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_folder_is_loaded_and_described(tiny_gpt2: Path, tmp_path: Path) -> None:
    engine = load_engine(EngineConfig(data_dir=tmp_path, model=str(tiny_gpt2), revision="r1"))

    assert engine.info.engine == "transformers"
    assert engine.info.name == str(tiny_gpt2)
    assert engine.info.revision == "r1"
    assert engine.info.dtype == "float32"
    assert engine.info.weights_sha256 == (
        hashlib.sha256((tiny_gpt2 / "model.safetensors").read_bytes()).hexdigest()
    )


def test_gpt2_writes(tiny_engine: Engine) -> None:
    assert tiny_engine.generate([make_request()])[0].completion_tokens == 12


def test_the_echo_engine_needs_no_model(tmp_path: Path) -> None:
    assert load_engine(EngineConfig(data_dir=tmp_path, engine="echo")).info.engine == "echo"


def test_an_unknown_engine_is_named(tmp_path: Path) -> None:
    assert "'vllm'" in load_error(tmp_path, engine="vllm")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"

    assert f"{missing} does not exist" in load_error(tmp_path, model=str(missing))


@pytest.mark.parametrize(
    "name", ["pytorch_model.bin", "weights.pkl", "model.pt", "model.PTH", "last.ckpt"]
)
def test_pickled_weights_are_refused_and_never_opened(
    model_copy: Path, tmp_path: Path, name: str
) -> None:
    target = tmp_path / "was-run"
    (model_copy / name).write_bytes(pickle.dumps(Planted(target)))

    message = load_error(tmp_path, model=str(model_copy))

    assert name in message
    assert not target.exists()


def test_pickled_weights_alone_are_refused(model_copy: Path, tmp_path: Path) -> None:
    (model_copy / "model.safetensors").rename(model_copy / "pytorch_model.bin")

    assert "pytorch_model.bin" in load_error(tmp_path, model=str(model_copy))


def test_a_folder_without_weights_is_refused(model_copy: Path, tmp_path: Path) -> None:
    (model_copy / "model.safetensors").unlink()

    assert "no .safetensors" in load_error(tmp_path, model=str(model_copy))


def test_a_folder_without_configuration_is_refused(model_copy: Path, tmp_path: Path) -> None:
    (model_copy / "config.json").unlink()

    assert "no config.json" in load_error(tmp_path, model=str(model_copy))


def test_broken_weights_are_one_line(model_copy: Path, tmp_path: Path) -> None:
    (model_copy / "model.safetensors").write_bytes(b"not weights")

    assert "cannot be loaded" in load_error(tmp_path, model=str(model_copy))


def test_another_digest_than_expected_is_refused(tiny_gpt2: Path, tmp_path: Path) -> None:
    message = load_error(tmp_path, model=str(tiny_gpt2), weights_sha256="ab" * 32)

    assert "ab" * 32 in message


def test_the_expected_digest_is_accepted_in_any_case(tiny_gpt2: Path, tmp_path: Path) -> None:
    digest = weights_digest(tiny_gpt2).upper()

    load_engine(EngineConfig(data_dir=tmp_path, model=str(tiny_gpt2), weights_sha256=digest))


def test_code_of_the_folder_is_not_run(model_copy: Path, tmp_path: Path) -> None:
    target = tmp_path / "was-run"
    (model_copy / "modeling_own.py").write_text(
        f"from pathlib import Path\nPath({str(target)!r}).touch()\n"
    )
    settings = json.loads((model_copy / "config.json").read_text())
    settings["model_type"] = "own"
    settings["auto_map"] = {
        "AutoConfig": "modeling_own.Own",
        "AutoModelForCausalLM": "modeling_own.Own",
    }
    (model_copy / "config.json").write_text(json.dumps(settings))

    assert "cannot be loaded" in load_error(tmp_path, model=str(model_copy))
    assert not target.exists()


@pytest.mark.parametrize(
    "listed", ["pytorch_model.bin", "../model.safetensors", "gone.safetensors"]
)
def test_an_index_may_only_name_weights_of_the_folder(model_copy: Path, listed: str) -> None:
    index = {"metadata": {}, "weight_map": {"wte.weight": listed}}
    (model_copy / "model.safetensors.index.json").write_text(json.dumps(index))

    with pytest.raises(EngineLoadError, match="names"):
        check_model_folder(model_copy)


@pytest.mark.parametrize("content", ["no json", "{}", "[]", '{"weight_map": 3}'])
def test_a_broken_index_is_refused(model_copy: Path, content: str) -> None:
    (model_copy / "model.safetensors.index.json").write_text(content)

    with pytest.raises(EngineLoadError, match="index"):
        check_model_folder(model_copy)


@pytest.mark.parametrize("revision", ["", "main", "v1.0", COMMIT[:12]])
def test_a_hub_name_needs_a_full_commit(tmp_path: Path, revision: str) -> None:
    message = load_error(tmp_path, model="openai-community/gpt2", revision=revision)

    assert "pinned revision" in message


def test_a_hub_model_outside_the_cache_is_one_line_when_offline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path))

    message = load_error(tmp_path, model="nobody/no-such-model", revision=COMMIT)

    assert "nobody/no-such-model" in message
    assert "HF_HUB_OFFLINE" in message


@pytest.mark.parametrize("model", ["a/b/c", "two words", "-x/y"])
def test_neither_folder_nor_hub_name_is_refused(tmp_path: Path, model: str) -> None:
    assert "neither" in load_error(tmp_path, model=model, revision=COMMIT)


@pytest.mark.parametrize(
    ("values", "part"),
    [
        ({"dtype": "int3"}, "dtype"),
        ({"device": "abacus"}, "device"),
    ],
)
def test_unknown_settings_are_named(
    tiny_gpt2: Path, tmp_path: Path, values: dict[str, str], part: str
) -> None:
    assert part in load_error(tmp_path, model=str(tiny_gpt2), **values)


def test_a_missing_gpu_is_said(
    tiny_gpt2: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)

    assert "no CUDA" in load_error(tmp_path, model=str(tiny_gpt2), device="cuda")


def test_the_digest_of_several_files_is_that_of_their_list(tmp_path: Path) -> None:
    (tmp_path / "a.safetensors").write_bytes(b"a")
    (tmp_path / "b.safetensors").write_bytes(b"b")
    digests = [hashlib.sha256(data).hexdigest() for data in (b"a", b"b")]
    lines = f"{digests[0]}  a.safetensors\n{digests[1]}  b.safetensors\n"

    assert weights_digest(tmp_path) == hashlib.sha256(lines.encode()).hexdigest()
