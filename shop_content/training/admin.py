"""Evaluations in the admin: to look at and to delete."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from shop_content.training.models import EvaluationReport


@admin.register(EvaluationReport)
class EvaluationReportAdmin(admin.ModelAdmin[EvaluationReport]):
    """What was measured, written by `evaluate_drafts --save`."""

    list_display = ("id", "set_name", "model_name", "adapter", "rules_version", "evaluated_at")
    list_filter = ("set_name", "engine", "rules_version")
    search_fields = ("model_name", "adapter")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only a measurement makes one."""
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: EvaluationReport | None = None
    ) -> bool:
        """What was measured stays as it was."""
        return False
