"""Write a run's next draft as a worker does, step by step, so that a test can look between them.

Run against the database of DATABASE_URL:

    python -m tests.browser.writer grow TEXT     shows the text; claims what waits if nothing is
    python -m tests.browser.writer finish TEXT   makes it the draft of the oldest claimed job
"""

from __future__ import annotations

import sys

import django

django.setup()

from django.db import transaction  # noqa: E402 - after django.setup().

from shop_content.catalogue.selectors.products import facts_snapshot  # noqa: E402
from shop_content.checks.services import version_check  # noqa: E402
from shop_content.drafts.services import DraftProvenance, draft_create  # noqa: E402
from shop_content.generation.models import GenerationJob  # noqa: E402
from shop_content.generation.services.claims import jobs_claim  # noqa: E402
from shop_content.generation.services.outcomes import jobs_finish  # noqa: E402
from shop_content.generation.services.runs import run_finish_if_done  # noqa: E402
from shop_content.generation.services.streaming import partial_texts_write, wants_stream  # noqa: E402
from shop_content.review.services import item_open  # noqa: E402
from tests.factories import make_model_version  # noqa: E402


def claimed() -> list[GenerationJob]:
    """Return the jobs that are being written; claim those that wait if there are none."""
    running = GenerationJob.objects.filter(status=GenerationJob.Status.RUNNING).order_by("pk")
    return list(running) or jobs_claim(limit=8)


def grow(text: str) -> None:
    """Show the text so far of the jobs that are streamed."""
    jobs = claimed()
    token = jobs[0].claim_token
    assert token is not None
    written = partial_texts_write(claim_token=token, texts=dict.fromkeys(wants_stream(jobs), text))
    assert written, "no job is being written"


@transaction.atomic
def finish(text: str) -> None:
    """Store the draft of the oldest claimed job, and open it for review."""
    job = claimed()[0]
    assert job.claim_token is not None
    assert jobs_finish(job_ids=[job.pk], claim_token=job.claim_token)
    draft = draft_create(
        job=job,
        text=text,
        provenance=DraftProvenance(
            model_version=make_model_version(),
            prompt_version="test",
            prompt=[{"role": "user", "content": "Write."}],
            sampling={},
            seed=job.seed,
            facts=facts_snapshot(job.product),
            facts_fingerprint=job.product.facts_fingerprint,
        ),
    )
    version = draft.versions.get(number=1)
    item_open(draft=draft, version=version, check_result=version_check(version=version))
    run_finish_if_done(run_id=job.run_id)


if __name__ == "__main__":
    {"grow": grow, "finish": finish}[sys.argv[1]](sys.argv[2])
