"""Make the demo shop, once, and keep its log-ins in a file that only the owner can read."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from shop_content.dashboard.demo.seeding import DemoLogin, demo_new_passwords, demo_seed


class Command(BaseCommand):
    """Seed the demo shop; a second call changes nothing."""

    help = "Make the demo shop with its people; print their log-ins."

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed, keep the log-ins in `<data>/demo-logins`, print them."""
        path = settings.SHOP_CONTENT_DATA_DIR / "demo-logins"
        logins = demo_seed()
        if not logins and not path.is_file():
            logins = demo_new_passwords()
        if logins:
            self._keep(path, logins)
        if path.is_file():
            self.stdout.write(path.read_text(encoding="utf-8"), ending="")

    def _keep(self, path: os.PathLike[str], logins: list[DemoLogin]) -> None:
        """Write the log-ins, one a line: role, address, password."""
        lines = [f"{login.role} {login.email} {login.password}\n" for login in logins]
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.writelines(lines)
