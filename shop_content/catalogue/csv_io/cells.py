"""Turn cells into values, or say what is wrong with them."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from shop_content.catalogue.csv_io.gtin import is_valid_gtin
from shop_content.catalogue.csv_io.problems import CellError, gettext_noop

MAX_CELL_CHARS = 1_000_000  # No description is longer; a longer cell is a quote left open.
MAX_CHARS = {
    "handle": 255,
    "sku": 100,
    "title": 255,
    "brand": 120,
    "category": 255,
    "currency": 3,
    "image_url": 2000,
    "fact name": 120,
    "fact value": 1000,
    "fact unit": 30,
}
_PRICE = re.compile(
    r"(?:[A-Z]{3} ?|[$€£] ?)?(\d{1,12})(?:([.,])(\d{1,6}))?(?: ?[A-Z]{3}| ?[$€£])?", re.ASCII
)
_SLUG_DROP = re.compile(r"[^\w]+")


def check_length(value: str, field: str) -> str:
    """Return the value unless it is too long for its field."""
    if len(value) > MAX_CHARS[field]:
        raise CellError(
            gettext_noop("This has %(num)s characters; at most %(max)s fit. Shorten it."),
            num=len(value),
            max=MAX_CHARS[field],
        )
    return value


def price_cents(value: str, *, has_decimal_comma: bool) -> int | None:
    """Return a price in cents; None for an empty cell.

    A decimal comma is read only in files that do not use the comma between cells: in the others
    "1,5" may be one and a half, or a slip of the quotes.
    """
    if not value.strip():
        return None
    match = _PRICE.fullmatch(value.strip())
    if match is None:
        raise CellError(
            gettext_noop("“%(value)s” is not a price. Write it like 19.50."), value=_short(value)
        )
    whole, mark, decimals = match.groups()
    if mark == "," and not (has_decimal_comma and len(decimals) <= 2):
        raise CellError(
            gettext_noop(
                "“%(value)s” has a comma, which may mean two things. Write it like 19.50."
            ),
            value=_short(value),
        )
    decimals = (decimals or "").rstrip("0")
    if len(decimals) > 2:
        raise CellError(
            gettext_noop("“%(value)s” has parts of a cent. Write it like 19.50."),
            value=_short(value),
        )
    return int(whole) * 100 + int(decimals.ljust(2, "0"))


def gtin(value: str) -> str:
    """Return the digits of a GTIN; "" for an empty cell."""
    # Shops put an apostrophe before bar codes, so that spreadsheets keep their zeros.
    digits = re.sub(r"[ \-]", "", value.strip().removeprefix("'"))
    if digits and not is_valid_gtin(digits):
        raise CellError(
            gettext_noop(
                "“%(value)s” is not a GTIN: it needs 8, 12, 13 or 14 digits of which the last is "
                "the check digit. Correct it or leave it empty."
            ),
            value=_short(value),
        )
    return digits


def web_address(value: str) -> str:
    """Return an address that a browser may open; "" for an empty cell."""
    value = value.strip()
    if not value:
        return ""
    try:
        is_web = urlsplit(value).scheme in {"http", "https"} and bool(urlsplit(value).netloc)
    except ValueError:
        is_web = False
    if not is_web or any(character.isspace() for character in value):
        raise CellError(
            gettext_noop("“%(value)s” is no web address. It must start with https:// or http://."),
            value=_short(value),
        )
    return check_length(value, "image_url")


def currency_code(value: str) -> str:
    """Return a currency as three capital letters; "" for an empty cell."""
    code = value.strip().upper()
    if code and not re.fullmatch(r"[A-Z]{3}", code):
        raise CellError(
            gettext_noop("“%(value)s” is no currency. Write three letters, such as EUR."),
            value=_short(value),
        )
    return code


def normal_code(value: str) -> str:
    """Return a SKU or handle for comparing: without outer spaces, in NFC."""
    return unicodedata.normalize("NFC", value.strip())


def slug(text: str) -> str:
    """Return the text as lower-case words joined by hyphens."""
    normal = unicodedata.normalize("NFKC", text).casefold()
    return _SLUG_DROP.sub("-", normal).replace("_", "-").strip("-")


def _short(value: str) -> str:
    value = value.strip()
    return value if len(value) <= 40 else value[:39] + "…"
