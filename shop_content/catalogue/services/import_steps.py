"""The work on an import, in chunks: check the file, and write what was checked.

Each chunk is one transaction that also moves `num_done` and the lease. A worker that is killed
leaves whole chunks behind it; the next one reads the file again, which is quick, and goes on at the
first product that is not done.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator, Sequence
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from shop_content.accounts.services import audit_record
from shop_content.catalogue.csv_io.detect import DecodedFile
from shop_content.catalogue.csv_io.dialects import Dialect
from shop_content.catalogue.csv_io.problems import FileRefusedError, gettext_noop
from shop_content.catalogue.csv_io.reader import Item, data_rows, read_products
from shop_content.catalogue.csv_io.records import ProductRecord, RefusedRow
from shop_content.catalogue.models import ImportRow, ImportRun
from shop_content.catalogue.selectors.imports import import_file, import_layout
from shop_content.catalogue.services.import_plan import Plan, products_plan
from shop_content.catalogue.services.import_write import plans_apply
from shop_content.catalogue.suspicions import suspicions_in
from shop_content.core.database import database_now, lease_deadline

logger = logging.getLogger(__name__)

CHUNK_SIZE = 500  # Products a transaction: about half a second, so that others can write between.
Status = ImportRun.Status
_WORKING = [Status.CHECKING, Status.IMPORTING]
_COUNTERS = {
    ImportRow.Outcome.NEW.value: "num_new",
    ImportRow.Outcome.CHANGED.value: "num_changed",
    ImportRow.Outcome.UNCHANGED.value: "num_unchanged",
    ImportRow.Outcome.REFUSED.value: "num_refused",
}
_GAVE_UP = gettext_noop("Something went wrong on our side. Nothing after row %(row)s was done.")


class LeaseLostError(Exception):
    """Another worker has the import by now."""


def import_advance(*, run_id: int) -> bool:
    """Do what there is to do for an import; False when it is not ours to do.

    1. Claim it: conditional update of token and lease; the attempt is counted here, so that a
       crash counts. A chunk that is written sets the count back.
    2. Check or import chunk by chunk.
    3. Move it to `checked` or `imported`. A file that cannot be read moves to `failed`.
    """
    run = _claim(run_id)
    if run is None:
        return False
    try:
        _work(run)
    except LeaseLostError:
        logger.info("Import %s was taken over", run_id)
        return False
    except FileRefusedError as error:
        _fail(run, error.problem.template, error.problem.params)
    except Exception:
        # Also MemoryError, on which Celery would end its worker. The sweeper tries again.
        logger.exception("Import %s stopped", run_id)
        _release(run)
        return False
    return True


def imports_waiting() -> list[int]:
    """Return the imports that no worker has, and give up those out of attempts."""
    now = database_now()
    free = ImportRun.objects.filter(status__in=_WORKING).filter(
        Q(lease_until=None) | Q(lease_until__lt=now)
    )
    for run in free.filter(attempts__gte=settings.SHOP_CONTENT_JOB_MAX_ATTEMPTS).defer("content"):
        _give_up(run)
    return list(
        free.filter(attempts__lt=settings.SHOP_CONTENT_JOB_MAX_ATTEMPTS).values_list(
            "pk", flat=True
        )
    )


def _claim(run_id: int) -> ImportRun | None:
    token = uuid.uuid4()
    now = database_now()
    free = ImportRun.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=now),
        pk=run_id,
        status__in=_WORKING,
        attempts__lt=settings.SHOP_CONTENT_JOB_MAX_ATTEMPTS,
    )
    claimed = free.update(
        claim_token=token,
        lease_until=lease_deadline(settings.SHOP_CONTENT_JOB_LEASE_SECONDS),
        attempts=F("attempts") + 1,
    )
    if not claimed:
        return None
    return ImportRun.objects.select_related("merchant", "uploaded_by").get(pk=run_id)


def _held(run: ImportRun, **values: object) -> None:
    """Write to the import if it is still ours."""
    if not ImportRun.objects.filter(pk=run.pk, claim_token=run.claim_token).update(**values):
        raise LeaseLostError


def _release(run: ImportRun) -> None:
    """Give the claim back; at the last attempt the import has failed."""
    if run.attempts >= settings.SHOP_CONTENT_JOB_MAX_ATTEMPTS:
        _give_up(run)
        return
    ours = ImportRun.objects.filter(pk=run.pk, claim_token=run.claim_token)
    ours.update(claim_token=None, lease_until=None)


def _give_up(run: ImportRun) -> None:
    rows = ImportRow.objects.filter(import_run=run)
    if run.status == Status.IMPORTING:
        rows = rows.filter(is_applied=True)
    last = rows.order_by("-last_row").values_list("last_row", flat=True).first()
    _fail(run, _GAVE_UP, {"row": last or 1})


def _fail(run: ImportRun, template: str, params: dict[str, str | int]) -> None:
    ours = ImportRun.objects.filter(pk=run.pk, claim_token=run.claim_token, status__in=_WORKING)
    ours.update(
        status=Status.FAILED,
        error=template,
        error_params=params,
        claim_token=None,
        lease_until=None,
        finished_at=database_now(),
    )


def _work(run: ImportRun) -> None:
    file = import_file(run)
    if not run.num_products:
        _count(run, file)
    items = islice(read_products(file.text, import_layout(run)), run.num_done, None)
    while chunk := list(islice(items, CHUNK_SIZE)):
        with transaction.atomic():
            # First of all, so that two workers of one import wait for each other here.
            _held(
                run,
                num_done=F("num_done") + len(chunk),
                lease_until=lease_deadline(settings.SHOP_CONTENT_JOB_LEASE_SECONDS),
                attempts=0,
            )
            if run.status == Status.CHECKING:
                _check_chunk(run, chunk)
            else:
                _import_chunk(run, chunk)
    _finish(run)


def _count(run: ImportRun, file: DecodedFile) -> None:
    """Count rows and products, for the limits and for the progress."""
    num_rows = sum(1 for _row in data_rows(file.text, run.delimiter))
    if num_rows > settings.SHOP_CONTENT_IMPORT_MAX_ROWS:
        raise FileRefusedError(
            gettext_noop("The file has %(num)s rows; at most %(max)s can be read. Split it."),
            num=num_rows,
            max=settings.SHOP_CONTENT_IMPORT_MAX_ROWS,
        )
    num_products = sum(1 for _item in read_products(file.text, import_layout(run)))
    if not num_products:
        raise FileRefusedError(
            gettext_noop("The file has a header but no product. Nothing was changed.")
        )
    _held(run, num_rows=num_rows, num_products=num_products)
    run.num_rows, run.num_products = num_rows, num_products


def _plans(run: ImportRun, chunk: Sequence[Item], *, is_locked: bool) -> Iterator[ImportRow | Plan]:
    """Yield a finished row for each refusal of the reader, and a plan for each product."""
    plans = iter(
        products_plan(
            merchant=run.merchant,
            records=[item for item in chunk if isinstance(item, ProductRecord)],
            dialect=Dialect(run.dialect),
            replaces_written=run.replaces_written,
            is_locked=is_locked,
        )
    )
    for item in chunk:
        yield _refused_row(run, item) if isinstance(item, RefusedRow) else next(plans)


def _refused_row(run: ImportRun, item: RefusedRow) -> ImportRow:
    return ImportRow(
        import_run=run,
        first_row=item.first_row,
        last_row=item.last_row,
        handle=item.handle.replace("\x00", ""),
        outcome=ImportRow.Outcome.REFUSED,
        column=item.column,
        reason=item.problem.template,
        reason_params=_storable(item.problem.params),
    )


def _storable(params: dict[str, str | int]) -> dict[str, str | int]:
    return {
        name: value.replace("\x00", "") if isinstance(value, str) else value
        for name, value in params.items()
    }


def _row_of(run: ImportRun, plan: Plan) -> ImportRow:
    problem = plan.problem
    return ImportRow(
        import_run=run,
        first_row=plan.record.first_row,
        last_row=plan.record.last_row,
        handle=plan.product.handle if plan.product else plan.record.handle,
        outcome=plan.outcome,
        column=plan.column,
        reason=problem.template if problem else "",
        reason_params=_storable(problem.params) if problem else {},
        changes=plan.changes if plan.product else [],
        suspicion=_suspicion(plan.record),
        product=plan.product,
    )


def _suspicion(record: ProductRecord) -> str:
    """Return where a product of the file speaks to the writing machine, and how it begins."""
    columns = ("title", "brand", "category", "supplier_text")
    texts = [(name, getattr(record, name)) for name in columns]
    texts += [(fact.name, f"{fact.name}\n{fact.value} {fact.unit}") for fact in record.facts]
    found = suspicions_in(texts)
    return f"{found[0]['where']}: {found[0]['quote']}"[:200] if found else ""


def _check_chunk(run: ImportRun, chunk: Sequence[Item]) -> None:
    rows, num_kept = [], 0
    for found in _plans(run, chunk, is_locked=False):
        if isinstance(found, Plan):
            num_kept += found.num_kept
            found = _row_of(run, found)
        rows.append(found)
    ImportRow.objects.bulk_create(rows)
    _add_counts(run, [row.outcome for row in rows], num_kept)


def _import_chunk(run: ImportRun, chunk: Sequence[Item]) -> None:
    """Plan again, for the catalogue may have changed since the check; then write."""
    plans = [found for found in _plans(run, chunk, is_locked=True) if isinstance(found, Plan)]
    planned = {plan.record.first_row: _row_of(run, plan) for plan in plans}
    plans_apply(merchant=run.merchant, actor=run.uploaded_by, plans=plans)
    product_of = {plan.record.first_row: plan.product for plan in plans}
    rows = list(
        ImportRow.objects.filter(import_run=run, first_row__in=[item.first_row for item in chunk])
    )
    before = [row.outcome for row in rows]
    for row in rows:
        row.is_applied = True
        now = planned.get(row.first_row)
        if now is not None:
            row.outcome, row.changes = now.outcome, now.changes
            row.column, row.reason, row.reason_params = now.column, now.reason, now.reason_params
            row.product = product_of[row.first_row]
    ImportRow.objects.bulk_update(
        rows,
        ["is_applied", "outcome", "changes", "column", "reason", "reason_params", "product"],
        batch_size=CHUNK_SIZE,
    )
    after = [row.outcome for row in rows]
    if before != after:
        _add_counts(run, after, 0, minus=before)


def _add_counts(
    run: ImportRun, outcomes: Sequence[str], num_kept: int, minus: Sequence[str] = ()
) -> None:
    values: dict[str, object] = {
        column: F(column) + outcomes.count(outcome) - list(minus).count(outcome)
        for outcome, column in _COUNTERS.items()
    }
    _held(run, num_kept=F("num_kept") + num_kept, **values)


@transaction.atomic
def _finish(run: ImportRun) -> None:
    if run.status == Status.CHECKING:
        _held(run, status=Status.CHECKED, claim_token=None, lease_until=None, attempts=0)
        return
    now = database_now()
    _held(run, status=Status.IMPORTED, claim_token=None, lease_until=None, finished_at=now)
    run.refresh_from_db(fields=list(_COUNTERS.values()))
    audit_record(
        merchant=run.merchant,
        actor=run.uploaded_by,
        action="catalogue.import_finish",
        target=run,
        after_fingerprint=run.content_sha256,
        data={column: getattr(run, column) for column in _COUNTERS.values()},
    )
