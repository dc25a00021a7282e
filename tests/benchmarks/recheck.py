"""How long a change of rules takes to reach all texts, and what the pages do meanwhile.

Run it with `python -m tests.benchmarks.recheck [number]`: on SQLite in a folder of its own, or in a
new database of the server that DATABASE_URL names. The queue is opened once between two slices; the
exit status is 1 when it takes more queries than at rest.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.pages import rows_make
from tests.flow.stack import Stack

NUM_ROWS = 100_000
PATHS = ("/review/", "/review/rechecks/")


def measure(num_rows: int) -> bool:
    """Print the figures; tell whether no page took more queries than before."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from shop_content.accounts.models import Role
    from shop_content.checks.models import CheckResult
    from shop_content.review.models import Recheck, RecheckedItem
    from shop_content.review.services import recheck_advance, recheck_restart
    from tests.factories import make_member, make_merchant

    merchant = make_merchant()
    rows_make(merchant, num_rows)
    CheckResult.objects.update(rules_version="0", num_blocking=0, findings=[])
    client = Client(SERVER_NAME="localhost")
    client.force_login(make_member(merchant, Role.EDITOR))

    def page_ms(path: str) -> tuple[float, int]:
        with CaptureQueriesContext(connection) as queries:
            started = time.perf_counter()
            assert client.get(path).status_code == 200
        return (time.perf_counter() - started) * 1000, len(queries)

    at_rest = {path: [page_ms(path) for _attempt in range(10)] for path in PATHS}
    during: dict[str, list[tuple[float, int]]] = {path: [] for path in PATHS}
    recheck, checking = recheck_restart(), 0.0
    is_running = True
    while is_running:
        started = time.perf_counter()
        is_running = recheck_advance(recheck_id=recheck.pk, seconds=5)
        checking += time.perf_counter() - started
        for path in PATHS:
            during[path].append(page_ms(path))
    done = Recheck.objects.get(pk=recheck.pk)
    sys.stdout.write(
        f"{done.num_checked} texts in {checking:.0f} s, {done.num_checked / checking:.0f} a second;"
        f" {RecheckedItem.objects.count()} newly fail\n"
    )
    is_good = done.status == Recheck.Status.FINISHED
    for path in PATHS:
        rest, busy = (statistics.median(ms for ms, _n in rows[path]) for rows in (at_rest, during))
        queries = max(n for _ms, n in at_rest[path]), max(n for _ms, n in during[path])
        is_good = is_good and queries[1] <= queries[0]
        sys.stdout.write(
            f"{path:20} {rest:7.1f} ms at rest, {busy:7.1f} ms between slices"
            f" (ratio {busy / rest:.2f}), queries {queries[0]} and {queries[1]}\n"
        )
    return is_good


def main() -> None:
    """Make a database, measure in a process of its own, print."""
    numbers = [word for word in sys.argv[1:] if word.isdecimal()]
    if "--inside" in sys.argv:
        import django

        django.setup()
        if not measure(int(numbers[0])):
            raise SystemExit(1)
        return
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder), "memory://")
        try:
            stack.manage("manage.py", "migrate", "-v", "0")
            words = ["--inside", *(numbers or [str(NUM_ROWS)])]
            sys.stdout.write(stack.manage("-m", "tests.benchmarks.recheck", *words))
        finally:
            stack.close()


if __name__ == "__main__":
    main()
