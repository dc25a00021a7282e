"""Write the catalogue out as the file that the shop knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shop_content.accounts.models import Merchant
from shop_content.catalogue.csv_io.cells import normal_code
from shop_content.catalogue.csv_io.detect import FileFormat, encode
from shop_content.catalogue.csv_io.dialects import Dialect
from shop_content.catalogue.csv_io.reader import Layout
from shop_content.catalogue.csv_io.records import ProductRecord, VariantRecord
from shop_content.catalogue.csv_io.writer import (
    OutgoingProduct,
    default_layout,
    earlier_lines,
    header_line,
    new_lines,
    write_products,
)
from shop_content.catalogue.models import Product
from shop_content.catalogue.selectors.imports import import_file, import_layout, imports_to_export

_NEW_FILE = FileFormat(
    encoding="utf-8", has_bom=False, delimiter=",", newline="\r\n", quotes_all=False
)


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file for the shop."""

    content: bytes
    file_name: str
    num_products: int
    keeps_encoding: bool  # False: the file's encoding lacks a character, so this is UTF-8


def products_export(
    *, merchant: Merchant, dialect: str = "", content_only: bool = False
) -> ExportedFile:
    """Return the catalogue in a dialect, on the imported files of it where there are some.

    Each product is as the newest file with it says, so that a file of mended rows takes nothing
    of the larger one before it away.

    Args:
        merchant: whose catalogue.
        dialect: name of a `Dialect`; "" for that of the newest import, else Shopify's.
        content_only: only the columns that name a product and those that hold copy.
    """
    runs = imports_to_export(merchant=merchant, dialect=dialect)
    stock = _Stock(merchant)
    if runs:
        file, layout = import_file(runs[0]), import_layout(runs[0])
        found = file.format
        lines = list(
            write_products(file.text, layout, found, stock.take, content_only=content_only)
        )
    else:
        kind = Dialect(dialect) if dialect else Dialect.SHOPIFY
        layout, found = default_layout(kind), _NEW_FILE
        lines = [header_line(layout, found, content_only=content_only)]
    more: list[str] = []
    for run in runs[1:]:
        text, earlier = import_file(run).text, import_layout(run)
        more += earlier_lines(text, earlier, layout, found, stock.take, content_only=content_only)
    more += new_lines(stock.rest(), layout, found, content_only=content_only)
    if more and not lines[-1].endswith(("\n", "\r")):
        lines.append(found.newline)
    content, keeps_encoding = encode("".join(lines + more), found)
    return ExportedFile(content, _file_name(merchant, layout), stock.num_products, keeps_encoding)


def _file_name(merchant: Merchant, layout: Layout) -> str:
    return f"{merchant.slug}-{layout.dialect.value}.csv"


class _Stock:
    """The merchant's products, each handed out once."""

    def __init__(self, merchant: Merchant) -> None:
        products = Product.objects.filter(merchant=merchant).order_by("id")
        self.products = {
            product.pk: product
            for product in products.prefetch_related("live_contents", "variants")
        }
        self.num_products = len(self.products)
        self.by_handle = {normal_code(p.handle): p.pk for p in self.products.values()}
        self.by_sku = {normal_code(p.sku): p.pk for p in self.products.values() if p.sku}

    def take(self, record: ProductRecord) -> OutgoingProduct | None:
        """Return the product of a record of the file."""
        pk = self.by_sku.get(record.sku) if record.matches_by_sku and record.sku else None
        pk = pk or self.by_handle.get(record.handle)
        product = self.products.pop(pk, None) if pk else None
        return _outgoing(product) if product else None

    def rest(self) -> list[OutgoingProduct]:
        """Return the products that no file has, in the order in which they were made."""
        return [_outgoing(product) for product in self.products.values()]


def _outgoing(product: Product) -> OutgoingProduct:
    record = ProductRecord(
        first_row=0,
        last_row=0,
        handle=product.handle,
        title=product.title,
        sku=product.sku,
        brand=product.brand,
        category=product.category,
        gtin=product.gtin,
        price_cents=product.price_cents,
        currency=product.currency,
        image_url=product.image_url,
        supplier_text=product.supplier_text,
        variants=tuple(_variants(product)),
    )
    content = {live.field: live.text for live in product.live_contents.all()}
    return OutgoingProduct(record, content)


def _variants(product: Product) -> Iterator[VariantRecord]:
    for variant in product.variants.all():
        options = tuple((name, value) for name, value in variant.options)
        yield VariantRecord(variant.sku, variant.gtin, variant.price_cents, options)
