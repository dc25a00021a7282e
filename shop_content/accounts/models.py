"""People, merchants, memberships, invitations and the audit trail."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from shop_content.core.models import TimestampedModel


class Role(models.TextChoices):
    """What a person may do for one merchant."""

    MERCHANT = "merchant", _("Merchant")
    EDITOR = "editor", _("Editor")
    ADMIN = "admin", _("Admin")


class EmailUserManager(UserManager["User"]):
    """Make people who log in with their e-mail address."""

    def create_user(  # type: ignore[override]  # There is no username here.
        self, email: str, password: str | None = None, **fields: Any
    ) -> User:
        """Make a person without any right."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(  # type: ignore[override]  # There is no username here.
        self, email: str, password: str | None = None, **fields: Any
    ) -> User:
        """Make a person who may do everything in Django admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        """Find a person by address, whatever its capitals."""
        return self.get(email__iexact=username or "")


class User(AbstractUser):
    """A person, known by e-mail address. Rights come from memberships, `is_staff` opens /admin/."""

    username = None  # type: ignore[assignment]  # The address is the name.
    first_name = None  # type: ignore[assignment]  # One name field: names differ too much.
    last_name = None  # type: ignore[assignment]  # As above.
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    has_shortcuts = models.BooleanField(_("keyboard shortcuts"), default=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[EmailUserManager] = EmailUserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_any_case"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """Return the name, or the address of a person who gave none."""
        return str(self)

    def get_short_name(self) -> str:
        """Return the same as the full name; there is one name field."""
        return str(self)


class Merchant(TimestampedModel):
    """A shop: the tenant to whom everything belongs."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    language = models.CharField(_("language of the copy"), max_length=8, default="en")
    currency = models.CharField(_("currency"), max_length=3, default="EUR")

    class Meta:
        verbose_name = _("merchant")
        verbose_name_plural = _("merchants")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(TimestampedModel):
    """What one person may do for one merchant. An editor may serve several merchants."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "merchant"], name="accounts_membership_one_per_merchant"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}@{self.merchant_id}: {self.role}"

    @property
    def can_write(self) -> bool:
        """Tell whether the person may change the catalogue and ask for copy."""
        return self.role in {Role.MERCHANT, Role.ADMIN}

    @property
    def can_review(self) -> bool:
        """Tell whether the person may decide on drafts."""
        return self.role in {Role.EDITOR, Role.ADMIN}

    @property
    def is_admin(self) -> bool:
        """Tell whether the person may change people and settings."""
        return self.role == Role.ADMIN


class Invitation(TimestampedModel):
    """A link by which one person joins a merchant; the token itself is kept only as its hash."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class AuditEvent(models.Model):
    """One change of state: who, when, what, and the fingerprints before and after. Append-only."""

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="audit_events")
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: the system
    action = models.CharField(_("action"), max_length=60)  # <stage>.<verb>, as "review.approve"
    object_type = models.CharField(_("kind"), max_length=40)
    object_id = models.BigIntegerField(_("id"))
    before_fingerprint = models.CharField(max_length=64, blank=True)
    after_fingerprint = models.CharField(max_length=64, blank=True)
    data = models.JSONField(default=dict)  # ids, counts and reasons; never whole texts
    happened_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit trail")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["merchant", "-id"], name="accounts_audit_by_merchant"),
            models.Index(fields=["object_type", "object_id"], name="accounts_audit_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the event once; a second save is refused, for the trail is append-only."""
        if not self._state.adding:
            raise PermissionError("An audit event cannot be changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: the trail is append-only."""
        raise PermissionError("An audit event cannot be deleted.")
