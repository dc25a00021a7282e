"""Turn the Django settings of the language model into the configuration of an engine."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from shop_content.lm.engine import EngineConfig


def engine_config() -> EngineConfig:
    """Return the engine configuration that the settings describe. Nothing is loaded."""
    return EngineConfig(
        data_dir=Path(settings.SHOP_CONTENT_DATA_DIR),
        engine=settings.SHOP_CONTENT_LM_ENGINE,
        model=settings.SHOP_CONTENT_LM_MODEL,
        revision=settings.SHOP_CONTENT_LM_REVISION,
        weights_sha256=settings.SHOP_CONTENT_LM_SHA256,
        device=settings.SHOP_CONTENT_LM_DEVICE,
        dtype=settings.SHOP_CONTENT_LM_DTYPE,
        max_batch_size=settings.SHOP_CONTENT_LM_BATCH_SIZE,
        threads=settings.SHOP_CONTENT_LM_THREADS,
        echo_delay_seconds=settings.SHOP_CONTENT_LM_ECHO_DELAY,
    )
