"""Django app of the stage."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GenerationConfig(AppConfig):
    """Runs and jobs, prompts, workers: from a brief to the text of a draft."""

    name = "shop_content.generation"
    verbose_name = _("Generation")
