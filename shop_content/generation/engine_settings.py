"""Turn the Django settings of the language model into the configuration of an engine."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from shop_content.lm.engine import EngineConfig, ServerConfig


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
        adapters=settings.SHOP_CONTENT_LM_ADAPTERS,
        openai=_server(
            settings.SHOP_CONTENT_OPENAI_URL,
            settings.SHOP_CONTENT_OPENAI_MODEL,
            settings.SHOP_CONTENT_OPENAI_KEY,
        ),
        deepai=_server(settings.SHOP_CONTENT_DEEPAI_URL, "", settings.SHOP_CONTENT_DEEPAI_KEY),
        echo_delay_seconds=settings.SHOP_CONTENT_LM_ECHO_DELAY,
    )


def _server(url: str, model: str, key: str) -> ServerConfig:
    return ServerConfig(
        base_url=url,
        model=model,
        api_key=key,
        concurrency=settings.SHOP_CONTENT_LM_BATCH_SIZE,
        timeout_seconds=settings.SHOP_CONTENT_SERVER_TIMEOUT_SECONDS,
        input_cents_per_million=settings.SHOP_CONTENT_SERVER_INPUT_CENTS,
        output_cents_per_million=settings.SHOP_CONTENT_SERVER_OUTPUT_CENTS,
    )
