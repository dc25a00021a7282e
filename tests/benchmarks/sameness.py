"""Finding texts that are alike among 100,000, against finding them among 1,000.

Run it with `python -m tests.benchmarks.sameness [number]`: on SQLite in a folder of its own, or in
a new database of the server that DATABASE_URL names. Prints the median time of comparing a text
with the shop's others at both sizes, in the same run on the same database, and the ratio; and what
it would take to compare with each of them in turn.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.flow.stack import Stack

if TYPE_CHECKING:
    from shop_content.accounts.models import Merchant

WORDS = [a + b + c for a in "bdfgklmnprst" for b in "aeiou" for c in ("n", "rt", "lk", "m", "sk")]
NUM_SMALL, NUM_LARGE, NUM_LOOKUPS = 1_000, 100_000, 200


def text_of(number: int) -> str:
    """Return an invented text of 80 words, the same for the same number."""
    random_words = random.Random(number)  # Not for secrets.
    return " ".join(random_words.choices(WORDS, k=80))


def fill(merchant: Merchant, first: int, last: int) -> None:
    """Put texts of products into the index."""
    from shop_content.catalogue.models import Product
    from shop_content.checks.models import SignatureBand, TextSignature
    from shop_content.checks.signatures import opening_key, signature_keys, text_signature

    for start in range(first, last, 5_000):
        numbers = range(start, min(start + 5_000, last))
        products = Product.objects.bulk_create(
            Product(merchant=merchant, handle=f"p-{number}", title=f"Product {number}")
            for number in numbers
        )
        rows = []
        for product, number in zip(products, numbers, strict=True):
            text = text_of(number)
            rows.append(
                TextSignature(
                    merchant=merchant,
                    product=product,
                    field="description",
                    signature=text_signature(text),
                    opening=opening_key(text),
                )
            )
        TextSignature.objects.bulk_create(rows)
        scope = f"{merchant.pk}/description"
        SignatureBand.objects.bulk_create(
            (
                SignatureBand(signature=row, key=key)
                for row in rows
                for key in signature_keys(row.signature, scope)
            ),
            batch_size=20_000,
        )


def median_lookup(merchant: Merchant, num: int) -> float:
    """Return the median seconds of comparing one text with the shop's; half of them have a twin."""
    from shop_content.checks.shop_texts import ShopText, shop_findings

    seconds = []
    for lookup in range(NUM_LOOKUPS):
        number = lookup * 7 % num if lookup % 2 else num + lookup
        began = time.perf_counter()
        (found,) = shop_findings([ShopText(merchant.pk, 0, "description", text_of(number))])
        seconds.append(time.perf_counter() - began)
        assert bool(found) is bool(lookup % 2), number  # It finds the twin, only it.
    return statistics.median(seconds)


def one_by_one(merchant: Merchant) -> float:
    """Return the seconds of comparing one text with all in the index."""
    from shop_content.checks.models import TextSignature
    from shop_content.checks.signatures import similarities, text_signature

    own = text_signature(text_of(1)) or b""
    began = time.perf_counter()
    rows = TextSignature.objects.filter(merchant=merchant).values_list("signature", flat=True)
    max(similarities(own, [bytes(row) for row in rows.iterator()]))
    return time.perf_counter() - began


def measure(num: int) -> None:
    """Fill the index, measure and print."""
    from tests.factories import make_merchant

    merchant = make_merchant()
    fill(merchant, 0, NUM_SMALL)
    small = median_lookup(merchant, NUM_SMALL)
    fill(merchant, NUM_SMALL, num)
    large = median_lookup(merchant, num)
    sys.stdout.write(
        f"among {NUM_SMALL:,}: {1000 * small:.2f} ms; among {num:,}: {1000 * large:.2f} ms, ratio "
        f"{large / small:.2f}; one by one {one_by_one(merchant) / large:.0f} times that\n"
    )


def main() -> None:
    """Make a database, measure in a process of its own, print."""
    numbers = [word for word in sys.argv[1:] if word.isdecimal()]
    if "--inside" in sys.argv:
        import django

        django.setup()
        measure(int(numbers[0]))
        return
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder), "memory://")
        try:
            stack.manage("manage.py", "migrate", "-v", "0")
            words = ["--inside", *(numbers or [str(NUM_LARGE)])]
            sys.stdout.write(stack.manage("-m", "tests.benchmarks.sameness", *words))
        finally:
            stack.close()


if __name__ == "__main__":
    main()
