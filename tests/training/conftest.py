"""The tiny model of the language model's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lm.conftest import save_tiny_gpt2


@pytest.fixture(scope="session")
def tiny_gpt2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A GPT-2 of two small layers, with room for a prompt."""
    return save_tiny_gpt2(tmp_path_factory.mktemp("tiny-gpt2"), num_positions=768)
