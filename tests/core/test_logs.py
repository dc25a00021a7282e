"""Log lines cannot be forged by what they tell of."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from shop_content.core.logs import OneLineFormatter


def line(message: str, *args: object, **kwargs: object) -> str:
    record = logging.LogRecord("shop", logging.INFO, __file__, 1, message, args, None)
    vars(record).update(kwargs)
    return OneLineFormatter().format(record)


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "\x1b[31mred", "\u202eevil", "\u2028x", "\x00"])
def test_one_event_is_one_line_of_printable_ascii(text):
    written = line("job %s", text)
    assert written.isascii()
    assert written.isprintable()
    assert json.loads(written)["message"] == f"job {text}"


def test_a_traceback_stays_in_its_line():
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        written = line("failed", exc_info=sys.exc_info())
    assert "\n" not in written
    assert "ValueError" in json.loads(written)["traceback"]
