"""Check all texts again by the rules of this code, here and now, with progress."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shop_content.review.models import Recheck, RecheckedItem
from shop_content.review.services import recheck_advance, recheck_ensure, recheck_restart

SECONDS_BETWEEN_REPORTS = 5.0


class Command(BaseCommand):
    """Do the re-check that workers do by themselves when the rules have changed."""

    help = "Checks all texts again by today's rules; those that have today's verdict are skipped."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether a finished re-check is done again."""
        parser.add_argument("--again", action="store_true", help="also when it is finished")

    def handle(self, *args: Any, **options: Any) -> None:
        """Go on until the end; a worker that has the re-check is left to it."""
        recheck = recheck_restart() if options["again"] else recheck_ensure()
        if recheck is None:
            self.stdout.write("All texts are checked by the rules of today.")
            return
        while recheck_advance(recheck_id=recheck.pk, seconds=SECONDS_BETWEEN_REPORTS):
            recheck.refresh_from_db()
            self.stdout.write(f"{recheck.num_checked} of {recheck.num_total} texts")
        recheck.refresh_from_db()
        if recheck.status == Recheck.Status.RUNNING:
            self.stdout.write("A worker is at it; its progress is on the page of the re-check.")
            return
        num_failing = RecheckedItem.objects.filter(recheck=recheck).count()
        self.stdout.write(f"{recheck.num_checked} texts checked, {num_failing} newly fail.")
