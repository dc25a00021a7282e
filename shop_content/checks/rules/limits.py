"""Limits of length for each content field, in code points."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """`warn_…`: readers or a channel lose something; `stop_…`: a channel refuses or cuts it."""

    warn_min: int
    warn_max: int
    stop_max: int
    min_lines: int = 0
    max_lines: int = 0
    max_line_chars: int = 0


LIMITS: dict[str, Limits] = {
    # Google Merchant Center cuts descriptions at 5000.
    "description": Limits(warn_min=40, warn_max=5000, stop_max=5000),
    # WooCommerce shows it beside the price; Google's product_highlight and others cut at 500.
    "short_description": Limits(warn_min=20, warn_max=300, stop_max=500),
    # Google's product_highlight: 2 to 100 values; feeds show 10, marketplaces take 255 each.
    "bullets": Limits(
        warn_min=20, warn_max=2000, stop_max=5000, min_lines=2, max_lines=10, max_line_chars=255
    ),
    # Search results show about 60; Shopify's SEO title takes 70.
    "meta_title": Limits(warn_min=10, warn_max=60, stop_max=70),
    # Search results show about 160; Shopify's SEO description takes 320.
    "meta_description": Limits(warn_min=50, warn_max=160, stop_max=320),
    # Screen readers break near 125; Shopify's alt text takes 512.
    "image_alt_text": Limits(warn_min=5, warn_max=125, stop_max=512),
}
