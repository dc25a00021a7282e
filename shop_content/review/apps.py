"""Django app of the stage."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewConfig(AppConfig):
    """The editors' queue: lease, decision, reason."""

    name = "shop_content.review"
    verbose_name = _("Review")
