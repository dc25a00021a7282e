"""Django app of the stage."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChecksConfig(AppConfig):
    """Verdicts of the rules on one version of a draft."""

    name = "shop_content.checks"
    verbose_name = _("Checks")
