"""Export a merchant's products from the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shop_content.accounts.models import Merchant
from shop_content.catalogue.csv_io.dialects import Dialect
from shop_content.catalogue.services.exports import products_export


class Command(BaseCommand):
    """Write the catalogue as the shop's own file."""

    help = "Export the products of a merchant as CSV."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the merchant, the dialect and where to write."""
        parser.add_argument("--merchant", required=True, help="short name of the merchant")
        parser.add_argument(
            "--dialect",
            default="",
            choices=["", *(dialect.value for dialect in Dialect)],
            help="kind of file; left out: that of the newest import",
        )
        parser.add_argument("--output", default="-", help="where to write; - for standard output")
        parser.add_argument(
            "--content-only", action="store_true", help="only keys and the columns of copy"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file; say on standard error what is in it."""
        merchant = Merchant.objects.filter(slug=options["merchant"]).first()
        if merchant is None:
            raise CommandError(f"There is no merchant “{options['merchant']}”.")
        file = products_export(
            merchant=merchant, dialect=options["dialect"], content_only=options["content_only"]
        )
        try:
            if options["output"] == "-":
                # Bytes, for the file's encoding and line breaks are part of it.
                sys.stdout.buffer.write(file.content)
            else:
                Path(options["output"]).write_bytes(file.content)
        except OSError as error:
            raise CommandError(f"{options['output']}: {error.strerror}.") from error
        self.stderr.write(f"{file.num_products} products.")
        if not file.keeps_encoding:
            self.stderr.write("The file's own encoding lacks a character: written as UTF-8.")
