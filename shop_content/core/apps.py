"""Django app of the shared building blocks."""

from __future__ import annotations

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Hold the template tags and the commands that belong to no stage."""

    name = "shop_content.core"
