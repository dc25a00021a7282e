"""Write a file back in its own dialect: the columns that we own change, and nothing else.

A cell that nobody changed keeps its bytes. The one exception is a cell that a spreadsheet would run
as a formula: it gets an apostrophe before it, which the import takes away again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from shop_content.catalogue.csv_io.detect import FileFormat
from shop_content.catalogue.csv_io.dialects import (
    CONTENT_TARGETS,
    HEADERS,
    PROBLEM_COLUMN,
    Dialect,
    find_mapping,
)
from shop_content.catalogue.csv_io.html_text import html_from_text, text_from_html
from shop_content.catalogue.csv_io.reader import Layout, read_products
from shop_content.catalogue.csv_io.records import ProductRecord
from shop_content.catalogue.csv_io.rows import DEFAULT_OPTION, woo_escaped
from shop_content.catalogue.csv_io.tokens import (
    Row,
    cell_raw,
    cell_text,
    formula_escaped,
    joined,
    read_rows,
    safe_raw,
)

KEY_TARGETS = ("id", "handle", "sku", "title")
_HTML_TARGETS = {
    Dialect.SHOPIFY: {"description"},
    Dialect.SHOPIFY_OLD: {"description"},
    Dialect.WOOCOMMERCE: {"description", "short_description"},
    Dialect.GENERIC: set[str](),
}


@dataclass(frozen=True, slots=True)
class OutgoingProduct:
    """A product on its way out."""

    record: ProductRecord
    content: Mapping[str, str]  # content field -> live text


def default_layout(dialect: Dialect) -> Layout:
    """Return the layout of a new file of a dialect."""
    header = HEADERS[dialect]
    return Layout(dialect, ",", header, find_mapping(dialect, header))


def same_text(dialect: Dialect, target: str, ours: str, theirs: str) -> bool:
    """Tell whether a text is the one in the file, seen through the dialect's way to write it."""
    if ours == theirs:
        return True
    if target not in _HTML_TARGETS[dialect]:
        return False
    return text_from_html(html_from_text(ours)) == theirs


def content_cell(dialect: Dialect, target: str, text: str) -> str:
    """Return live copy as the dialect writes it."""
    value = html_from_text(text) if target in _HTML_TARGETS[dialect] else text
    if dialect is Dialect.WOOCOMMERCE and target in _HTML_TARGETS[dialect]:
        return woo_escaped(value)
    return value


@dataclass(frozen=True, slots=True)
class _Output:
    """Which columns are written, and how."""

    layout: Layout
    format: FileFormat
    columns: tuple[int, ...] | None  # None: all that a row has

    def line(self, values: Mapping[int, str], row: Row | None = None) -> str:
        """Return a line: the row's own cells, where `values` has none."""
        delimiter, is_quoted = self.format.delimiter, self.format.quotes_all
        raw = row.raw_cells if row else ()
        columns: Sequence[int] | None = self.columns
        if columns is None:
            width = len(raw) or len(self.layout.header)
            columns = range(max([width, *(number + 1 for number in values)]))
        out = []
        for number in columns:
            if number in values:
                value = formula_escaped(values[number])
                out.append(cell_raw(value, delimiter, is_quoted=is_quoted))
            elif number < len(raw):
                out.append(safe_raw(raw[number], delimiter))
            else:
                out.append(cell_raw("", delimiter, is_quoted=is_quoted))
        return joined(out, delimiter, row.ending if row else self.format.newline)


def write_products(
    text: str,
    layout: Layout,
    found: FileFormat,
    find: Callable[[ProductRecord], OutgoingProduct | None],
    *,
    content_only: bool = False,
) -> Iterator[str]:
    """Yield the lines of the file with the live copy of its products.

    Args:
        text: the file as it came.
        layout: how its cells are read.
        found: how it is written.
        find: returns the product of a record, or None when it is not ours (any more).
        content_only: write the columns that name the product and those that we own, and of each
            product one row, so that an import elsewhere overwrites nothing else.
    """
    output = _Output(layout, found, _columns(layout, content_only=content_only))
    changes = _changes(text, layout, find, content_only=content_only)
    is_header = True
    for row in read_rows(text, layout.delimiter):
        if is_header or not content_only or row.number in changes:
            yield output.line({} if is_header else changes.get(row.number, {}), row)
        is_header = False


