"""Read the products of a file; what cannot be taken is refused with its rows and its reason.

Rows of one product go in or stay out together, so that a mended row never comes without its
product.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from shop_content.catalogue.csv_io.cells import MAX_CELL_CHARS, normal_code
from shop_content.catalogue.csv_io.dialects import FACT, PROBLEM_COLUMN, Dialect
from shop_content.catalogue.csv_io.problems import Problem, gettext_noop
from shop_content.catalogue.csv_io.records import ProductRecord, RefusedRow
from shop_content.catalogue.csv_io.rows import (
    RowError,
    RowValues,
    generic_record,
    longer_handle,
    shopify_record,
    woo_record,
    woo_variant,
)
from shop_content.catalogue.csv_io.tokens import Row, formula_unescaped, read_rows

Item = ProductRecord | RefusedRow


@dataclass(frozen=True, slots=True)
class Layout:
    """What the columns of a file mean."""

    dialect: Dialect
    delimiter: str
    header: tuple[str, ...]
    mapping: Mapping[int, str]  # column number from 0 -> target

    @property
    def has_decimal_comma(self) -> bool:
        """Tell whether a comma between digits can only be a decimal sign."""
        return self.delimiter != ","

    def column_of(self, target: str) -> str:
        """Return the name of the column of a target; "" when the file has none."""
        found = (self.header[number] for number, name in self.mapping.items() if name == target)
        return next(found, "")


@dataclass(frozen=True, slots=True)
class _Line:
    """One row by the meaning of its cells, and what is wrong with the row as such."""

    row: RowValues
    column: str = ""
    problem: Problem | None = None

    @property
    def number(self) -> int:
        return self.row.number

    def text(self, target: str) -> str:
        return self.row.get(target).strip()


def data_rows(text: str, delimiter: str) -> Iterator[Row]:
    """Yield the rows below the header, blank ones left out."""
    for row in itertools.islice(read_rows(text, delimiter), 1, None):
        if any(raw and not raw.isspace() for raw in row.raw_cells):
            yield row


def read_products(text: str, layout: Layout) -> Iterator[Item]:
    """Yield what the file says, in its order; each row is in exactly one answer.

    Two readings of one file give the same answers in the same order: an import that was stopped
    goes on by counting them.
    """
    lines = _lines(text, layout)
    if layout.dialect is Dialect.WOOCOMMERCE:
        groups = _woo_groups(list(lines))
    elif layout.dialect is Dialect.GENERIC:
        groups = ([line] for line in lines)
    else:
        groups = _shopify_groups(lines)
    seen = _Seen()
    for group in groups:
        yield from _answers(group, layout, seen)


def _lines(text: str, layout: Layout) -> Iterator[_Line]:
    """Yield the rows below the header; after a broken row only whole rows are trusted again."""
    after_broken = False
    for row in data_rows(text, layout.delimiter):
        cells = row.cells
        column, problem = _row_problem(row, cells, layout, after_broken=after_broken)
        after_broken = row.is_broken or (after_broken and problem is not None)
        values: dict[str, str] = {}
        facts: list[tuple[str, str]] = []
        for number, target in layout.mapping.items():
            value = formula_unescaped(cells[number]) if number < len(cells) else ""
            if target.startswith(FACT):
                facts.append((target, value))
            else:
                values[target] = value
        yield _Line(RowValues(row.number, values, tuple(facts)), column, problem)


def _row_problem(
    row: Row, cells: list[str], layout: Layout, *, after_broken: bool
) -> tuple[str, Problem | None]:
    """Return what is wrong with the row as such, and in which column."""
    width = len(layout.header)
    if row.is_broken:
        return "", Problem(
            gettext_noop(
                "A quotation mark is not closed, or stands inside a cell. Put the cell in "
                "quotation marks and double those inside it."
            )
        )
    if any(cell.strip() for cell in cells[width:]):
        template = gettext_noop(
            "The row has %(num)s cells, the header %(max)s. A cell that holds the separator must "
            "stand in quotation marks."
        )
        return "", Problem(template, {"num": len(cells), "max": width})
    if after_broken and len(cells) < width - (PROBLEM_COLUMN in layout.header):
        return "", Problem(
            gettext_noop("This seems to be the rest of the broken row before it. Mend that one.")
        )
    for name, cell in zip(layout.header, cells, strict=False):
        if "\x00" in cell:
            return name, Problem(gettext_noop("The cell holds a NUL character. Remove it."))
        if len(cell) > MAX_CELL_CHARS:
            template = gettext_noop("The cell has %(num)s characters; at most %(max)s fit.")
            return name, Problem(template, {"num": len(cell), "max": MAX_CELL_CHARS})
    return "", None


def _shopify_groups(lines: Iterator[_Line]) -> Iterator[list[_Line]]:
    """Yield the rows of each product: those that follow each other with one handle.

    A row without a handle belongs to the product before it, unless it has a title of its own.
    """
    group: list[_Line] = []
    for line in lines:
        handle = line.text("handle")
        is_next = bool(line.text("title")) if not handle else handle != _handle(group)
        if group and (is_next or (line.problem is not None and not handle)):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _handle(group: list[_Line]) -> str:
    """Return the handle that the rows of a product share."""
    return group[0].text("handle") if group else ""


def _woo_groups(lines: list[_Line]) -> Iterator[list[_Line]]:
    """Yield each product with its variations, wherever in the file they stand."""
    variations = {line.number for line in lines if _is_variation(line)}
    owners: dict[str, int] = {}
    for line in lines:
        if line.number not in variations:
            for key in (normal_code(line.text("sku")), f"id:{line.text('id')}"):
                owners.setdefault(key, line.number)
    children: dict[int, list[_Line]] = {}
    orphans: set[int] = set()
    for line in lines:
        if line.number in variations:
            owner = owners.get(normal_code(line.text("parent"))) if line.text("parent") else None
            if owner is None:
                orphans.add(line.number)
            else:
                children.setdefault(owner, []).append(line)
    for line in lines:
        if line.number not in variations:
            yield [line, *children.get(line.number, [])]
        elif line.number in orphans:
            yield [_orphan(line)]


def _is_variation(line: _Line) -> bool:
    return "variation" in [part.strip() for part in line.text("type").split(",")]


def _orphan(line: _Line) -> _Line:
    problem = line.problem or Problem(
        gettext_noop(
            "This variation belongs to “%(parent)s”, which is not in the file. Add the row of the "
            "product."
        ),
        {"parent": line.text("parent")[:100]},
    )
    return _Line(line.row, line.column or "Parent", problem)


def _answers(group: list[_Line], layout: Layout, seen: _Seen) -> Iterator[Item]:
    try:
        for line in group:
            if line.problem is not None:
                raise RowError(line.column, line.problem)
        record = _record([line.row for line in group], layout)
        record = seen.take(record, layout)
    except RowError as error:
        yield from _refused(group, layout, error)
    else:
        yield record


def _record(rows: list[RowValues], layout: Layout) -> ProductRecord:
    if layout.dialect is Dialect.WOOCOMMERCE:
        variants = tuple(woo_variant(row, layout) for row in rows[1:])
        return woo_record(rows[0], variants, layout)
    if layout.dialect is Dialect.GENERIC:
        return generic_record(rows[0], layout)
    return shopify_record(rows, layout)


def _refused(group: list[_Line], layout: Layout, error: RowError) -> Iterator[RefusedRow]:
    """Refuse all rows of the product; those of WooCommerce may stand apart, so one by one."""
    name = "sku" if layout.dialect is Dialect.WOOCOMMERCE else "handle"
    handle = group[0].text(name)[:255]
    if layout.dialect is not Dialect.WOOCOMMERCE:
        first, last = group[0].number, group[-1].number
        yield RefusedRow(first, last, handle, error.column, error.problem)
        return
    for line in group:
        yield RefusedRow(line.number, line.number, handle, error.column, error.problem)


@dataclass(slots=True)
class _Seen:
    """Handles and SKUs of the products that were taken, with their rows."""

    handles: dict[str, int] = field(default_factory=dict)
    skus: dict[str, int] = field(default_factory=dict)

    def take(self, record: ProductRecord, layout: Layout) -> ProductRecord:
        """Remember a product; refuse it when an earlier row has its handle or a SKU of it.

        A handle that we made of the SKU gives way: "NULL" and "null" are two SKUs.
        """
        skus = {sku for sku in (record.sku, *(item.sku for item in record.variants)) if sku}
        for sku in sorted(skus & self.skus.keys()):
            template = gettext_noop(
                "The SKU “%(sku)s” is in row %(row)s already. Give each product its own."
            )
            problem = Problem(template, {"sku": sku, "row": self.skus[sku]})
            raise RowError(layout.column_of("sku"), problem)
        if record.matches_by_sku and record.sku and record.handle in self.handles:
            record = replace(record, handle=longer_handle(record.handle, record.sku))
        self._take_handle(record, layout)
        self.skus.update(dict.fromkeys(skus, record.first_row))
        return record

    def _take_handle(self, record: ProductRecord, layout: Layout) -> None:
        if record.handle in self.handles:
            template = gettext_noop(
                "The product “%(handle)s” is in row %(row)s already. Rows of one product must "
                "follow each other; two products need two handles."
            )
            problem = Problem(
                template, {"handle": record.handle, "row": self.handles[record.handle]}
            )
            raise RowError(layout.column_of("handle") or layout.column_of("title"), problem)
        self.handles[record.handle] = record.first_row
