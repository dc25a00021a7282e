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
_LINK = re.compile(r" (?:for|as|with|in|of) ")


def is_odd(text: str, source: PromptInput) -> bool:
    """Tell whether a sentence says something twice, or that the product is one of its parts, or
    puts a count behind what it counts.

    Args:
        text: the sentence.
        source: what it was asked with.
    """
    return (
        _says_twice(text)
        or _has_number_twice(text, source)
        or _is_of_another(text, source)
        or _COUNT_BEHIND.search(text) is not None
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
