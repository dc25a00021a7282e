"""Hundreds of made errors: each number of a product in a right spelling, and in wrong ones."""

from __future__ import annotations

import pytest

from shop_content.checks.rules import Severity
from shop_content.checks.rules.numbers import check_numbers
from tests.checks.cases import make_context

# (value, unit, another unit): the unit's right spellings are in _SPELLINGS.
_MEASURES = [
    (16, "mm", "cm"), (85, "cm", "mm"), (240, "g", "kg"), (350, "ml", "l"), (18, "V", "W"),
    (60, "Nm", "mm"), (2700, "K", "lm"), (800, "lm", "W"), (15.6, "in", "cm"), (1.5, "l", "ml"),
    (0.29, "kg", "g"), (4.5, "m", "mm"), (30, "°C", "°F"), (128, "GB", "MB"), (5000, "mAh", "W"),
    (1250, "rpm", "Hz"), (75, "%", "mm"), (24, "months", "years"), (6.7, "oz", "lb"),
    (160, "gsm", "g"),
]  # fmt: skip
_FRAMES = ["It has {} in all.", "With {}, it does its work.", "The maker says {}, and we agree."]


def _spellings(value: float, unit: str) -> list[str]:
    number = f"{value:g}"
    spelled = [f"{number} {unit}", f"{number}{unit}", f"{number}\u00a0{unit}"]
    if value != int(value):
        spelled += [f"{number.replace('.', ',')} {unit}", f"{value:.3f} {unit}"]
    if value >= 1000:
        spelled += [f"{value:,} {unit}", f"{value:,} {unit}".replace(",", ".")]
    return spelled


def _errors(value: float, unit: str, other: str) -> list[str]:
    wrong = [value * 10, value + 1, value * 3, round(value / 4, 3) or 7, value + 0.4]
    return [f"{number:g} {unit}" for number in wrong] + [f"{value:g} {other}"]


@pytest.mark.parametrize("frame", _FRAMES)
def test_right_numbers_raise_no_alarm_in_any_spelling(frame: str) -> None:
    alarms = [
        spelled
        for value, unit, _other in _MEASURES
        for spelled in _spellings(value, unit)
        if check_numbers(frame.format(spelled), make_context(("Measure", f"{value:g}", unit)))
    ]
    assert alarms == []


@pytest.mark.parametrize("frame", _FRAMES)
def test_wrong_numbers_and_wrong_units_are_all_stopped(frame: str) -> None:
    missed = [
        (value, unit, error)
        for value, unit, other in _MEASURES
        for error in _errors(value, unit, other)
        if [
            found.severity
            for found in check_numbers(
                frame.format(error), make_context(("Measure", f"{value:g}", unit))
            )
        ]
        != [Severity.BLOCK]
    ]
    assert missed == []


def test_there_are_at_least_300_planted_errors() -> None:
    errors = sum(len(_errors(*measure)) for measure in _MEASURES)
    assert errors * len(_FRAMES) >= 300
