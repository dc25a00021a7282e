"""Row 6: the whole way of a draft, from a row in the database over Celery to a row again.

Real processes as in the flow tests: SQLite in a folder of its own, the embedded broker, a worker
that writes and one that sweeps. Run `start` only inside such a stack.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.benchmarks.engine_measures import LeftOutError, Measured, Ready, RowSpec, Surroundings
from tests.benchmarks.engine_prompts import BRANDS, KEYWORDS, PRODUCTS, Prompt
from tests.flow.stack import Stack

WARM_UP_DRAFTS = 4
MAX_SECONDS = 1800.0
MAX_WARM_UP_SECONDS = 120.0
LEASE_SECONDS = 120
POLL_SECONDS = 0.5  # Seldom, so that the watching costs the worker nothing.
_BUSY = re.compile(r"busy_seconds=([0-9.]+)")


@dataclass(frozen=True, slots=True)
class DraftRow:
    """What the database says of one draft."""

    started_at: datetime  # Its claim.
    finished_at: datetime  # Its hand-over.
    seconds: float  # The model's own time, from the reading of the prompt to the last token.
    prompt_tokens: int
    completion_tokens: int


def busy_from_log(log: str) -> float | None:
    """Return the engine's busy seconds that a worker has logged; None where it logs none."""
    found = _BUSY.findall(log)
    return sum(map(float, found)) if found else None


def busy_from_drafts(rows: Sequence[DraftRow]) -> float:
    """Return the engine's busy seconds as far as the rows tell.

    Drafts of one claim are written together, so the slowest of them is how long the engine was
    busy. Only right for an engine that finishes one claim before it begins the next.
    """
    claims: dict[datetime, float] = defaultdict(float)
    for row in rows:
        claims[row.started_at] = max(claims[row.started_at], row.seconds)
    return sum(claims.values())


def worker_path(
    flow: Stack, num_drafts: int, log: Path, max_seconds: float = MAX_SECONDS
) -> tuple[list[DraftRow], float]:
    """Have a running worker write drafts; return their rows and the engine's busy seconds.

    Args:
        flow: With its worker running and its model loaded.
        num_drafts: How many, of the products of the benchmark in turn.
        log: What that worker writes to.

    Raises:
        TimeoutError: The drafts were not written in time.
    """
    logged = len(log.read_text(errors="replace"))
    [run_id] = json.loads(
        flow.manage("-m", "tests.benchmarks.engine_worker", "start", str(num_drafts))
    )
    is_open = f"run_id = {run_id} AND status IN ('queued', 'running')"
    _wait(lambda: not flow.count("generation_generationjob", is_open), max_seconds)
    # A worker sums up what it did after its last draft.
    _wait(lambda: not flow.count("generation_workerheartbeat", "state = 'writing'"), max_seconds)
    rows = _draft_rows(flow, run_id)
    if len(rows) != num_drafts:
        raise RuntimeError(f"{len(rows)} of {num_drafts} drafts were written")
    new_log = log.read_text(errors="replace")[logged:]
    busy = busy_from_log(new_log)
    return rows, busy_from_drafts(rows) if busy is None else busy


