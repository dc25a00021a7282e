"""Who may import whom: the contracts in pyproject.toml hold, and each of them catches something."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")
HEAVY = ("torch", "transformers", "safetensors", "peft")

# What would break each contract: a module, the line planted in it, and the contract's first words.
VIOLATIONS = [
    ("accounts/selectors.py", "from shop_content.review import models", "Stages import backward"),
    ("core/pagination.py", "from shop_content.lm import engine", "Stages import backward"),
    ("lm/engine.py", "from shop_content.core import fingerprint", "Stages import backward"),
    ("catalogue/apps.py", "import shop_content.urls", "Stages import backward"),
    ("generation/models.py", "from shop_content.drafts import models", "Stages import backward"),
    ("accounts/models.py", "from shop_content.accounts import selectors", "Inside a stage"),
    ("accounts/services.py", "from shop_content.accounts import views", "Inside a stage"),
    ("accounts/forms.py", "from shop_content.accounts import admin", "Inside a stage"),
    ("lm/engine.py", "import django", "The language model, the rules"),
    ("checks/rules/base.py", "import celery", "The language model, the rules"),
    (
        "generation/prompts/source.py",
        "from django.db import models",
        "The language model, the rules",
    ),
    ("accounts/services.py", "import torch", "Only lm imports torch"),
    ("core/fingerprint.py", "import transformers", "Only lm imports torch"),
]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the package in a folder."""
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache", "--config", str(ROOT / "pyproject.toml")],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package, for planting violations in."""
    folder = tmp_path_factory.mktemp("copy")
    ignore = shutil.ignore_patterns("__pycache__", "locale", "migrations")
    shutil.copytree(ROOT / "shop_content", folder / "shop_content", ignore=ignore)
    return folder


def test_the_contracts_are_kept() -> None:
    answer = lint(ROOT)
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize(("module", "line", "contract"), VIOLATIONS)
def test_a_planted_violation_is_caught(copy: Path, module: str, line: str, contract: str) -> None:
    path = copy / "shop_content" / module
    before = path.read_text()
    path.write_text(f"{before}\n\n{line}\n")
    try:
        answer = lint(copy)
    finally:
        path.write_text(before)
    assert answer.returncode == 1, answer.stdout
    broken = [name for name in answer.stdout.splitlines() if name.startswith(contract)]
    assert broken, answer.stdout


def test_a_view_may_hand_over_to_the_service_of_a_later_stage(copy: Path) -> None:
    path = copy / "shop_content" / "accounts" / "views.py"
    before = path.read_text()
    path.write_text(f"{before}\n\nfrom shop_content.drafts import services\n")
    try:
        answer = lint(copy)
    finally:
        path.write_text(before)
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize(
    "what",
    [
        "import django; django.setup()",
        "import django; django.setup(); import shop_content.urls",
        "import shop_content.wsgi",
        "from shop_content.celery import app; app.loader.import_default_modules()",
    ],
    ids=["settings", "urls", "wsgi", "tasks"],
)
def test_the_web_side_leaves_torch_alone(what: str) -> None:
    code = f"{what}\nimport sys\nprint(sorted(set(sys.modules) & set({HEAVY!r})))"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip().splitlines()[-1] == "[]"
