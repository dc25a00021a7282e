"""Make an engine from a configuration, and refuse whatever is not plain, known weights.

Only safetensors are read, code of a model repository is never run, a hub name needs a pinned
commit, and an expected digest is compared before anything is loaded.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shop_content.lm.engine import Engine, EngineConfig, ModelInfo

if TYPE_CHECKING:
    import torch

# These run code when they are opened. Even an unused one in the folder is a reason to ask where
# the folder comes from.
PICKLE_SUFFIXES = frozenset({".bin", ".ckpt", ".pickle", ".pkl", ".pt", ".pth"})
HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
FULL_COMMIT = re.compile(r"[0-9a-f]{40}")
# What a causal language model needs, and nothing that could be run.
HUB_FILES = ("*.json", "*.safetensors", "*.txt", "*.model", "*.jinja")


class EngineLoadError(RuntimeError):
    """The engine cannot be loaded; the message is one line for the person who set it up."""


def load_engine(config: EngineConfig) -> Engine:
    """Load the engine that the configuration asks for.

    The first load of the trial model converts its weights, which takes about 15 seconds; later
    loads take about 2.

    Raises:
        EngineLoadError: With one line that says what is wrong and with which folder or setting.
    """
    if config.engine == "echo":
        from shop_content.lm.echo import EchoEngine

        return EchoEngine(delay_seconds=config.echo_delay_seconds)
    if config.engine != "transformers":
        raise EngineLoadError(
            f"Unknown engine {config.engine!r}: use 'transformers' or, for tests, 'echo'."
        )
    return _load_transformers(config)


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
    pickles = sorted(f.name for f in folder.iterdir() if f.suffix.lower() in PICKLE_SUFFIXES)
    if pickles:
        raise EngineLoadError(
            f"Model folder {folder} holds {pickles[0]}: pickled weights can run code and are "
            "refused; keep only the safetensors files."
        )
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


def _load_transformers(config: EngineConfig) -> Engine:
    if not config.model:
        from shop_content.lm.trial_model import TRIAL_MODEL_NAME, trial_model_folder

        trial = trial_model_folder(config.data_dir / "models")
        _check_digest(trial.weights_sha256, config, "the trial model")
        return _load_folder(
            trial.folder, config, TRIAL_MODEL_NAME, trial.revision, trial.weights_sha256
        )
    folder, revision = _find_folder(config)
    check_model_folder(folder)
    digest = weights_digest(folder)
    _check_digest(digest, config, config.model)
    return _load_folder(folder, config, config.model, revision, digest)


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
            f"Model {name} at {revision} cannot be fetched from the hub: {_first_line(error)}"
        ) from error


def _load_folder(
    folder: Path, config: EngineConfig, name: str, revision: str, digest: str
) -> Engine:
    """Load model and tokenizer of a checked folder, offline and without foreign code."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging as transformers_logging

    from shop_content.lm.transformers_engine import TransformersEngine

    silence: Any = transformers_logging.disable_progress_bar  # It has no types.
    silence()
    if config.threads > 0:
        torch.set_num_threads(config.threads)
    try:
        device = _pick_device(config.device)
        dtype = _pick_dtype(config.dtype, device)
        tokenizer = AutoTokenizer.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
        model: Any = AutoModelForCausalLM.from_pretrained(
            folder,
            dtype=dtype,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
        )
        model = model.to(device).eval()
    except EngineLoadError:
        raise
    except Exception as error:
        # Whatever transformers, tokenizers and safetensors raise on a broken folder.
        raise EngineLoadError(f"Model {name} cannot be loaded: {_first_line(error)}") from error
    info = ModelInfo(
        engine="transformers",
        name=name,
        revision=revision,
        weights_sha256=digest,
        dtype=str(dtype).removeprefix("torch."),
        device=str(device),
    )
    return TransformersEngine(
        model=model, tokenizer=tokenizer, info=info, max_batch_size=config.max_batch_size
    )


def _pick_device(name: str) -> torch.device:
    import torch

    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise EngineLoadError(f"Unknown device {name!r}: use auto, cpu or cuda.") from error
    if device.type == "cuda" and not torch.cuda.is_available():
        raise EngineLoadError(f"Device {name!r} is asked for, but no CUDA device is usable here.")
    return device


def _pick_dtype(name: str, device: torch.device) -> torch.dtype:
    """Choose the number format of the weights.

    On the CPU "auto" is float32: with the trial model a text then depends on its seed and not on
    its neighbours in the batch. bfloat16 is about twice as fast on processors with AVX512-BF16
    (16 texts together: 356 against 173 tokens a second on two cores of a Zen 4), but none of five
    texts came out the same alone as among others.
    """
    import torch

    known = {
        "float32": torch.float32,
        "bfloat16": torch.bfloat16,
        "float16": torch.float16,
    }
    if name == "auto":
        if device.type == "cuda":
            return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
        return torch.float32
    if name not in known:
        raise EngineLoadError(f"Unknown dtype {name!r}: use auto, {', '.join(known)}.")
    return known[name]


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__
