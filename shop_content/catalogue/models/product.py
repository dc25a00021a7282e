"""A product, its variants and facts, and the copy that is live on it with its history."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shop_content.accounts.models import Merchant, User
from shop_content.core.models import TimestampedModel


class ContentField(models.TextChoices):
    """The fields of a product for which copy is written."""

    DESCRIPTION = "description", _("Description")
    BULLETS = "bullets", _("Bullets")
    SHORT_DESCRIPTION = "short_description", _("Short description")
    META_TITLE = "meta_title", _("Meta title")
    META_DESCRIPTION = "meta_description", _("Meta description")
    IMAGE_ALT_TEXT = "image_alt_text", _("Image alt text")


class ContentOrigin(models.TextChoices):
    """Where live copy came from."""

    IMPORTED = "imported", _("Imported")
    WRITTEN = "written", _("Written by hand")
    PUBLISHED = "published", _("Drafted by the model and approved")


class FactSource(models.TextChoices):
    """Who says that a fact is so."""

    MERCHANT = "merchant", _("Merchant")
    IMPORT = "import", _("Imported file")
    SUPPLIER = "supplier", _("Supplier's text")
    ANSWER = "answer", _("Answer to a question")


class FactHandling(models.TextChoices):
    """What copy may do with a fact."""

    OPEN = "", _("May be said")
    LOCKED = "locked", _("Locked: no file changes it, no text may contradict it")
    PRIVATE = "private", _("Private: never written")
    VERBATIM = "verbatim", _("Word for word: copied into every description")


class Product(TimestampedModel):
    """A product of one merchant.

    `facts_fingerprint` stands for everything that a draft may rely on (title, brand, category and
    facts); copy that was written from another one is stale. The `num_…` columns repeat what other
    rows say, so that the list can be filtered by an index; services keep them.
    """

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="products")
    handle = models.CharField(_("handle"), max_length=255)
    sku = models.CharField(_("SKU"), max_length=100, blank=True)
    title = models.CharField(_("title"), max_length=255)
    brand = models.CharField(_("brand"), max_length=120, blank=True)
    category = models.CharField(_("category"), max_length=255, blank=True)
    gtin = models.CharField(_("GTIN"), max_length=14, blank=True)
    price_cents = models.PositiveBigIntegerField(_("price in cents"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    image_url = models.URLField(_("image address"), max_length=2000, blank=True)
    supplier_text = models.TextField(_("supplier's text"), blank=True)
    search_text = models.TextField(editable=False, blank=True)  # lower case, what search looks in
    facts_fingerprint = models.CharField(max_length=64, editable=False, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)  # for conditional updates
    num_live = models.PositiveSmallIntegerField(default=0, editable=False)  # fields with copy
    num_in_review = models.PositiveSmallIntegerField(default=0, editable=False)  # open drafts
    num_published = models.PositiveSmallIntegerField(default=0, editable=False)
    num_stale = models.PositiveSmallIntegerField(default=0, editable=False)
    # Passages that speak to the writing machine: [{where, kind, quote}, …]; how many of them
    # nobody has looked at, and the fingerprint of those that somebody has.
    suspicions = models.JSONField(default=list, editable=False)
    num_suspicions = models.PositiveSmallIntegerField(default=0, editable=False)
    suspicions_seen = models.CharField(max_length=64, blank=True, editable=False)
    # What texts and options say that is not a fact yet: [{name, value, unit, where, quote}, …]; and
    # what the merchant has turned down: [{name, value}, …].
    suggestions = models.JSONField(default=list, editable=False)
    num_suggestions = models.PositiveSmallIntegerField(default=0, editable=False)
    suggestions_declined = models.JSONField(default=list, editable=False)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "handle"], name="catalogue_product_one_per_handle"
            ),
            models.UniqueConstraint(
                fields=["merchant", "sku"],
                condition=~Q(sku=""),
                name="catalogue_product_one_per_sku",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "title", "id"], name="catalogue_product_by_title"),
            models.Index(
                fields=["merchant", "-updated_at", "-id"], name="catalogue_product_by_change"
            ),
            models.Index(
                fields=["merchant", "title", "id"],
                condition=Q(num_live=0),
                name="catalogue_product_no_copy",
            ),
            models.Index(
                fields=["merchant", "title", "id"],
                condition=Q(num_in_review__gt=0),
                name="catalogue_product_in_review",
            ),
            models.Index(
                fields=["merchant", "title", "id"],
                condition=Q(num_published__gt=0),
                name="catalogue_product_published",
            ),
            models.Index(
                fields=["merchant", "title", "id"],
                condition=Q(num_stale__gt=0),
                name="catalogue_product_stale",
            ),
            models.Index(
                fields=["merchant", "title", "id"],
                condition=Q(num_suspicions__gt=0),
                name="catalogue_product_suspicious",
            ),
            models.Index(
                fields=["merchant", "title", "id"],
                condition=Q(num_suggestions__gt=0),
                name="catalogue_product_suggested",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Variant(models.Model):
    """One purchasable form of a product."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="variants")
    position = models.PositiveSmallIntegerField(default=0)
    sku = models.CharField(_("SKU"), max_length=100, blank=True)
    gtin = models.CharField(_("GTIN"), max_length=14, blank=True)
    price_cents = models.PositiveBigIntegerField(_("price in cents"), null=True, blank=True)
    options = models.JSONField(_("options"), default=list)  # [[name, value], …] in their order

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.sku or f"variant {self.position}"


