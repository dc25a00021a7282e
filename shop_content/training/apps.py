"""The stage of training and evaluation."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    """Configuration of the stage."""

    name = "shop_content.training"
    verbose_name = _("training")
