"""Patterns that ignore case are searched in a lower-case copy, at the places of the text itself."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop_content.checks.rules.base import Severity
from shop_content.checks.rules.patterns import find_patterns, find_spans

PATTERN = re.compile(r"\b(?:best|ärmel) \w+|\d+ ?mm\b", re.IGNORECASE)
WORDS = st.sampled_from(["Best", "BEST", "ÄRMEL", "ärmel", "mug", "12", "MM", "ß", "\ud800"])


@given(st.lists(WORDS).map(" ".join))
def test_what_is_found_is_what_the_flag_would_find(text: str) -> None:
    assert list(find_spans(PATTERN, text)) == [row.span() for row in PATTERN.finditer(text)]


def test_text_that_gets_longer_in_lower_case_keeps_its_places() -> None:
    assert list(find_spans(PATTERN, "İİ BEST mug")) == [(3, 11)]


def test_finding_quotes_the_text_as_it_stands() -> None:
    (found,) = find_patterns("r", Severity.WARN, "“%(said)s”", [PATTERN], "The BEST Mug, 4 cm.")
    assert (found.message, found.start, found.end) == ("“BEST Mug”", 4, 12)


def test_pattern_that_minds_case_is_searched_as_it_is() -> None:
    assert list(find_spans(re.compile("[A-Z]{2}"), "XX xx")) == [(0, 2)]


def test_pattern_that_ignores_case_is_written_in_lower_case() -> None:
    with pytest.raises(ValueError, match="has a capital"):
        find_spans(re.compile(r"Best\W", re.IGNORECASE), "best")
