"""Make an engine from a configuration, and refuse whatever is not plain, known weights.

Only safetensors are read, code of a model repository is never run, a hub name needs a pinned
commit, and an expected digest is compared before anything is loaded.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shop_content.lm.engine import Engine, EngineConfig

# These run code when they are opened. Even an unused one in the folder is a reason to ask where
# the folder comes from.
PICKLE_SUFFIXES = frozenset({".bin", ".ckpt", ".pickle", ".pkl", ".pt", ".pth"})
HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
FULL_COMMIT = re.compile(r"[0-9a-f]{40}")
# What a causal language model needs, and nothing that could be run.
HUB_FILES = ("*.json", "*.safetensors", "*.txt", "*.model", "*.jinja")


class EngineLoadError(RuntimeError):
    """The engine cannot be loaded; the message is one line for the person who set it up."""


@dataclass(frozen=True, slots=True)
class BaseModel:
    """Checked weights on this disk."""

    folder: Path
    name: str
    revision: str
    weights_sha256: str


def load_engine(config: EngineConfig) -> Engine:
    """Load the engine that the configuration asks for, or the chain of several.

    The first load of the trial model converts its weights, which takes half a minute; later loads
    take a few seconds.

    Raises:
        EngineLoadError: With one line that says what is wrong and with which folder or setting.
    """
    names = [name.strip() for name in config.engine.split(",") if name.strip()]
    unknown = [name for name in names if name not in LOADERS]
    if unknown or not names:
        raise EngineLoadError(
            f"Unknown engine {(unknown or [config.engine])[0]!r}: use one of {', '.join(LOADERS)}, "
            "or several, separated by commas."
        )
    engines = [LOADERS[name](config) for name in names]
    if len(engines) == 1:
        return engines[0]
    from shop_content.lm.chain import EngineChain

    return EngineChain(engines)


def _load_auto(config: EngineConfig) -> Engine:
    """Load the fastest engine for this machine and model."""
    is_exported = (Path(config.model).expanduser() / "openvino_model.xml").is_file()
    wants_openvino = (
        (not config.model or is_exported)
        and config.device in {"auto", "cpu"}
        and config.dtype in {"auto", "bfloat16", "float16"}
        and len(config.adapters) <= (0 if config.model else 1)
    )
    if wants_openvino and importlib.util.find_spec("openvino_genai") is not None:
        import torch

        if config.device == "cpu" or not torch.cuda.is_available():
            return _load_openvino(config)
    return _load_transformers(config)


def _load_openvino(config: EngineConfig) -> Engine:
    from shop_content.lm.openvino_engine import load_openvino_engine

    return load_openvino_engine(config)


def _load_openai(config: EngineConfig) -> Engine:
    from shop_content.lm.openai_engine import load_openai_engine

    return load_openai_engine(config)


def _load_deepai(config: EngineConfig) -> Engine:
    from shop_content.lm.deepai_engine import load_deepai_engine

    return load_deepai_engine(config)


def _load_echo(config: EngineConfig) -> Engine:
    from shop_content.lm.echo import EchoEngine

    return EchoEngine(delay_seconds=config.echo_delay_seconds, max_batch_size=config.max_batch_size)


def weights_digest(folder: Path) -> str:
    """Return the SHA-256 of a model folder's weights as hex.

    One file: its own digest. Several: the digest of the lines `<digest>  <name>`, sorted by name,
    which is what `sha256sum *.safetensors | sha256sum` prints.
    """
    files = sorted(folder.glob("*.safetensors"))
    if len(files) == 1:
        return file_digest(files[0])
    lines = "".join(f"{file_digest(file)}  {file.name}\n" for file in files)
    return hashlib.sha256(lines.encode()).hexdigest()


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_model_folder(folder: Path) -> None:
    """Refuse a folder that is missing, incomplete or holds pickled weights.

    Raises:
        EngineLoadError: With the reason.
    """
    if not folder.is_dir():
        raise EngineLoadError(f"Model folder {folder} does not exist.")
    _refuse_pickles(folder, "Model")
    if not (folder / "config.json").is_file():
        raise EngineLoadError(f"Model folder {folder} has no config.json.")
    names = {file.name for file in folder.glob("*.safetensors")}
    if not names:
        raise EngineLoadError(f"Model folder {folder} has no .safetensors weights.")
    _check_index(folder, names)


def _check_index(folder: Path, names: set[str]) -> None:
    """Refuse an index that sends the loader to anything but safetensors files of the folder."""
    index = folder / "model.safetensors.index.json"
    if not index.is_file():
        return
    try:
        listed = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise EngineLoadError(f"{index} cannot be read as an index of weights.") from error
    if not listed <= names:
        missing = sorted(str(name) for name in listed - names)[0]
        raise EngineLoadError(f"{index} names {missing!r}, which is no weight file of the folder.")


def check_adapter_folder(folder: Path) -> None:
    """Refuse a LoRA adapter that is missing, incomplete or pickled.

    Raises:
        EngineLoadError: With the reason.
    """
    if not folder.is_dir():
        raise EngineLoadError(f"Adapter folder {folder} does not exist.")
    _refuse_pickles(folder, "Adapter")
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        if not (folder / name).is_file():
            raise EngineLoadError(f"Adapter folder {folder} has no {name}.")


def _refuse_pickles(folder: Path, kind: str) -> None:
    pickles = sorted(f.name for f in folder.iterdir() if f.suffix.lower() in PICKLE_SUFFIXES)
    if pickles:
        raise EngineLoadError(
            f"{kind} folder {folder} holds {pickles[0]}: pickled weights can run code and are "
            "refused; keep only the safetensors files."
        )


def find_base_model(config: EngineConfig) -> BaseModel:
    """Return the checked safetensors folder of a configuration's model; nothing is loaded.

    Raises:
        EngineLoadError: With one line that says what is wrong with it.
    """
    if not config.model:
        from shop_content.lm.trial_model import TRIAL_MODEL_NAME, trial_model_folder

        trial = trial_model_folder(config.data_dir / "models")
        _check_digest(trial.weights_sha256, config, "the trial model")
        return BaseModel(trial.folder, TRIAL_MODEL_NAME, trial.revision, trial.weights_sha256)
    folder, revision = _find_folder(config)
    check_model_folder(folder)
    digest = weights_digest(folder)
    _check_digest(digest, config, config.model)
    return BaseModel(folder, config.model, revision, digest)


def _load_transformers(config: EngineConfig) -> Engine:
    from shop_content.lm.transformers_engine import load_transformers_engine

    return load_transformers_engine(find_base_model(config), config)


LOADERS: dict[str, Callable[[EngineConfig], Engine]] = {
    "auto": _load_auto,
    "openvino": _load_openvino,
    "transformers": _load_transformers,
    "openai": _load_openai,
    "deepai": _load_deepai,
    "echo": _load_echo,  # For tests.
}


def _check_digest(digest: str, config: EngineConfig, name: str) -> None:
    expected = config.weights_sha256.strip().lower()
    if expected and expected != digest:
        raise EngineLoadError(
            f"The weights of {name} have SHA-256 {digest}, but {expected} is expected."
        )


def _find_folder(config: EngineConfig) -> tuple[Path, str]:
    """Return the local folder of a model given by folder or hub name, and its revision."""
    path = Path(config.model).expanduser()
    if path.is_dir() or path.is_absolute() or config.model.startswith((".", "~")):
        return path, config.revision
    if not HUB_NAME.fullmatch(config.model):
        raise EngineLoadError(f"{config.model!r} is neither a folder nor a name on the hub.")
    if not FULL_COMMIT.fullmatch(config.revision):
        raise EngineLoadError(
            f"Model {config.model} of the hub needs a pinned revision: the full commit hash of 40 "
            "hexadecimal digits."
        )
    return _hub_snapshot(config.model, config.revision), config.revision


def _hub_snapshot(name: str, revision: str) -> Path:
    """Return the folder of a hub model at a commit, from the local cache or downloaded once."""
    from huggingface_hub import snapshot_download

    def snapshot(*, local_files_only: bool) -> Path:
        return Path(
            snapshot_download(
                name,
                revision=revision,
                allow_patterns=list(HUB_FILES),
                local_files_only=local_files_only,
            )
        )

    try:
        return snapshot(local_files_only=True)
    except Exception as missing:
        if os.environ.get("HF_HUB_OFFLINE", "") in {"1", "true", "TRUE", "yes", "on"}:
            raise EngineLoadError(
                f"Model {name} at {revision} is not in the local cache, and HF_HUB_OFFLINE is set."
            ) from missing
    try:
        return snapshot(local_files_only=False)
    except Exception as error:
        raise EngineLoadError(
            f"Model {name} at {revision} cannot be fetched from the hub: {first_line(error)}"
        ) from error


def first_line(error: Exception) -> str:
    """Return the first line of what an exception says, for a message of one line."""
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__