def earlier_lines(
    text: str,
    earlier: Layout,
    layout: Layout,
    found: FileFormat,
    find: Callable[[ProductRecord], OutgoingProduct | None],
    *,
    content_only: bool = False,
) -> Iterator[str]:
    """Yield the rows of products that only an earlier file with the same columns has.

    Args:
        text: the earlier file.
        earlier: how its cells are read.
        layout: of the file that is written.
        found: how that file is written.
        find: returns the product of a record, or None when a later file had it.
        content_only: as for `write_products`.
    """
    output = _Output(layout, found, _columns(layout, content_only=content_only))
    taken: list[ProductRecord] = []

    def find_and_note(record: ProductRecord) -> OutgoingProduct | None:
        product = find(record)
        if product is not None:
            taken.append(record)
        return product

    changes = _changes(text, earlier, find_and_note, content_only=content_only)
    numbers = {number for item in taken for number in range(item.first_row, item.last_row + 1)}
    if earlier.dialect is Dialect.WOOCOMMERCE:
        numbers |= _variation_rows(text, earlier, numbers)
    for row in read_rows(text, earlier.delimiter):
        if row.number in (changes if content_only else numbers):
            raw = row.raw_cells
            if earlier.delimiter != found.delimiter:
                raw = tuple(cell_raw(cell_text(cell), found.delimiter) for cell in raw)
            row = Row(row.number, raw, found.newline)
            yield output.line(changes.get(row.number, {}), row)


def _variation_rows(text: str, layout: Layout, numbers: set[int]) -> set[int]:
    """Return the rows of WooCommerce's variations of the products in these rows."""
    column = {target: number for number, target in layout.mapping.items()}

    def cell(row: Row, target: str) -> str:
        number = column.get(target, len(row.raw_cells))
        return row.cells[number].strip() if number < len(row.raw_cells) else ""

    rows = list(read_rows(text, layout.delimiter))
    owners = {cell(row, "sku") for row in rows if row.number in numbers}
    owners |= {f"id:{cell(row, 'id')}" for row in rows if row.number in numbers}
    return {row.number for row in rows if cell(row, "parent") in owners - {"", "id:"}}


def _columns(layout: Layout, *, content_only: bool) -> tuple[int, ...] | None:
    if not content_only and layout.header[-1] == PROBLEM_COLUMN:
        return tuple(
            range(len(layout.header) - 1)
        )  # The reasons of old refusals are not the shop's.
    if not content_only:
        return None
    targets = {*KEY_TARGETS, *CONTENT_TARGETS}
    return tuple(number for number, target in sorted(layout.mapping.items()) if target in targets)


def _changes(
    text: str,
    layout: Layout,
    find: Callable[[ProductRecord], OutgoingProduct | None],
    *,
    content_only: bool,
) -> dict[int, dict[int, str]]:
    """Return the new cells by row and column; with `content_only` an entry for each product."""
    changes: dict[int, dict[int, str]] = {}
    number_of = {target: number for number, target in layout.mapping.items()}
    for item in read_products(text, layout):
        if not isinstance(item, ProductRecord):
            continue
        product = find(item)
        if product is None:
            continue
        cells_of_row = {
            number_of[target]: content_cell(layout.dialect, target, product.content[target])
            for target, theirs in item.content
            if target in product.content
            and not same_text(layout.dialect, target, product.content[target], theirs)
        }
        if cells_of_row or content_only:
            changes[item.first_row] = cells_of_row
    return changes


def new_lines(
    products: Sequence[OutgoingProduct],
    layout: Layout,
    found: FileFormat,
    *,
    content_only: bool = False,
) -> Iterator[str]:
    """Yield lines for products that are not in the file; the shop sees them as drafts."""
    output = _Output(layout, found, _columns(layout, content_only=content_only))
    for product in products:
        for values in _product_rows(product, layout):
            yield output.line(values)
            if content_only:
                break


