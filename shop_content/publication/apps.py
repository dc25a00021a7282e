"""Django app of the stage."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublicationConfig(AppConfig):
    """An approved version onto the product record, and back."""

    name = "shop_content.publication"
    verbose_name = _("Publication")
