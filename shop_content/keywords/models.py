"""Keyword briefs: what a merchant asks for; the facts a category needs; what we ask back."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shop_content.accounts.models import Merchant, User
from shop_content.catalogue.models import Product
from shop_content.core.models import TimestampedModel

BLOCKING = 1_000  # Least usefulness of a question without whose answer there is no draft.


class Tone(models.TextChoices):
    """How the copy speaks."""

    PLAIN = "plain", _("Plain")
    FRIENDLY = "friendly", _("Friendly")
    PROFESSIONAL = "professional", _("Professional")
    PLAYFUL = "playful", _("Playful")
    LUXURIOUS = "luxurious", _("Luxurious")


class Length(models.TextChoices):
    """How long the description is."""

    SHORT = "short", _("Short, about 40 words")
    MEDIUM = "medium", _("Medium, about 80 words")
    LONG = "long", _("Long, about 140 words")


class KeywordBrief(TimestampedModel):
    """Keywords, words and wishes for the copy of one product or of many.

    Keywords and words may hold the placeholders {title}, {brand} and {category}, filled in for
    each product. A template is a brief that is offered for others.
    """

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="briefs")
    name = models.CharField(_("name"), max_length=120, blank=True)
    is_template = models.BooleanField(_("template"), default=False)
    keywords = models.JSONField(_("keywords"), default=list)  # list of str
    must_use = models.JSONField(_("words that must be used"), default=list)
    must_not_use = models.JSONField(_("words that must not be used"), default=list)
    audience = models.CharField(_("audience"), max_length=200, blank=True)
    tone = models.CharField(_("tone"), max_length=12, choices=Tone.choices, default=Tone.PLAIN)
    language = models.CharField(_("language"), max_length=8, default="en")
    fields = models.JSONField(_("content fields"), default=list)  # ids of ContentField
    length = models.CharField(
        _("length"), max_length=8, choices=Length.choices, default=Length.MEDIUM
    )
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("keyword brief")
        verbose_name_plural = _("keyword briefs")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["merchant", "is_template", "-id"], name="keywords_brief_lists")
        ]

    def __str__(self) -> str:
        return self.name or f"brief {self.pk}"


class VoicePerson(models.TextChoices):
    """Whom the copy of a shop speaks of."""

    ANY = "", _("Whoever fits")
    WE = "we", _("We, and you")
    YOU = "you", _("You, never we")
    NONE = "none", _("Neither you nor we")


class BrandVoice(TimestampedModel):
    """How the copy of one shop speaks; a shop without a row has no wishes."""

    merchant = models.OneToOneField(Merchant, models.CASCADE, related_name="voice")
    tone = models.CharField(_("tone"), max_length=12, choices=Tone.choices, default=Tone.PLAIN)
    person = models.CharField(
        _("speaks to"), max_length=8, choices=VoicePerson.choices, blank=True, default=""
    )
    sentence_words = models.PositiveSmallIntegerField(_("words in a sentence"), default=0)
    words_always = models.JSONField(_("words always"), default=list)  # list of str
    words_never = models.JSONField(_("words never"), default=list)
    example = models.TextField(_("example"), blank=True)  # copy that the shop likes

    class Meta:
        verbose_name = _("brand voice")
        verbose_name_plural = _("brand voices")

    def __str__(self) -> str:
        return f"voice of merchant {self.merchant_id}"


class CategoryNeed(TimestampedModel):
    """A fact that the merchant wants to be known of every product of a category."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="category_needs")
    # Part of the product's category, such as "Mugs"; empty: every product.
    category = models.CharField(_("category"), max_length=255, blank=True)
    fact_name = models.CharField(_("fact"), max_length=120)
    question = models.CharField(_("question"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("fact that a category needs")
        verbose_name_plural = _("facts that categories need")
        ordering = ["category", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "category", "fact_name"], name="keywords_need_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category}: {self.fact_name}"


class FactQuestion(TimestampedModel):
    """A question to the merchant: in place of a draft made from nothing, or for a better one.

    open -> answered (the answer became a fact) | dismissed
    """

    class Status(models.TextChoices):
        """Whether the merchant has answered."""

        OPEN = "open", _("Open")
        ANSWERED = "answered", _("Answered")
        DISMISSED = "dismissed", _("Dismissed")

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="questions")
    product = models.ForeignKey(Product, models.CASCADE, related_name="questions")
    brief = models.ForeignKey(KeywordBrief, models.SET_NULL, null=True, related_name="questions")
    fact_name = models.CharField(_("fact"), max_length=120)  # under which the answer is kept
    text = models.CharField(_("question"), max_length=300)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.OPEN
    )
    # How much a draft would gain by the answer; from BLOCKING on there is no draft without it.
    usefulness = models.PositiveSmallIntegerField(_("usefulness"), default=BLOCKING)
    answer = models.CharField(_("answer"), max_length=1000, blank=True)
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "fact_name"],
                condition=models.Q(status="open"),
                name="keywords_question_open_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "status", "-usefulness", "-id"], name="keywords_question_by_use"
            )
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"

    @property
    def is_blocking(self) -> bool:
        """Tell whether nothing could be written without the answer."""
        return self.usefulness >= BLOCKING

    @property
    def text_shown(self) -> str:
        """The question in the language of the page; `text` is its message id."""
        return gettext(self.text) if self.text else ""
