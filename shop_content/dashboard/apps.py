"""Django app of the stage."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardConfig(AppConfig):
    """The start page of each role: what waits, what runs, what went live."""

    name = "shop_content.dashboard"
    verbose_name = _("Start pages")
