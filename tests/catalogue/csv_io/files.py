"""Files of shops for the tests, made here."""

from __future__ import annotations

from collections.abc import Mapping

from shop_content.catalogue.csv_io.detect import DecodedFile, read_file
from shop_content.catalogue.csv_io.dialects import find_dialect, find_mapping
from shop_content.catalogue.csv_io.reader import Item, Layout, read_products
from shop_content.catalogue.csv_io.records import ProductRecord, RefusedRow

SHOPIFY = (
    "Title,URL handle,Description,Vendor,Product category,Type,SKU,Barcode,Option1 name,"
    "Option1 value,Price,Weight value (grams),Product image URL,Image alt text,SEO title,"
    "SEO description,Color (product.metafields.shopify.color-pattern),Tags\n"
    'Harbour mug,harbour-mug,"<p>Holds <b>tea</b>.</p>",Tidewater,Kitchen > Mugs,Mug,HM-S,'
    "'4006381333931,Size,Small,12.50,350,https://shop.example/mug.jpg,A blue mug,Mug | Tidewater,"
    "A mug for tea.,Blue,sale\n"
    ",harbour-mug,,,,,HM-L,,,Large,14.00,,,,,,,\n"
    ",harbour-mug,,,,,,,,,,,https://shop.example/back.jpg,The back,,,,\n"
    "Plain bowl,plain-bowl,A bowl.,Tidewater,,Bowl,PB-1,,Title,Default Title,9.00,0,,,,,,\n"
)
SHOPIFY_OLD = (
    "Handle,Title,Body (HTML),Vendor,Type,Option1 Name,Option1 Value,Variant SKU,Variant Grams,"
    "Variant Price,Variant Barcode,Image Src,Image Alt Text,SEO Title,SEO Description,Status\r\n"
    "jug,Jug,<p>A jug.</p>,Tidewater,Jugs,Title,Default Title,J-1,800,30.00,,,,,,active\r\n"
)
WOOCOMMERCE = (
    'ID,Type,SKU,"GTIN, UPC, EAN, or ISBN",Name,Published,Short description,Description,'
    "Weight (kg),Regular price,Categories,Images,Parent,Attribute 1 name,Attribute 1 value(s),"
    "Meta: _yoast_wpseo_title\n"
    '10,variable,W-1,,Wool sock,1,Warm.,<p>One</p>\\n<p>Two</p>,0.2,,"Clothes > Socks, Sale",'
    '"https://shop.example/a.jpg, https://shop.example/b.jpg",,Size,"S, M",Socks\n'
    "20,simple,,,Soap,1,,Plain \\\\n text,,4.5,,,,,,\n"
    "11,variation,W-1-S,,Wool sock - S,1,,,,8.00,,,W-1,Size,S,\n"
    "12,variation,W-1-M,,Wool sock - M,1,,,,8.50,,,id:10,Size,M,\n"
)


def open_text(
    text: str, encoding: str = "utf-8", mapping: Mapping[int, str] | None = None
) -> tuple[DecodedFile, Layout]:
    """Return the file and its layout, with the columns found by their names."""
    return open_bytes(text.encode(encoding), mapping)


def open_bytes(
    content: bytes, mapping: Mapping[int, str] | None = None
) -> tuple[DecodedFile, Layout]:
    """Return the file and its layout, with the columns found by their names."""
    file = read_file(content)
    dialect = find_dialect(file.header)
    columns = find_mapping(dialect, file.header) if mapping is None else mapping
    return file, Layout(dialect, file.format.delimiter, file.header, columns)


def items(text: str, encoding: str = "utf-8") -> list[Item]:
    """Return what the reader makes of a file."""
    file, layout = open_text(text, encoding)
    return list(read_products(file.text, layout))


def products(text: str) -> list[ProductRecord]:
    """Return the products of a file of which nothing is refused."""
    found = items(text)
    assert not [item for item in found if isinstance(item, RefusedRow)]
    return [item for item in found if isinstance(item, ProductRecord)]


def refused(text: str) -> list[RefusedRow]:
    """Return the refused rows of a file."""
    return [item for item in items(text) if isinstance(item, RefusedRow)]
