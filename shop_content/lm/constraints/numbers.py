"""Let a text hold only numbers that are known, spelled as they are known.

A number is a run of digits of any script ("½" and "²" are digits too), with single points or commas
between digits. The lock reads a text character by character and is always at one place of a tree
that holds the allowed spellings; what could not become one of them is refused at once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

_JOINERS = ".,"
_NUMBER = re.compile(r"1+(?:[.,]1+)*")  # In a text whose digits all became "1".
# Serial numbers have 20 digits. One of thousands could not be completed within any limit of tokens.
MAX_NUMBER_CHARS = 64
_ASCII_DIGIT = re.compile(r"[0-9]")


def is_digit(char: str) -> bool:
    """Tell whether a character is part of a number: Unicode's categories Nd, Nl and No."""
    return "0" <= char <= "9" or (char > "\x7f" and unicodedata.category(char)[0] == "N")


def has_numbers(text: str) -> bool:
    """Tell whether a text has any digit."""
    return bool(_ASCII_DIGIT.search(text)) or (not text.isascii() and any(map(is_digit, text)))


def numbers_in(*texts: str) -> tuple[str, ...]:
    """Return the numbers of the texts as they are spelled, each once, in their order."""
    found: dict[str, None] = {}
    for text in texts:
        shape = "".join(
            "1" if is_digit(char) else char if char in _JOINERS else " " for char in text
        )
        found.update((text[m.start() : m.end()], None) for m in _NUMBER.finditer(shape))
    return tuple(found)


class NumberPlace:
    """How far the number that is being written has come."""

    __slots__ = ("following", "is_after_digit", "may_stop")

    def __init__(self, *, may_stop: bool, is_after_digit: bool) -> None:
        """Begin without anything that may follow.

        Args:
            may_stop: What was written so far is no number, or a whole allowed one.
            is_after_digit: The last character is a digit: a point or comma may join.
        """
        self.may_stop = may_stop
        self.is_after_digit = is_after_digit
        self.following: dict[str, NumberPlace] = {}

    def endings(self) -> Iterator[str]:
        """Yield the ways to complete the number, each as short as it can be."""
        if self.may_stop:
            yield ""
            return
        for char, place in self.following.items():
            for ending in place.endings():
                yield char + ending


# After "8," where no allowed number goes on like this: anything but a digit may follow.
_JOINED = NumberPlace(may_stop=True, is_after_digit=False)


class NumberLock:
    """The allowed numbers as a tree of characters."""

    def __init__(self, numbers: Iterable[str]) -> None:
        """Allow these numbers and no others; those over MAX_NUMBER_CHARS are left out."""
        self.start = NumberPlace(may_stop=True, is_after_digit=False)
        self.numbers = tuple(n for n in numbers_in(*numbers) if len(n) <= MAX_NUMBER_CHARS)
        # The shorter first: whether "8" is allowed is known before the comma of "8,5" is added.
        for number in sorted(self.numbers, key=len):
            self._add(number)

    def _add(self, number: str) -> None:
        place = self.start
        for char in number:
            if char not in place.following:
                # After "8," the text may stop where "8" may: the comma is then no part of it.
                is_joiner = char in _JOINERS
                place.following[char] = NumberPlace(
                    may_stop=is_joiner and place.may_stop, is_after_digit=not is_joiner
                )
            place = place.following[char]
        place.may_stop = True

    def after(self, place: NumberPlace, text: str) -> NumberPlace | None:
        """Return the place after a text; None where the text breaks the lock."""
        for char in text:
            following = place.following.get(char)
            if following is None:
                if is_digit(char) or not place.may_stop:
                    return None
                joins = place.is_after_digit and char in _JOINERS
                following = _JOINED if joins else self.start
            place = following
        return place

    def can_hold(self, place: NumberPlace, pending: bytes) -> bool:
        """Tell whether a character that begins with these bytes may come next."""
        if place.may_stop and _can_be_no_digit(pending):
            return True
        return any(char.encode().startswith(pending) for char in place.following)


@lru_cache(maxsize=4096)
def _can_be_no_digit(pending: bytes) -> bool:
    """Tell whether the first bytes of a character leave it anything but a digit.

    Some blocks of 64 characters hold nothing but digits; outside JSON the next token could break
    the character off, in a JSON string it could not.
    """
    last_bytes = (bytes([byte]) for byte in range(0x80, 0xC0))
    # Nothing is decoded where more than one byte is missing; such blocks are never all digits.
    chars = [(pending + last).decode(errors="ignore") for last in last_bytes]
    return any(not char or not is_digit(char) for char in chars)
