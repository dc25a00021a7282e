"""Write beside an adapter what it is, what it was made from, and how it was made."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from shop_content.generation.prompts import PromptStyle, prompt_version
from shop_content.lm.finetuning_data import FinetuneConfig, FinetuneResult
from shop_content.lm.loading import BaseModel
from shop_content.training.corpus import Pair

CARD_FILE = "card.json"
CURVE_POINTS = 40  # The loss curve of the card: means of so many equal parts of the run.


def write_card(
    out: Path,
    *,
    base: BaseModel,
    config: FinetuneConfig,
    result: FinetuneResult,
    learned: Sequence[Pair],
) -> None:
    """Write `card.json`, for programs, and `README.md`, for people.

    Raises:
        OSError: No room, or no right to write there.
    """
    is_by_sentence = any(pair.source.part for pair in learned)
    style = PromptStyle.SENTENCES if is_by_sentence else PromptStyle.FACT_SHEET
    is_by_sentence = any(pair.source.part for pair in learned)
    style = PromptStyle.SENTENCES if is_by_sentence else PromptStyle.FACT_SHEET
    card = {
        "base": {
            "name": base.name,
            "revision": base.revision,
            "weights_sha256": base.weights_sha256,
        },
        "adapter_sha256": result.adapter_sha256,
        "prompt": {
            "style": style.value,
            "version": prompt_version(style),
        },
        "data": _data(learned),
        "settings": asdict(config),
        "num_steps": result.num_steps,
        "seconds": round(result.seconds, 1),
        "loss_curve": _curve(result.losses),
        "validation": [{"steps": step, "loss": round(loss, 4)} for step, loss in result.validation],
    }
    text = json.dumps(card, indent=1, ensure_ascii=False)
    (out / CARD_FILE).write_text(text + "\n", encoding="utf-8")
    (out / "README.md").write_text(_for_people(card), encoding="utf-8")


def _data(learned: Sequence[Pair]) -> dict[str, Any]:
    digest = hashlib.sha256()
    for pair in learned:
        digest.update(json.dumps([pair.product_id, pair.source.field, pair.text]).encode())
    return {
        "num_pairs": len(learned),
        "num_products": len({pair.product_id for pair in learned}),
        "pairs_by_field": dict(Counter(pair.source.field for pair in learned)),
        "sha256": digest.hexdigest(),
    }


def _curve(losses: Sequence[float]) -> list[float]:
    """Return the mean loss of equal parts of the run."""
    size = max(1, len(losses) // CURVE_POINTS)
    parts = [losses[start : start + size] for start in range(0, len(losses), size)]
    return [round(sum(part) / len(part), 4) for part in parts]


def _for_people(card: dict[str, Any]) -> str:
    base, data, settings = card["base"], card["data"], card["settings"]
    fields = ", ".join(f"{name} {num}" for name, num in data["pairs_by_field"].items())
    curve = card["loss_curve"]
    text = f"""\
# Adapter for product copy

A LoRA adapter for {base["name"]} ({base["revision"]}): a sheet of facts in, product copy out, in \
English.

- SHA-256 of the base's weights: `{base["weights_sha256"]}`
- SHA-256 of the adapter: `{card["adapter_sha256"]}`
- Prompt: `{card["prompt"]["style"]}`, version `{card["prompt"]["version"]}`
- Data: {data["num_pairs"]} pairs of {data["num_products"]} products ({fields}), written by hand; \
SHA-256 `{data["sha256"]}`
- Training: {card["num_steps"]} steps of about {settings["batch_size"]} texts, \
{settings["epochs"]} epochs, rank {settings["rank"]}, rate {settings["learning_rate"]}, \
seed {settings["seed"]}, frozen weights in {settings["dtype"]}
- Loss of the training texts, nats a token: {curve[0]:.2f} at the beginning, {curve[-1]:.2f} at \
the end
"""
    lines = [text.rstrip()]
    lines += [
        f"- Loss of texts not learned from, after {row['steps']} steps: {row['loss']:.3f}"
        for row in card["validation"]
    ]
    return "\n".join(lines) + "\n"
