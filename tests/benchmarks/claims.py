"""How long a claim takes with a hundred and with ten thousand waiting jobs.

Run it with `python -m tests.benchmarks.claims`: on SQLite in a folder of its own, or on the server
that DATABASE_URL names, in a new database.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.flow.stack import Stack

NUM_CLAIMS = 200
SIZES = (100, 10_000)
NUM_MERCHANTS = 10


def measure() -> dict[int, list[float]]:
    """Return the seconds of each claim, by the number of waiting jobs. Needs a set-up Django."""
    from shop_content.generation.models import GenerationJob, GenerationRun
    from shop_content.generation.services.claims import jobs_claim, jobs_release
    from tests.factories import brief_snapshot, make_merchant, make_product, make_run

    runs = [make_run(make_merchant(slug=f"bench-{number}")) for number in range(NUM_MERCHANTS)]
    products = {run.pk: make_product(run.merchant) for run in runs}
    found: dict[int, list[float]] = {}
    num_made = 0
    for size in SIZES:
        GenerationJob.objects.bulk_create(
            (
                GenerationJob(
                    run=(run := runs[number % NUM_MERCHANTS]),
                    merchant_id=run.merchant_id,
                    product=products[run.pk],
                    field="description",
                    brief=brief_snapshot(),
                )
                for number in range(size - num_made)
            ),
            batch_size=1000,
        )
        num_made = size
        GenerationRun.objects.update(num_jobs=size)
        found[size] = []
        for _number in range(NUM_CLAIMS):
            begun = time.perf_counter()
            claimed = jobs_claim(limit=8)
            found[size].append(time.perf_counter() - begun)
            jobs_release(claim_token=claimed[0].claim_token)  # type: ignore[arg-type]  # Claimed.
    return found


def report(found: dict[int, list[float]]) -> str:
    """Return a table of the medians and 95th percentiles, and the ratio that should stay small."""
    lines = ["waiting   p50 ms   p95 ms"]
    p95 = {}
    for size, seconds in found.items():
        p95[size] = statistics.quantiles(seconds, n=20)[-1]
        lines.append(
            f"{size:>7}  {statistics.median(seconds) * 1000:>7.2f}  {p95[size] * 1000:>7.2f}"
        )
    lines.append(f"p95 ratio: {p95[SIZES[-1]] / p95[SIZES[0]]:.2f}")
    return "\n".join(lines)


def main() -> None:
    """Make a database, measure in a process of its own, print."""
    if "--inside" in sys.argv:
        import django

        django.setup()
        sys.stdout.write(report(measure()) + "\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder), "memory://")
        try:
            stack.manage("manage.py", "migrate", "-v", "0")
            sys.stdout.write(stack.manage("-m", "tests.benchmarks.claims", "--inside"))
        finally:
            stack.close()


if __name__ == "__main__":
    main()
