"""An import that is killed goes on at the next chunk: nothing lost, nothing doubled."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from shop_content.accounts.models import Merchant
from shop_content.catalogue.models import (
    Fact,
    ImportRow,
    ImportRun,
    LiveContentRevision,
    Product,
)
from shop_content.catalogue.services import import_steps
from shop_content.catalogue.services.import_steps import import_advance, imports_waiting
from shop_content.catalogue.services.imports import import_confirm, import_upload
from shop_content.catalogue.tasks import process_import, sweep_imports
from tests.factories import make_merchant, make_product

pytestmark = pytest.mark.django_db

Status = ImportRun.Status
CHUNK = 10
NUM_PRODUCTS = 95


class Killed(BaseException):
    """What nobody catches, like the end of the process."""


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_steps, "CHUNK_SIZE", CHUNK)


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant()


def shop_file(num_products: int = NUM_PRODUCTS) -> bytes:
    lines = ["Title,URL handle,Description,SKU,Price,Fabric (product.metafields.custom.fabric)"]
    lines += [
        f"Towel {n},towel-{n},<p>Towel number {n}.</p>,T-{n},{n}.50,linen"
        for n in range(num_products)
    ]
    return "\n".join(lines).encode()


def upload(merchant: Merchant, content: bytes) -> ImportRun:
    return import_upload(merchant=merchant, actor=None, file_name="towels.csv", content=content)


def free_lease(run: ImportRun) -> None:
    """Let the time of a lease pass."""
    ImportRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


@pytest.fixture
def kill_at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Kill the worker before the chunks with these numbers end; half of the chunk is written."""
    kills: list[int] = []
    counted = [0]
    for name in ("_check_chunk", "_import_chunk"):
        real = getattr(import_steps, name)

        def chunk(run: ImportRun, items: object, real: object = real) -> None:
            counted[0] += 1
            real(run, items)  # type: ignore[operator]  # One of two functions of the module.
            if counted[0] in kills:
                raise Killed

        monkeypatch.setattr(import_steps, name, chunk)
    return kills


def work_until_done(run: ImportRun) -> list[int]:
    """Advance as a row of workers would, each killed where the test says; return the progress."""
    progress = []
    for _attempt in range(40):
        try:
            import_advance(run_id=run.pk)
        except Killed:
            free_lease(run)
        run.refresh_from_db()
        progress.append(run.num_done)
        if run.status not in (Status.CHECKING, Status.IMPORTING):
            return progress
    raise AssertionError("the import never ended")


