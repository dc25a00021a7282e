"""The columns of the shops' own files, and guesses for any other file.

A mapping gives each column number a target: a name of `TARGETS`, "fact:<name>[|<unit>]", or "" to
leave the column alone.

Source: Shopify's product template of 57 columns and its older names; the exporter of WooCommerce.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from shop_content.catalogue.csv_io.problems import FileRefusedError, gettext_noop

FACT = "fact:"
PROBLEM_COLUMN = "Problem"  # Last column of the file of refused rows; left out on the way in.
MAX_FACTS = 200  # As many as the form of a product takes.
MAX_COLUMNS = 1_000  # Shops have up to some hundred metafields.


class Dialect(StrEnum):
    """A kind of file."""

    SHOPIFY = "shopify"
    SHOPIFY_OLD = "shopify_old"
    WOOCOMMERCE = "woocommerce"
    GENERIC = "generic"

    @property
    def has_html(self) -> bool:
        """Tell whether descriptions of this dialect are HTML."""
        return self is not Dialect.GENERIC


CONTENT_TARGETS = (
    "description",
    "bullets",
    "short_description",
    "meta_title",
    "meta_description",
    "image_alt_text",
)
PRODUCT_TARGETS = (
    "handle",
    "sku",
    "title",
    "brand",
    "category",
    "gtin",
    "price",
    "currency",
    "image_url",
    "supplier_text",
)
TARGETS = (*PRODUCT_TARGETS, *CONTENT_TARGETS)

_SHOPIFY = {
    "title": "title",
    "url handle": "handle",
    "description": "description",
    "vendor": "brand",
    "product category": "category",
    "type": "type",
    "sku": "sku",
    "barcode": "gtin",
    "price": "price",
    "weight value (grams)": "fact:Weight|g",
    "product image url": "image_url",
    "image alt text": "image_alt_text",
    "seo title": "meta_title",
    "seo description": "meta_description",
    **{f"option{n} {part}": f"option{n}_{part}" for n in (1, 2, 3) for part in ("name", "value")},
    "google shopping / gender": "fact:Gender",
    "google shopping / age group": "fact:Age group",
    "google shopping / condition": "fact:Condition",
    "google shopping / manufacturer part number (mpn)": "fact:Manufacturer part number",
}
_SHOPIFY_OLD = {
    **_SHOPIFY,
    "handle": "handle",
    "body (html)": "description",
    "image src": "image_url",
    "variant sku": "sku",
    "variant grams": "fact:Weight|g",
    "variant price": "price",
    "variant barcode": "gtin",
    "google shopping / mpn": "fact:Manufacturer part number",
}
for _new in ("url handle", "description", "sku", "barcode", "price", "product image url"):
    del _SHOPIFY_OLD[_new]
_WOOCOMMERCE = {
    "id": "id",
    "type": "type",
    "sku": "sku",
    "gtin, upc, ean, or isbn": "gtin",
    "name": "title",
    "brands": "brand",
    "short description": "short_description",
    "description": "description",
    "regular price": "price",
    "categories": "category",
    "images": "image_url",
    "parent": "parent",
    "meta: _yoast_wpseo_title": "meta_title",
    "meta: _yoast_wpseo_metadesc": "meta_description",
    "meta: rank_math_title": "meta_title",
    "meta: rank_math_description": "meta_description",
}
_WOO_ATTRIBUTE = re.compile(r"attribute (\d{1,3}) (name|value\(s\))")
_WOO_MEASURE = re.compile(r"(weight|length|width|height) \((\w{1,5})\)")
_METAFIELD = re.compile(r"(.+?) \(product\.metafields\.[^)]+\)", re.IGNORECASE)

# Words by which other files name our fields, in English and German.
_GUESSES = {
    "handle": "handle slug url_key urlkey permalink",
    "sku": "sku article_number item_number product_id id artikelnummer artikel_nr art_nr "
    "bestellnummer item_id mpn",
    "title": "title name product_name product product_title titel bezeichnung produktname "
    "artikelname artikelbezeichnung produkt",
    "brand": "brand vendor manufacturer marke hersteller",
    "category": "category product_type product_category categories kategorie warengruppe type",
    "gtin": "gtin ean upc barcode isbn ean13 gtin13 strichcode",
    "price": "price regular_price preis verkaufspreis vk brutto bruttopreis",
    "currency": "currency waehrung währung",
    "image_url": "image image_url image_link picture photo bild bild_url bildadresse",
    "supplier_text": "supplier_text supplier_description raw_text lieferantentext",
    "description": "description body long_description beschreibung langtext artikelbeschreibung "
    "produktbeschreibung",
    "bullets": "bullets bullet_points features highlights merkmale",
    "short_description": "short_description summary kurzbeschreibung kurztext",
    "meta_title": "meta_title seo_title metatitel meta_titel seo_titel",
    "meta_description": "meta_description seo_description metabeschreibung meta_beschreibung",
    "image_alt_text": "image_alt_text alt_text alt image_alt bildbeschreibung alternativtext",
}
# Names of columns that are facts, in English and German.
_FACT_NAMES = """
    material materials colour color farbe size größe groesse weight gewicht width breite
    height höhe hoehe length länge laenge depth tiefe diameter durchmesser capacity volume
    inhalt fassungsvermögen care pflege pflegehinweis origin herkunft herkunftsland pattern
    muster ingredients zutaten style stil scent duft fabric stoff
