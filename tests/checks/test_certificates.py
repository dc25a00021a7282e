"""Certificates hold until the day that the product's facts give."""

from __future__ import annotations

from datetime import date

import pytest

from shop_content.checks.rules import run_rules
from shop_content.checks.rules.certificates import valid_until
from tests.checks.cases import make_context

TODAY = date(2026, 11, 27)


def found(*values: str):
    facts = [("Certificate", value) for value in values]
    context = make_context(*facts, name="Sheet", today=TODAY)
    return [
        mark
        for mark in run_rules("The Sheet is certified to GOTS.", context)
        if mark.rule == "certificate"
    ]


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("GOTS, valid until 2027-03-31", date(2027, 3, 31)),
        ("GOTS CU 1234 (expires: 2027-03-31)", date(2027, 3, 31)),
        ("GOTS, Valid Till 31.3.2027", date(2027, 3, 31)),
        ("GOTS gültig bis 31.03.2027", date(2027, 3, 31)),
        ("GOTS, valid until 2027-02-31", None),
        ("GOTS 2027-03-31", None),
        ("", None),
    ],
)
def test_day_is_read_from_the_fact(value, day):
    assert valid_until(value) == day


def test_certificate_that_has_expired_stops_the_text():
    (mark,) = found("GOTS, valid until 2026-11-26")
    assert mark.severity == "B"
    assert "2026-11-26" in mark.message


@pytest.mark.parametrize(
    "values",
    [
        ("GOTS, valid until 2026-11-27",),
        ("GOTS",),
        ("GOTS, valid until 2020-01-01", "GOTS, valid until 2030-01-01"),
        ("GOTS, valid until 2020-01-01", "GOTS"),
    ],
)
def test_certificate_that_holds_or_has_no_date_passes(values):
    assert found(*values) == []
