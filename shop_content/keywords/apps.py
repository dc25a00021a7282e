"""Django app of the stage."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KeywordsConfig(AppConfig):
    """What a merchant asks for: briefs, and the questions we ask back."""

    name = "shop_content.keywords"
    verbose_name = _("Keywords and briefs")