"""
_FACT_WORDS = set(_FACT_NAMES.split())
_UNIT_AT_END = re.compile(
    r"(.+?) ?[(\[](g|kg|mg|mm|cm|m|km|ml|cl|l|in|ft|oz|lb|w|kw|v|a|hz|°c|%)[)\]]", re.IGNORECASE
)
_GUESS_OF = {word: target for target, words in _GUESSES.items() for word in words.split()}


def find_dialect(header: Sequence[str]) -> Dialect:
    """Return the dialect that the header names, or GENERIC."""
    names = {name.casefold() for name in header}
    if "url handle" in names and "title" in names:
        return Dialect.SHOPIFY
    if "handle" in names and names & {"body (html)", "variant sku", "variant price", "image src"}:
        return Dialect.SHOPIFY_OLD
    if {"name", "sku"} <= names and names & {"regular price", "visibility in catalog", "parent"}:
        return Dialect.WOOCOMMERCE
    return Dialect.GENERIC


def check_header(header: Sequence[str]) -> None:
    """Refuse a header that no file of products has.

    Raises:
        FileRefusedError: Too many columns, or a NUL in a name.
    """
    if len(header) > MAX_COLUMNS:
        raise FileRefusedError(
            gettext_noop("The file has %(num)s columns; at most %(max)s can be read."),
            num=len(header),
            max=MAX_COLUMNS,
        )
    for number, name in enumerate(header, start=1):
        if "\x00" in name:
            raise FileRefusedError(
                gettext_noop("The name of column %(number)s holds a NUL character. Remove it."),
                number=number,
            )


def find_mapping(dialect: Dialect, header: Sequence[str]) -> dict[int, str]:
    """Return the targets of the columns: the dialect's own, or a guess for a generic file.

    Raises:
        FileRefusedError: Two columns of a known dialect have the same name.
    """
    targets = [_target(dialect, name) for name in header]
    mapping: dict[int, str] = {}
    taken: dict[str, int] = {}
    for number, target in enumerate(targets):
        if target in taken and not target.startswith(FACT):
            first = taken[target]
            if dialect is not Dialect.GENERIC and header[first].casefold() == (
                header[number].casefold()
            ):
                raise FileRefusedError(
                    gettext_noop(
                        "The column “%(name)s” is there twice (columns %(first)s and "
                        "%(second)s). Rename or remove one of them."
                    ),
                    name=header[number],
                    first=first + 1,
                    second=number + 1,
                )
            target = ""
        if target:
            taken.setdefault(target, number)
            mapping[number] = target
    return mapping


def _target(dialect: Dialect, name: str) -> str:
    folded = name.casefold()
    if folded == PROBLEM_COLUMN.casefold():
        return ""
    if dialect is Dialect.WOOCOMMERCE:
        return _WOOCOMMERCE.get(folded) or _woo_target(folded)
    if dialect is Dialect.GENERIC:
        return _guess(name)
    table = _SHOPIFY if dialect is Dialect.SHOPIFY else _SHOPIFY_OLD
    metafield = _METAFIELD.fullmatch(name)
    return table.get(folded) or (f"{FACT}{metafield[1].strip()}" if metafield else "")


def _guess(name: str) -> str:
    words = re.sub(r"[\s_.\-]+", "_", name.casefold()).strip("_")
    if found := _GUESS_OF.get(words):
        return found
    fact = fact_target(name)
    return fact if fact[len(FACT) :].partition("|")[0].casefold() in _FACT_WORDS else ""


def fact_target(name: str) -> str:
    """Return the target of a column that holds a fact: its name, and the unit if it ends in one."""
    # A vertical bar parts name and unit, so it cannot be in the name.
    name = name.replace("|", "/").strip()
    if match := _UNIT_AT_END.fullmatch(name):
        return f"{FACT}{match[1]}|{match[2]}"
    return f"{FACT}{name}"


def _woo_target(folded: str) -> str:
    if attribute := _WOO_ATTRIBUTE.fullmatch(folded):
        return f"attribute{attribute[1]}_{'name' if attribute[2] == 'name' else 'value'}"
    if measure := _WOO_MEASURE.fullmatch(folded):
        return f"{FACT}{measure[1].capitalize()}|{measure[2]}"
    return ""


def mapping_problems(mapping: Mapping[int, str]) -> list[str]:
    """Return why a mapping of a generic file cannot be used: messages for the page."""
    targets = [target for target in mapping.values() if target]
    problems = []
    if "title" not in targets:
        problems.append(gettext_noop("Choose the column that holds the title."))
    if sum(target.startswith(FACT) for target in targets) > MAX_FACTS:
        problems.append(gettext_noop("Choose at most 200 columns as facts."))
    doubled = {target for target in targets if targets.count(target) > 1}
    if any(not target.startswith(FACT) for target in doubled):
        problems.append(gettext_noop("Two columns have the same meaning. Choose another for one."))
    return problems


SHOPIFY_HEADER = (
    "Title",
    "URL handle",
    "Description",
    "Vendor",
    "Product category",
    "Type",
    "Tags",
    "Published on online store",
    "Status",
    "SKU",
    "Barcode",
    "Option1 name",
    "Option1 value",
    "Option1 Linked To",
    "Option2 name",
    "Option2 value",
    "Option2 Linked To",
    "Option3 name",
    "Option3 value",
    "Option3 Linked To",
    "Price",
    "Compare-at price",
    "Cost per item",
    "Charge tax",
    "Tax code",
    "Unit price total measure",
    "Unit price total measure unit",
    "Unit price base measure",
    "Unit price base measure unit",
    "Inventory tracker",
    "Inventory quantity",
    "Continue selling when out of stock",
    "Weight value (grams)",
    "Weight unit for display",
    "Requires shipping",
    "Fulfillment service",
    "Product image URL",
    "Image position",
    "Image alt text",
    "Variant image URL",
    "Gift card",
    "SEO title",
    "SEO description",
)
SHOPIFY_OLD_HEADER = (
    "Handle",
    "Title",
    "Body (HTML)",
    "Vendor",
    "Product Category",
    "Type",
    "Tags",
    "Published",
    "Option1 Name",
    "Option1 Value",
    "Option2 Name",
    "Option2 Value",
    "Option3 Name",
    "Option3 Value",
    "Variant SKU",
    "Variant Grams",
    "Variant Price",
    "Variant Barcode",
    "Image Src",
    "Image Position",
    "Image Alt Text",
    "SEO Title",
    "SEO Description",
    "Status",
)
WOOCOMMERCE_HEADER = (
    "ID",
    "Type",
    "SKU",
    "GTIN, UPC, EAN, or ISBN",
    "Name",
    "Published",
    "Short description",
    "Description",
    "Regular price",
    "Categories",
    "Images",
    "Parent",
    "Brands",
    "Meta: _yoast_wpseo_title",
    "Meta: _yoast_wpseo_metadesc",
)
GENERIC_HEADER = TARGETS
HEADERS = {
    Dialect.SHOPIFY: SHOPIFY_HEADER,
    Dialect.SHOPIFY_OLD: SHOPIFY_OLD_HEADER,
    Dialect.WOOCOMMERCE: WOOCOMMERCE_HEADER,
    Dialect.GENERIC: GENERIC_HEADER,
}
