"""How long the pages with long lists take, and how many queries, at 10 and at 100,000 rows.

Run it with `python -m tests.benchmarks.pages [number]`: on SQLite in a folder of its own, or in a
new database of the server that DATABASE_URL names. The exit status is 1 when a page takes more
queries than it may.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.flow.stack import Stack

if TYPE_CHECKING:
    from django.test import Client

    from shop_content.accounts.models import Merchant, User

NUM_ROWS = 100_000
NUM_REQUESTS = 20
MAX_QUERIES = 12
BATCH_SIZE = 2_000
TEXT = "A stoneware mug that holds 350 ml. It is dishwasher safe and made in Portugal. " * 4
FINDINGS = [
    {"rule": "numbers", "severity": "B", "message": "60 mm", "start": 2, "end": 9, "template": ""},
    {"rule": "loudness", "severity": "W", "message": "!", "start": 12, "end": 20, "template": ""},
]


@dataclass(frozen=True, slots=True)
class Timing:
    """What one page cost."""

    path: str
    num_queries: int
    p50_ms: float
    p95_ms: float


def rows_make(merchant: Merchant, num: int) -> None:
    """Fill a shop: a draft in the queue for each product, every twentieth blocked or stale."""
    from shop_content.catalogue.models import Product
    from shop_content.checks.models import CheckResult
    from shop_content.core.fingerprint import text_fingerprint
    from shop_content.drafts.models import Draft, DraftVersion
    from shop_content.generation.models import GenerationJob
    from shop_content.review.models import ReviewItem
    from tests.factories import brief_snapshot, make_model_version, make_run

    run, model = make_run(merchant), make_model_version()
    fingerprint = text_fingerprint(TEXT)
    shared = {"merchant": merchant, "field": "description"}

    def write(kind: Any, rows: Iterator[Any]) -> list[Any]:
        return list(kind.objects.bulk_create(rows, batch_size=BATCH_SIZE))

    products = write(
        Product,
        (
            Product(
                merchant=merchant,
                handle=f"mug-{number}",
                sku=f"MUG-{number}",
                title=f"Mug {number}",
                brand="Tidewater",
                search_text=f"mug {number} mug-{number} tidewater",
                facts_fingerprint="now",
                num_in_review=1,
            )
            for number in range(num)
        ),
    )
    jobs = write(
        GenerationJob,
        (
            GenerationJob(
                **shared, run=run, product=product, brief=brief_snapshot(), status="succeeded"
            )
            for product in products
        ),
    )
    drafts = write(
        Draft,
        (
            Draft(
                **shared,
                product=product,
                job=job,
                model_version=model,
                prompt_version="bench",
                prompt=[],
                sampling={},
                seed=1,
                facts={"facts": [{"name": "Capacity", "value": "350", "unit": "ml"}]},
                facts_fingerprint="before" if number % 20 == 0 else "now",
                brief=brief_snapshot(),
            )
            for number, (product, job) in enumerate(zip(products, jobs, strict=True))
        ),
    )
    versions = write(
        DraftVersion,
        (
            DraftVersion(draft=draft, number=1, text=TEXT, fingerprint=fingerprint)
            for draft in drafts
        ),
    )
    write(
        CheckResult,
        (
            CheckResult(
                version=version,
                fingerprint=fingerprint,
                rules_version="bench",
                findings=FINDINGS if number % 20 == 5 else [],
            )
            for number, version in enumerate(versions)
        ),
    )
    write(
        ReviewItem,
        (
            ReviewItem(
                **shared,
                product=draft.product,
                draft=draft,
                current_version=version,
                num_blocking=number % 20 == 5,
                num_warnings=number % 20 == 5,
            )
            for number, (draft, version) in enumerate(zip(drafts, versions, strict=True))
        ),
    )


def publish_some(merchant: Merchant, editor: User, num: int) -> None:
    """Approve a few drafts, so that the list of what is published has rows."""
    from shop_content.publication.services import approve_and_publish
    from shop_content.review.models import ReviewItem

    waiting = ReviewItem.objects.select_related("merchant", "product", "draft", "current_version")
    for item in waiting.filter(merchant=merchant).order_by("-id")[:num]:
        approve_and_publish(item=item, expected_version=1, actor=editor, override_reason="Bench")


def paths_of(merchant: Merchant) -> list[str]:
    """Return the pages to measure; the drafts are one in the middle and one at the end."""
    from shop_content.review.models import ReviewItem

    ids = list(
        ReviewItem.objects.filter(merchant=merchant, status="waiting")
        .order_by("id")
        .values_list("id", flat=True)
    )
    blocked = ReviewItem.objects.filter(merchant=merchant, num_blocking__gt=0).latest("id")
    return [
        "/products/",
        "/products/?q=mug+77",
        "/review/",
        "/review/?view=clean",
        "/review/?view=blocked",
        "/review/?view=stale",
        "/review/?view=field:description",
        "/review/?q=mug-77",
        f"/review/{ids[len(ids) // 2]}/",
        f"/review/{blocked.pk}/?view=blocked",
        f"/review/{ids[0]}/?view=stale&panel=preview",
        "/published/",
    ]


def timing(client: Client, path: str) -> Timing:
    """Ask for a page a number of times; the first request is not counted."""
    from django.db import connection

    statements: list[str] = []

    def count(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        statements.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        first = client.get(path, secure=True)
    assert first.status_code == 200, (path, first.status_code)
    seconds = []
    for _number in range(NUM_REQUESTS):
        begun = time.perf_counter()
        client.get(path, secure=True)
        seconds.append(time.perf_counter() - begun)
    p95 = statistics.quantiles(seconds, n=20)[-1]
    return Timing(path, len(statements), statistics.median(seconds) * 1000, p95 * 1000)


def measure(num_rows: int) -> list[Timing]:
    """Fill a new shop and ask for its pages. Needs a set-up Django."""
    from django.db import connection
    from django.test import Client

    from shop_content.accounts.models import Role
    from tests.factories import make_member, make_merchant

    merchant = make_merchant(slug=f"bench-{num_rows}")
    admin = make_member(merchant, Role.ADMIN)
    rows_make(merchant, num_rows)
    publish_some(merchant, admin, min(num_rows // 5, 100))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client(SERVER_NAME="localhost")
    client.force_login(admin)
    return [timing(client, path) for path in paths_of(merchant)]


def report(num_rows: int, timings: list[Timing]) -> str:
    """Return a table, a line for each page."""
    lines = [f"{num_rows:,} rows", f"{'page':<44} queries   p50 ms   p95 ms"]
    lines += [
        f"{row.path:<44} {row.num_queries:>7} {row.p50_ms:>8.1f} {row.p95_ms:>8.1f}"
        for row in timings
    ]
    return "\n".join(lines) + "\n"


def inside(sizes: list[int]) -> None:
    """Measure in this process and print."""
    import django

    django.setup()
    for size in sizes:
        timings = measure(size)
        sys.stdout.write(report(size, timings))
        over = [row.path for row in timings if row.num_queries > MAX_QUERIES]
        if over:
            sys.stdout.write(f"more than {MAX_QUERIES} queries: {', '.join(over)}\n")


def main() -> None:
    """Make a database, measure in a process of its own, print."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    sizes = [10, *(numbers or [NUM_ROWS])]
    if "--inside" in sys.argv:
        inside(sizes)
        return
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder), "memory://")
        try:
            stack.manage("manage.py", "migrate", "-v", "0")
            words = [str(size) for size in sizes[1:]]
            printed = stack.manage("-m", "tests.benchmarks.pages", "--inside", *words)
        finally:
            stack.close()
    sys.stdout.write(printed)
    if f"more than {MAX_QUERIES} queries" in printed:
        sys.exit(1)


if __name__ == "__main__":
    main()
