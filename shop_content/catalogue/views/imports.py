"""Pages of files in and out: upload, columns, dry run, progress, refused rows, export."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HTMX_STOP_POLLING

from shop_content.accounts.decorators import merchant_required
from shop_content.accounts.http import AppRequest
from shop_content.accounts.models import Role
from shop_content.catalogue.csv_io.detect import encode
from shop_content.catalogue.csv_io.dialects import Dialect
from shop_content.catalogue.csv_io.problems import FileRefusedError
from shop_content.catalogue.forms.imports import (
    DIALECT_LABELS,
    ExportForm,
    MappingForm,
    UploadForm,
)
from shop_content.catalogue.models import ImportRow, ImportRun
from shop_content.catalogue.selectors.imports import (
    column_samples,
    import_file,
    import_list,
    import_rows,
    refused_lines,
)
from shop_content.catalogue.services.exports import products_export
from shop_content.catalogue.services.import_steps import import_advance
from shop_content.catalogue.services.imports import (
    ImportStateError,
    import_cancel,
    import_confirm,
    import_map,
    import_upload,
)
from shop_content.core.pagination import keyset_page

RUNS_PAGE_SIZE = 25
ROWS_PAGE_SIZE = 50
# So small a file is done within the request: the next page has the result already.
INLINE_BYTES = 50_000
CSV_TYPE = "text/csv"

# Which of the four steps a file is at; what failed or was dropped shows the check.
_STEP_OF = {
    ImportRun.Status.UPLOADED: 0,
    ImportRun.Status.MAPPING: 1,
    ImportRun.Status.CHECKING: 2,
    ImportRun.Status.CHECKED: 3,
    ImportRun.Status.IMPORTING: 3,
    ImportRun.Status.IMPORTED: 4,
}

may_import = merchant_required(Role.MERCHANT, Role.ADMIN)


@require_http_methods(["GET", "POST"])
@may_import
def imports(request: AppRequest) -> HttpResponse:
    """List the files that came, and take a new one."""
    is_sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
    if is_sent and form.is_valid():
        try:
            run = _upload(request, form.cleaned_data["file"], form)
        except FileRefusedError as error:
            form.add_error("file", _(error.problem.template) % error.problem.params)
        else:
            return redirect("catalogue:import_run", pk=run.pk)
    page = keyset_page(
        import_list(merchant=request.merchant),
        order=["-id"],
        cursor=request.GET.get("cursor", ""),
        size=RUNS_PAGE_SIZE,
    )
    context = {"form": form, "page": page, "export_form": ExportForm()}
    status = 422 if form.is_bound else 200
    return render(request, "catalogue/imports.html", context, status=status)


def _upload(request: AppRequest, file: UploadedFile[Any], form: UploadForm) -> ImportRun:
    run = import_upload(
        merchant=request.merchant,
        actor=request.user,
        file_name=file.name or "",
        content=file.read(),
        replaces_written=form.cleaned_data["replaces_written"],
    )
    _advance_small(run)
    return run


def _advance_small(run: ImportRun) -> None:
    """Do a small file at once, as a worker would; a large one waits for its worker."""
    if len(run.content) <= INLINE_BYTES:
        import_advance(run_id=run.pk)


def _run_of(request: AppRequest, pk: int) -> ImportRun:
    # Without the file itself, which may have 25 MB; it is read where it is needed.
    return get_object_or_404(ImportRun.objects.defer("content"), pk=pk, merchant=request.merchant)


@require_GET
@may_import
def import_run(request: AppRequest, pk: int) -> HttpResponse:
    """Show one file: the meaning of its columns, what it would change, or what it changed."""
    run = _run_of(request, pk)
    form = _mapping_form(run, None) if run.status == ImportRun.Status.MAPPING else None
    return _run_page(request, run, form)


def _run_page(
    request: AppRequest, run: ImportRun, form: MappingForm | None, status: int = 200
) -> HttpResponse:
    outcome = request.GET.get("outcome", "")
    outcome = outcome if outcome in ImportRow.Outcome.values else ""
    page = None
    # While rows are being added, a table of them would only grow under the reader's eyes.
    if not run.is_working and run.num_done:
        page = keyset_page(
            import_rows(run=run, outcome=outcome),
            order=["first_row"],
            cursor=request.GET.get("cursor", ""),
            size=ROWS_PAGE_SIZE,
        )
    context = {
        **_progress_context(run),
        "form": form,
        "page": page,
        "steps": _steps(run),
        "tabs": _tabs(run, outcome),
        "query": f"outcome={outcome}" if outcome else "",
    }
    return render(request, "catalogue/import_run.html", context, status=status)


def _tabs(run: ImportRun, current: str) -> list[tuple[str, str, bool, int]]:
    """Return the filters of the table: words, address, whether it is on, how many rows."""
    address = reverse("catalogue:import_run", args=[run.pk])
    counts = [getattr(run, f"num_{value}") for value in ImportRow.Outcome.values]
    tabs = [(_("All"), address, not current, sum(counts))]
    for (value, label), count in zip(ImportRow.Outcome.choices, counts, strict=True):
        tabs.append((str(label), f"{address}?outcome={value}", current == value, count))
    return tabs


def _steps(run: ImportRun) -> list[tuple[str, str]]:
    """Return the steps of the file with where it is: done, current or next."""
    labels = [_("Send"), _("Match columns"), _("Check"), _("Import")]
    at = _STEP_OF.get(ImportRun.Status(run.status), 2)
    states = ["done" if n < at else "current" if n == at else "next" for n in range(len(labels))]
    steps = list(zip(labels, states, strict=True))
    # The columns of a shop's own file are known.
    return steps if run.dialect == Dialect.GENERIC else [steps[0], *steps[2:]]


def _progress_context(run: ImportRun) -> dict[str, Any]:
    return {
        "run": run,
        "dialect": next(
            (label for dialect, label in DIALECT_LABELS.items() if dialect == run.dialect), ""
        ),
        "num_to_write": run.num_new + run.num_changed,
    }


def _mapping_form(run: ImportRun, data: Any) -> MappingForm:
    return MappingForm(data, header=run.header, mapping=run.mapping, samples=column_samples(run))


@require_GET
@may_import
def import_progress(request: AppRequest, pk: int) -> HttpResponse:
    """Answer the page's poll; the last answer ends the polling and loads the page anew."""
    run = _run_of(request, pk)
    is_over = bool(request.htmx) and not run.is_working
    status = HTMX_STOP_POLLING if is_over else 200
    context = _progress_context(run)
    response = render(request, "catalogue/_import_progress.html", context, status=status)
    if is_over:
        # What became of each row is on the page, not in this part of it.
        response["HX-Refresh"] = "true"
    return response


