"""What a file says about products."""

from __future__ import annotations

from dataclasses import dataclass

from shop_content.catalogue.csv_io.problems import Problem


@dataclass(frozen=True, slots=True)
class VariantRecord:
    """One purchasable form of a product."""

    sku: str = ""
    gtin: str = ""
    price_cents: int | None = None
    options: tuple[tuple[str, str], ...] = ()  # (name, value) in their order


@dataclass(frozen=True, slots=True)
class FactRecord:
    """Something that the file says is so."""

    name: str
    value: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ProductRecord:
    """One product of the file."""

    first_row: int  # the header is row 1
    last_row: int
    handle: str
    title: str
    sku: str = ""  # in NFC, so that two ways to write an accent are one SKU
    brand: str = ""
    category: str = ""
    gtin: str = ""
    price_cents: int | None = None
    currency: str = ""
    image_url: str = ""
    supplier_text: str = ""
    variants: tuple[VariantRecord, ...] = ()
    facts: tuple[FactRecord, ...] = ()
    content: tuple[tuple[str, str], ...] = ()  # (content field, plain text)
    fields: frozenset[str] = frozenset()  # fields for which the file has a column
    matches_by_sku: bool = False  # the file has no handle: a product with this SKU is the same


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """Rows that cannot be taken, and why."""

    first_row: int
    last_row: int
    handle: str
    column: str  # name of the column; "" when the row as a whole is wrong
    problem: Problem
