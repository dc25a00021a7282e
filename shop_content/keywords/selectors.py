"""Reads of briefs and questions."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from shop_content.accounts.models import Merchant
from shop_content.catalogue.models import ContentField, ContentOrigin, LiveContent, Product
from shop_content.keywords.models import BrandVoice, CategoryNeed, FactQuestion, KeywordBrief
from shop_content.keywords.voice import MIN_TEXTS
from shop_content.keywords.words import placeholders_filled, word_cleaned

MAX_NEEDS = 500  # Read at once for a run; far above what anybody keeps in order.
MAX_BEST = 200  # Texts that a voice is read from.


def brief_templates(*, merchant: Merchant) -> QuerySet[KeywordBrief]:
    """Return the merchant's templates by name."""
    return KeywordBrief.objects.filter(merchant=merchant, is_template=True).order_by("name", "id")


def questions(*, merchant: Merchant) -> QuerySet[FactQuestion]:
    """Return the merchant's questions with their products, the newest first."""
    rows = FactQuestion.objects.filter(merchant=merchant)
    return rows.select_related("product", "answered_by").order_by("-id")


def questions_open(*, merchant: Merchant) -> QuerySet[FactQuestion]:
    """Return the questions that wait for an answer, those first that help a draft most."""
    rows = questions(merchant=merchant).filter(status=FactQuestion.Status.OPEN)
    return rows.order_by("-usefulness", "-id")


def category_needs(*, merchant: Merchant) -> list[CategoryNeed]:
    """Return the facts that the merchant wants to be known, by category."""
    return list(CategoryNeed.objects.filter(merchant=merchant)[:MAX_NEEDS])


def product_questions(*, product: Product) -> QuerySet[FactQuestion]:
    """Return all questions about a product, the newest first."""
    rows = FactQuestion.objects.filter(product=product)
    return rows.select_related("product", "answered_by").order_by("-id")


def brand_voice(*, merchant: Merchant) -> BrandVoice:
    """Return how the merchant's copy speaks; one without wishes where nothing is set.

    Asked of the database once for each instance of the merchant.
    """
    voice: BrandVoice | None = getattr(merchant, "voice", None)
    return voice or BrandVoice(merchant=merchant)


def best_copy(*, merchant: Merchant) -> list[str]:
    """Return the shop's newest descriptions: those approved or written here, else imported ones."""
    rows = LiveContent.objects.filter(
        product__merchant=merchant, field=ContentField.DESCRIPTION
    ).exclude(text="")
    own = rows.exclude(origin=ContentOrigin.IMPORTED)
    chosen = own if own[: MIN_TEXTS + 1].count() >= MIN_TEXTS else rows
    return list(chosen.order_by("-changed_at").values_list("text", flat=True)[:MAX_BEST])


def brief_snapshot(*, brief: KeywordBrief, product: Product) -> dict[str, Any]:
    """Return the brief as one product's job keeps it, its placeholders filled in.

    A word of which nothing is left (only a placeholder, and the product has no such value) is
    left out; so is one that another becomes equal to.
    """
    voice = brand_voice(merchant=brief.merchant)
    wanted = {
        "keywords": brief.keywords,
        "must_use": [*brief.must_use, *voice.words_always],
        "must_not_use": [*brief.must_not_use, *voice.words_never],
    }
    filled = {name: _filled(words, product) for name, words in wanted.items()}
    return {
        **filled,
        "voice": {
            "person": voice.person,
            "sentence_words": voice.sentence_words,
            "example": voice.example,
        },
        "audience": word_cleaned(brief.audience),
        "tone": str(brief.tone),
        "language": brief.language,
        "length": str(brief.length),
    }


def _filled(words: list[str], product: Product) -> list[str]:
    unique: dict[str, str] = {}
    for word in words:
        text = placeholders_filled(
            word, title=product.title, brand=product.brand, category=product.category
        )
        if text:
            unique.setdefault(text.casefold(), text)
    return list(unique.values())
