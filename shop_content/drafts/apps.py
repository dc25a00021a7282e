"""Django app of the stage."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DraftsConfig(AppConfig):
    """Immutable, numbered, fingerprinted versions of a draft."""

    name = "shop_content.drafts"
    verbose_name = _("Drafts")