@pytest.mark.parametrize("seed", range(5))
def test_five_kills_lose_nothing_and_double_nothing(merchant, kill_at, seed):
    num_chunks = -(-NUM_PRODUCTS // CHUNK)
    kill_at += random.Random(seed).sample(range(1, 2 * num_chunks + 1), 5)
    run = upload(merchant, shop_file())

    checked = work_until_done(run)
    assert run.status == Status.CHECKED
    import_confirm(run=run, actor=None)
    imported = work_until_done(run)

    assert run.status == Status.IMPORTED
    assert checked == sorted(checked)
    assert imported == sorted(imported)
    assert run.num_done == run.num_new == run.num_products == NUM_PRODUCTS
    assert (run.num_changed, run.num_unchanged, run.num_refused) == (0, 0, 0)
    products = Product.objects.filter(merchant=merchant)
    assert products.count() == NUM_PRODUCTS
    assert products.values("sku").distinct().count() == NUM_PRODUCTS
    assert LiveContentRevision.objects.count() == NUM_PRODUCTS
    assert Fact.objects.count() == NUM_PRODUCTS
    rows = ImportRow.objects.filter(import_run=run)
    assert rows.filter(is_applied=True, product__isnull=False).count() == NUM_PRODUCTS


def test_a_chunk_that_did_not_end_leaves_nothing(merchant, kill_at):
    run = upload(merchant, shop_file(5))
    work_until_done(run)
    import_confirm(run=run, actor=None)
    kill_at.append(2)

    with pytest.raises(Killed):
        import_advance(run_id=run.pk)

    run.refresh_from_db()
    assert run.num_done == 0
    assert not Product.objects.exists()


def test_another_worker_waits_for_the_lease(merchant, kill_at):
    run = upload(merchant, shop_file(30))
    kill_at.append(2)
    with pytest.raises(Killed):
        import_advance(run_id=run.pk)

    assert import_advance(run_id=run.pk) is False
    assert imports_waiting() == []
    free_lease(run)
    assert imports_waiting() == [run.pk]
    assert import_advance(run_id=run.pk) is True


def test_a_worker_that_lost_its_lease_writes_nothing_more(merchant, monkeypatch):
    run = upload(merchant, shop_file(30))
    real = import_steps._check_chunk

    def slow_chunk(held: ImportRun, items: object) -> None:
        real(held, items)  # type: ignore[arg-type]  # As it was given.
        # Meanwhile the lease passed, and another worker claimed the import.
        ImportRun.objects.filter(pk=run.pk).update(claim_token="0" * 32)

    monkeypatch.setattr(import_steps, "_check_chunk", slow_chunk)

    assert import_advance(run_id=run.pk) is False
    run.refresh_from_db()
    assert run.num_done == CHUNK
    assert run.status == Status.CHECKING


def test_an_import_that_never_moves_fails_with_a_reason(merchant, monkeypatch, settings):
    run = upload(merchant, shop_file(5))

    def broken(*_args: object) -> None:
        raise MemoryError

    monkeypatch.setattr(import_steps, "_check_chunk", broken)
    for _attempt in range(settings.SHOP_CONTENT_JOB_MAX_ATTEMPTS):
        assert import_advance(run_id=run.pk) is False

    run.refresh_from_db()
    assert run.status == Status.FAILED
    assert "went wrong" in run.error_message
    assert imports_waiting() == []
    assert not Product.objects.exists()


def test_the_sweeper_gives_up_what_killed_every_worker(merchant, kill_at, settings):
    run = upload(merchant, shop_file(5))
    kill_at += [1, 2, 3, 4, 5]
    for _attempt in range(settings.SHOP_CONTENT_JOB_MAX_ATTEMPTS):
        with pytest.raises(Killed):
            import_advance(run_id=run.pk)
        free_lease(run)

    sweep_imports()

    run.refresh_from_db()
    assert run.status == Status.FAILED


def test_the_sweeper_rings_for_what_waits(merchant, monkeypatch):
    rung = []
    monkeypatch.setattr(
        "shop_content.catalogue.tasks.bell_ring", lambda *, run_id: rung.append(run_id)
    )
    run = upload(merchant, shop_file(5))

    sweep_imports()

    assert rung == [run.pk]


def test_a_bell_that_comes_twice_or_late_does_no_harm(merchant):
    run = upload(merchant, shop_file(5))

    process_import(run.pk)
    process_import(run.pk)
    import_confirm(run=run, actor=None)
    process_import(run.pk)
    process_import(run.pk)
    process_import(run.pk + 1000)

    run.refresh_from_db()
    assert run.status == Status.IMPORTED
    assert run.num_new == Product.objects.count() == 5


def test_what_changed_between_check_and_import_is_seen(merchant):
    run = upload(merchant, shop_file(3))
    import_advance(run_id=run.pk)
    make_product(merchant, handle="towel-0", sku="T-0", title="Ours")
    make_product(merchant, handle="other", sku="T-1")
    import_confirm(run=run, actor=None)

    import_advance(run_id=run.pk)

    run.refresh_from_db()
    assert (run.num_new, run.num_changed, run.num_refused) == (1, 1, 1)
    assert Product.objects.get(handle="towel-0").title == "Towel 0"
    refused = ImportRow.objects.get(import_run=run, outcome="refused")
    assert "T-1" in refused.message


def test_the_same_file_again_writes_nothing(merchant):
    for expected in ((4, 0), (0, 4)):
        run = upload(merchant, shop_file(4))
        import_advance(run_id=run.pk)
        import_confirm(run=run, actor=None)
        import_advance(run_id=run.pk)
        run.refresh_from_db()
        assert (run.num_new, run.num_unchanged) == expected

    assert set(Product.objects.values_list("version", flat=True)) == {1}
    assert set(LiveContentRevision.objects.values_list("number", flat=True)) == {1}
