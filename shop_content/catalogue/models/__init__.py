"""Rows of the catalogue: products with facts and live content, and the files they came from."""

from __future__ import annotations

from shop_content.catalogue.models.imports import ImportRow, ImportRun
from shop_content.catalogue.models.product import (
    ContentField,
    ContentOrigin,
    Fact,
    FactHandling,
    FactSource,
    LiveContent,
    LiveContentRevision,
    Product,
    Variant,
)

__all__ = [
    "ContentField",
    "ContentOrigin",
    "Fact",
    "FactHandling",
    "FactSource",
    "ImportRow",
    "ImportRun",
    "LiveContent",
    "LiveContentRevision",
    "Product",
    "Variant",
]
