"""The preview shows the draft where its field is seen."""

from __future__ import annotations

import pytest

from shop_content.catalogue.models import Product
from shop_content.review.preview import MAX_DESCRIPTION_CHARS, MAX_TITLE_CHARS, copy_preview, cut


def preview(field: str, **texts: str):
    product = Product(title="Harbour Mug", handle="harbour-mug")
    return copy_preview(product=product, field=field, texts=texts)


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("meta_title", "search"),
        ("meta_description", "search"),
        ("image_alt_text", "image"),
        ("description", "page"),
        ("bullets", "page"),
        ("short_description", "page"),
    ],
)
def test_each_field_has_its_place(field, kind):
    assert preview(field).kind == kind


def test_search_result_shows_the_draft_beside_what_is_live():
    shown = preview("meta_title", meta_title="Blue mug", meta_description="Holds 350 ml.")
    assert (shown.title, shown.summary) == ("Blue mug", "Holds 350 ml.")
    assert shown.path == "products › harbour-mug"


def test_search_result_without_meta_texts_falls_back_as_search_engines_do():
    shown = preview("meta_description", description="A mug.\n\nIt holds 350 ml.")
    assert (shown.title, shown.summary) == ("Harbour Mug", "A mug. It holds 350 ml.")


def test_search_result_is_cut_where_search_engines_cut():
    shown = preview("meta_title", meta_title="mug " * 40, meta_description="word " * 80)
    assert len(shown.title) <= MAX_TITLE_CHARS + 2
    assert len(shown.summary) <= MAX_DESCRIPTION_CHARS + 2
    assert shown.title.endswith("mug …")


def test_shop_page_has_summary_bullets_and_paragraphs():
    shown = preview(
        "bullets",
        bullets="Blue\n\n 350 ml \n",
        description="One.\n\nTwo.",
        short_description="Mug.",
    )
    assert shown.bullets == ("Blue", "350 ml")
    assert shown.paragraphs == ("One.", "Two.")
    assert (shown.title, shown.summary) == ("Harbour Mug", "Mug.")


@pytest.mark.parametrize(
    ("text", "max_chars", "expected"),
    [
        ("A mug", 5, "A mug"),
        ("A mug, blue", 7, "A mug …"),
        ("A mug and a cup", 10, "A mug and …"),
        ("Unbreakable", 5, "Unbre …"),
    ],
)
def test_cut_ends_on_a_word(text, max_chars, expected):
    assert cut(text, max_chars) == expected
