"""Runs the benchmark of the pages, and says how much slower the long lists are than the short."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_ROW = re.compile(r"^(?P<path>/\S*)\s+(?P<queries>\d+)\s+(?P<p50>[\d.]+)\s+(?P<p95>[\d.]+)$")


def test_pages_take_the_same_queries_at_ten_and_at_a_hundred_thousand_rows():
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.pages"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    sys.stdout.write(f"\n{done.stdout}")
    assert done.returncode == 0, done.stderr or "a page takes more queries than it may"

    found = [match.groupdict() for match in map(_ROW.match, done.stdout.splitlines()) if match]
    few, many = found[: len(found) // 2], found[len(found) // 2 :]
    assert few
    for short, long in zip(few, many, strict=True):
        # Addresses of single drafts differ in their number only.
        ratio = float(long["p95"]) / float(short["p95"])
        sys.stdout.write(f"{short['path']:<44} p95 ratio {ratio:.1f}\n")
        # Paging links and the search's words may cost one more where there is a next page.
        assert abs(int(long["queries"]) - int(short["queries"])) <= 1, (short, long)
