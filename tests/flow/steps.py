"""Steps that a flow test runs in a process of its own, against its stack's database."""

from __future__ import annotations

import json
import sys
import time
from datetime import timedelta

import django
from django.urls import reverse
from django.utils import timezone

django.setup()

from shop_content.generation.models import GenerationJob  # noqa: E402 - after django.setup().
from shop_content.generation.services.claims import jobs_claim  # noqa: E402
from tests.factories import (  # noqa: E402
    brief_snapshot,
    make_brief,
    make_member,
    make_merchant,
    make_product,
    make_run,
)


def start_runs(num_merchants: str, num_products: str) -> list[int]:
    """Start one run per merchant through the service, bells included; return the ids."""
    from shop_content.generation.services.runs import run_start

    ids = []
    for _number in range(int(num_merchants)):
        merchant = make_merchant(slug=f"flow-{GenerationJob.objects.count()}")
        products = [_product(merchant, number) for number in range(int(num_products))]
        run = run_start(
            brief=make_brief(merchant),
            product_ids=[product.pk for product in products],
            actor=make_member(merchant, email=f"{merchant.slug}@example.com"),
        )
        ids.append(run.pk)
    return ids


def add_jobs(*keywords: str) -> list[int]:
    """Make one waiting job per keyword, in a run of its own, without a bell; return the ids."""
    merchant = make_merchant(slug=f"jobs-{GenerationJob.objects.count()}")
    run = make_run(merchant)
    jobs = GenerationJob.objects.bulk_create(
        GenerationJob(
            run=run,
            merchant=merchant,
            product=_product(merchant, number),
            field="description",
            brief=brief_snapshot(keywords=[keyword]),
            seed=number,
        )
        for number, keyword in enumerate(keywords)
    )
    return [job.pk for job in jobs]


def time_page() -> list[float]:
    """Ask for a page twenty times as its merchant; return the seconds of each answer."""
    from django.test import Client

    merchant = make_merchant(slug=f"page-{GenerationJob.objects.count()}-{time.time_ns()}")
    client = Client(headers={"host": "localhost"})
    client.force_login(make_member(merchant, email=f"{merchant.slug}@example.com"))
    seconds = []
    for _number in range(20):
        begun = time.perf_counter()
        assert client.get(reverse("generation:runs")).status_code == 200
        seconds.append(time.perf_counter() - begun)
    return seconds


def claim_all() -> list[int]:
    """Claim batch after batch until nothing waits; return the ids in the order of the claims."""
    ids: list[int] = []
    num_empty = 0
    while num_empty < 3:  # An empty claim may mean that others hold the rows just now.
        claimed = [job.pk for job in jobs_claim(limit=8)]
        num_empty = 0 if claimed else num_empty + 1
        ids += claimed
    return ids


def drop_jobs(*ids: str) -> int:
    """Take jobs out, whatever their state; return how many."""
    return GenerationJob.objects.filter(pk__in=map(int, ids)).update(
        status=GenerationJob.Status.CANCELLED, claim_token=None, lease_until=None
    )


def forbid_return(*ids: str) -> int:
    """Push the leases of jobs out so far that no sweeper takes them back."""
    return GenerationJob.objects.filter(pk__in=map(int, ids)).update(
        lease_until=timezone.now() + timedelta(hours=1)
    )


def _product(merchant: object, number: int) -> object:
    stem = f"{getattr(merchant, 'slug', '')}-{number}"
    return make_product(merchant, handle=stem, sku=stem)  # type: ignore[arg-type]  # Of the factory.


if __name__ == "__main__":
    steps = (start_runs, add_jobs, time_page, claim_all, drop_jobs, forbid_return)
    step = next(step for step in steps if step.__name__ == sys.argv[1])
    sys.stdout.write(json.dumps(step(*sys.argv[2:])) + "\n")
