"""What a sentence says of the facts, and what became of the facts since a draft was written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Values that say nothing by themselves: for these the fact's name is looked for.
_BARE_VALUES = frozenset({"yes", "no", "true", "false", "ja", "nein", "1", "0"})
# What a draft may rely on beside the list of facts, with the word that the page shows for it.
_PLAIN_FIELDS = ("title", "brand", "category")


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact that is not what it was when the draft was written."""

    name: str
    before: str  # "" when it is new
    now: str  # "" when it is gone


def fact_patterns(facts: Sequence[Mapping[str, Any]]) -> list[re.Pattern[str]]:
    """Return for each fact what finds it in a text.

    Whole words in any case: 35 is not in 350 nor in 35.5, and steel is not in steelworks.
    """
    return [
        re.compile(rf"(?<![\w.,]){re.escape(_needle(fact))}(?!\w|[.,]\d)", re.IGNORECASE)
        for fact in facts
    ]


def facts_in(text: str, patterns: Sequence[re.Pattern[str]]) -> tuple[int, ...]:
    """Return the places (from 1) of the facts that the text speaks of."""
    return tuple(number for number, pattern in enumerate(patterns, start=1) if pattern.search(text))


def fact_changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[FactChange]:
    """Return what differs between two snapshots of a product's facts, in the order of the new."""
    old, new = _values(before), _values(now)
    names = [*new, *(name for name in old if name not in new)]
    return [
        FactChange(name, old.get(name, ""), new.get(name, ""))
        for name in names
        if old.get(name) != new.get(name)
    ]


def _needle(fact: Mapping[str, Any]) -> str:
    value = str(fact["value"]).strip()
    return str(fact["name"]) if value.casefold() in _BARE_VALUES or not value else value


def _values(snapshot: Mapping[str, Any]) -> dict[str, str]:
    values = {name: str(snapshot.get(name, "")) for name in _PLAIN_FIELDS if snapshot.get(name)}
    for fact in snapshot.get("facts", []):
        values[fact["name"]] = f"{fact['value']} {fact['unit']}".strip()
    return values
