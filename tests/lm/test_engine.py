from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from shop_content.lm.engine import MAX_OUTPUT_TOKENS, SamplingParams


def test_defaults_are_within_their_ranges() -> None:
    assert SamplingParams().max_tokens <= MAX_OUTPUT_TOKENS


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_tokens": MAX_OUTPUT_TOKENS + 1}, "max_tokens"),
        ({"min_tokens": 5, "max_tokens": 4}, "min_tokens"),
        ({"temperature": -0.1}, "temperature"),
        ({"temperature": float("nan")}, "temperature"),
        ({"top_p": 0.0}, "top_p"),
        ({"top_p": 1.1}, "top_p"),
        ({"top_k": -1}, "top_k"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**63}, "seed"),
        ({"stop": ("",)}, "stop"),
        ({"repetition_penalty": 0.0}, "repetition_penalty"),
    ],
)
def test_a_value_out_of_range_is_named(values: dict[str, Any], name: str) -> None:
    with pytest.raises(ValueError, match=name):
        SamplingParams(**values)


def test_importing_the_package_leaves_torch_out() -> None:
    code = (
        "import sys, shop_content.lm, shop_content.lm.engine, shop_content.lm.loading\n"
        "import shop_content.lm.echo\n"
        "print(sorted({'torch', 'transformers', 'tokenizers', 'django'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    # The package's parent may bring Celery and Django, but no framework of models.
    assert "torch" not in done.stdout
    assert "transformers" not in done.stdout
