"""Django admin of people, merchants and the audit trail."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from shop_content.accounts.models import AuditEvent, Invitation, Membership, Merchant, User


class PersonCreationForm(AdminUserCreationForm[User]):
    """Make a person in the admin, by address."""

    class Meta:
        model = User
        fields = ("email", "name")


class MembershipInline(admin.TabularInline[Membership, User]):
    """Roles of a person, or people of a merchant."""

    model = Membership
    extra = 0
    autocomplete_fields = ["user", "merchant"]


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    """People, with the merchants that they serve."""

    add_form = PersonCreationForm
    list_display = ["email", "name", "is_staff", "is_active", "last_login"]
    list_filter = ["is_staff", "is_superuser", "is_active"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    readonly_fields = ["last_login", "date_joined"]
    inlines = [MembershipInline]
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Person"), {"fields": ("name", "language", "has_shortcuts")}),
        (
            _("Rights in this admin"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("email", "name", "usable_password", "password1", "password2"),
            },
        ),
    )


@admin.register(Merchant)
class MerchantAdmin(admin.ModelAdmin[Merchant]):
    """Shops and their people."""

    list_display = ["name", "slug", "language", "currency", "created_at"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [MembershipInline]


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin[Membership]):
    """Who may do what for whom."""

    list_display = ["user", "merchant", "role", "created_at"]
    list_filter = ["role", "merchant"]
    search_fields = ["user__email", "user__name", "merchant__name"]
    autocomplete_fields = ["user", "merchant"]
    list_select_related = ["user", "merchant"]


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin[Invitation]):
    """Invitations; made on the page of people, seen and withdrawn here."""

    list_display = ["email", "merchant", "role", "created_at", "expires_at", "accepted_at"]
    list_filter = ["role", "merchant"]
    search_fields = ["email", "merchant__name"]
    list_select_related = ["merchant"]
    readonly_fields = ["merchant", "email", "role", "invited_by", "accepted_at", "accepted_by"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: the link must be made with its token."""
        return False


@admin.register(AuditEvent)
class AuditEventAdmin(admin.ModelAdmin[AuditEvent]):
    """The audit trail, to be read only."""

    list_display = ["happened_at", "action", "actor", "merchant", "object_type", "object_id"]
    list_filter = ["action", "merchant"]
    search_fields = ["object_id", "actor__email"]
    date_hierarchy = "happened_at"
    list_select_related = ["actor", "merchant"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: services write the trail."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEvent | None = None) -> bool:
        """Refuse: the trail is append-only."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEvent | None = None) -> bool:
        """Refuse: the trail is append-only."""
        return False