class Fact(models.Model):
    """Something that is so about a product: what a draft may say."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="facts")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("name"), max_length=120)
    value = models.CharField(_("value"), max_length=1000)
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    source = models.CharField(
        _("source"), max_length=12, choices=FactSource.choices, default=FactSource.MERCHANT
    )
    is_verified = models.BooleanField(_("verified"), default=False)
    handling = models.CharField(
        _("in copy"), max_length=10, choices=FactHandling.choices, blank=True, default=""
    )

    class Meta:
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.name}: {self.value} {self.unit}".strip()

    @property
    def handling_short(self) -> str:
        """The first word of what copy may do with it; nothing for what may simply be said."""
        return str(FactHandling(self.handling).label).split(":")[0] if self.handling else ""


class LiveContent(models.Model):
    """The copy that is live in one field of a product, and where it came from."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="live_contents")
    field = models.CharField(_("field"), max_length=20, choices=ContentField.choices)
    text = models.TextField(_("text"), blank=True)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of the text
    origin = models.CharField(_("origin"), max_length=12, choices=ContentOrigin.choices)
    facts_fingerprint = models.CharField(max_length=64, blank=True)  # facts the text was made from
    version = models.PositiveIntegerField(default=1)  # number of its newest revision
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    # Whether the index of texts that are alike has this text; each change sets it back.
    is_indexed = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("live content")
        verbose_name_plural = _("live content")
        constraints = [
            models.UniqueConstraint(
                fields=["product", "field"], name="catalogue_livecontent_one_per_field"
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], name="catalogue_live_to_index", condition=models.Q(is_indexed=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} of product {self.product_id}"


class LiveContentRevision(models.Model):
    """One text that was live in a field; never changed. The newest repeats the live content."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="content_revisions")
    field = models.CharField(_("field"), max_length=20, choices=ContentField.choices)
    number = models.PositiveIntegerField(_("number"))  # from 1 in each field
    text = models.TextField(_("text"), blank=True)
    fingerprint = models.CharField(max_length=64)
    origin = models.CharField(_("origin"), max_length=12, choices=ContentOrigin.choices)
    facts_fingerprint = models.CharField(max_length=64, blank=True)
    restored_number = models.PositiveIntegerField(null=True, blank=True)  # set by a roll-back
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(_("changed"), auto_now_add=True)

    class Meta:
        verbose_name = _("content revision")
        verbose_name_plural = _("content revisions")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "field", "number"], name="catalogue_revision_one_per_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.number} of product {self.product_id}"
