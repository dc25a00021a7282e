"""What became of the facts since a draft was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shop_content.catalogue.models import FactHandling

# What a draft may rely on beside the list of facts, with the word that the page shows for it.
_PLAIN_FIELDS = ("title", "brand", "category")


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact that is not what it was when the draft was written."""

    name: str
    before: str  # "" when it is new
    now: str  # "" when it is gone


def facts_shown(snapshot: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return a draft's facts in the order in which evidence counts them: private ones last."""
    facts = snapshot.get("facts", [])
    return sorted(facts, key=lambda fact: fact.get("handling") == FactHandling.PRIVATE)


def fact_changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[FactChange]:
    """Return what differs between two snapshots of a product's facts, in the order of the new."""
    old, new = _values(before), _values(now)
    names = [*new, *(name for name in old if name not in new)]
    return [
        FactChange(name, old.get(name, ""), new.get(name, ""))
        for name in names
        if old.get(name) != new.get(name)
    ]


def _values(snapshot: Mapping[str, Any]) -> dict[str, str]:
    values = {name: str(snapshot.get(name, "")) for name in _PLAIN_FIELDS if snapshot.get(name)}
    for fact in snapshot.get("facts", []):
        values[fact["name"]] = f"{fact['value']} {fact['unit']}".strip()
    return values
