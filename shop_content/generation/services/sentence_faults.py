"""Tell sentences of a small model that the checks let pass and no reader would."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from shop_content.generation.prompts import PromptInput
from shop_content.generation.prompts.planning import is_long_title

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_IS_A = re.compile(r"\b(?:is|are) an? (?P<what>[^.,]+)")
# "Tear-off sheets of 54": the count belongs in front.
_COUNT_BEHIND = re.compile(
    r"\b\w{2,}[^s\W]s of \d+(?=[.,](?:\s|$)|\s(?:and|with|in|for)\b|$)", re.IGNORECASE
)
_FILLER = re.compile(r"\bof its own\b|\bof their own\b")
# "A peel and seal is the closure.", "A tray of 18 x 14 x 6 cm."
_INVERTED = re.compile(r"^An? [^.]+ is the [\w ]+\.?$")
_NO_VERB = re.compile(
    r"^(?:An?|[A-Z][a-z]+ing) "
    r"(?!.*\b(?:is|are|has|have|can|may|holds?|comes?|makes?|keeps?|gives?|get|\w{3,}s)\b)"
)
_ARTICLES = frozenset({"a", "an", "the", "this", "these"})
_LINK = re.compile(r" (?:for|as|with|in|of) ")


def is_odd(text: str, source: PromptInput) -> bool:
    """Tell whether a sentence says something twice, or that the product is one of its parts, puts
    a count behind what it counts, begins with none of the product's names, has no verb, or fills
    up with "of its own".

    Args:
        text: the sentence.
        source: what it was asked with.
    """
    return (
        _says_twice(text)
        or _has_number_twice(text, source)
        or _is_of_another(text, source)
        or _begins_elsewhere(text, source)
        or _is_broken(text, source)
        or _COUNT_BEHIND.search(text) is not None
        or _FILLER.search(text) is not None
    )


def _says_twice(text: str) -> bool:
    """Tell whether two words stand together twice: "The FSC 100 % is an FSC 100 %"."""
    words = re.findall(r"\w{3,}", text.casefold())
    pairs = list(pairwise(words))
    return len(set(pairs)) < len(pairs)


def _has_number_twice(text: str, source: PromptInput) -> bool:
    """Tell whether a number stands more often than it was given: "11 functions, a tool of 11"."""
    given = " ".join([source.title, *source.keywords, *(fact.value for fact in source.facts)])
    return bool(Counter(_NUMBER.findall(text)) - Counter(_NUMBER.findall(given)))


def _begins_elsewhere(text: str, source: PromptInput) -> bool:
    """Tell whether an opening is no sentence about the product: "Fold the stand and play"."""
    if source.part != "opening" or not source.keywords:
        return False
    given = " ".join([source.title, source.brand, *source.keywords])
    names = {word.removesuffix("s") for word in re.findall(r"\w+", given.casefold())}
    first = re.match(r"\w+", text.casefold())
    return bool(first and first.group().removesuffix("s") not in names | _ARTICLES)


def _is_broken(text: str, source: PromptInput) -> bool:
    is_next = source.part == "next"
    return is_next and bool(_INVERTED.match(text) or _NO_VERB.match(text))


def _is_of_another(text: str, source: PromptInput) -> bool:
    """Tell whether an opening says "The mixer is a cartridge", or makes a name up."""
    if source.part != "opening" or not source.keywords:
        return False
    if is_long_title(source.title) and text.startswith("The "):
        return True
    said = _IS_A.search(text.casefold())
    if said is None:
        return False
    given = " ".join([source.title, *source.keywords]).casefold()
    known = {word.removesuffix("s") for word in given.split()}
    return not any(word.removesuffix("s") in known for word in _LINK.split(said["what"])[0].split())
