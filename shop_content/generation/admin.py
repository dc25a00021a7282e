"""Django admin of runs, jobs, models and workers: history to read, jobs to queue again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shop_content.accounts.models import User
from shop_content.generation.models import (
    GenerationJob,
    GenerationRun,
    ModelVersion,
    PromptRule,
    WorkerHeartbeat,
)
from shop_content.generation.services.jobs import JobStateError, job_cancel, job_requeue


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Show rows that only services may write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: the stage's services make these rows."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse: what happened is not rewritten."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse: what happened is not forgotten."""
        return False


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnlyAdmin):
    """The weights that have written drafts."""

    list_display = ["name", "engine", "revision", "dtype", "weights_sha256", "created_at"]
    list_filter = ["engine"]
    search_fields = ["name", "revision", "weights_sha256"]


@admin.register(WorkerHeartbeat)
class WorkerHeartbeatAdmin(ReadOnlyAdmin):
    """The workers that are or were alive."""

    list_display = ["name", "state", "detail", "model_version", "seconds_per_draft", "seen_at"]
    list_filter = ["state"]
    list_select_related = ["model_version"]
    search_fields = ["name", "detail"]
    ordering = ["-seen_at"]


@admin.register(GenerationRun)
class GenerationRunAdmin(ReadOnlyAdmin):
    """What merchants asked for."""

    list_display = ["id", "name", "merchant", "status", "num_jobs", "num_questions", "created_at"]
    list_filter = ["status", "created_at"]
    list_select_related = ["merchant"]
    search_fields = ["=id", "name", "merchant__name", "created_by__email"]
    date_hierarchy = "created_at"


@admin.register(GenerationJob)
class GenerationJobAdmin(ReadOnlyAdmin):
    """Every draft to be written, with what went wrong; failed ones can be queued again."""

    list_display = [
        "id",
        "product",
        "field",
        "status",
        "attempts",
        "error_code",
        "run",
        "created_at",
    ]
    list_filter = ["status", "error_code", "field", "is_solitary", "created_at"]
    list_select_related = ["product", "run"]
    search_fields = ["=id", "product__title", "product__sku", "error"]
    show_full_result_count = False  # Counting a hundred thousand rows twice makes the page slow.
    actions = ["queue_again", "cancel"]

    def has_steer_permission(self, request: HttpRequest) -> bool:
        """Let those steer jobs who could change them, were they not history."""
        return request.user.has_perm("generation.change_generationjob")

    @admin.action(description=gettext_lazy("Queue again"), permissions=["steer"])
    def queue_again(self, request: HttpRequest, queryset: QuerySet[GenerationJob]) -> None:
        """Give failed and cancelled jobs all their attempts again."""
        self._each(request, queryset, job_requeue)

    @admin.action(description=gettext_lazy("Cancel"), permissions=["steer"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[GenerationJob]) -> None:
        """Take waiting and running jobs out."""
        self._each(request, queryset, job_cancel)

    def _each(
        self, request: HttpRequest, queryset: QuerySet[GenerationJob], service: Callable[..., None]
    ) -> None:
        """Call the service for every chosen job, and say how many it changed and how many not."""
        num_done = num_refused = 0
        for job in queryset.select_related("merchant"):
            try:
                service(job=job, actor=cast("User", request.user))
            except JobStateError:
                num_refused += 1
            else:
                num_done += 1
        done = ngettext("%(num)s job was changed.", "%(num)s jobs were changed.", num_done)
        messages.success(request, done % {"num": num_done})
        if num_refused:
            refused = _("%(num)s were in another state and stay as they are.")
            messages.warning(request, refused % {"num": num_refused})


@admin.register(PromptRule)
class PromptRuleAdmin(admin.ModelAdmin[PromptRule]):
    """Other prompts for the products of a category or a brand."""

    list_display = ["__str__", "merchant", "field", "priority", "updated_at"]
    list_filter = ["merchant"]
    search_fields = ["category", "brand", "wish"]
    list_select_related = ["merchant"]
    autocomplete_fields = ["merchant"]
