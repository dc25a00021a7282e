"""Lines of products with text, as pipelines send them."""

from __future__ import annotations

import json
from typing import Any

from shop_content.catalogue.models import ContentField
from shop_content.checks.rules import CheckContext, FactValue


class LineError(Exception):
    """A line that cannot be checked; says why in one sentence."""


def line_data(line: str) -> dict[str, Any]:
    """Return the JSON object of the line.

    Raises:
        LineError: It is no JSON, no object, or has no text.
    """
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise LineError("this is not JSON") from error
    if not isinstance(data, dict):
        raise LineError("this is not a JSON object")
    if not isinstance(data.get("text"), str):
        raise LineError('"text" is missing or not a string')
    return data


def line_context(data: dict[str, Any], *, field: str, language: str) -> CheckContext:
    """Return what the text of the line is compared with.

    Raises:
        LineError: A value has the wrong type.
    """
    field = _text(data, "field") or field
    if field not in ContentField.values:
        raise LineError(f'"field" must be one of {", ".join(ContentField.values)}')
    return CheckContext(
        field=field,
        language=_text(data, "language") or language,
        name=_text(data, "name"),
        brand=_text(data, "brand"),
        category=_text(data, "category"),
        facts=_facts(data.get("facts")),
        keywords=_texts(data, "keywords"),
        must_use=_texts(data, "must_use"),
        must_not_use=_texts(data, "must_not_use"),
        supplier_text=_text(data, "supplier_text"),
        length=_text(data, "length") or "medium",
        gtin=_text(data, "gtin"),
    )


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise LineError(f'"{key}" must be a string')
    return value


def _texts(data: dict[str, Any], key: str) -> tuple[str, ...]:
    values = data.get(key)
    if values is None:
        return ()
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise LineError(f'"{key}" must be a list of strings')
    return tuple(values)


def _facts(facts: Any) -> tuple[FactValue, ...]:
    """Read {"Width": "16 mm"}; a value may be a number, a list, or {"value": …, "unit": …}."""
    if facts is None:
        return ()
    if not isinstance(facts, dict):
        raise LineError('"facts" must be an object')
    return tuple(_fact(name, value) for name, value in facts.items())


def _fact(name: str, value: Any) -> FactValue:
    if isinstance(value, dict):
        return FactValue(name, str(value.get("value", "")), str(value.get("unit") or ""))
    if isinstance(value, list):
        return FactValue(name, ", ".join(str(item) for item in value))
    return FactValue(name, "" if value is None else str(value))
