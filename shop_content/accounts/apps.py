"""Django app of the stage."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """People, merchants (tenants), memberships and roles; invitations; the audit trail."""

    name = "shop_content.accounts"
    verbose_name = _("People and merchants")
