"""How long 10,000 products take from a file to the catalogue: check, import, and the file again.

Run it with `python -m tests.benchmarks.import_products [number]`: on SQLite in a folder of its own,
or in a new database of the server that DATABASE_URL names. The exit status is 1 above the limit.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

NUM_PRODUCTS = 10_000
LIMIT_SECONDS = 60.0  # For check and import together, on two cores.
HEADER = (
    "Handle,Title,Body (HTML),Vendor,Type,Option1 Name,Option1 Value,Variant SKU,Variant Grams,"
    "Variant Price,Variant Barcode,Image Src,Image Alt Text,SEO Title,SEO Description,"
    "Material (product.metafields.custom.material),Status"
)


def shop_file(num_products: int) -> bytes:
    """Return a Shopify export: every third product has two variants."""
    lines = [HEADER]
    for number in range(num_products):
        size = "Small" if number % 3 == 0 else "Default Title"
        option = "Size" if number % 3 == 0 else "Title"
        lines.append(
            f"mug-{number},Harbour mug {number},"
            f'"<p>A stoneware mug, number {number}.</p><ul><li>350 ml</li></ul>",Tidewater,Mugs,'
            f"{option},{size},MUG-{number},350,{number % 90 + 5}.50,,"
            f"https://shop.example/{number}.jpg,A blue mug,Harbour mug {number},"
            f"A mug that holds 350 ml.,stoneware,active"
        )
        if number % 3 == 0:
            lines.append(f"mug-{number},,,,,,Large,MUG-{number}-L,450,19.00,,,,,,,")
    return "\r\n".join(lines).encode()


def measure(content: bytes) -> dict[str, float]:
    """Return the seconds of each step. Needs a set-up Django and an empty database."""
    from shop_content.catalogue.models import Product
    from shop_content.catalogue.services.exports import products_export
    from shop_content.catalogue.services.import_steps import import_advance
    from shop_content.catalogue.services.imports import import_confirm, import_upload
    from tests.factories import make_merchant

    merchant = make_merchant(slug=f"bench-{time.time_ns()}")
    seconds: dict[str, float] = {}

    def step(name: str, begun: float) -> None:
        seconds[name] = time.perf_counter() - begun

    begun = time.perf_counter()
    run = import_upload(merchant=merchant, actor=None, file_name="bench.csv", content=content)
    import_advance(run_id=run.pk)
    step("check", begun)
    begun = time.perf_counter()
    import_confirm(run=run, actor=None)
    import_advance(run_id=run.pk)
    step("import", begun)
    run.refresh_from_db()
    assert run.num_new == Product.objects.filter(merchant=merchant).count() == run.num_products
    begun = time.perf_counter()
    again = import_upload(merchant=merchant, actor=None, file_name="bench.csv", content=content)
    import_advance(run_id=again.pk)
    step("check again", begun)
    again.refresh_from_db()
    assert again.num_unchanged == run.num_products
    begun = time.perf_counter()
    assert products_export(merchant=merchant).content == content
    step("export", begun)
    return seconds


def main() -> int:
    """Measure in a new database, print the seconds, compare with the limit."""
    num_products = int(sys.argv[1]) if len(sys.argv) > 1 else NUM_PRODUCTS
    with tempfile.TemporaryDirectory(prefix="shop-content-bench-") as folder:
        os.environ["SHOP_CONTENT_DATA_DIR"] = folder
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        seconds = measure(shop_file(num_products))
    for name, value in seconds.items():
        sys.stdout.write(f"{name:12} {value:6.1f} s\n")
    total = seconds["check"] + seconds["import"]
    sys.stdout.write(f"{num_products} products in {total:.1f} s (limit {LIMIT_SECONDS:.0f} s)\n")
    return int(total > LIMIT_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
