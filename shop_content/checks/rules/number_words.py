"""Read numbers that are written as words: "forty-eight", "two and a half", "a dozen". English only.

A number ends before the word that it is of; units are left to `core.units`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shop_content.checks.rules.words import Words

_ONES = dict(
    zip(
        (
            "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
            "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
            "eighteen", "nineteen",
        ),
        range(1, 20),
        strict=True,
    )
)  # fmt: skip
_TENS = dict(
    zip(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
        range(20, 100, 10),
        strict=True,
    )
)
SIMPLE_NUMBERS = {**_ONES, **_TENS}
_SCALES = {"hundred": 100, "thousand": 1000}
# A number by itself behind "a": "a dozen eggs". A pair of gloves is one thing.
_GROUPS = {
    "dozen": 12, "hundred": 100, "thousand": 1000, "couple": 2, "duo": 2, "trio": 3, "quartet": 4,
}  # fmt: skip
_FRACTIONS = {
    "half": 0.5, "quarter": 0.25, "third": 1 / 3, "fifth": 0.2, "sixth": 1 / 6, "eighth": 0.125,
    "tenth": 0.1,
}  # fmt: skip
_NUMERATORS = frozenset({"a", "an", "one", "two", "three", "four", "five", "seven", "nine"})
_FIRST_WORDS = frozenset({*SIMPLE_NUMBERS, *_SCALES, *_GROUPS, *_FRACTIONS})
_ARTICLES = frozenset({"a", "an", "the"})  # Numbers begin with them before one of few words.
_AFTER_ARTICLES = frozenset({*_SCALES, *_GROUPS, *_FRACTIONS})
_TEN, _TWENTY = 10, 20  # "Twenty ten" and "ten two" are no numbers.


@dataclass(frozen=True, slots=True)
class WordNumber:
    """A number in words."""

    first: int  # place of its first word
    past: int  # place behind its last word, and behind the "of" and "a" that join it to a thing
    value: float
    is_share: bool = False  # "half a", "three quarters of a": a part of what follows


def number_words(words: Words, text: str) -> Iterator[WordNumber]:
    """Yield the numbers of a text in words, from its first to its last, none overlapping."""
    place, reader = 0, _Reader(words, text)
    while place < len(words.forms):
        found = reader.read(place) if _may_begin(words.forms, place) else None
        if found:
            yield found
        place = found.past if found else place + 1


def _may_begin(forms: Sequence[str], place: int) -> bool:
    if forms[place] in _ARTICLES:
        return place + 1 < len(forms) and forms[place + 1] in _AFTER_ARTICLES
    return forms[place] in _FIRST_WORDS


@dataclass(frozen=True, slots=True)
class _Reader:
    words: Words
    text: str

    def read(self, place: int) -> WordNumber | None:
        """Return the number that begins here."""
        return self._share(place) or self._group(place) or self._cardinal(place)

    def _form(self, place: int, first: int) -> str:
        """Return the word here, "" if it does not follow directly on the number so far."""
        if place >= len(self.words.forms):
            return ""
        if place > first:
            gap = self.text[self.words.ends[place - 1] : self.words.starts[place]]
            if gap not in {" ", "-", "\u2011", "\u00a0"}:
                return ""
        return self.words.forms[place]

    def _share(self, place: int) -> WordNumber | None:
        """Read "half a", "a quarter of a", "three quarters of a", "half a dozen"."""
        first, num = place, 1
        if self._form(place, first) in _NUMERATORS:
            num = _ONES.get(self.words.forms[place], 1)
            place += 1
        share = _FRACTIONS.get(self._form(place, first).removesuffix("s"))
        if share is None or (num > 1) != self.words.forms[place].endswith("s"):
            return None
        place += 1
        is_of = self._form(place, first) == "of"
        place += is_of
        if self._form(place, first) not in {"a", "an"}:
            # "Four fifths lambswool"
            return WordNumber(first, place - is_of, num * share, is_share=True) if num > 1 else None
        if self._form(place + 1, first) == "dozen":
            return WordNumber(first, place + 2, num * share * _GROUPS["dozen"])
        return WordNumber(first, place + 1, num * share, is_share=True)

    def _group(self, place: int) -> WordNumber | None:
        """Read "a dozen", "the trio of"."""
        first = place
        if self._form(place, first) in {"a", "the"}:
            place += 1
        elif self._form(place, first) not in {"dozen", "trio", "duo", "quartet"}:
            return None
        value = _GROUPS.get(self._form(place, first))
        if value is None:
            return None
        if value in _SCALES.values():
            return self._cardinal(place, first)
        is_of = self._form(place + 1, first) == "of"
        if not is_of and value != _GROUPS["dozen"]:
            return None
        return WordNumber(first, place + 1 + is_of, value)

    def _cardinal(self, place: int, first: int | None = None) -> WordNumber | None:
        """Read "twenty-four", "two hundred and fifty", "one and a half"."""
        first = place if first is None else first
        total, group, start = 0, 0, place
        while form := self._form(place, first):
            if form in _ONES and self._takes_ones(group, _ONES[form]):
                group += _ONES[form]
            elif form in _TENS and not group % 100:
                group += _TENS[form]
            elif form == "hundred" and group < 100:
                group = max(group, 1) * 100
            elif form == "thousand" and not total:
                total, group = max(group, 1) * 1000, 0
            elif not (form == "and" and self._continues(place, first, total, group)):
                break
            place += 1
        if place == start:
            return None
        more, place = self._and_a_half(place, first)
        return WordNumber(first, place, total + group + more)

    @staticmethod
    def _takes_ones(group: int, ones: int) -> bool:
        """Tell whether "two" may follow: on nothing, on hundreds, and below ten on tens."""
        return not group % 100 or (group % 10 == 0 and group % 100 >= _TWENTY and ones < _TEN)

    def _continues(self, place: int, first: int, total: int, group: int) -> bool:
        """Tell whether this "and" is that of "two hundred and fifty"."""
        after = self._form(place + 1, first)
        is_round = (group >= 100 and group % 100 == 0) or (total > 0 and group == 0)
        return is_round and (after in _ONES or after in _TENS)

    def _and_a_half(self, place: int, first: int) -> tuple[float, int]:
        if self._form(place, first) != "and":
            return 0.0, place
        num = {"a": 1, "one": 1, "three": 3}.get(self._form(place + 1, first), 0)
        share = _FRACTIONS.get(self._form(place + 2, first).removesuffix("s"), 0.0)
        return (num * share, place + 3) if num and share else (0.0, place)
