"""Writes of the stage."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from shop_content.checks.rules import RULES_VERSION
from shop_content.lm.engine import ModelInfo
from shop_content.training.models import EvaluationReport


def evaluation_save(
    *,
    set_name: str,
    field: str,
    info: ModelInfo,
    adapter: str,
    seed: int,
    rows: Sequence[Mapping[str, Any]],
) -> EvaluationReport:
    """Keep what was measured, without the texts; numbers that JSON has none for are left out."""
    return EvaluationReport.objects.create(
        set_name=set_name,
        field=field,
        engine=info.engine,
        model_name=info.name,
        weights_sha256=info.weights_sha256,
        adapter=adapter,
        rules_version=RULES_VERSION,
        seed=seed,
        num_drafts=max((int(row["num_drafts"]) for row in rows), default=0),
        rows=[_kept(row) for row in rows],
    )


def _kept(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in row.items()
        if name != "texts" and not (isinstance(value, float) and not math.isfinite(value))
    }
