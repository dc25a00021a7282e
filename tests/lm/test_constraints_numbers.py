from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop_content.lm.constraints.numbers import NumberLock, has_numbers, is_digit, numbers_in

# Few characters, so that random texts meet the allowed numbers often.
texts_of_few = st.text(alphabet="028.,a ½", max_size=9)
number_lists = st.lists(texts_of_few, max_size=4).map(lambda texts: numbers_in(*texts))


def is_completable(text: str, allowed: tuple[str, ...]) -> bool:
    """The definition: some ending makes every maximal number an allowed one."""
    tails = {number[place:] for number in allowed for place in range(len(number))}
    endings = {"", " ", *(f"{tail} " for tail in tails)}
    return any(set(numbers_in(text + ending)) <= set(allowed) for ending in endings)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("no digit, no number.", ()),
        ("8 mugs of 290 ml, 8 spoons", ("8", "290")),
        ("10,000 hours at 0.3 A", ("10,000", "0.3")),
        ("1.000,50 €", ("1.000,50",)),
        ("In 2024. 5 came", ("2024", "5")),
        ("8,, 9 ..7", ("8", "9", "7")),
        ("8., 9", ("8", "9")),
        ("8.,9", ("8", "9")),
        ("A5 and H2O", ("5", "2")),
        ("½ l, 3 m², ①, 2½", ("½", "3", "²", "①", "2½")),
        ("٣٫٥ and ٣.٥", ("٣", "٥", "٣.٥")),
        ("-5 to +7", ("5", "7")),
        ("Ⅷ and 一", ("Ⅷ",)),
    ],
)
def test_numbers_are_found_as_they_are_spelled(text: str, expected: tuple[str, ...]) -> None:
    assert numbers_in(text) == expected


def test_numbers_of_several_texts_do_not_join() -> None:
    assert numbers_in("8", ",290", "8") == ("8", "290")


@pytest.mark.parametrize(
    ("char", "expected"), [("7", True), ("½", True), ("Ⅷ", True), ("٣", True), ("a", False)]
)
def test_digits_of_all_scripts_count(char: str, expected: bool) -> None:
    assert is_digit(char) is expected
    assert has_numbers(f"x{char}") is expected


@pytest.mark.parametrize(
    ("allowed", "text", "is_fine"),
    [
        (("8", "290"), "8", True),
        (("8", "290"), "29", True),
        (("8", "290"), "29 ", False),
        (("8", "290"), "82", False),
        (("8", "290"), "8290", False),
        (("8", "290"), "8,290", False),
        (("8", "290"), "8.290", False),
        (("8", "290"), "8, 290", True),
        (("8", "290"), "8. 290", True),
        (("8", "290"), "8,,290", True),
        (("8", "290"), "8-290", True),
        (("8", "290"), "x8y290.", True),
        (("8", "290"), "2908", False),
        (("0.3",), "0", True),
        (("0.3",), "0 ", False),
        (("0.3",), "0.", True),
        (("0.3",), "0. ", False),
        (("0.3",), "0,", False),
        (("0.3",), "0.3", True),
        (("0.3",), "0.35", False),
        (("0.3",), "0.3.", True),
        (("0.3",), "0.3.3", False),
        (("0.3",), "3", False),
        (("0", "0.3"), "0.", True),
        (("0", "0.3"), "0. 0.3", True),
        (("0", "0.3"), "0.0", False),
        (("0.3", "0"), "0.", True),
        (("5",), "A5", True),
        (("5",), "A6", False),
        (("½",), "½ 1", False),
        (("2",), "m²", False),
        (("²",), "m²", True),
        ((), "none.", True),
        ((), "1", False),
        (("1.000,50",), "1.000,50", True),
        (("1.000,50",), "1.000 ", False),
        (("10 cm",), "10 cm", True),
    ],
)
def test_the_lock_holds(allowed: tuple[str, ...], text: str, is_fine: bool) -> None:
    lock = NumberLock(allowed)

    assert (lock.after(lock.start, text) is not None) is is_fine


@pytest.mark.parametrize(
    ("text", "may_stop"),
    [("", True), ("8", True), ("29", False), ("290", True), ("0", False), ("0.", False)],
)
def test_a_text_may_not_stop_within_a_number(text: str, may_stop: bool) -> None:
    lock = NumberLock(("8", "290", "0.3"))

    place = lock.after(lock.start, text)

    assert place is not None
    assert place.may_stop is may_stop


@pytest.mark.parametrize(
    ("text", "endings"),
    [("8", [""]), ("2", ["90"]), ("0", [".3", ".45", "7"]), ("0.", ["3", "45"])],
)
def test_endings_complete_the_number(text: str, endings: list[str]) -> None:
    lock = NumberLock(("8", "290", "290,5", "0.3", "0.45", "0.37", "07"))
    place = lock.after(lock.start, text)

    assert place is not None
    assert sorted(place.endings()) == endings


@settings(max_examples=400, deadline=None)
@given(allowed=number_lists, text=texts_of_few)
def test_a_text_passes_just_where_it_can_be_completed(allowed: tuple[str, ...], text: str) -> None:
    lock = NumberLock(allowed)

    place = lock.after(lock.start, text)

    assert (place is not None) is is_completable(text, allowed)
    if place is not None:
        assert place.may_stop is (set(numbers_in(text)) <= set(allowed))


@settings(max_examples=200, deadline=None)
@given(allowed=number_lists, texts=st.lists(texts_of_few, max_size=4))
def test_it_does_not_matter_how_a_text_is_cut(allowed: tuple[str, ...], texts: list[str]) -> None:
    lock = NumberLock(allowed)
    place = lock.after(lock.start, "".join(texts))

    step = lock.start
    for text in texts:
        following = lock.after(step, text)
        if following is None:
            assert place is None
            return
        step = following

    assert step is place


@pytest.mark.parametrize(
    ("allowed", "text", "pending", "can_hold"),
    [
        (("½",), "", b"\xc2", True),
        ((), "", b"\xc2", True),  # Other signs begin with the same byte.
        (("8½",), "8", b"\xc2", True),
        (("8½",), "8", b"\xc3", False),
        (("0.3",), "0", b"\xc2", False),
        ((), "", b"\xf0\x92\x90", False),  # 64 cuneiform digits and nothing else.
        (("𒐀",), "", b"\xf0\x92\x90", True),
        ((), "", b"\xf0\x92", True),
    ],
)
def test_the_first_bytes_of_a_character_are_judged(
    allowed: tuple[str, ...], text: str, pending: bytes, can_hold: bool
) -> None:
    lock = NumberLock(allowed)
    place = lock.after(lock.start, text)

    assert place is not None
    assert lock.can_hold(place, pending) is can_hold