class WorkerPath:
    """A stack of its own with one worker."""

    def __init__(self, spec: RowSpec, around: Surroundings) -> None:
        from shop_content.core.broker import broker_answers, broker_prepare

        self.spec = spec
        self._folder = tempfile.TemporaryDirectory(prefix="shop-content-bench-")
        folder = Path(self._folder.name)
        # The converted model is there already; the worker finds it in its own data folder.
        (folder / "models").symlink_to(Path(around.data_dir).resolve() / "models")
        broker = broker_prepare(folder / "broker")
        self._broker = subprocess.Popen(broker.command) if broker.command else None
        self._flow = Stack(folder, broker.url)
        self._flow.env |= {
            "SHOP_CONTENT_LM_ENGINE": spec.engine,
            "SHOP_CONTENT_LM_BATCH_SIZE": str(spec.batch),
            "SHOP_CONTENT_JOB_LEASE_SECONDS": str(LEASE_SECONDS),
        }
        try:
            _wait(lambda: broker_answers(broker.url), MAX_WARM_UP_SECONDS)
            self._flow.manage("manage.py", "migrate", "-v", "0")
            self._worker = self._flow.start_worker()
            self._flow.start_sweeper()
        except BaseException:
            self.close()
            raise
        self._log = folder / "writer1.log"

    def warm_up(self) -> Ready:
        """Have the worker load its model and write a few drafts."""
        try:
            worker_path(self._flow, WARM_UP_DRAFTS, self._log, MAX_WARM_UP_SECONDS)
        except TimeoutError:
            [(reason,)] = self._flow.rows("SELECT max(detail) FROM generation_workerheartbeat")
            raise LeftOutError(f"the worker wrote nothing: {reason}") from None
        how = "logged by the worker" if _BUSY.search(self._log.read_text()) else "from the drafts"
        return Ready(
            batch=self.spec.batch,
            note=(
                f"engine {self.spec.engine}; the product's own prompts, whose texts have another "
                f"length, so the ratio is that of tokens; busy seconds {how}"
            ),
        )

    def measure(self, prompts: Sequence[Prompt], seeds: Sequence[int]) -> Measured:
        """Write as many drafts as the row says; their prompts are made by the product."""
        rows, busy = worker_path(self._flow, self.spec.num_prompts, self._log)
        begun = min(row.started_at for row in rows)
        ended = max(row.finished_at for row in rows)
        return Measured(
            num_drafts=len(rows),
            num_texts=len(rows),
            new_tokens=sum(row.completion_tokens for row in rows),
            prompt_tokens=sum(row.prompt_tokens for row in rows),
            seconds=(ended - begun).total_seconds(),
            peak_mib=_peak_mib_of(self._worker.pid),
            busy_seconds=busy,
        )

    def close(self) -> None:
        """End every process."""
        self._flow.close()
        if self._broker is not None:
            self._broker.kill()
            self._broker.wait()
        self._folder.cleanup()


def start(num_drafts: int) -> list[int]:
    """Start a run over the products of the benchmark, bells included; return its id in a list."""
    import django

    django.setup()

    from shop_content.generation.models import GenerationRun
    from shop_content.generation.services.runs import run_start
    from tests.factories import make_brief, make_member, make_merchant, make_product

    number = GenerationRun.objects.count()
    merchant = make_merchant(slug=f"bench-{number}")
    names = [(brand, product) for brand in BRANDS for product in PRODUCTS]
    products = []
    for place in range(num_drafts):
        brand, (title, material, look, first, second) = names[place % len(names)]
        stem = f"bench-{number}-{place}"
        facts = [("Material", material, ""), ("Look", look, ""), ("", first, ""), ("", second, "")]
        products.append(
            make_product(merchant, handle=stem, sku=stem, title=title, brand=brand, facts=facts)
        )
    run = run_start(
        brief=make_brief(merchant, keywords=list(KEYWORDS)),
        product_ids=[product.pk for product in products],
        actor=make_member(merchant, email=f"{merchant.slug}@example.com"),
    )
    return [run.pk]


def _draft_rows(flow: Stack, run_id: int) -> list[DraftRow]:
    found = flow.rows(
        f"""
        SELECT job.started_at, job.finished_at, draft.seconds, draft.prompt_tokens,
            draft.completion_tokens
        FROM generation_generationjob job JOIN drafts_draft draft ON draft.job_id = job.id
        WHERE job.run_id = {run_id} AND job.status = 'succeeded'
        """  # noqa: S608 - our own number.
    )
    return [DraftRow(_time(row[0]), _time(row[1]), *row[2:]) for row in found]


def _time(value: Any) -> datetime:
    """Return a time that SQLite gives as text and PostgreSQL as a time."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def _peak_mib_of(pid: int) -> float | None:
    """Return the largest resident size of another process, where the system tells."""
    status = Path(f"/proc/{pid}/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) / 1024 if found else None


def _wait(condition: Callable[[], object], max_seconds: float) -> None:
    deadline = time.monotonic() + max_seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(POLL_SECONDS)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(start(int(sys.argv[2]))) + "\n")
