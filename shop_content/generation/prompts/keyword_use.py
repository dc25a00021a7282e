"""Decide what each keyword of a product is good for, before a model sees it.

Two keywords that a small model has to fit into one sentence make nonsense of it: "Daily walks take
place on a dog lead." The first is taken for what the product is. The second is mostly one of three:
what it is for ("dog lead for daily walks"), a gift, or another name of the same thing, which a
sentence that is put together by rule can use as its subject. English only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from shop_content.generation.prompts.english import is_plural, with_article

_GIFT = re.compile(r"\b(?:gift|present)\b")
_GIFTS = re.compile(r"\b(?:gifts|presents)\b")
# What a product is for is spoken of with "the": "for the living room".
_PLACES = frozenset(
    {
        "kitchen", "room", "garden", "office", "bathroom", "bedroom", "hall", "hallway", "home",
        "nursery", "playroom", "studio", "workshop", "classroom", "patio", "balcony", "terrace",
        "desk", "table", "car", "cage", "shed", "garage", "fireplace", "sink", "window", "beach",
        "wardrobe", "cupboard", "pool", "gym", "shop", "family", "stage", "campsite", "greenhouse",
        "pond", "aquarium", "shower", "bath", "sauna", "stable", "dog", "cat", "baby", "child",
        "corner", "porch", "bedside", "workbench", "flat", "wall", "path",
        "orchestra", "weekend", "commute", "summer", "winter", "school run", "trail", "track",
    }
)  # fmt: skip
# With no article: "for practice".
_DOINGS = frozenset(
    {
        "travel", "school", "work", "practice", "yoga", "skin", "hair", "teatime", "brunch",
        "breakfast", "lunch", "dinner", "storage", "research", "teaching", "bedtime", "christmas",
        "easter", "outdoors", "ballet", "football", "tennis", "golf", "photography", "calligraphy",
    }
)  # fmt: skip
_NO_DOINGS = frozenset(
    {
        "ring", "earring", "string", "spring", "king", "wing", "bedding", "sling", "lining",
        "cancelling", "ceiling", "railing", "coating", "filling", "padding", "fitting", "dressing",
        "clothing", "topping", "icing", "piping", "finishing", "drying", "charging", "wicking",
    }
)  # fmt: skip
# Not what it is for, but how it is: "no drilling", "6 mm lugs", "replaceable pins".
_FEATURE = re.compile(r"\d|^(?:no|not|without|non)\b|^\w+[ai]ble\b|^\w+-\w+[ai]ble\b")


def use_of(keyword: str, product: str) -> str:
    """Return what a keyword adds to the keyword that names the product: "for daily walks"; or "".

    Args:
        keyword: another keyword of the product.
        product: the keyword that says what the product is.
    """
    words = keyword.casefold().split()
    if not words or _FEATURE.search(keyword.casefold()) or names_same(keyword, [product]):
        return ""
    last = words[-1]
    if _GIFTS.search(keyword):
        return f"as {keyword}"
    if _GIFT.search(keyword):
        return f"as {with_article(keyword)}"
    if last in _PLACES:
        return f"for the {keyword}"
    is_doing = last in _DOINGS or (last.endswith("ing") and last not in _NO_DOINGS)
    return f"for {keyword}" if is_doing or (last.isalpha() and is_plural(keyword)) else ""


def names_same(keyword: str, names: Iterable[str]) -> bool:
    """Tell whether a keyword is another name of the thing: its last word is that of a name."""
    last = _stem(keyword)
    return bool(last) and any(last == _stem(name) for name in names)


def _stem(name: str) -> str:
    words = re.findall(r"[^\W\d_]+", name.casefold())
    return words[-1].removesuffix("s") if words else ""
