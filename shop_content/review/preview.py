"""How a draft would look where shoppers meet it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shop_content.catalogue.models import ContentField, Product

# What a search engine shows before it cuts: by the width of the letters, so about.
MAX_TITLE_CHARS = 60
MAX_DESCRIPTION_CHARS = 155

Field = ContentField


@dataclass(frozen=True, slots=True)
class Preview:
    """One product's copy with the draft in its place."""

    kind: str  # "search", "image" or "page": where the field is seen
    title: str
    path: str  # what stands for the address
    summary: str  # the line under the title
    bullets: tuple[str, ...]
    paragraphs: tuple[str, ...]
    alt: str


def copy_preview(*, product: Product, field: str, texts: Mapping[str, str]) -> Preview:
    """Return the preview of a field.

    Args:
        product: whose copy it is.
        field: the field of the draft; it decides which place is shown.
        texts: the live copy by field, the draft in its own field.
    """
    description = texts.get(Field.DESCRIPTION, "")
    is_search = field in (Field.META_TITLE, Field.META_DESCRIPTION)
    title, summary = product.title, texts.get(Field.SHORT_DESCRIPTION, "")
    if is_search:
        title = cut(texts.get(Field.META_TITLE, "") or product.title, MAX_TITLE_CHARS)
        summary = texts.get(Field.META_DESCRIPTION, "") or description
        summary = cut(" ".join(summary.split()), MAX_DESCRIPTION_CHARS)
    kind = "search" if is_search else "image" if field == Field.IMAGE_ALT_TEXT else "page"
    return Preview(
        kind=kind,
        title=title,
        path=f"products › {product.handle}",
        summary=summary,
        bullets=tuple(_lines(texts.get(Field.BULLETS, ""))),
        paragraphs=tuple(part for part in description.split("\n\n") if part.strip()),
        alt=texts.get(Field.IMAGE_ALT_TEXT, ""),
    )


def cut(text: str, max_chars: int) -> str:
    """Shorten a text at a word, as search engines do."""
    if len(text) <= max_chars:
        return text
    return text[:max_chars].rsplit(" ", 1)[0].rstrip(" ,;:–-") + " …"


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
