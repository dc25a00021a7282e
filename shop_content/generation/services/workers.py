"""What generation workers say of themselves: alive, doing what, how fast."""

from __future__ import annotations

from django.db.models import Case, F, Value, When

from shop_content.core.database import database_now
from shop_content.generation.models import ModelVersion, WorkerHeartbeat
from shop_content.lm.engine import Capabilities, ModelInfo

MAX_DETAIL_CHARS = 300
WEIGHT = 0.2  # Of the newest batch in the running mean: follows a change within some ten batches.


def worker_report(*, name: str, state: WorkerHeartbeat.State, detail: str = "") -> None:
    """Write what the worker does now, and that it is alive."""
    values = {
        "state": state,
        "detail": detail.replace("\x00", "")[:MAX_DETAIL_CHARS],
        "seen_at": database_now(),
    }
    WorkerHeartbeat.objects.update_or_create(name=name, defaults=values)


def worker_pulse(*, name: str, is_free: bool = False) -> None:
    """Write that the worker is alive, whatever it does.

    Args:
        name: of the worker's row.
        is_free: it does nothing now. The end of its last task may have been lost with the database:
            a row that says "writing" for ever is never woken.
    """
    rows = WorkerHeartbeat.objects.filter(name=name)
    rows.update(seen_at=database_now())
    if is_free:
        busy = (WorkerHeartbeat.State.WRITING, WorkerHeartbeat.State.LOADING)
        rows.filter(state__in=busy).update(state=WorkerHeartbeat.State.IDLE)


def worker_set_model(*, name: str, model_version: ModelVersion) -> None:
    """Write which model the worker serves."""
    WorkerHeartbeat.objects.filter(name=name).update(model_version=model_version)


def worker_count_drafts(*, name: str, num_drafts: int, seconds: float) -> None:
    """Add a batch to the worker's running mean of seconds per draft."""
    mean = seconds / num_drafts
    WorkerHeartbeat.objects.filter(name=name).update(
        seconds_per_draft=Case(
            When(seconds_per_draft=0, then=Value(mean)),
            default=F("seconds_per_draft") * (1 - WEIGHT) + mean * WEIGHT,
        )
    )


def model_version_of(info: ModelInfo, capabilities: Capabilities) -> ModelVersion:
    """Return the row of the loaded model, made when it serves for the first time."""
    return ModelVersion.objects.update_or_create(
        engine=info.engine,
        name=info.name,
        revision=info.revision,
        weights_sha256=info.weights_sha256,
        dtype=info.dtype,
        defaults={"is_repeatable": capabilities.is_repeatable},
    )[0]
