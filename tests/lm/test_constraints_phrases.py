from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop_content.lm.constraints import phrases as phrases_module
from shop_content.lm.constraints.phrases import PhraseFilter, fold_phrase, phrase_filter


def has_phrase(text: str, phrase: str) -> bool:
    """The definition, on the whole text: whole words, no case, one form of each character."""
    said, sought = (
        " ".join(unicodedata.normalize("NFKD", part.casefold()).replace("’", "'").split())
        for part in (text, phrase)
    )
    places = (place for place in range(len(said)) if said.startswith(sought, place))
    return any(
        not (is_word(said[place - 1 : place]) and is_word(sought[0]))
        and not (is_word(said[place + len(sought) :][:1]) and is_word(sought[-1]))
        for place in places
    )


def is_word(char: str) -> bool:
    return char.isalnum() or (bool(char) and unicodedata.category(char)[0] == "M")


def writes(phrases: tuple[str, ...], *tokens: str) -> bool:
    """Tell whether all tokens may be written, one after the other."""
    filter_ = PhraseFilter(phrases)
    place = filter_.start
    for token in tokens:
        following = filter_.after(place, token)
        if following is None:
            return False
        place = following
    return True


@pytest.mark.parametrize(
    ("phrase", "tokens", "is_fine"),
    [
        ("art", ["art"], False),
        ("art", [" art"], False),
        ("art", [" ART"], False),
        ("art", [" ar", "t"], False),
        ("art", [" artisan"], True),
        ("art", [" art", "isan"], False),  # The text so far ends with the word.
        ("art", [" ar", "tisan"], True),
        ("art", ["smart"], True),
        ("art", ["sm", "art"], True),
        ("art", ["pop-art"], False),
        ("art", ["_art_"], False),
        ("art", ["(art)"], False),
        ("art", ["art's"], False),
        ("art", ["ART deco"], False),
        ("art", ["7art"], True),
        ("art", ["ar", " t"], True),
        ("art", ["ａｒｔ"], False),  # Full width.
        ("art", ["ar\u00adt"], False),  # A soft hyphen is not seen.
        ("art", ["art\u0301istes"], True),
        ("as an ai", ["As an AI"], False),
        ("as an ai", ["as", " an", " ai"], False),
        ("as an ai", ["as  an\n\n", " ai"], False),
        ("as an ai", ["as\u00a0an ai"], False),
        ("as an ai", ["as", " an", " aid"], True),
        ("as an ai", ["was an ai"], True),
        ("as an ai", ["as as an ai"], False),
        ("as an ai", ["as-an ai"], True),
        (" as  an ai ", ["as an ai"], False),
        ("[insert", ["[", "insert name]"], False),
        ("[insert", ["x[Insert"], False),
        ("[insert", ["[inserted"], True),
        ("[insert", ["insert"], True),
        ("<|", ["a<|b"], False),
        ("<|", ["<", "|"], False),
        ("<|", ["< |"], True),
        ("http", ["http://"], False),
        ("http", [" https"], True),
        ("don't", ["don’t"], False),
        ("don’t", ["don't"], False),
        ("straße", ["STRASSE"], False),
        ("café", ["cafe", "\u0301"], False),
        ("café", ["CAFÉ"], False),
        ("cafe", ["café"], True),
        ("ﬁnest", ["finest"], False),
        ("100%", ["100%ig"], False),
        ("best-in-class", ["best-", "in-class"], False),
        ("brand™", ["brand™"], False),
        ("art", ["art™"], False),
        ("कला", ["कलाकार"], True),
        ("कला", ["कला।"], False),
        ("", ["anything"], True),
        ("  \n", ["a  b"], True),
    ],
)
def test_whole_words_are_refused(phrase: str, tokens: list[str], is_fine: bool) -> None:
    assert writes((phrase,), *tokens) is is_fine


def test_one_phrase_may_begin_with_another() -> None:
    phrases = ("best", "best of all", "all the best")

    assert not writes(phrases, "all the best")
    assert not writes(phrases[1:], "the best of", " all")
    assert writes(phrases[1:], "the best of", " it all")


def test_a_phrase_may_begin_inside_another() -> None:
    assert not writes(("one two three", "two four"), "one", " two", " four")


def test_no_phrase_needs_no_filter() -> None:
    assert phrase_filter(()) is None
    assert phrase_filter(("", "  ")) is None


def test_a_list_keeps_what_it_has_learnt() -> None:
    assert phrase_filter(("art", "craft")) is phrase_filter(("art", "craft"))


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phrases_module, "MAX_MOVES", 50)
    filter_ = PhraseFilter(("art",))

    for number in range(500):
        assert filter_.after(filter_.start, f" word{number}") is not None

    assert len(filter_.start.moves) <= 50
    assert filter_.after(filter_.start, " art") is None


def test_white_space_without_end_is_one_space() -> None:
    assert not writes(("as an ai",), "as an", *[" \n"] * 400, "ai")


def test_folding_is_the_same_for_all_spellings() -> None:
    assert fold_phrase(" Don’t\u00a0 ﬁt ") == "don't fit"


@settings(max_examples=500, deadline=None)
@given(
    phrases=st.lists(st.text(alphabet="ab é'-[", max_size=4), min_size=1, max_size=3),
    text=st.text(alphabet="aAbB  éÉ’-[._", max_size=12),
)
def test_a_phrase_is_refused_just_where_it_is_complete(phrases: list[str], text: str) -> None:
    sought = [phrase for phrase in phrases if phrase.strip()]
    filter_ = PhraseFilter(phrases)
    place = filter_.start

    for end in range(1, len(text) + 1):
        following = filter_.after(place, text[end - 1])
        # White space at the end was looked at with the character before it.
        is_refused = any(has_phrase(text[:end], phrase) for phrase in sought)
        assert (following is None) is is_refused, text[:end]
        if following is None:
            return
        place = following


@settings(max_examples=300, deadline=None)
@given(
    tokens=st.lists(st.text(alphabet="abAB é-", max_size=4), max_size=6),
    phrases=st.lists(st.text(alphabet="ab -", max_size=4), min_size=1, max_size=3),
)
def test_no_phrase_is_in_what_is_written(tokens: list[str], phrases: list[str]) -> None:
    sought = [phrase for phrase in phrases if phrase.strip()]
    filter_ = PhraseFilter(phrases)
    place, text = filter_.start, ""

    for token in tokens:
        following = filter_.after(place, token)
        if following is not None:
            place, text = following, text + token

    assert not any(has_phrase(text, phrase) for phrase in sought)
