"""The difference of two texts: nothing is lost, whatever the texts are."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop_content.review.diff import MAX_WORDS, Change, DiffPiece, word_diff
from tests.naughty import NAUGHTY_STRINGS

SAME, ADDED, REMOVED = Change.SAME, Change.ADDED, Change.REMOVED


def old_of(pieces: list[DiffPiece]) -> str:
    return "".join(piece.text for piece in pieces if piece.change is not ADDED)


def new_of(pieces: list[DiffPiece]) -> str:
    return "".join(piece.text for piece in pieces if piece.change is not REMOVED)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", []),
        ("", "A mug.", [(ADDED, "A mug.")]),
        ("A mug.", "", [(REMOVED, "A mug.")]),
        ("A mug.", "A mug.", [(SAME, "A mug.")]),
        (
            "A red mug.",
            "A blue mug.",
            [(SAME, "A "), (REMOVED, "red"), (ADDED, "blue"), (SAME, " mug.")],
        ),
        ("A mug", "A mug.", [(SAME, "A mug"), (ADDED, ".")]),
        ("A mug.", "A large mug.", [(SAME, "A "), (ADDED, "large "), (SAME, "mug.")]),
        (
            "one\ntwo",
            "one\n\ntwo",
            [(SAME, "one"), (REMOVED, "\n"), (ADDED, "\n\n"), (SAME, "two")],
        ),
    ],
)
def test_pieces_are_words(before, after, expected):
    assert [(piece.change, piece.text) for piece in word_diff(before, after)] == expected


@pytest.mark.parametrize(
    ("before", "after"), [("3.5 l", "4.5 l"), ("don't", "do"), ("oven-safe", "oven-proof")]
)
def test_number_or_joined_word_changes_as_a_whole(before, after):
    removed, added, *_same = word_diff(before, after)
    assert removed == DiffPiece(REMOVED, before.split()[0])
    assert added == DiffPiece(ADDED, after.split()[0])


def test_words_put_before_a_text_leave_the_rest_as_it_was():
    text = "The mug holds 350 ml. It is blue. It is safe in the dishwasher."
    pieces = word_diff(text, f"Holds 900 ml. {text}")
    assert [(piece.change, piece.text) for piece in pieces] == [
        (ADDED, "Holds 900 ml. "),
        (SAME, text),
    ]


def test_changed_sentence_is_one_change_for_each_run_of_words():
    pieces = word_diff("It is red. It is a cup.", "It is red. This was the mug.")
    assert "".join(piece.text for piece in pieces if piece.change is SAME) == "It is red. ."


def test_letter_with_and_without_a_combining_mark_are_told_apart():
    pieces = word_diff("caf\u00e9", "cafe\u0301")
    assert {piece.change for piece in pieces} == {REMOVED, ADDED}


@pytest.mark.parametrize("text", NAUGHTY_STRINGS)
def test_naughty_text_comes_back_as_it_was(text):
    plain = "A stoneware mug."
    assert new_of(word_diff(plain, text)) == old_of(word_diff(text, plain)) == text
    assert word_diff(text, text) == [DiffPiece(SAME, text)]


def test_texts_beyond_the_limit_are_shown_whole():
    before, after = "word " * (MAX_WORDS + 1), "other " * (MAX_WORDS + 1)
    assert word_diff(before, after) == [DiffPiece(REMOVED, before), DiffPiece(ADDED, after)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a " * 1_900, "b " * 1_900),
        ("a b " * 950, "b a " * 950),
        ("!?" * 1_900, "?!." * 1_300),
        ("!?" * 150, "?!." * 100),
        (" \n\t" * 6_000, "\t\n " * 6_000),
        ("one two three four five six seven " * 70, "six five three one seven two " * 70),
    ],
)
def test_repeating_texts_take_no_longer_than_a_page_may(before, after):
    begun = time.process_time()
    pieces = word_diff(before, after)
    assert time.process_time() - begun < 3.0  # Minutes without the limit.
    assert (old_of(pieces), new_of(pieces)) == (before, after)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_both_texts_can_be_put_together_again(before, after):
    pieces = word_diff(before, after)
    assert old_of(pieces) == before
    assert new_of(pieces) == after
    assert all(piece.text for piece in pieces)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["a", "mug", "of", "red", "clay", "."]), max_size=40))
def test_equal_texts_have_no_difference(words):
    text = " ".join(words)
    assert {piece.change for piece in word_diff(text, text)} <= {SAME}
