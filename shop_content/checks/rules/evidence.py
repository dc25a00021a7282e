"""Which facts carry a sentence, and which of its words stand in no source. English only.

Words are compared by their roots: "hand-woven" carries "woven by hand", "draining" "drains".
The root of a word is a guess of a few endings, good enough to find what a fact says in other forms.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from shop_content.checks.rules.base import CheckContext, FactValue
from shop_content.checks.rules.plain_words import PLAIN_WORDS
from shop_content.checks.rules.words import fold, sentences, split_words, word_set
from shop_content.core.units import unit_named

# A long fact may be said in other words, or in part.
CARRIED_SHARE = 0.5
MIN_ROOT_CHARS = 3
MAX_SOURCE_CHARS = 20_000
MAX_TEXT_CHARS = 10_000
MAX_WORD_CHARS = 60
YES_OR_NO = frozenset({"yes", "no", "true", "false"})
# Endings are taken off in this order, and at most two of them.
_ENDINGS = (
    "'s", "able", "ible", "ance", "ence", "ant", "ings", "ing", "edly", "ers", "ies",
    "ed", "es", "er", "ly", "s", "en", "e", "y",
)  # fmt: skip
_IRREGULAR = {
    "woven": "weave", "wove": "weave", "strung": "string", "bound": "bind", "spun": "spin",
    "wound": "wind", "ground": "grind", "frozen": "freeze", "hung": "hang", "lit": "light",
    "slept": "sleep", "bent": "bend", "dried": "dry", "dries": "dry", "teeth": "tooth",
    "knives": "knife", "shelves": "shelf", "loaves": "loaf", "halves": "half", "leaves": "leaf",
}  # fmt: skip
# What a word of the sources carries besides itself: a product with an AAA battery has cells.
_CARRIES = {
    "laptop": "computer", "battery": "cell", "aaa": "cell battery", "aa": "cell battery",
    "uva": "ray", "uvb": "ray", "uv": "ray", "lumen": "brightness", "lm": "brightness",
    "usb": "cable", "unscented": "scent fragrance perfume", "scent": "fragrance perfume unscented",
    "fragrance": "scent perfume unscented", "hardcover": "bind cover", "brake": "slow stop",
    "kettle": "heat boil", "drill": "bit screw", "watch": "dial",
}  # fmt: skip
_IN_FULL = {"max": "maximum", "min": "minimum", "approx": "approximately"}
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class SentenceEvidence:
    """What speaks for one sentence of a text."""

    start: int  # code points
    end: int
    facts: tuple[int, ...]  # places in the list of facts, from 0, of those that it says
    foreign: tuple[tuple[int, int], ...]  # places of content words that stand in no source
    num_content: int  # how many content words it has


@dataclass(frozen=True, slots=True)
class _Fact:
    """A fact, ready to be looked for."""

    roots: frozenset[str]
    numbers: frozenset[str]


class Sources:
    """All that may be said of a product, as roots."""

    def __init__(self, context: CheckContext) -> None:
        """Read the sources of a text."""
        self.facts = tuple(_fact(fact) for fact in context.facts)
        parts = [context.name, context.brand, context.category]
        parts += [f"{fact.name} {fact.value} {fact.unit}" for fact in context.facts]
        parts += [*context.keywords, *context.must_use]
        roots = roots_of("\n".join(parts)[:MAX_SOURCE_CHARS])
        # "Max. load" carries "the maximum load".
        self.roots = roots | {root_of(_IN_FULL[root]) for root in roots if root in _IN_FULL}
        for word, carried in _CARRIES.items():
            if root_of(word) in roots:
                self.roots |= set(map(root_of, carried.split()))
        self._known: dict[str, bool] = {}

    def knows(self, form: str) -> bool:
        """Tell whether a folded word stands in a source, in whatever form."""
        if form not in self._known:
            self._known[form] = self._knows(root_of(form[:MAX_WORD_CHARS]))
        return self._known[form]

    def _knows(self, root: str) -> bool:
        if root in self.roots:
            return True
        # Grown together: "dishwasher" knows "dish", "backpack" knows "back".
        return len(root) > MIN_ROOT_CHARS and any(
            root in known or (len(known) > MIN_ROOT_CHARS and known in root) for known in self.roots
        )


@lru_cache(maxsize=16)  # A product is checked for each field, by several rules.
def sources_of(context: CheckContext) -> Sources:
    """Return the sources of a context."""
    return Sources(context)


def sentence_evidence(text: str, context: CheckContext) -> list[SentenceEvidence]:
    """Return for each sentence or line of a text which facts it says and what nothing carries.

    What nothing carries is told in English only: in other languages every function word would be.

    Only the first MAX_TEXT_CHARS are read: no copy is longer, and a hostile text may be.
    """
    text = text[:MAX_TEXT_CHARS]
    sources = sources_of(context)
    words = split_words(text)
    found = []
    for start, end in sentences(text):
        inside = range(bisect_left(words.starts, start), bisect_left(words.starts, end))
        content = [index for index in inside if is_content(words.forms[index])]
        said = _said(text[start:end], sources)
        foreign = tuple(
            (words.starts[index], words.ends[index])
            for index in content
            if context.is_english and not sources.knows(words.forms[index])
        )
        found.append(SentenceEvidence(start, end, said, foreign, len(content)))
    return found


def facts_said(text: str, context: CheckContext) -> set[int]:
    """Return the places, from 0, of the facts that a text says."""
    return set(_said(text, sources_of(context)))


def is_content(form: str) -> bool:
    """Tell whether a folded word says something of a product by itself."""
    if len(form) < 3 or form[0].isdigit() or form in PLAIN_WORDS:
        return False
    return unit_named(form) is None  # Units have their own rule.


def roots_of(text: str) -> frozenset[str]:
    """Return the roots of all words of a text."""
    return frozenset(root_of(form) for form in split_words(text).forms)


@lru_cache(maxsize=20_000)
def root_of(form: str) -> str:
    """Return a folded word without its endings."""
    form, taken = _IRREGULAR.get(form, form), ""
    for _ in range(2):
        for ending in _ENDINGS:
            if taken in {"e", "es"} and ending == "s":
                continue  # "Loose" and "rinses" are no plurals of "loo" and "rin".
            shortest = MIN_ROOT_CHARS + (ending == "en")  # "wooden" is of wood, "linen" no "lining"
            if form.endswith(ending) and len(form) - len(ending) >= shortest:
                form, taken = form[: -len(ending)], ending
                break
        else:
            break
    if len(form) > MIN_ROOT_CHARS and form[-1] == form[-2]:
        form = form[:-1]  # "quilted", "quilt"; "zipped", "zip"
    return form


def _fact(fact: FactValue) -> _Fact:
    value = f"{fact.value} {fact.unit}".strip()
    said = fact.name if fold(value) in YES_OR_NO or not value else value
    content = (form for form in split_words(said[:MAX_SOURCE_CHARS]).forms if _is_telling(form))
    return _Fact(frozenset(map(root_of, content)), frozenset(_NUMBER.findall(value)))


def _said(text: str, sources: Sources) -> tuple[int, ...]:
    roots = roots_of(text)
    numbers = frozenset(_NUMBER.findall(text))
    return tuple(_places_said(roots, numbers, sources.facts))


def _places_said(
    roots: frozenset[str], numbers: frozenset[str], facts: Iterable[_Fact]
) -> Iterator[int]:
    for place, fact in enumerate(facts):
        if not fact.numbers and not fact.roots:
            continue
        has_words = len(fact.roots & roots) >= CARRIED_SHARE * len(fact.roots)
        if fact.numbers:
            shared = len(fact.numbers & numbers)
            # A number says a fact by itself; of several, most must be there.
            if shared >= max(1, CARRIED_SHARE * len(fact.numbers)):
                yield place
        elif has_words:
            yield place


def _is_telling(form: str) -> bool:
    return len(form) > 1 and not form[0].isdigit() and form not in _FUNCTION_WORDS


_FUNCTION_WORDS = word_set(
    "a an and as at by for from in is it its no not of on or per the to with without"
)