@require_POST
@may_import
def import_columns(request: AppRequest, pk: int) -> HttpResponse:
    """Take the meaning of the columns, and begin to check the file."""
    run = _run_of(request, pk)
    if run.status != ImportRun.Status.MAPPING:
        return _too_late(request, pk)
    form = _mapping_form(run, request.POST)
    if not form.is_valid():
        return _run_page(request, run, form, status=422)
    mapping = form.mapping()
    return _act(request, run, lambda: import_map(run=run, mapping=mapping))


@require_POST
@may_import
def import_start(request: AppRequest, pk: int) -> HttpResponse:
    """Let a checked file in."""
    run = _run_of(request, pk)
    return _act(request, run, lambda: import_confirm(run=run, actor=request.user))


@require_POST
@may_import
def import_drop(request: AppRequest, pk: int) -> HttpResponse:
    """Drop a file that was not let in."""
    run = _run_of(request, pk)
    try:
        import_cancel(run=run, actor=request.user)
    except ImportStateError:
        return _too_late(request, pk)
    messages.success(request, _("The file was dropped. Nothing was changed."))
    return redirect("catalogue:imports")


def _act(request: AppRequest, run: ImportRun, step: Callable[[], None]) -> HttpResponse:
    try:
        step()
    except ImportStateError:
        return _too_late(request, run.pk)
    _advance_small(run)
    return redirect("catalogue:import_run", pk=run.pk)


def _too_late(request: AppRequest, pk: int) -> HttpResponse:
    messages.info(request, _("This file is at another step by now; here is how it stands."))
    return redirect("catalogue:import_run", pk=pk)


@require_GET
@may_import
def import_refused(request: AppRequest, pk: int) -> HttpResponse:
    """Send the refused rows as a file that can be mended and sent again."""
    run = _run_of(request, pk)
    if not run.dialect:  # Nothing has been read of the file, so nothing was refused.
        raise Http404
    content, _keeps = encode("".join(refused_lines(run=run)), import_file(run).format)
    response = HttpResponse(content, content_type=CSV_TYPE)
    response["Content-Disposition"] = f'attachment; filename="refused-{run.pk}.csv"'
    return response


@require_GET
@merchant_required()
def export(request: AppRequest) -> HttpResponse:
    """Send the catalogue as the shop's own file; without a choice, show the choices."""
    if "file" not in request.GET:
        return render(request, "catalogue/export.html", {"form": ExportForm()})
    form = ExportForm(request.GET)
    if not form.is_valid():
        return render(request, "catalogue/export.html", {"form": form}, status=422)
    file = products_export(
        merchant=request.merchant,
        dialect=form.cleaned_data["dialect"],
        content_only=form.cleaned_data["content_only"],
    )
    response = HttpResponse(file.content, content_type=CSV_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{file.file_name}"'
    return response
