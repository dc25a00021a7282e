"""Pages of evaluations: what each model is worth, and how that changed."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from shop_content.accounts.decorators import merchant_required
from shop_content.accounts.http import AppRequest
from shop_content.accounts.models import Role
from shop_content.core.pagination import keyset_page
from shop_content.training.models import EvaluationReport
from shop_content.training.reports import headline, measure_rows, perplexity, seconds_per_draft

PAGE_SIZE = 25
SHOWN_RECIPE = "all"  # How the product itself writes.


@require_GET
@merchant_required(Role.ADMIN)
def evaluations(request: AppRequest) -> HttpResponse:
    """List what was measured, the newest first."""
    page = keyset_page(
        EvaluationReport.objects.all(),
        order=["-id"],
        cursor=request.GET.get("cursor", ""),
        size=PAGE_SIZE,
    )
    rows = [(report, headline(report.row(SHOWN_RECIPE))) for report in page.rows]
    return render(request, "training/evaluations.html", {"page": page, "rows": rows})


@require_GET
@merchant_required(Role.ADMIN)
def evaluation(request: AppRequest, pk: int) -> HttpResponse:
    """Show one evaluation: every measure of every recipe, with its interval."""
    report = get_object_or_404(EvaluationReport, pk=pk)
    context = {
        "report": report,
        "recipes": [row["name"] for row in report.rows],
        "measures": measure_rows(report.rows),
        "perplexities": [perplexity(row) for row in report.rows],
        "seconds": [seconds_per_draft(row) for row in report.rows],
    }
    return render(request, "training/evaluation.html", context)
