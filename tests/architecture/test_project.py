"""What must agree: migrations and models, settings and their documentation, the lock and itself."""

from __future__ import annotations

import re
import tomllib
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
# How a setting is read, in settings.py and where the settings cannot be read yet.
READ = re.compile(
    r"""(?:env\.\w+|environ\.(?:get|setdefault|pop)|getenv|environ\[)[(\s]*"([A-Z][A-Z_]+)\""""
)
NOT_OURS = {"DJANGO_SETTINGS_MODULE", "PYTHONUNBUFFERED", "HF_HUB_OFFLINE"}


def variables_read() -> set[str]:
    """Return the environment variables that the product reads."""
    texts = [path.read_text() for path in (ROOT / "shop_content").rglob("*.py")]
    return set(READ.findall("\n".join(texts))) - NOT_OURS


def variables_in_readme() -> set[str]:
    """Return the first column of the table under the heading "Settings" in README.md."""
    text = (ROOT / "README.md").read_text()
    section = re.split(r"^#+ Settings\s*$", text, flags=re.MULTILINE)[1]
    section = re.split(r"^#+ ", section, flags=re.MULTILINE)[0]
    return set(re.findall(r"^\|\s*`([A-Z][A-Z_]+)`", section, flags=re.MULTILINE))


def pins() -> dict[str, str]:
    """Return the versions of requirements.lock by package."""
    text = (ROOT / "requirements.lock").read_text()
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", text, flags=re.MULTILINE))


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration() -> None:
    out = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=out)
    assert "No changes detected" in out.getvalue()


def test_every_migration_is_named_by_its_content() -> None:
    migrations = (ROOT / "shop_content").rglob("migrations/0*.py")
    assert [
        path.name for path in migrations if re.search(r"_auto_|\d{4}_initial\.", path.name)
    ] == []


def test_the_settings_that_are_read_were_found() -> None:
    assert {"DATABASE_URL", "CELERY_BROKER_URL", "SHOP_CONTENT_SECRET_KEY"} <= variables_read()


def test_every_setting_is_in_the_table_of_the_readme_and_nothing_else() -> None:
    assert variables_in_readme() == variables_read()


def test_every_setting_is_in_the_example_of_the_environment_and_nothing_else() -> None:
    text = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^#?([A-Z][A-Z_]+)=", text, flags=re.MULTILINE)) == variables_read()


def test_the_lock_pins_and_hashes_every_package() -> None:
    lines = (ROOT / "requirements.lock").read_text().replace("\\\n", " ").splitlines()
    entries = [line for line in lines if line and not line.startswith("#")]
    assert len(entries) > 80
    assert [e for e in entries if "==" not in e or "--hash=sha256:" not in e] == []


def test_the_lock_names_no_index() -> None:
    text = (ROOT / "requirements.lock").read_text()
    assert re.findall(r"^--?\w.*|https?://\S+", text, flags=re.MULTILINE) == []


def test_the_lock_leaves_torch_to_each_machine() -> None:
    assert "torch" not in pins()
    # What it needs beside its CUDA libraries is locked all the same.
    assert {"sympy", "networkx", "jinja2", "filelock"} <= set(pins())


def test_the_lock_has_every_declared_package_but_torch() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    declared = [*project["dependencies"], *extras["test"], *extras["e2e"], *extras["check"]]
    names = {re.match(r"[\w.-]+", line)[0].lower().replace("_", "-") for line in declared}  # type: ignore[index]  # Each begins with its name.
    assert names - set(pins()) == {"torch"}


def test_torch_is_installed_in_the_declared_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = next(line for line in project["dependencies"] if line.startswith("torch=="))
    assert f'TORCH="{wanted}"' in (ROOT / ".ci" / "install").read_text()


@pytest.mark.parametrize(
    ("folder", "pattern", "banned"),
    [
        ("shop_content", "*.py", r"trust_remote_code\s*=\s*True"),
        ("shop_content", "*.py", r"^\s*(import|from) (pickle|shelve|marshal)\b"),
        ("shop_content", "*.py", r"torch\.load\("),
        ("shop_content", "*.py", r"\bmark_safe\b|\bSafeString\("),
        ("shop_content", "*.py", r"\bNotImplementedError\b|#.*\bTODO\b"),
        ("templates", "*.html", r"\|\s*safe\b|{%\s*autoescape off"),
        ("templates", "*.html", r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=\""),
        ("templates", "*.html", r"<!--"),
        ("static/js", "*.js", r"\binnerHTML\b|\bouterHTML\b|\beval\(|insertAdjacentHTML"),
    ],
)
def test_nothing_banned_is_written(folder: str, pattern: str, banned: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sorted((ROOT / folder).rglob(pattern))
        for line in path.read_text().splitlines()
        if re.search(banned, line)
    ]
    assert found == []
