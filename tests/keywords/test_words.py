"""Keywords: cut apart, cleaned, held against each other."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop_content.keywords.words import (
    MAX_TOTAL_CHARS,
    MAX_WORD_CHARS,
    MAX_WORDS,
    WordProblem,
    WordProblemKind,
    common_problems,
    list_problems,
    num_chars,
    placeholders_filled,
    words_joined,
    words_parsed,
)
from tests.naughty import NAUGHTY_STRINGS


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        (" , ;\n\n ,", []),
        ("mug", ["mug"]),
        ("mug, cup;glass\njar\r\npot", ["mug", "cup", "glass", "jar", "pot"]),
        ("  dishwasher   safe ,mug", ["dishwasher safe", "mug"]),
        ("Mug, mug, MUG", ["Mug"]),
        ("Straße, STRASSE", ["Straße"]),
        ("e\u0301tui, étui", ["étui"]),
        ("100% cotton, {brand}", ["100% cotton", "{brand}"]),
    ],
)
def test_text_becomes_words(text, words):
    assert words_parsed(text) == words


@given(st.text(max_size=300))
def test_words_are_clean_whatever_was_typed(text):
    words = words_parsed(text)
    assert len({word.casefold() for word in words}) <= len(words)
    for word in words:
        assert word
        assert word == word.strip()
        assert word == unicodedata.normalize("NFC", word)
        assert not set(",;\n\r") & set(word)
        assert "  " not in word


@given(st.text(max_size=300))
def test_words_come_back_the_same_from_the_form(text):
    words = words_parsed(text)
    assert words_parsed(words_joined(words)) == words


@given(st.lists(st.text(max_size=30), max_size=20))
def test_no_two_words_are_the_same_but_for_capitals(parts):
    words = words_parsed("\n".join(parts))
    compared = [unicodedata.normalize("NFC", word.casefold()) for word in words]
    assert len(set(compared)) == len(compared)


@pytest.mark.parametrize("text", NAUGHTY_STRINGS)
def test_naughty_strings_become_words(text):
    for word in words_parsed(text):
        assert word_survives(word)


def word_survives(word: str) -> bool:
    return words_parsed(word) == [word]


@pytest.mark.parametrize(
    ("word", "filled"),
    [
        ("{brand} mug", "Tidewater mug"),
        ("buy {category}", "buy Mugs"),
        ("{ title }", "Harbour"),
        ("{title}{brand}", "HarbourTidewater"),
        ("{unknown} mug", "{unknown} mug"),
        ("plain", "plain"),
        ("{}", "{}"),
        ("{{brand}}", "{Tidewater}"),
    ],
)
def test_placeholders_are_filled(word, filled):
    result = placeholders_filled(
        word, title="Harbour", brand="Tidewater", category="Kitchen > Mugs"
    )
    assert result == filled


def test_placeholder_without_a_value_leaves_the_rest():
    assert placeholders_filled("{brand} mug", title="x", brand="", category="") == "mug"
    assert placeholders_filled("{brand}", title="x", brand="", category="") == ""


def test_a_value_with_braces_is_not_filled_again():
    result = placeholders_filled("{title}", title="{brand}", brand="x", category="")
    assert result == "{brand}"


def kinds(problems: list[WordProblem]) -> list[WordProblemKind]:
    return [problem.kind for problem in problems]


def test_a_list_at_its_limits_is_fine():
    words = [f"{number:02d}" + "x" * (MAX_WORD_CHARS - 2) for number in range(MAX_WORDS)]
    assert list_problems(words) == []


def test_one_word_more_is_too_many():
    words = [f"word {number}" for number in range(MAX_WORDS + 1)]
    assert list_problems(words) == [WordProblem(WordProblemKind.TOO_MANY, count=MAX_WORDS + 1)]


def test_one_character_more_is_too_long():
    assert kinds(list_problems(["x" * (MAX_WORD_CHARS + 1)])) == [WordProblemKind.TOO_LONG]


@pytest.mark.parametrize(
    ("word", "num"), [("{colour}", 1), ("{}", 1), ("{brand}", 0), ("{ brand }", 0), ("a } b {", 0)]
)
def test_unknown_placeholders_are_found(word, num):
    assert len(list_problems([word])) == num


def clash(keywords: list[str], must_use: list[str], must_not_use: list[str]) -> list[WordProblem]:
    return common_problems(keywords=keywords, must_use=must_use, must_not_use=must_not_use)


@pytest.mark.parametrize(
    ("must_use", "must_not_use", "clashes"),
    [
        ("cheap", "cheap", True),
        ("Cheap", "CHEAP", True),
        ("very cheap mug", "cheap", True),
        ("cheap", "very cheap", False),
        ("cheaper", "cheap", False),
        ("dish washer safe", "dish safe", False),
    ],
)
def test_a_word_that_must_and_must_not_be_used_blocks(must_use, must_not_use, clashes):
    problems = clash([], [must_use], [must_not_use])
    assert kinds(problems) == [WordProblemKind.USED_AND_FORBIDDEN] * clashes
    assert all(problem.is_blocking for problem in problems)


def test_a_keyword_with_a_forbidden_word_warns_only():
    problems = clash(["cheap mug"], [], ["cheap"])
    assert kinds(problems) == [WordProblemKind.KEYWORD_FORBIDDEN]
    assert not problems[0].is_blocking


def test_all_lists_together_have_a_limit():
    word = "x" * (MAX_TOTAL_CHARS // 2)
    assert clash([word], [word], []) == []
    assert kinds(clash([word], [word], ["y"])) == [WordProblemKind.TOO_MUCH]


def test_length_counts_code_points():
    assert num_chars(["🫖", "ab"]) == 3
