"""Load a model that OpenVINO runs on a CPU; make it from the trial model's weights first."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch

from shop_content.lm.adapter_merging import (
    Adapter,
    merge_adapter,
    only_adapter,
    revision_with,
    weight_changes,
)
from shop_content.lm.engine import (
    ALL_CONSTRAINTS,
    Capabilities,
    EngineConfig,
    Message,
    ModelInfo,
    ScoreRequest,
)
from shop_content.lm.evaluation import logprob_difference
from shop_content.lm.loading import (
    BaseModel,
    EngineLoadError,
    file_digest,
    find_base_model,
    first_line,
)
from shop_content.lm.model_folders import made_folder
from shop_content.lm.model_runner import Chunk
from shop_content.lm.prompt_layout import PromptLayout, end_token_ids
from shop_content.lm.slot_engine import SlotEngine
from shop_content.lm.transformers_engine import (
    load_model,
    load_tokenizer,
    model_length,
)
from shop_content.lm.trial_model import TRIAL_MODEL_NAME, find_trial_weights

MODEL_FILE = "openvino_model.xml"
REFERENCE_FILE = "reference.json"
# A model that differs from its reference by more than this, in the mean over the tokens of a few
# texts, is another model. Measured: products in float32 0.002, in bfloat16 0.031; the mistake that
# this is here for, a Q4_1 file read with its minimum rounded to an integer, 0.38.
MAX_DIFFERENCE = 0.06
NEEDED = "openvino_genai"
WARM_UP_TOKENS = 16

# What is compared: ordinary copy under an ordinary prompt.
_PROMPT = (
    Message("system", "You write product copy for an online shop."),
    Message("user", "Mug by Holm, made of stoneware, in blue, capacity 0.3 l, dishwasher safe."),
)
_TEXTS = (
    "A blue stoneware mug by Holm that holds 0.3 l and may go into the dishwasher.",
    "Start the day with a mug that feels right in the hand: fired from stoneware, glazed in blue.",
    "Capacity 0.3 l. Dishwasher safe. Made of stoneware.",
    "The light jacket keeps the wind out, packs into its own pocket and weighs next to nothing.",
)


def load_openvino_engine(config: EngineConfig) -> SlotEngine:
    """Load a folder with `openvino_model.xml`, or the trial model, converted once.

    Raises:
        EngineLoadError: With one line: a missing package, folder or file, or weights that do not
            compute what their reference says.
    """
    if importlib.util.find_spec(NEEDED) is None:
        raise EngineLoadError(
            "The engine openvino needs its package: pip install 'shop-content[openvino]'."
        )
    if config.device not in {"auto", "cpu"}:
        raise EngineLoadError("The engine openvino runs on the CPU; use the engine transformers.")
    if len(config.adapters) > 1 or (config.adapters and config.model):
        raise EngineLoadError(
            "The engine openvino takes one adapter, of the trial model; use the engine "
            "transformers for others."
        )
    number_format = pick_format(config.dtype)
    source = _folder_of(config) if config.model else _trial_folder(config)
    try:
        engine = _engine(source, config, number_format)
    except EngineLoadError:
        raise
    except Exception as error:  # Whatever OpenVINO and tokenizers raise on a broken folder.
        raise EngineLoadError(
            f"Model {source.name} cannot be loaded: {first_line(error)}"
        ) from error
    _check_against_reference(engine, source)
    return engine


def pick_format(dtype: str) -> str:
    """Return "bfloat16" or "float16" for a dtype setting: the number format of the products.

    The weights are kept in float16, which holds those of the trial's file almost exactly, either
    way. bfloat16 takes half the time on processors that multiply it (AVX512-BF16), and its
    log-probabilities are off by 0.03; the others compute in float32. Weights and activations of 8
    bits were tried and left out: no faster than bfloat16, and off by 0.08.

    Raises:
        EngineLoadError: There is no such format, or this processor does not have it.
    """
    multiplies: bool = torch.cpu._is_avx512_bf16_supported()  # It has no public name.
    if dtype == "auto":
        return "bfloat16" if multiplies else "float16"
    if dtype == "bfloat16" and not multiplies:
        raise EngineLoadError("This processor does not multiply bfloat16; use auto or float16.")
    if dtype not in {"bfloat16", "float16"}:
        raise EngineLoadError(
            f"Unknown dtype {dtype!r} of openvino: use auto, bfloat16 or float16."
        )
    return dtype


def _engine(source: BaseModel, config: EngineConfig, number_format: str) -> SlotEngine:
    from shop_content.lm.openvino_runner import OpenVinoOptions, OpenVinoRunner

    tokenizer = load_tokenizer(source.folder)
    model_config = json.loads((source.folder / "config.json").read_text(encoding="utf-8"))
    runner = OpenVinoRunner(
        source.folder / MODEL_FILE,
        num_slots=max(1, config.max_batch_size),
        max_model_len=model_length(_Attributes(model_config)),
        options=OpenVinoOptions(threads=config.threads, is_bfloat16=number_format == "bfloat16"),
    )
    runner.forward([Chunk(0, 0, [0] * WARM_UP_TOKENS)])  # Its kernels are chosen at the first use.
    end_ids = end_token_ids(model_config.get("eos_token_id"), tokenizer)
    return SlotEngine(
        runner=runner,
        layout=PromptLayout(tokenizer, end_ids=end_ids),
        info=ModelInfo(
            engine="openvino",
            name=source.name,
            revision=source.revision,
            weights_sha256=source.weights_sha256,
            dtype=number_format,
            device="cpu",
        ),
        capabilities=Capabilities(
            # Rounded to 16 bits, near ties fall otherwise in another batch.
            is_repeatable=number_format == "float16",
            has_logprobs=True,
            constraints=ALL_CONSTRAINTS,
            has_adapters=bool(config.adapters),
            can_score=True,
            streams=True,
        ),
        adapters=frozenset(config.adapters),
    )


class _Attributes:
    """A model's configuration file, read as `model_length` reads a configuration."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.max_position_embeddings = values.get("max_position_embeddings")


