"""What sales channels refuse or cut: one table, each line with its source.

`B`: the channel refuses or cuts the text; `W`: it advises, or may refuse. Read in November 2026.
The channels change their rules: compare with the address before relying on a line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from shop_content.checks.rules.base import Severity, gettext_noop
from shop_content.checks.rules.words import word_set

VERSION = "2026-11"

CHANNELS = {
    "google": gettext_noop("Google Merchant Center"),
    "shopify": gettext_noop("Shopify"),
    "woocommerce": gettext_noop("WooCommerce"),
    "amazon": gettext_noop("Amazon"),
    "ebay": gettext_noop("eBay"),
    "etsy": gettext_noop("Etsy"),
    "openai": gettext_noop("ChatGPT shopping"),
}


@dataclass(frozen=True, slots=True)
class MaxChars:
    """The longest text that a channel takes in a field."""

    channel: str  # key of CHANNELS
    fields: tuple[str, ...]
    max_chars: int
    severity: Severity
    source: str
    by_line: bool = False  # each line of the text has the limit


@dataclass(frozen=True, slots=True)
class Refused:
    """Signs or words that a channel refuses in a field."""

    channel: str
    fields: tuple[str, ...]
    pattern: re.Pattern[str]
    severity: Severity
    source: str


DESCRIPTIONS = ("description", "short_description")
TITLES = ("title", "meta_title")
EVERYWHERE = (*DESCRIPTIONS, *TITLES, "bullets", "meta_description", "image_alt_text")
_GOOGLE_TITLE = "https://support.google.com/merchants/answer/6324415"
_GOOGLE_TEXT = "https://support.google.com/merchants/answer/6324468"
_GOOGLE_HIGHLIGHT = "https://support.google.com/merchants/answer/9216100"
_AMAZON_TITLE = "https://sellercentral-europe.amazon.com/help/hub/reference/external/201100890"
_AMAZON_TEXT = "https://sellercentral.amazon.com/gp/help/external/help.html?itemID=200390640"
# Pages of others about what the channel says: the channel's own could not be read.
_AMAZON_BULLETS = "https://goatconsulting.com/amazon-policy/"
_SHOPIFY = "https://shopifyranked.com/shopify-seo/seo-settings/"
_EBAY = "https://support.storeautomator.com/hc/en-us/articles/4410782656274-eBay-Content-Guidelines"
_ETSY = "https://glama.ai/mcp/connectors/com.freedailypro.api/"
_OPENAI = "https://developers.openai.com/commerce/specs/feed.md"

MAX_CHARS = (
    MaxChars("google", TITLES, 150, Severity.BLOCK, _GOOGLE_TITLE),
    MaxChars("google", DESCRIPTIONS, 5000, Severity.WARN, _GOOGLE_TEXT),
    MaxChars("google", ("bullets",), 150, Severity.BLOCK, _GOOGLE_HIGHLIGHT, by_line=True),
    MaxChars("shopify", ("title",), 255, Severity.BLOCK, _SHOPIFY),
    MaxChars("shopify", ("meta_title",), 70, Severity.BLOCK, _SHOPIFY),
    MaxChars("shopify", ("meta_description",), 320, Severity.BLOCK, _SHOPIFY),
    MaxChars("shopify", ("image_alt_text",), 512, Severity.BLOCK, _SHOPIFY),
    MaxChars("amazon", ("title",), 200, Severity.BLOCK, _AMAZON_TITLE),
    MaxChars("amazon", ("bullets",), 255, Severity.WARN, _AMAZON_BULLETS, by_line=True),
    MaxChars("amazon", DESCRIPTIONS, 2000, Severity.BLOCK, _AMAZON_TEXT),
    MaxChars("ebay", ("title",), 80, Severity.BLOCK, _EBAY),
    MaxChars("ebay", DESCRIPTIONS, 4000, Severity.WARN, _EBAY),
    MaxChars("etsy", ("title",), 140, Severity.BLOCK, _ETSY),
    MaxChars("openai", ("title",), 150, Severity.BLOCK, _OPENAI),
    MaxChars("openai", DESCRIPTIONS, 5000, Severity.BLOCK, _OPENAI),
)

_PROMOTION = re.compile(
    r"\b(?:free (?:shipping|delivery|gift)|best price|on sale|sale price|special offer|"
    r"limited (?:time|offer)|buy (?:one|now)|order (?:now|today)|hot (?:item|deal)|"
    r"100 ?% (?:quality )?guaranteed?|\d{1,2} ?% off|discount|clearance|in stock|new arrival)\b",
    re.IGNORECASE,
)
_AMAZON_PLACEHOLDER = re.compile(
    r"\b(?:not applicable|n/a|not eligible|yet to decide|to be decided|tbd|copy pending)\b",
    re.IGNORECASE,
)
_AMAZON_PHRASES = re.compile(
    r"\b(?:full refund|if not satisfied|unconditional guarantee|eco-?friendly|"
    r"environmentally friendly|anti-?microbial|anti-?bacterial|"
    r"(?:made from|contains) (?:bamboo|soy))\b",
    re.IGNORECASE,
)
REFUSED = (
    Refused("google", EVERYWHERE, _PROMOTION, Severity.WARN, _GOOGLE_TEXT),
    Refused("google", TITLES, re.compile("!"), Severity.WARN, _GOOGLE_TITLE),
    Refused("amazon", ("title",), re.compile(r"[!$?_{}^¬¦]"), Severity.BLOCK, _AMAZON_TITLE),
    Refused("amazon", ("title",), _PROMOTION, Severity.BLOCK, _AMAZON_TITLE),
    Refused("amazon", ("bullets",), re.compile(r"[™®€…†‡¢£¥©±~]"), Severity.BLOCK, _AMAZON_BULLETS),
    Refused(
        "amazon",
        ("bullets",),
        re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]"),
        Severity.BLOCK,
        _AMAZON_BULLETS,
    ),
    Refused("amazon", ("bullets",), _AMAZON_PLACEHOLDER, Severity.BLOCK, _AMAZON_BULLETS),
    Refused("amazon", ("bullets",), _AMAZON_PHRASES, Severity.WARN, _AMAZON_BULLETS),
    Refused("ebay", ("title",), _PROMOTION, Severity.BLOCK, _EBAY),
    Refused("etsy", ("title",), re.compile(r"[$^\\`]"), Severity.BLOCK, _ETSY),
)
# Each of these signs once in an Etsy title.
ETSY_ONCE = "%:&+"
AMAZON_MAX_REPEATS = 2  # of a word in a title, small words left out
SMALL_WORDS = word_set("a an and as at by for from in of on or per the to with without x")
