"""Pages of runs: the list, one run and its progress, and what a merchant can do with it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HTMX_STOP_POLLING

from shop_content.accounts.decorators import merchant_required
from shop_content.accounts.http import AppRequest
from shop_content.accounts.models import Role
from shop_content.core.pagination import keyset_page
from shop_content.generation import selectors
from shop_content.generation.models import GenerationJob, GenerationRun
from shop_content.generation.services import runs as services

RUNS_PAGE_SIZE = 25
JOBS_PAGE_SIZE = 50

may_act = merchant_required(Role.MERCHANT, Role.ADMIN)


@require_GET
@merchant_required()
def runs(request: AppRequest) -> HttpResponse:
    """List the merchant's runs, the newest first."""
    page = keyset_page(
        selectors.run_list(merchant=request.merchant),
        order=["-id"],
        cursor=request.GET.get("cursor", ""),
        size=RUNS_PAGE_SIZE,
    )
    context = {"page": page, "rows": selectors.run_rows(page.rows)}
    return render(request, "generation/runs.html", context)


@require_GET
@merchant_required()
def run(request: AppRequest, pk: int) -> HttpResponse:
    """Show how far a run is, what failed, what was asked, and its drafts."""
    found = _run_of(request, pk)
    status = request.GET.get("status", "")
    page = keyset_page(
        selectors.run_jobs(run=found, status=status),
        order=["-id"],
        cursor=request.GET.get("cursor", ""),
        size=JOBS_PAGE_SIZE,
    )
    context = {
        **_progress_context(request, found),
        "failures": selectors.run_failures(run=found),
        "questions": selectors.run_questions(run=found),
        "page": page,
        "status": status,
        "query": urlencode({"status": status} if status else {}),
    }
    context["tabs"] = _tabs(found, status, context["progress"].counts)
    return render(request, "generation/run.html", context)


@require_GET
@merchant_required()
def progress(request: AppRequest, pk: int) -> HttpResponse:
    """Answer the page's poll; the last answer, of a run that is over, ends the polling."""
    context = _progress_context(request, _run_of(request, pk))
    over = context["progress"].is_over
    return render(
        request,
        "generation/_run_progress.html",
        context,
        status=HTMX_STOP_POLLING if over and request.htmx else 200,
    )


@require_POST
@may_act
def pause(request: AppRequest, pk: int) -> HttpResponse:
    """Let workers take no further job of the run."""
    return _act(request, pk, services.run_pause, _("The run is paused."))


@require_POST
@may_act
def resume(request: AppRequest, pk: int) -> HttpResponse:
    """Let a paused run go on."""
    return _act(request, pk, services.run_resume, _("The run goes on."))


@require_POST
@may_act
def cancel(request: AppRequest, pk: int) -> HttpResponse:
    """Drop what of the run is not being written yet."""
    return _act(request, pk, services.run_cancel, _("The run was cancelled."))


@require_POST
@may_act
def retry(request: AppRequest, pk: int) -> HttpResponse:
    """Give the failed jobs all their attempts again."""
    found = _run_of(request, pk)
    try:
        num = services.run_retry_failed(run=found, actor=request.user)
    except services.RunStateError as error:
        messages.error(request, str(error))
    else:
        text = ngettext("%(num)s draft waits again.", "%(num)s drafts wait again.", num)
        messages.success(request, text % {"num": num})
    return redirect("generation:run", pk=pk)


def _run_of(request: AppRequest, pk: int) -> GenerationRun:
    rows = GenerationRun.objects.select_related("brief", "created_by")
    return get_object_or_404(rows, pk=pk, merchant=request.merchant)


def _tabs(
    found: GenerationRun, current: str, counts: selectors.JobCounts
) -> list[tuple[str, str, bool, int]]:
    """Return the filters of the table: words, address, whether it is on, how many drafts."""
    address = reverse("generation:run", args=[found.pk])
    tabs = [(_("All"), address, not current, counts.total)]
    for value, label in GenerationJob.Status.choices:
        url = f"{address}?{urlencode({'status': value})}"
        tabs.append((str(label), url, current == value, getattr(counts, value)))
    return tabs


def _progress_context(request: AppRequest, found: GenerationRun) -> dict[str, Any]:
    return {
        "run": found,
        "progress": selectors.run_progress(run=found),
        "can_act": request.membership.can_write,
        "can_review": request.membership.can_review,
    }


def _act(request: AppRequest, pk: int, service: Any, done: str) -> HttpResponse:
    try:
        service(run=_run_of(request, pk), actor=request.user)
    except services.RunStateError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("generation:run", pk=pk)