def _folder_of(config: EngineConfig) -> BaseModel:
    folder = Path(config.model).expanduser()
    for name in (MODEL_FILE, "openvino_model.bin", "config.json"):
        if not (folder / name).is_file():
            raise EngineLoadError(
                f"Model folder {folder} has no {name}: export it with optimum-intel, or use the "
                "engine transformers."
            )
    digest = file_digest(folder / "openvino_model.bin")
    expected = config.weights_sha256.strip().lower()
    if expected and expected != digest:
        raise EngineLoadError(
            f"The weights of {config.model} have SHA-256 {digest}, but {expected} is expected."
        )
    return BaseModel(folder, config.model, config.revision, digest)


def _trial_folder(config: EngineConfig) -> BaseModel:
    """Return the trial model for OpenVINO, made from its GGUF file where that was not done yet."""
    models_dir = config.data_dir / "models"
    trial = find_base_model(config)
    adapter = only_adapter(config, trial)
    name = f"{TRIAL_MODEL_NAME}-openvino-{trial.weights_sha256[:12]}"
    if adapter is not None:
        name += f"-{adapter.sha256[:12]}"
    try:
        folder = made_folder(
            models_dir / name, partial(_convert, trial.folder, find_trial_weights(), adapter)
        )
    except OSError as error:
        raise EngineLoadError(
            f"The trial model cannot be converted into {models_dir}: {error.strerror or error}."
        ) from error
    revision = revision_with(trial.revision, adapter)
    return BaseModel(folder, TRIAL_MODEL_NAME, revision, trial.weights_sha256)


def _convert(plain_folder: Path, gguf_file: Path, adapter: Adapter | None, folder: Path) -> None:
    """Write the OpenVINO model, the tokenizer's files and the reference into a folder.

    openvino-genai's reader of GGUF files makes the model. It takes weights of 16 bits as they
    are, but rounds the minimum of Q4_1, so the weights are rewritten first.
    """
    import openvino_genai

    from shop_content.lm.gguf_files import rewrite_gguf

    weights = folder / "model.gguf"
    changes = weight_changes(adapter) if adapter else {}
    rewrite_gguf(gguf_file, weights, {name: change.numpy() for name, change in changes.items()})
    # It also compiles what it reads, which is not needed and goes away with the object.
    openvino_genai.LLMPipeline(str(weights), "CPU", enable_save_ov_model=True)
    weights.unlink()
    for left_over in (*folder.glob("openvino_tokenizer.*"), *folder.glob("openvino_detokenizer.*")):
        left_over.unlink()
    for file in plain_folder.iterdir():
        if file.suffix in {".json", ".jinja", ".txt"}:
            shutil.copy(file, folder / file.name)
    reference = {"texts": list(_TEXTS), "logprobs": _reference_logprobs(plain_folder, adapter)}
    (folder / REFERENCE_FILE).write_text(json.dumps(reference), encoding="utf-8")


@torch.inference_mode()
def _reference_logprobs(folder: Path, adapter: Adapter | None) -> list[list[float]]:
    """Return what the plain float32 model says of each token of the texts, by its own forward."""
    tokenizer = load_tokenizer(folder)
    layout = PromptLayout(tokenizer, end_ids=frozenset())
    model = load_model(folder, torch.float32).eval()
    if adapter is not None:
        merge_adapter(model, adapter)
    prompt_ids = layout.prompt_ids(_PROMPT, "")
    found = []
    for text in _TEXTS:
        text_ids = layout.text_ids(text)
        logits = model(torch.tensor([prompt_ids + text_ids])).logits[0]  # (tokens, vocab)
        logprobs = logits[len(prompt_ids) - 1 : -1].log_softmax(dim=1)  # (text, vocab)
        found.append(logprobs.gather(1, torch.tensor(text_ids).unsqueeze(1)).squeeze(1).tolist())
    return found


def _check_against_reference(engine: SlotEngine, source: BaseModel) -> None:
    """Refuse weights that do not compute what the float32 model computed from them.

    Raises:
        EngineLoadError: They are off by more than MAX_DIFFERENCE.
    """
    file = source.folder / REFERENCE_FILE
    if not file.is_file():
        return  # Exported by somebody else: there is nothing to compare with.
    try:
        reference = json.loads(file.read_text(encoding="utf-8"))
        texts: Sequence[str] = reference["texts"]
        found = engine.score([ScoreRequest(_PROMPT, text) for text in texts])
        difference = logprob_difference(reference["logprobs"], found)
    except (ValueError, KeyError, TypeError) as error:
        raise EngineLoadError(
            f"{file} cannot be compared with the model; remove the folder to make it anew."
        ) from error
    if not difference <= MAX_DIFFERENCE:
        raise EngineLoadError(
            f"The weights in {source.folder} are not those of {source.name}: their "
            f"log-probabilities are off by {difference:.3f}, and {MAX_DIFFERENCE} is allowed. "
            "Remove the folder to make it anew."
        )
