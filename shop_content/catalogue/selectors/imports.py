"""Reads of imports: the list, one file with its layout, its rows, the file of refused rows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from django.db.models import Max, QuerySet

from shop_content.accounts.models import Merchant
from shop_content.catalogue.csv_io.detect import DecodedFile, read_file
from shop_content.catalogue.csv_io.dialects import PROBLEM_COLUMN, Dialect
from shop_content.catalogue.csv_io.reader import Layout, data_rows
from shop_content.catalogue.csv_io.writer import write_refused
from shop_content.catalogue.models import ImportRow, ImportRun

NUM_SAMPLES = 3
SAMPLE_CHARS = 60


def import_list(*, merchant: Merchant) -> QuerySet[ImportRun]:
    """Return the merchant's imports without the files themselves, the newest first."""
    runs = ImportRun.objects.filter(merchant=merchant).select_related("uploaded_by")
    return runs.defer("content", "header", "mapping").order_by("-id")


def import_rows(*, run: ImportRun, outcome: str = "") -> QuerySet[ImportRow]:
    """Return what becomes of each product of a file, in the file's order."""
    rows = ImportRow.objects.filter(import_run=run).select_related("product")
    return rows.filter(outcome=outcome) if outcome in ImportRow.Outcome.values else rows


def import_file(run: ImportRun) -> DecodedFile:
    """Return the file as text."""
    return read_file(bytes(run.content))


def import_layout(run: ImportRun) -> Layout:
    """Return how the cells of the file are read."""
    mapping = {int(number): target for number, target in run.mapping.items() if target}
    return Layout(Dialect(run.dialect), run.delimiter, tuple(run.header), mapping)


def column_samples(run: ImportRun) -> list[list[str]]:
    """Return for each column of the file some of its first values."""
    samples: list[list[str]] = [[] for _name in run.header]
    for row in islice(data_rows(import_file(run).text, run.delimiter), NUM_SAMPLES):
        for found, value in zip(samples, row.cells, strict=False):
            if value.strip():
                found.append(value.strip()[:SAMPLE_CHARS])
    return samples


def refused_lines(*, run: ImportRun) -> Iterator[str]:
    """Yield the file of the refused rows, each product's first row with its problem."""
    rows = import_rows(run=run, outcome=ImportRow.Outcome.REFUSED)
    problems = {}
    for row in rows:
        where = f"{row.column}: " if row.column else ""
        problems[row.first_row] = (row.last_row, where + row.message)
    file = import_file(run)
    return write_refused(file.text, import_layout(run), file.format, problems)


def import_of_dialect(*, merchant: Merchant, dialect: str = "") -> ImportRun | None:
    """Return the newest imported file of a dialect ("": of any): what an export writes back."""
    runs = ImportRun.objects.filter(merchant=merchant, status=ImportRun.Status.IMPORTED)
    if dialect:
        runs = runs.filter(dialect=dialect)
    return runs.order_by("-id").first()


def imports_to_export(*, merchant: Merchant, dialect: str = "") -> list[ImportRun]:
    """Return the files that together say how each product came, the newest first.

    Besides the newest these are earlier ones of its dialect with the same columns, if a product
    was in none after them.
    """
    newest = import_of_dialect(merchant=merchant, dialect=dialect)
    if newest is None:
        return []
    runs = ImportRun.objects.filter(
        merchant=merchant, status=ImportRun.Status.IMPORTED, dialect=newest.dialect
    )
    last_runs = (
        ImportRow.objects.filter(import_run__in=runs, product__isnull=False)
        .order_by()
        .values("product")
        .annotate(last=Max("import_run"))
        .values("last")
    )
    earlier = runs.filter(pk__in=last_runs, pk__lt=newest.pk).defer("content").order_by("-pk")
    return [newest, *(run for run in earlier if _names(run) == _names(newest))]


def _names(run: ImportRun) -> list[str]:
    return [name for name in run.header if name != PROBLEM_COLUMN]
