"""What a person does with an import: send a file, match its columns, let it in, or drop it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import PureWindowsPath

from django.conf import settings
from django.db import transaction

from shop_content.accounts.models import Merchant, User
from shop_content.accounts.services import audit_record
from shop_content.catalogue.csv_io.detect import read_file
from shop_content.catalogue.csv_io.dialects import (
    Dialect,
    check_header,
    find_dialect,
    find_mapping,
    mapping_problems,
)
from shop_content.catalogue.csv_io.problems import FileRefusedError, gettext_noop
from shop_content.catalogue.models import ImportRow, ImportRun
from shop_content.catalogue.services.import_bells import bell_ring_on_commit
from shop_content.core.database import database_now

Status = ImportRun.Status

MAX_NAME_CHARS = 255


class ImportStateError(Exception):
    """The import is at another step by now; the message says so."""


@transaction.atomic
def import_upload(
    *,
    merchant: Merchant,
    actor: User | None,
    file_name: str,
    content: bytes,
    replaces_written: bool = False,
) -> ImportRun:
    """Keep a file and begin to check it; a file of unknown columns waits for its mapping first.

    Args:
        merchant: whose catalogue it is for.
        actor: the person who sent it; None for the command line.
        file_name: shown only; never a path.
        content: the bytes as sent.
        replaces_written: whether the file's copy may replace copy written or published here.

    Raises:
        FileRefusedError: It cannot be read as a whole; nothing was kept.
    """
    if len(content) > settings.SHOP_CONTENT_IMPORT_MAX_BYTES:
        raise FileRefusedError(
            gettext_noop("The file has %(num)s MB; at most %(max)s MB can be read."),
            num=-(-len(content) // 1_000_000),
            max=settings.SHOP_CONTENT_IMPORT_MAX_BYTES // 1_000_000,
        )
    file = read_file(content)
    check_header(file.header)
    dialect = find_dialect(file.header)
    mapping = find_mapping(dialect, file.header)
    is_known = dialect is not Dialect.GENERIC
    run = ImportRun.objects.create(
        merchant=merchant,
        uploaded_by=actor,
        status=Status.CHECKING if is_known else Status.MAPPING,
        file_name=_shown_name(file_name),
        content=content,
        content_sha256=hashlib.sha256(content).hexdigest(),
        dialect=dialect.value,
        encoding=file.format.encoding,
        delimiter=file.format.delimiter,
        newline=file.format.newline,
        header=list(file.header),
        mapping=_stored(mapping),
        replaces_written=replaces_written,
    )
    audit_record(
        merchant=merchant,
        actor=actor,
        action="catalogue.import_upload",
        target=run,
        after_fingerprint=run.content_sha256,
    )
    if is_known:
        bell_ring_on_commit(run_id=run.pk)
    return run


def _shown_name(name: str) -> str:
    """Return the last part of a name, without what no column takes."""
    last = PureWindowsPath(name.replace("\x00", "")).name
    return last.encode("utf-8", "replace").decode()[:MAX_NAME_CHARS] or "products.csv"


def _stored(mapping: Mapping[int, str]) -> dict[str, str]:
    return {str(number): target for number, target in mapping.items() if target}


@transaction.atomic
def import_map(*, run: ImportRun, mapping: Mapping[int, str]) -> None:
    """Say what the columns of an unknown file mean, and begin to check it.

    Raises:
        FileRefusedError: No title, or two columns with one meaning.
        ImportStateError: It waits for no mapping.
    """
    problems = mapping_problems(mapping)
    if problems:
        raise FileRefusedError(problems[0])
    _move(run, Status.MAPPING, Status.CHECKING, mapping=_stored(mapping))
    bell_ring_on_commit(run_id=run.pk)


@transaction.atomic
def import_confirm(*, run: ImportRun, actor: User | None) -> None:
    """Let a checked file in.

    Raises:
        ImportStateError: It is not checked, or was let in already.
    """
    _move(run, Status.CHECKED, Status.IMPORTING, num_done=0, started_at=database_now())
    audit_record(
        merchant=run.merchant,
        actor=actor,
        action="catalogue.import_start",
        target=run,
        after_fingerprint=run.content_sha256,
    )
    bell_ring_on_commit(run_id=run.pk)


@transaction.atomic
def import_cancel(*, run: ImportRun, actor: User | None) -> None:
    """Drop a file that was not let in.

    Raises:
        ImportStateError: It is being imported, or is over.
    """
    waiting = ImportRun.objects.filter(pk=run.pk, status__in=[Status.CHECKED, Status.MAPPING])
    if not waiting.update(status=Status.CANCELLED, finished_at=database_now()):
        raise ImportStateError
    ImportRow.objects.filter(import_run=run).delete()
    audit_record(merchant=run.merchant, actor=actor, action="catalogue.import_cancel", target=run)


def _move(run: ImportRun, before: Status, after: Status, **values: object) -> None:
    rows = ImportRun.objects.filter(pk=run.pk, status=before)
    if not rows.update(status=after, attempts=0, claim_token=None, lease_until=None, **values):
        raise ImportStateError
    run.refresh_from_db(fields=["status", *values])
