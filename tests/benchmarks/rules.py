"""Measure all rules: `python -m tests.benchmarks.rules`.

On 1,000 short texts, and each rule alone on 100 kB of text made to be slow.
"""

from __future__ import annotations

import statistics
import sys
import time

from shop_content.catalogue.fact_reading import suggestions_in
from shop_content.checks.rules import RULES, Rule, run_rules
from tests.checks.cases import CLEAN, MUG, PLANTED, PRODUCTS

_NUM_TEXTS = 1000
_HOSTILE = (
    "A" * 100_000, "a " * 50_000, "1 " * 50_000, "1,2." * 25_000, "a: " * 33_000, "x:\n" * 33_000,
    "made of " * 12_500, "not-" * 25_000, "(" * 100_000, "warranty on " * 8_300, "both " * 20_000,
    "valid until " * 8_300, "Aa-" * 33_000, "!" * 100_000, "any of " * 14_000, "été " * 20_000,
)  # fmt: skip


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
    slowest = max(
        (_seconds(rule, text), rule_id, text[:8])
        for rule_id, rule in RULES.items()
        for text in _HOSTILE
    )
    reading = max(_reading_seconds(text) for text in _HOSTILE)
    sys.stdout.write(
        f"slowest rule on 100 kB: {slowest[1]} with {slowest[2]!r}…, {slowest[0] * 1000:.0f} ms; "
        f"reading facts {reading * 1000:.0f} ms\n"
    )


def _seconds(rule: Rule, text: str) -> float:
    started = time.perf_counter()
    rule(text, MUG)
    return time.perf_counter() - started


def _reading_seconds(text: str) -> float:
    started = time.perf_counter()
    suggestions_in([("description", text)])
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
