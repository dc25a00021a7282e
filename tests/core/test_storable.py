from __future__ import annotations

import pytest

from shop_content.core.storable import storable


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("A mug.", "A mug."),
        ("A\x00 mug", "A mug"),
        ("half \ud83d of a pair", "half  of a pair"),
        ("whole 😀", "whole 😀"),
        ("lines\n\tstay", "lines\n\tstay"),
    ],
)
def test_what_no_column_takes_is_left_out(text: str, kept: str) -> None:
    assert storable(text) == kept


def test_a_replacement_keeps_places() -> None:
    assert storable("a\x00b", replacement="\N{REPLACEMENT CHARACTER}") == "a\ufffdb"
