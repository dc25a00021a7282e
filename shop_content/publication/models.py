"""Publications: an approved version on the product record."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from shop_content.accounts.models import Merchant, User
from shop_content.catalogue.models import ContentField, LiveContentRevision, Product
from shop_content.drafts.models import DraftVersion
from shop_content.review.models import ReviewDecision


class Publication(models.Model):
    """One approved text that went live, bound to its approval by the text's fingerprint."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="publications")
    product = models.ForeignKey(Product, models.CASCADE, related_name="publications")
    field = models.CharField(_("field"), max_length=20, choices=ContentField.choices)
    draft_version = models.ForeignKey(DraftVersion, models.PROTECT, related_name="publications")
    # One to one: an approval is published once, however often it is sent.
    approval = models.OneToOneField(ReviewDecision, models.PROTECT, related_name="publication")
    revision = models.OneToOneField(LiveContentRevision, models.PROTECT, related_name="publication")
    fingerprint = models.CharField(max_length=64)  # of draft version, approval and revision alike
    is_machine_text = models.BooleanField(_("as the model wrote it"), default=True)
    published_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField(_("published"), auto_now_add=True)

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["merchant", "-id"], name="publication_by_merchant"),
            models.Index(fields=["product", "field", "-id"], name="publication_by_product"),
        ]

    def __str__(self) -> str:
        return f"publication {self.pk}"
