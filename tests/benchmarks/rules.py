"""Measure all rules on 1,000 short texts: `python -m tests.benchmarks.rules`."""

from __future__ import annotations

import statistics
import sys
import time

from shop_content.checks.rules import run_rules
from tests.checks.cases import CLEAN, PLANTED, PRODUCTS

_NUM_TEXTS = 1000


def main() -> None:
    """Print the median and the 95th percentile of a check, and texts a second."""
    texts = [(product, text) for product, text, _rule in PLANTED] + CLEAN
    durations = []
    for number in range(_NUM_TEXTS):
        product, text = texts[number % len(texts)]
        started = time.perf_counter()
        # A different text each time, as in a queue: nothing comes from the cache of words.
        run_rules(f"{text} {'Again.' if number // len(texts) else ''}{number}", PRODUCTS[product])
        durations.append(time.perf_counter() - started)
    median, p95 = statistics.median(durations), statistics.quantiles(durations, n=20)[-1]
    sys.stdout.write(
        f"{_NUM_TEXTS} texts: median {median * 1000:.2f} ms, p95 {p95 * 1000:.2f} ms, "
        f"{_NUM_TEXTS / sum(durations):.0f} a second\n"
    )


if __name__ == "__main__":
    main()
