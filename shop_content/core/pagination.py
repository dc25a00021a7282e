"""Keyset pagination: the cost of a page does not grow with its number."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.dateparse import parse_datetime

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[Row]):
    """One page of rows and the cursors of its neighbours."""

    rows: list[Row]  # at most the page size
    next_cursor: str  # "" on the last page
    previous_cursor: str  # "" on the first page


def _encode(values: Sequence[Any], *, backwards: bool) -> str:
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    raw = json.dumps([int(backwards), *plain]).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(cursor: str, num_values: int) -> tuple[list[Any], bool] | None:
    """Return the values and the direction, or None for a cursor that is not ours."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        raw = json.loads(base64.urlsafe_b64decode(padded.encode()))
    except (ValueError, binascii.Error, UnicodeError):
        return None
    if not isinstance(raw, list) or len(raw) != num_values + 1:
        return None
    if not all(isinstance(value, str | int) for value in raw):
        return None
    return raw[1:], raw[0] == 1


def _past(values: Sequence[Any], fields: Sequence[str], *, backwards: bool) -> Q:
    """Return the condition "after these values" in the order of the fields."""
    condition = Q()
    equal: dict[str, Any] = {}
    for field, value in zip(fields, values, strict=True):
        name = field.lstrip("-")
        operator = "lt" if field.startswith("-") != backwards else "gt"
        condition |= Q(**equal, **{f"{name}__{operator}": value})
        equal[name] = value
    return condition


def keyset_page(
    rows: models.QuerySet[Row], *, order: Sequence[str], cursor: str = "", size: int = 50
) -> KeysetPage[Row]:
    """Cut one page out of `rows`.

    Args:
        rows: the filtered rows, in any order.
        order: field names, "-" for descending; the last must be unique (the primary key), and an
            index on exactly these fields keeps the page fast.
        cursor: from a page before; anything else starts at the first page.
        size: rows on a page.
    """
    decoded = _decode(cursor, len(order)) if cursor else None
    values, backwards = decoded if decoded else ([], False)
    if decoded:
        values = _typed(rows.model, order, values)
        rows = rows.filter(_past(values, order, backwards=backwards)) if values else rows
    direction = [_flip(field) for field in order] if backwards else list(order)
    found = list(rows.order_by(*direction)[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    has_next = bool(found) and (backwards or more)
    has_previous = bool(found) and (more if backwards else bool(values))
    return KeysetPage(
        rows=found,
        next_cursor=_cursor_of(found[-1], order, backwards=False) if has_next else "",
        previous_cursor=_cursor_of(found[0], order, backwards=True) if has_previous else "",
    )


def _flip(field: str) -> str:
    return field[1:] if field.startswith("-") else f"-{field}"


def _cursor_of(row: models.Model, order: Sequence[str], *, backwards: bool) -> str:
    values = [getattr(row, field.lstrip("-")) for field in order]
    return _encode(values, backwards=backwards)


def _typed(model: type[models.Model], order: Sequence[str], values: list[Any]) -> list[Any]:
    """Turn the cursor's values into the fields' types; [] when one does not fit."""
    typed: list[Any] = []
    for field, value in zip(order, values, strict=True):
        kind = model._meta.get_field(field.lstrip("-"))
        if isinstance(kind, models.DateTimeField):
            moment = parse_datetime(value) if isinstance(value, str) else None
            if moment is None:
                return []
            typed.append(moment)
        elif isinstance(kind, models.IntegerField | models.AutoField):
            if not isinstance(value, int):
                return []
            typed.append(value)
        else:
            typed.append(str(value))
    return typed
