"""Make records of rows: what each dialect keeps in which cell."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from shop_content.catalogue.csv_io import cells
from shop_content.catalogue.csv_io.dialects import CONTENT_TARGETS, FACT
from shop_content.catalogue.csv_io.html_text import text_from_html
from shop_content.catalogue.csv_io.problems import CellError, Problem, gettext_noop
from shop_content.catalogue.csv_io.records import FactRecord, ProductRecord, VariantRecord

if TYPE_CHECKING:
    from shop_content.catalogue.csv_io.reader import Layout

Value = TypeVar("Value")

DEFAULT_OPTION = ("Title", "Default Title")  # What Shopify writes for a product of one form.
MAX_OPTIONS = 3
_MISSING_TITLE = gettext_noop("The title is missing.")
_WOO_NEWLINE = re.compile(r"\\\\n|\\n")
_WOO_COMMA = re.compile(r"(?<!\\),")
_ATTRIBUTE = re.compile(r"attribute(\d+)_name")
_ZERO = re.compile(r"0*(?:[.,]0*)?")


class RowError(Exception):
    """A row cannot be taken; `column` names the cell, if it is one."""

    def __init__(self, column: str, problem: Problem) -> None:
        super().__init__(str(problem))
        self.column = column
        self.problem = problem


@dataclass(frozen=True, slots=True)
class RowValues:
    """The cells of one row by their targets."""

    number: int
    values: dict[str, str]
    facts: tuple[tuple[str, str], ...]  # ("fact:<name>|<unit>", value)

    def get(self, target: str) -> str:
        """Return a cell; "" when the file has no such column."""
        return self.values.get(target, "")


def generic_record(row: RowValues, layout: Layout) -> ProductRecord:
    """Make the record of a row of any other file: a product a row."""
    record = _common(row, layout)
    handle = _take(row, layout, "handle", _line("handle")) or _handle_of(record.sku, record.title)
    return replace(
        record,
        handle=cells.normal_code(handle),
        facts=_facts(row, layout),
        content=_content(row, layout, html=()),
        matches_by_sku=not row.get("handle").strip(),
    )


def shopify_record(group: Sequence[RowValues], layout: Layout) -> ProductRecord:
    """Make the record of the rows of one Shopify product."""
    head = group[0]
    record = _common(head, layout)
    names = [head.get(f"option{number}_name").strip() for number in range(1, MAX_OPTIONS + 1)]
    variants = [
        _shopify_variant(row, names, layout)
        for row in group
        if row is head or any(row.get(name).strip() for name in ("sku", "option1_value", "price"))
    ]
    facts = _unique(_option_facts(variants) + _facts(head, layout))
    is_single = len(variants) == 1 and variants[0].options in ((), (DEFAULT_OPTION,))
    handle = _take(head, layout, "handle", _line("handle"))
    return replace(
        record,
        last_row=group[-1].number,
        handle=cells.normal_code(handle) or cells.slug(record.title)[:255],
        category=record.category or _take(head, layout, "type", _line("category")),
        variants=() if is_single else tuple(variants),
        facts=facts,
        content=_content(head, layout, html=("description",)),
    )


def woo_record(
    row: RowValues, variants: tuple[VariantRecord, ...], layout: Layout
) -> ProductRecord:
    """Make the record of a WooCommerce row that is no variation."""
    paths = _WOO_COMMA.split(row.get("category"))
    images = row.get("image_url").split(",")
    values = {**row.values, "category": paths[0].replace("\\,", ","), "image_url": images[0]}
    for target in ("description", "short_description"):
        if target in values:
            values[target] = _woo_unescaped(values[target])
    row = replace(row, values=values)
    record = _common(row, layout)
    pairs = _attributes(row)
    facts = _unique(_fact_records(pairs, layout) + _facts(row, layout))
    woo_id = row.get("id").strip()
    handle = f"id-{woo_id}" if woo_id and not record.sku else _handle_of(record.sku, record.title)
    return replace(
        record,
        handle=cells.normal_code(handle)[:255],
        variants=variants,
        facts=facts,
        fields=record.fields | ({"facts"} if pairs else set()),
        content=_content(row, layout, html=("description", "short_description")),
        matches_by_sku=True,
    )


def woo_variant(row: RowValues, layout: Layout) -> VariantRecord:
    """Make the variant of a variation row."""
    return VariantRecord(
        sku=cells.normal_code(_take(row, layout, "sku", _line("sku"))),
        gtin=_take(row, layout, "gtin", cells.gtin),
        price_cents=_price(row, layout),
        options=tuple(_attributes(row)),
    )


def woo_escaped(text: str) -> str:
    """Write line breaks as WooCommerce does: as the two characters \\n."""
    return text.replace("\\n", "\\\\n").replace("\n", "\\n")


def _woo_unescaped(text: str) -> str:
    return _WOO_NEWLINE.sub(lambda match: "\n" if match[0] == "\\n" else "\\n", text)


def _common(row: RowValues, layout: Layout) -> ProductRecord:
    """Read the cells that mean the same in every dialect."""
    title = _take(row, layout, "title", _line("title"))
    if not title:
        raise RowError(layout.column_of("title"), Problem(_MISSING_TITLE))
    targets = set(layout.mapping.values())
    fields = {target for target in targets if not target.startswith(FACT)}
    if any(target.startswith((FACT, "option", "attribute")) for target in targets):
        fields.add("facts")
    return ProductRecord(
        first_row=row.number,
        last_row=row.number,
        handle="",
        title=title,
        sku=cells.normal_code(_take(row, layout, "sku", _line("sku"))),
        brand=_take(row, layout, "brand", _line("brand")),
        category=_take(row, layout, "category", _line("category")),
        gtin=_take(row, layout, "gtin", cells.gtin),
        price_cents=_price(row, layout),
        currency=_take(row, layout, "currency", cells.currency_code),
        image_url=_take(row, layout, "image_url", cells.web_address),
        supplier_text=_lines(row.get("supplier_text")),
        fields=frozenset(fields),
    )


def _take(row: RowValues, layout: Layout, target: str, convert: Callable[[str], Value]) -> Value:
    try:
        return convert(row.get(target))
    except CellError as error:
        raise RowError(layout.column_of(target), error.problem) from error


def _line(field: str) -> Callable[[str], str]:
    return lambda value: cells.check_length(value.strip(), field)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def _price(row: RowValues, layout: Layout) -> int | None:
    return _take(
        row,
        layout,
        "price",
        lambda value: cells.price_cents(value, has_decimal_comma=layout.has_decimal_comma),
    )


def _handle_of(sku: str, title: str) -> str:
    """Return a handle of our own: from the SKU, which stays, rather than from the title."""
    if not sku:
        return cells.slug(title)[:240] or "product"
    made = cells.slug(sku)
    if made == sku.casefold():
        return made
    # Two SKUs that differ only in their signs must not become one handle.
    return longer_handle(made, sku)


def longer_handle(handle: str, sku: str) -> str:
    """Return the handle with some digits that stand for the SKU."""
    digits = hashlib.sha256(sku.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return f"{handle}-{digits}".strip("-")


def _content(row: RowValues, layout: Layout, html: Sequence[str]) -> tuple[tuple[str, str], ...]:
    targets = set(layout.mapping.values())
    found = []
    for target in CONTENT_TARGETS:
        if target in targets:
            text = _lines(row.get(target))
            text = text_from_html(text) if target in html else text
            found.append((target, text if text.strip() else ""))
    return tuple(found)


def _facts(row: RowValues, layout: Layout) -> tuple[FactRecord, ...]:
    found = []
    for target, value in row.facts:
        name, _, unit = target.removeprefix(FACT).partition("|")
        value = value.strip()
        # Shops write 0 for a weight or a length that nobody measured.
        if value and not (unit and _ZERO.fullmatch(value)):
            column = layout.column_of(target)
            found.append(_fact(name, value, unit, column))
    return tuple(found)


def _fact_records(pairs: Sequence[tuple[str, str]], layout: Layout) -> tuple[FactRecord, ...]:
    return tuple(_fact(name, value, "", name) for name, value in pairs)


def _fact(name: str, value: str, unit: str, column: str) -> FactRecord:
    try:
        return FactRecord(
            cells.check_length(name, "fact name"),
            cells.check_length(value, "fact value"),
            cells.check_length(unit, "fact unit"),
        )
    except CellError as error:
        raise RowError(column, error.problem) from error


def _unique(facts: tuple[FactRecord, ...]) -> tuple[FactRecord, ...]:
    """Keep the first fact of each name."""
    by_name: dict[str, FactRecord] = {}
    for fact in facts:
        by_name.setdefault(fact.name.casefold(), fact)
    return tuple(by_name.values())


def _shopify_variant(row: RowValues, names: Sequence[str], layout: Layout) -> VariantRecord:
    values = [row.get(f"option{number}_value").strip() for number in range(1, MAX_OPTIONS + 1)]
    return VariantRecord(
        sku=cells.normal_code(_take(row, layout, "sku", _line("sku"))),
        gtin=_take(row, layout, "gtin", cells.gtin),
        price_cents=_price(row, layout),
        options=tuple((n, v) for n, v in zip(names, values, strict=True) if n and v),
    )


def _option_facts(variants: Sequence[VariantRecord]) -> tuple[FactRecord, ...]:
    """Return what can be chosen as facts: "Colour: Red, Blue"."""
    choices: dict[str, dict[str, None]] = {}
    for variant in variants:
        for name, value in variant.options:
            if (name, value) != DEFAULT_OPTION:
                choices.setdefault(name, {})[value] = None
    # As many choices as fit: a product may have hundreds of variants.
    return tuple(
        FactRecord(name[:120], ", ".join(values)[:1000]) for name, values in choices.items()
    )


def _attributes(row: RowValues) -> list[tuple[str, str]]:
    """Return WooCommerce's attributes of a row as (name, values)."""
    found = []
    for target, name in row.values.items():
        match = _ATTRIBUTE.fullmatch(target)
        value = row.get(f"attribute{match[1]}_value").strip() if match else ""
        if name.strip() and value:
            found.append((name.strip(), value.replace("\\,", ",")))
    return found