def header_line(layout: Layout, found: FileFormat, *, content_only: bool = False) -> str:
    """Return the header of a new file."""
    output = _Output(layout, found, _columns(layout, content_only=content_only))
    return output.line(dict(enumerate(layout.header)))


def _product_rows(product: OutgoingProduct, layout: Layout) -> Iterator[dict[int, str]]:
    """Yield the cells of a product, one row for each variant where the dialect has variants."""
    record = product.record
    values = {
        "handle": record.handle,
        "sku": record.sku,
        "title": record.title,
        "brand": record.brand,
        "category": record.category,
        "gtin": record.gtin,
        "price": _price(record.price_cents),
        "currency": record.currency,
        "image_url": record.image_url,
        "supplier_text": record.supplier_text,
        "type": "simple",
    }
    if layout.dialect is Dialect.WOOCOMMERCE:
        values["category"] = record.category.replace(",", "\\,")
    else:
        del values["type"]
    for target, text in product.content.items():
        values[target] = content_cell(layout.dialect, target, text)
    if layout.dialect in (Dialect.SHOPIFY, Dialect.SHOPIFY_OLD):
        yield from _shopify_rows(record, values, layout)
    else:
        yield _numbered(values, layout)


def _shopify_rows(
    record: ProductRecord, values: dict[str, str], layout: Layout
) -> Iterator[dict[int, str]]:
    status = {
        "status": "draft",
        "published": "FALSE",
        "published on online store": "FALSE",
    }
    names = {name.casefold(): number for number, name in enumerate(layout.header)}
    extra = {names[name]: text for name, text in status.items() if name in names}
    if not record.variants:
        values |= {"option1_name": DEFAULT_OPTION[0], "option1_value": DEFAULT_OPTION[1]}
        yield extra | _numbered(values, layout)
        return
    for place, variant in enumerate(record.variants):
        row = values if place == 0 else {"handle": record.handle}
        row |= {"sku": variant.sku, "gtin": variant.gtin, "price": _price(variant.price_cents)}
        for number, (name, value) in enumerate(variant.options, start=1):
            row[f"option{number}_value"] = value
            if place == 0:
                row[f"option{number}_name"] = name
        yield (extra if place == 0 else {}) | _numbered(row, layout)


def _numbered(values: Mapping[str, str], layout: Layout) -> dict[int, str]:
    return {number: values[target] for number, target in layout.mapping.items() if target in values}


def _price(cents: int | None) -> str:
    return "" if cents is None else f"{cents // 100}.{cents % 100:02d}"


def write_refused(
    text: str, layout: Layout, found: FileFormat, problems: Mapping[int, tuple[int, str]]
) -> Iterator[str]:
    """Yield a file of the refused rows, with what is wrong in an extra last column.

    Args:
        text: the file as it came.
        layout: how its cells are read.
        found: how it is written.
        problems: first row -> (last row, what is wrong).
    """
    # A file that came with our column of problems gets new ones in the same place.
    has_column = layout.header[-1:] == (PROBLEM_COLUMN,)
    width = len(layout.header) - has_column
    last, is_header = 0, True
    for row in read_rows(text, layout.delimiter):
        note = ""
        if is_header:
            note, is_header = PROBLEM_COLUMN, False
        elif row.number in problems:
            last, note = problems[row.number]
        elif row.number > last:
            continue
        raw = [_mended(raw, row, layout) for raw in row.raw_cells]
        raw += [""] * (width - len(raw))
        note_raw = cell_raw(formula_escaped(note), layout.delimiter)
        line = [*raw[:width], note_raw, *raw[width + has_column :]]
        yield joined(line, layout.delimiter, found.newline)


def _mended(raw: str, row: Row, layout: Layout) -> str:
    """Return a cell of a refused row; in a broken row each piece gets quotes of its own."""
    if row.is_broken:
        return cell_raw(formula_escaped(raw), layout.delimiter)
    return safe_raw(raw, layout.delimiter)
