"""Marks in the text: the pieces are the text, and each finding covers what it says."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop_content.review.highlight import MarkedPiece, marked_pieces
from tests.naughty import NAUGHTY_STRINGS

TEXT = "A stoneware mug that holds 530 ml."


def finding(start: int, end: int, severity: str = "W") -> dict[str, object]:
    return {"rule": "test", "severity": severity, "start": start, "end": end}


def texts(pieces: list[MarkedPiece]) -> list[str]:
    return [piece.text for piece in pieces]


def test_text_without_findings_is_one_plain_piece():
    assert marked_pieces(TEXT, []) == [MarkedPiece(TEXT, "", (), 0)]


def test_empty_text_has_no_pieces():
    assert marked_pieces("", [finding(0, 5)]) == []


def test_one_finding_cuts_the_text_in_three():
    before, marked, after = marked_pieces(TEXT, [finding(27, 33, "B")])
    assert texts([before, marked, after]) == ["A stoneware mug that holds ", "530 ml", "."]
    assert marked == MarkedPiece("530 ml", "B", (1,), 1)
    assert before.severity == after.severity == ""


def test_overlap_shows_the_worst_and_both_numbers():
    pieces = marked_pieces("abcdef", [finding(0, 4, "I"), finding(2, 6, "B")])
    assert pieces == [
        MarkedPiece("ab", "I", (1,), 1),
        MarkedPiece("cd", "B", (2, 1), 2),
        MarkedPiece("ef", "B", (2,), 0),
    ]


def test_nested_finding_does_not_hide_the_outer_one():
    pieces = marked_pieces("abcdef", [finding(0, 6, "B"), finding(2, 4, "W")])
    assert [piece.severity for piece in pieces] == ["B", "B", "B"]
    assert [piece.first_of for piece in pieces] == [1, 2, 0]


def test_two_findings_at_one_place_lead_to_the_first():
    (piece,) = marked_pieces("abc", [finding(0, 3, "W"), finding(0, 3, "W")])
    assert piece.first_of == 1
    assert piece.numbers == (1, 2)


@pytest.mark.parametrize("span", [(0, 0), (5, 5), (9, 3), (900, 950), (-4, 0)])
def test_finding_without_a_place_marks_nothing_but_keeps_its_number(span):
    pieces = marked_pieces(TEXT, [finding(*span), finding(0, 1)])
    assert [piece.numbers for piece in pieces if piece.severity] == [(2,)]


@pytest.mark.parametrize(("start", "end"), [(-5, 3), (30, 9_999)])
def test_span_beyond_the_text_is_cut_to_it(start, end):
    assert "".join(texts(marked_pieces(TEXT, [finding(start, end)]))) == TEXT


@pytest.mark.parametrize("text", NAUGHTY_STRINGS)
def test_code_points_are_counted_as_the_rules_count_them(text):
    pieces = marked_pieces(text, [finding(0, 1, "B")])
    assert pieces[0].text == text[0]
    assert "".join(texts(pieces)) == text


SPANS = st.lists(
    st.builds(
        finding,
        st.integers(min_value=-3, max_value=45),
        st.integers(min_value=-3, max_value=45),
        st.sampled_from("BWI"),
    ),
    max_size=8,
)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40), SPANS)
def test_pieces_are_the_text_and_every_finding_covers_its_span(text, findings):
    pieces = marked_pieces(text, findings)
    assert "".join(texts(pieces)) == text
    for number, found in enumerate(findings, start=1):
        start, end = (max(0, min(found[name], len(text))) for name in ("start", "end"))
        covered = "".join(piece.text for piece in pieces if number in piece.numbers)
        assert covered == text[start:end]
    firsts = [piece.first_of for piece in pieces if piece.first_of]
    assert len(firsts) == len(set(firsts))
