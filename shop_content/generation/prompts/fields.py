"""The one table of content fields: what each asks for, and how long it may be."""

from __future__ import annotations

from dataclasses import dataclass

MAX_FACTS = 24  # More than this and a small model loses the task.


@dataclass(frozen=True, slots=True)
class FieldLimit:
    """How long a content field is, and how much the model may write for it."""

    task: str  # What to make of the notes; {tone} stands for "a friendly" and the like.
    max_tokens: int
    max_facts: int = MAX_FACTS  # Given more facts, a small model fills a title with all of them.
    max_chars: int = 0  # Limit of the channels; 0 means none.
    words: int = 0  # Aim; 0 where characters are counted.
    min_lines: int = 0
    max_lines: int = 0  # 0 means free text.


_DESCRIPTION = "{tone} and engaging product description of about {words} words for an online shop"

# The one table of lengths. Limits in characters are those of search results (title 60, description
# 155) and of screen readers (125).
FIELD_LIMITS: dict[str, dict[str, FieldLimit]] = {
    "description": {
        "short": FieldLimit(_DESCRIPTION, max_tokens=80, words=40),
        "medium": FieldLimit(_DESCRIPTION, max_tokens=150, words=80),
        "long": FieldLimit(_DESCRIPTION, max_tokens=250, words=140),
    },
    "bullets": {
        "medium": FieldLimit(
            "a list of 4 short selling points, one per line",
            max_tokens=110,
            max_facts=6,
            min_lines=3,
            max_lines=5,
        )
    },
    "short_description": {
        "medium": FieldLimit(
            "{tone} product description of 2 sentences", max_tokens=70, max_facts=5, max_chars=300
        )
    },
    "title": {
        "medium": FieldLimit("a short product title", max_tokens=28, max_facts=3, max_chars=70)
    },
    "meta_title": {
        "medium": FieldLimit("a short page title", max_tokens=20, max_facts=2, max_chars=60)
    },
    "meta_description": {
        "medium": FieldLimit(
            "{tone} sentence for a search engine", max_tokens=44, max_facts=3, max_chars=155
        )
    },
    "image_alt_text": {
        "medium": FieldLimit(
            "one short sentence that says what a photo of the product shows",
            max_tokens=36,
            max_facts=2,
            max_chars=125,
        )
    },
}


def field_limit(field: str, length: str) -> FieldLimit:
    """Return the limits of a content field; an unknown length counts as medium.

    Raises:
        ValueError: There is no such field.
    """
    if field not in FIELD_LIMITS:
        raise ValueError(f"Unknown content field {field!r}")
    lengths = FIELD_LIMITS[field]
    return lengths.get(length) or lengths["medium"]
