"""Tests of the template tags of the look."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import timezone, translation

from shop_content.core.templatetags.ui import icon, money, relative_time, share

TEMPLATES = Path(settings.BASE_DIR) / "templates"
SPRITE = Path(settings.BASE_DIR) / "static" / "img" / "icons.svg"


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(seconds=-20), "just now"),
        (timedelta(minutes=1), "1\xa0minute ago"),
        (timedelta(minutes=5, seconds=30), "5\xa0minutes ago"),
        (timedelta(hours=3, minutes=50), "3\xa0hours ago"),
        (timedelta(days=2), "2\xa0days ago"),
        (timedelta(hours=-3, seconds=-5), "in 3\xa0hours"),
        (timedelta(days=-2, seconds=-5), "in 2\xa0days"),
    ],
)
def test_recent_times_are_said_in_words(ago: timedelta, words: str) -> None:
    assert relative_time(timezone.now() - ago) == words


@pytest.mark.parametrize("days", [8, -8])
def test_times_further_away_than_a_week_are_dates(days: int) -> None:
    value = timezone.now() + timedelta(days=days)
    words = relative_time(value)
    assert str(value.year) in words
    assert str(value.day) in words
    assert "ago" not in words


def test_no_time_says_nothing() -> None:
    assert relative_time(None) == ""


@pytest.mark.parametrize(
    ("cents", "currency", "language", "words"),
    [
        (1428, "EUR", "en", "14.28 EUR"),
        (5, "", "en", "0.05"),
        (0, "USD", "en", "0.00 USD"),
        (1428, "EUR", "de", "14,28 EUR"),
        (None, "EUR", "en", ""),
    ],
)
def test_cents_are_written_as_an_amount(
    cents: int | None, currency: str, language: str, words: str
) -> None:
    with translation.override(language):
        assert money(cents, currency) == words


@pytest.mark.parametrize(
    ("part", "total", "per_cent"),
    [(0, 10, 0), (1, 3, 33), (10, 10, 100), (12, 10, 100), (5, 0, 0), (None, 10, 0), (1, None, 0)],
)
def test_share_is_a_whole_per_cent_between_0_and_100(
    part: int | None, total: int | None, per_cent: int
) -> None:
    assert share(part, total) == per_cent


def test_icon_is_hidden_from_screen_readers_and_comes_from_our_own_file() -> None:
    drawn = icon("home")
    assert 'aria-hidden="true"' in drawn
    assert f'href="{settings.STATIC_URL}img/icons.svg#home"' in drawn


def test_icon_can_be_small() -> None:
    assert 'class="icon icon--small"' in icon("home", "small")


def test_icon_escapes_its_name() -> None:
    drawn = Template("{% load ui %}{% icon name %}").render(Context({"name": '"><b>'}))
    assert "<b>" not in drawn


def test_every_icon_that_a_template_names_is_in_the_file() -> None:
    drawn = {symbol.get("id") for symbol in ET.parse(SPRITE).getroot()}  # noqa: S314  # Our own.
    named = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in _icon_names(path.read_text(encoding="utf-8"))
    }
    assert named
    assert named <= drawn


def _icon_names(source: str) -> list[str]:
    return [part.split('"')[0] for part in source.split('{% icon "')[1:]]


def test_relative_time_keeps_the_full_date_for_hover_and_machines() -> None:
    value = timezone.now() - timedelta(hours=3)
    shown = Template('{% include "components/_relative_time.html" with value=value only %}').render(
        Context({"value": value})
    )
    assert "3\xa0hours ago" in shown
    assert f'datetime="{value.isoformat()[:16]}' in shown
    assert "title=" in shown
