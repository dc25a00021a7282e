"""What in a product's data speaks to the writing machine, as its row keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypedDict

from django.utils.translation import gettext_lazy as _

from shop_content.core.fingerprint import data_fingerprint
from shop_content.core.hidden_instructions import hidden_instructions
from shop_content.core.storable import storable

MAX_KEPT = 10
KIND_LABELS = {
    "override": _("tells the model to leave its instructions"),
    "role": _("looks like a part of a conversation with a model"),
    "persona": _("tells the model to be somebody else"),
    "order": _("tells the model what to write"),
    "secret": _("asks for the instructions or for secrets"),
    "encoded": _("hides words in a code"),
    "hidden": _("is hidden from readers of the page"),
    "markup": _("would run or load something"),
}


class SuspicionData(TypedDict):
    """One passage."""

    where: str  # column of the product, or name of the fact
    kind: str  # key of KIND_LABELS
    quote: str


def suspicions_in(texts: Iterable[tuple[str, str]]) -> list[SuspicionData]:
    """Return what the texts, each with its place, hold; at most MAX_KEPT."""
    return list(_found(texts))[:MAX_KEPT]


def _found(texts: Iterable[tuple[str, str]]) -> Iterator[SuspicionData]:
    for where, text in texts:
        for row in hidden_instructions(text):
            yield {"where": where, "kind": row.kind, "quote": storable(row.quote)}


def suspicions_fingerprint(suspicions: list[SuspicionData]) -> str:
    """Return what stands for the passages when somebody has looked at them; "" for none."""
    return data_fingerprint(suspicions) if suspicions else ""


def suspicion_rows(suspicions: list[SuspicionData]) -> list[tuple[str, str, str]]:
    """Return (where, what it does, quote) of each passage, as a page shows it."""
    return [
        (row["where"], str(KIND_LABELS.get(row["kind"], "")), row["quote"]) for row in suspicions
    ]
