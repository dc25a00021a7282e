"""Django app of the stage."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    """Product records, their facts and the content that is live on them; files in and out."""

    name = "shop_content.catalogue"
    verbose_name = _("Catalogue")
