"""Django admin of briefs and questions."""

from __future__ import annotations

from django.contrib import admin

from shop_content.keywords.models import BrandVoice, CategoryNeed, FactQuestion, KeywordBrief


@admin.register(KeywordBrief)
class KeywordBriefAdmin(admin.ModelAdmin[KeywordBrief]):
    """Briefs: templates, and the words of every run."""

    list_display = ["__str__", "merchant", "is_template", "tone", "language", "created_at"]
    list_filter = ["is_template", "tone", "language", "merchant"]
    search_fields = ["name", "keywords", "merchant__name"]
    list_select_related = ["merchant"]
    autocomplete_fields = ["merchant", "created_by"]
    date_hierarchy = "created_at"


@admin.register(BrandVoice)
class BrandVoiceAdmin(admin.ModelAdmin[BrandVoice]):
    """How the copy of shops speaks."""

    list_display = ["merchant", "tone", "person", "sentence_words", "updated_at"]
    list_select_related = ["merchant"]
    search_fields = ["merchant__name"]
    autocomplete_fields = ["merchant"]


@admin.register(CategoryNeed)
class CategoryNeedAdmin(admin.ModelAdmin[CategoryNeed]):
    """Facts that merchants want to be known of a category."""

    list_display = ["__str__", "merchant", "question", "updated_at"]
    list_filter = ["merchant"]
    search_fields = ["category", "fact_name", "question"]
    list_select_related = ["merchant"]
    autocomplete_fields = ["merchant"]


@admin.register(FactQuestion)
class FactQuestionAdmin(admin.ModelAdmin[FactQuestion]):
    """Questions to merchants; answered on the pages, where an answer becomes a fact."""

    list_display = [
        "text",
        "product",
        "fact_name",
        "usefulness",
        "status",
        "created_at",
        "answered_at",
    ]
    list_filter = ["status", "merchant"]
    search_fields = ["text", "fact_name", "answer", "product__title", "product__sku"]
    list_select_related = ["product"]
    raw_id_fields = ["product", "brief"]
    readonly_fields = ["status", "answer", "asked_by", "answered_by", "answered_at"]
    date_hierarchy = "created_at"
