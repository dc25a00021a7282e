"""Refuse forbidden words and phrases at the moment that they would be complete.

The text is read character by character by an automaton of the phrases. Its transitions over whole
tokens are kept as they are met, so that nearly every token of prose costs one look-up; the memory
belongs to the list of phrases, and the next text with the same list finds it filled.

Compared are folded characters: no case, compatibility forms decomposed (NFKD), one apostrophe, one
space for a run of white space, invisible format characters left out. Letters, digits and the marks
on them make words; all else, also the hyphen, is a boundary. A phrase counts at the end of the text
so far: the next token could only be refused as well, or hide the word in a longer one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import IntEnum
from functools import lru_cache

_APOSTROPHES = frozenset("'‘’‛ʼ＇´")
# Some 100 bytes each; a few texts of prose have some thousand different moves.
MAX_MOVES = 30_000


class _Kind(IntEnum):
    """What the last character was."""

    SPACE = 0
    WORD = 1
    OTHER = 2


class _Node:
    """A place in the tree of the phrases."""

    __slots__ = ("following", "is_end")

    def __init__(self) -> None:
        self.following: dict[str, _Node] = {}
        self.is_end = False


class PhrasePlace:
    """Which phrases have begun, and whether a new one may begin here."""

    __slots__ = ("begun", "kind", "moves")

    def __init__(self, begun: tuple[_Node, ...], kind: _Kind) -> None:
        """Take the phrases that have begun, as places in their tree."""
        self.begun = begun
        self.kind = kind
        self.moves: dict[str, PhrasePlace | None] = {}  # Text of a token to the place after it.


class PhraseFilter:
    """The forbidden phrases as an automaton."""

    def __init__(self, phrases: Iterable[str]) -> None:
        """Forbid these phrases; empty ones are ignored."""
        self._root = _Node()
        for phrase in phrases:
            node = self._root
            for symbol in fold_phrase(phrase):
                node = node.following.setdefault(symbol, _Node())
            node.is_end = node is not self._root
        self._places: dict[tuple[tuple[_Node, ...], _Kind], PhrasePlace] = {}
        self._num_moves = 0
        self.start = self._place((), _Kind.SPACE)

    def after(self, place: PhrasePlace, text: str) -> PhrasePlace | None:
        """Return the place after a token's text; None where a phrase is complete then."""
        try:
            return place.moves[text]
        except KeyError:
            return self._learn(place, text)

    def can_spell(self, place: PhrasePlace, text: str) -> bool:
        """Tell whether a text may be written here character by character."""
        for char in text:
            following = self.after(place, char)
            if following is None:
                return False
            place = following
        return True

    def _learn(self, place: PhrasePlace, text: str) -> PhrasePlace | None:
        if self._num_moves >= MAX_MOVES:
            for known in list(self._places.values()):  # Another thread may add one.
                known.moves.clear()
            self._num_moves = 0
        following = place.moves[text] = self._walk(place, text)
        self._num_moves += 1
        return following

    def _walk(self, place: PhrasePlace, text: str) -> PhrasePlace | None:
        begun, kind = place.begun, place.kind
        for char in text:
            symbols, kind_of_char = _fold(char)
            for symbol in symbols:
                if symbol == " " and kind is _Kind.SPACE:
                    continue
                is_boundary = kind_of_char is not _Kind.WORD
                if is_boundary and _has_end(begun):
                    return None
                begun = self._advance(
                    begun, symbol, may_begin=is_boundary or kind is not _Kind.WORD
                )
                if is_boundary and _has_end(begun):
                    return None
                kind = kind_of_char
        return None if _has_end(begun) else self._place(begun, kind)

    def _advance(
        self, begun: tuple[_Node, ...], symbol: str, *, may_begin: bool
    ) -> tuple[_Node, ...]:
        """Return the phrases that go on with, or begin with, a symbol."""
        first = self._root.following.get(symbol) if may_begin else None
        if not begun:
            return (first,) if first else ()
        nodes = [node.following[symbol] for node in begun if symbol in node.following]
        return (*nodes, first) if first else tuple(nodes)

    def _place(self, begun: tuple[_Node, ...], kind: _Kind) -> PhrasePlace:
        """Return the one place of its sort, so that its moves are learnt once."""
        place = self._places.get((begun, kind))
        if place is None:
            place = self._places[begun, kind] = PhrasePlace(begun, kind)
        return place


@lru_cache(maxsize=16)  # One list a merchant, and a few merchants in a batch.
def phrase_filter(phrases: tuple[str, ...]) -> PhraseFilter | None:
    """Return the filter of these phrases, with what it has learnt; None where it has none."""
    return PhraseFilter(phrases) if any(map(fold_phrase, phrases)) else None


def fold_phrase(phrase: str) -> str:
    """Return a phrase as it is compared, without white space around it."""
    return re.sub(" +", " ", "".join(_fold(char)[0] for char in phrase)).strip()


@lru_cache(maxsize=8192)
def _fold(char: str) -> tuple[str, _Kind]:
    """Return a character as it is compared, and what it is."""
    if char in _APOSTROPHES:
        return "'", _Kind.OTHER
    if char.isspace():
        return " ", _Kind.SPACE
    category = unicodedata.category(char)
    if category == "Cf":  # A soft hyphen or a zero-width joiner inside a word is not seen.
        return "", _Kind.OTHER
    symbols = unicodedata.normalize("NFKD", char).casefold()
    is_word = char.isalnum() or category[0] == "M"
    return unicodedata.normalize("NFKD", symbols), _Kind.WORD if is_word else _Kind.OTHER


def _has_end(nodes: tuple[_Node, ...]) -> bool:
    return any(node.is_end for node in nodes)
