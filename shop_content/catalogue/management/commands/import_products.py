"""Import a file of products from the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shop_content.accounts.models import Merchant
from shop_content.catalogue.csv_io.problems import FileRefusedError
from shop_content.catalogue.models import ImportRow, ImportRun
from shop_content.catalogue.selectors.imports import import_rows
from shop_content.catalogue.services.import_steps import import_advance
from shop_content.catalogue.services.imports import import_confirm, import_map, import_upload


class Command(BaseCommand):
    """Import a file as the page does, without a worker."""

    help = "Import a CSV file of Shopify, WooCommerce or with columns whose names we know."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, the merchant, and what may be done."""
        parser.add_argument("file", help="the CSV file")
        parser.add_argument("--merchant", required=True, help="short name of the merchant")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
        parser.add_argument(
            "--replace-written",
            action="store_true",
            help="replace copy that was written or published here",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, report, import; exit with 1 when a row was refused."""
        merchant = Merchant.objects.filter(slug=options["merchant"]).first()
        if merchant is None:
            raise CommandError(f"There is no merchant “{options['merchant']}”.")
        path = Path(options["file"])
        try:
            run = import_upload(
                merchant=merchant,
                actor=None,
                file_name=path.name,
                content=path.read_bytes(),
                replaces_written=options["replace_written"],
            )
            if run.status == ImportRun.Status.MAPPING:
                import_map(run=run, mapping={int(n): target for n, target in run.mapping.items()})
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}.") from error
        except FileRefusedError as error:
            raise CommandError(str(error)) from error
        self._advance(run)
        if not options["dry_run"]:
            import_confirm(run=run, actor=None)
            self._advance(run)
        self._report(run)

    def _advance(self, run: ImportRun) -> None:
        import_advance(run_id=run.pk)
        run.refresh_from_db()
        if run.status not in {ImportRun.Status.CHECKED, ImportRun.Status.IMPORTED}:
            raise CommandError(run.error_message or "The import stopped; run the command again.")

    def _report(self, run: ImportRun) -> None:
        for row in import_rows(run=run, outcome=ImportRow.Outcome.REFUSED):
            where = f", {row.column}" if row.column else ""
            self.stderr.write(f"Row {row.first_row}{where}: {row.message}")
        self.stdout.write(
            f"{run.num_new} new, {run.num_changed} changed, {run.num_unchanged} unchanged, "
            f"{run.num_refused} refused; {run.num_kept} texts written here were kept."
        )
        if run.num_refused:
            sys.exit(1)
