"""Runs and jobs of generation, the models that serve, and the workers that are alive."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shop_content.accounts.models import Merchant, User
from shop_content.catalogue.models import ContentField, Product
from shop_content.core.models import TimestampedModel
from shop_content.keywords.models import KeywordBrief


class FailureReason(models.TextChoices):
    """Why an attempt at a job failed: the words that its run's page shows."""

    WORKER_LOST = "worker_lost", _("The worker stopped while it wrote this draft alone.")
    OUT_OF_MEMORY = "out_of_memory", _("The worker had too little memory for this draft.")
    ENGINE_ERROR = "engine_error", _("The model stopped with an error.")
    PROMPT_TOO_LONG = "prompt_too_long", _("Facts and keywords are too long for the model.")
    EMPTY_OUTPUT = "empty_output", _("The model wrote nothing that could be used.")
    SERVER_UNAVAILABLE = "server_unavailable", _("The model server did not answer.")
    SERVER_REJECTED = "server_rejected", _("The model server refused to write this draft.")
    SERVER_BAD_ANSWER = "server_bad_answer", _("The model server answered with something else.")
    HAND_OVER = "hand_over", _("The draft could not be checked and stored.")


class ModelVersion(TimestampedModel):
    """Weights that have written drafts: which file, by its hash, run by which engine."""

    engine = models.CharField(_("engine"), max_length=40)
    name = models.CharField(_("name"), max_length=255)
    revision = models.CharField(_("revision"), max_length=80, blank=True)
    weights_sha256 = models.CharField(_("hash of the weights"), max_length=64, blank=True)
    dtype = models.CharField(max_length=20, blank=True)
    # The same request and seed give the same text again, whatever else is being written.
    is_repeatable = models.BooleanField(_("repeatable"), default=True)

    class Meta:
        verbose_name = _("model version")
        verbose_name_plural = _("model versions")
        constraints = [
            models.UniqueConstraint(
                fields=["engine", "name", "revision", "weights_sha256", "dtype"],
                name="generation_modelversion_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.engine})"


class PromptRule(TimestampedModel):
    """Another prompt, or a wish more, for the products of a category or a brand."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="prompt_rules")
    # Part of the product's category, such as "Mugs"; empty: every product. So with the others.
    category = models.CharField(_("category"), max_length=255, blank=True)
    brand = models.CharField(_("brand"), max_length=120, blank=True)
    field = models.CharField(_("field"), max_length=20, choices=ContentField.choices, blank=True)
    # A prompt of `prompts.PromptStyle`; empty: that of the settings.
    prompt_style = models.CharField(_("prompt"), max_length=12, blank=True)
    wish = models.CharField(_("wish"), max_length=300, blank=True)  # that the model is told
    priority = models.PositiveSmallIntegerField(_("priority"), default=10)

    class Meta:
        verbose_name = _("rule of prompts")
        verbose_name_plural = _("rules of prompts")
        ordering = ["-priority", "id"]
        indexes = [
            models.Index(fields=["merchant", "-priority", "id"], name="generation_rule_order"),
        ]

    def __str__(self) -> str:
        return f"{self.category or '*'} / {self.brand or '*'}: {self.prompt_style or self.wish}"


class GenerationRun(TimestampedModel):
    """One wish of a merchant for one product or for ten thousand.

    running <-> paused;  running | paused -> cancelled
    running | paused -> finished   (no job is open)
    finished -> running            (failed jobs are retried, or another draft is asked for)
    """

    class Status(models.TextChoices):
        """Whether workers may take the run's jobs."""

        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        CANCELLED = "cancelled", _("Cancelled")
        FINISHED = "finished", _("Finished")

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="generation_runs")
    brief = models.ForeignKey(KeywordBrief, models.PROTECT, related_name="runs")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.RUNNING
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    num_jobs = models.PositiveIntegerField(_("jobs"), default=0)
    num_products = models.PositiveIntegerField(_("products"), default=0)
    num_questions = models.PositiveIntegerField(_("questions"), default=0)  # asked at the start
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["merchant", "-id"], name="generation_run_by_merchant"),
            # What a claim starts from: few rows, however many runs there were.
            models.Index(
                fields=["id"], condition=Q(status="running"), name="generation_run_running"
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"run {self.pk}"


class GenerationJob(TimestampedModel):
    """One draft to be written: one product, one content field. The row is the job.

        queued -> running -> succeeded
        running -> queued   (failed or lost: again after a pause, until max_attempts; or its
                             worker was asked to stop and gave it back, which is no attempt)
        running -> dead     (the last attempt failed; `error` says why)
        queued | running -> cancelled
        dead | cancelled -> queued   (retried by a person)

    A worker owns a running job only while its `claim_token` is the row's and `lease_until` has not
    passed. Attempts are counted when the job is claimed, so that a crash counts.
    """

    class Status(models.TextChoices):
        """Where the job is."""

        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Being written")
        SUCCEEDED = "succeeded", _("Written")
        DEAD = "dead", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    run = models.ForeignKey(GenerationRun, models.CASCADE, related_name="jobs")
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="generation_jobs")
    product = models.ForeignKey(Product, models.CASCADE, related_name="generation_jobs")
    field = models.CharField(_("field"), max_length=20, choices=ContentField.choices)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.QUEUED
    )
    brief = models.JSONField(default=dict)  # the brief as it was, placeholders filled
    editor_note = models.TextField(blank=True)  # of a draft that was sent back
    previous_text = models.TextField(blank=True)  # the text that was sent back
    seed = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    # True after a claim in company was lost: the next one is alone, so that a prompt that kills
    # its worker is found and its neighbours are not lost with it.
    is_solitary = models.BooleanField(default=False)
    num_claimed_together = models.PositiveSmallIntegerField(
        default=0
    )  # jobs in hand with it, itself included
    is_repeat = models.BooleanField(default=False)  # an editor asked for another draft
    # A prompt that is tried on this job; empty: that of the settings.
    prompt_style = models.CharField(_("prompt"), max_length=12, blank=True)
    available_at = models.DateTimeField(_("not before"), default=timezone.now)
    claim_token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    # What the model has written so far, for whoever watches; emptied when the job leaves "running".
    partial_text = models.TextField(blank=True)
    error_code = models.CharField(_("reason"), max_length=40, blank=True)
    error = models.TextField(_("error"), blank=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="running") | Q(claim_token__isnull=False),
                name="generation_job_running_has_claim",
            ),
        ]
        indexes = [
            models.Index(
                fields=["run", "available_at", "id"],
                condition=Q(status="queued"),
                name="generation_job_waiting",
            ),
            models.Index(
                fields=["run", "finished_at"],
                condition=Q(status="succeeded"),
                name="generation_job_rate",
            ),
            models.Index(
                fields=["lease_until"],
                condition=Q(status="running"),
                name="generation_job_leases",
            ),
            models.Index(fields=["run", "status"], name="generation_job_by_run"),
            models.Index(fields=["product", "-id"], name="generation_job_by_product"),
        ]

    def __str__(self) -> str:
        return f"job {self.pk}"


class WorkerHeartbeat(models.Model):
    """A generation worker that is, or was, alive: what the pages say when nothing happens."""

    class State(models.TextChoices):
        """What the worker is doing."""

        LOADING = "loading", _("Loading the model")
        IDLE = "idle", _("Ready")
        WRITING = "writing", _("Writing")
        STOPPED = "stopped", _("Stopped")

    name = models.CharField(_("name"), max_length=200, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    detail = models.CharField(max_length=300, blank=True)  # why a model could not be loaded
    model_version = models.ForeignKey(
        ModelVersion, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    seen_at = models.DateTimeField(_("last seen"))
    # Running mean over drafts, for the estimate before a run; 0 until the first draft is written.
    seconds_per_draft = models.FloatField(default=0)

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")

    def __str__(self) -> str:
        return self.name
