"""Tests of the colours: contrast of both themes, computed as WCAG 2.2 says, and where they live."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = Path(settings.BASE_DIR) / "static" / "css"
PAIR = re.compile(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
TOKENS = {name: colours for name, *colours in PAIR.findall((CSS / "tokens.css").read_text())}
GROUNDS = ("page", "side", "surface", "raised")

# What stands on what: text needs 4.5 to 1 (WCAG 1.4.3), lines of controls 3 to 1 (1.4.11).
TEXT = [
    *[(ink, ground) for ink in ("ink", "ink-soft") for ground in GROUNDS],
    *[(ink, ground) for ink in ("accent", "bad") for ground in GROUNDS],
    ("accent-hover", "surface"),
    ("accent-hover", "page"),
    ("accent", "accent-soft"),
    ("ink", "accent-soft"),
    ("ink-soft", "accent-soft"),
    ("accent-ink", "accent"),
    ("accent-ink", "accent-hover"),
    *[(state, f"{state}-soft") for state in ("good", "warn", "bad", "info")],
    *[(state, "surface") for state in ("good", "warn", "bad", "info")],
    *[("ink", f"{state}-soft") for state in ("good", "warn", "bad", "info")],
    *[("accent", f"{state}-soft") for state in ("good", "warn", "bad", "info")],
]
LINES = [("line-strong", ground) for ground in ("page", "surface")] + [
    ("accent", ground) for ground in GROUNDS
]


def _luminance(colour: str) -> float:
    """Relative luminance of a colour. Source: https://www.w3.org/TR/WCAG22/ definitions."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    """Contrast of two colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_of_black_on_white_is_21() -> None:
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_stands_out_from_its_ground(ink: str, ground: str, theme: int) -> None:
    assert _contrast(TOKENS[ink][theme], TOKENS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("line", "ground"), LINES)
def test_lines_of_controls_stand_out_from_their_ground(line: str, ground: str, theme: int) -> None:
    assert _contrast(TOKENS[line][theme], TOKENS[ground][theme]) >= 3


def test_colours_stand_in_the_tokens_and_nowhere_else() -> None:
    found = [
        path.name
        for path in CSS.rglob("*.css")
        if path.name != "tokens.css"
        and re.search(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(|\boklch\(", path.read_text())
    ]
    assert found == []


def test_every_custom_property_that_is_used_is_defined() -> None:
    sources = [path.read_text() for path in CSS.rglob("*.css")]
    defined = {name for source in sources for name in re.findall(r"(--[a-z0-9-]+):", source)}
    used = {name for source in sources for name in re.findall(r"var\((--[a-z0-9-]+)\)", source)}
    assert used <= defined


def test_every_stylesheet_is_loaded_once() -> None:
    imported = re.findall(r'@import url\("([^"]+)"\)', (CSS / "app.css").read_text())
    files = [str(path.relative_to(CSS)) for path in CSS.rglob("*.css") if path.name != "app.css"]
    assert sorted(imported) == sorted(files)
