"""A file that a merchant sent, what it would change, and what became of each of its products."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shop_content.accounts.models import Merchant, User
from shop_content.catalogue.models.product import ContentField, Product
from shop_content.core.models import TimestampedModel

# What a file can change besides content: columns of a product and the rows that belong to it.
_CHANGE_LABELS = {
    **dict(ContentField.choices),
    "sku": _("SKU"),
    "title": _("Title"),
    "brand": _("Brand"),
    "category": _("Category"),
    "gtin": _("GTIN"),
    "price_cents": _("Price"),
    "currency": _("Currency"),
    "image_url": _("Image address"),
    "supplier_text": _("Supplier's text"),
    "facts": _("Facts"),
    "variants": _("Variants"),
}


class ImportRun(TimestampedModel):
    """One uploaded file on its way into the catalogue. The row is the job.

    uploaded -> mapping (unknown columns only) -> checking -> checked -> importing -> imported
    checking | importing -> failed (its reason stands in `error`)
    checked | mapping -> cancelled
    """

    class Status(models.TextChoices):
        """Where the file is."""

        UPLOADED = "uploaded", _("Uploaded")
        MAPPING = "mapping", _("Columns to be matched")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked, waiting for your go")
        IMPORTING = "importing", _("Being imported")
        IMPORTED = "imported", _("Imported")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="import_runs")
    uploaded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    status = models.CharField(
        _("status"), max_length=12, choices=Status.choices, default=Status.UPLOADED
    )
    file_name = models.CharField(_("file"), max_length=255)  # shown only, never used as a path
    content = models.BinaryField()  # the bytes as sent: export writes the untouched cells back
    content_sha256 = models.CharField(max_length=64)
    dialect = models.CharField(_("kind of file"), max_length=20, blank=True)
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    newline = models.CharField(max_length=2, blank=True)
    header = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)  # column number as text -> our field
    replaces_written = models.BooleanField(_("replace copy written here"), default=False)
    num_rows = models.PositiveIntegerField(default=0)  # rows of the file, header left out
    num_products = models.PositiveIntegerField(default=0)  # products in the file
    num_done = models.PositiveIntegerField(default=0)  # products checked or imported so far
    num_new = models.PositiveIntegerField(default=0)
    num_changed = models.PositiveIntegerField(default=0)
    num_unchanged = models.PositiveIntegerField(default=0)
    num_refused = models.PositiveIntegerField(default=0)
    num_kept = models.PositiveIntegerField(default=0)  # fields whose own copy was kept
    error = models.TextField(blank=True)  # English template; the page shows it translated
    error_params = models.JSONField(default=dict)
    claim_token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]
        indexes = [models.Index(fields=["merchant", "-id"], name="catalogue_import_by_merchant")]

    def __str__(self) -> str:
        return f"import {self.pk}"

    @property
    def is_working(self) -> bool:
        """Tell whether a worker has something to do for it."""
        return self.status in {self.Status.CHECKING, self.Status.IMPORTING}

    @property
    def error_message(self) -> str:
        """Return why it failed, in the language of the page."""
        return gettext(self.error) % self.error_params if self.error else ""


class ImportRow(models.Model):
    """One product of the file (or one refused row) and what became of it."""

    class Outcome(models.TextChoices):
        """What the file does to the product."""

        NEW = "new", _("New")
        CHANGED = "changed", _("Changed")
        UNCHANGED = "unchanged", _("Unchanged")
        REFUSED = "refused", _("Refused")

    import_run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows")
    first_row = models.PositiveIntegerField()  # number in the file, the header is row 1
    last_row = models.PositiveIntegerField()
    handle = models.CharField(max_length=255, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    column = models.CharField(max_length=255, blank=True)  # of a refusal
    reason = models.TextField(blank=True)  # of a refusal: English template, with what to do
    reason_params = models.JSONField(default=dict)
    changes = models.JSONField(default=list)  # names of the fields that change
    suspicion = models.CharField(max_length=200, blank=True)  # what speaks to the writing machine
    product = models.ForeignKey(
        Product, models.SET_NULL, null=True, blank=True, related_name="import_rows"
    )
    is_applied = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("import row")
        verbose_name_plural = _("import rows")
        ordering = ["first_row"]
        constraints = [
            models.UniqueConstraint(
                fields=["import_run", "first_row"], name="catalogue_importrow_one_per_row"
            ),
        ]
        indexes = [
            models.Index(
                fields=["import_run", "outcome", "first_row"], name="catalogue_importrow_outcome"
            ),
        ]

    def __str__(self) -> str:
        return f"rows {self.first_row}-{self.last_row} of import {self.import_run_id}"

    @property
    def change_labels(self) -> list[str]:
        """Return the names of what changes, in the language of the page."""
        return [str(_CHANGE_LABELS.get(name, name)) for name in self.changes]

    @property
    def message(self) -> str:
        """Return the reason of a refusal, in the language of the page."""
        return gettext(self.reason) % self.reason_params if self.reason else ""
