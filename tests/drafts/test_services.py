"""Drafts: one per job, versions numbered, fingerprinted and never changed."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from shop_content.core.fingerprint import text_fingerprint
from shop_content.drafts.models import Draft, DraftCandidate, DraftVersion
from shop_content.drafts.services import (
    LOWEST,
    CandidateRecord,
    DraftProvenance,
    draft_create,
    version_add,
)
from shop_content.generation.models import GenerationJob
from tests.factories import facts_snapshot, make_draft, make_job, make_model_version, make_user

pytestmark = pytest.mark.django_db


def provenance(job: GenerationJob, **overrides: object) -> DraftProvenance:
    fields = {
        "model_version": make_model_version(),
        "prompt_version": "7",
        "prompt": [{"role": "user", "content": "Write."}],
        "sampling": {"temperature": 0.7},
        "seed": 3,
        "facts": facts_snapshot(job.product),
        "facts_fingerprint": job.product.facts_fingerprint,
        "prompt_tokens": 20,
        "completion_tokens": 9,
        "finish_reason": "stop",
        "seconds": 1.5,
        "mean_logprob": -0.7,
        **overrides,
    }
    return DraftProvenance(**fields)  # type: ignore[arg-type]  # Plain overrides of a test.


def test_draft_holds_the_text_as_version_one_by_the_model():
    job = make_job(field="meta_title")

    draft = draft_create(job=job, text="A mug.", provenance=provenance(job))

    version = draft.versions.get()
    assert (version.number, version.text, version.author) == (1, "A mug.", None)
    assert version.fingerprint == text_fingerprint("A mug.")
    assert (draft.merchant, draft.product, draft.field) == (
        job.merchant,
        job.product,
        "meta_title",
    )
    assert draft.brief == job.brief


def test_draft_keeps_everything_about_its_origin():
    job = make_job()
    origin = provenance(job)

    draft = Draft.objects.get(pk=draft_create(job=job, text="A mug.", provenance=origin).pk)

    for name in DraftProvenance.__slots__:
        if name != "token_logprobs":
            assert getattr(draft, name) == getattr(origin, name), name


def test_tokens_are_kept_as_the_model_wrote_them_with_three_digits():
    job = make_job()
    pairs = (("A", -0.12345), (" mug", -2.0), (".\n", -0.0004))

    draft = draft_create(job=job, text="A mug.", provenance=provenance(job, token_logprobs=pairs))

    draft.refresh_from_db()
    assert draft.token_logprobs == [["A", -0.123], [" mug", -2.0], [".\n", -0.0]]


def test_draft_without_tokens_has_none():
    job = make_job()

    draft = draft_create(job=job, text="A mug.", provenance=provenance(job))

    draft.refresh_from_db()
    assert draft.token_logprobs == []


@pytest.mark.parametrize("logprob", [float("-inf"), float("inf"), float("nan")])
def test_token_that_cannot_be_stored_as_it_is_costs_no_draft(logprob):
    job = make_job()
    pairs = (("a\x00b\ud83d", logprob),)

    draft = draft_create(job=job, text="A mug.", provenance=provenance(job, token_logprobs=pairs))

    draft.refresh_from_db()
    assert draft.token_logprobs == [["a\ufffdb\ufffd", LOWEST]]


# --- Candidates ---


def candidate(text: str = "A mug.", score: float = 0.5, **fields: Any) -> CandidateRecord:
    return CandidateRecord(text=text, score=score, **fields)


def test_candidates_are_kept_in_their_order_from_one():
    job = make_job()
    best = candidate(
        "Best.", 0.9, scores={"facts": 1.0, "words": 0.8}, mean_logprob=-0.5, finish_reason="stop"
    )
    records = [best, candidate("Second.", 0.4, finish_reason="length")]

    draft = draft_create(job=job, text="Best.", provenance=provenance(job), candidates=records)

    first, second = draft.candidates.all()
    assert (first.rank, first.text, first.score) == (1, "Best.", 0.9)
    assert first.scores == {"facts": 1.0, "words": 0.8}
    assert (first.mean_logprob, first.finish_reason) == (-0.5, "stop")
    assert (second.rank, second.text, second.score) == (2, "Second.", 0.4)
    assert (second.scores, second.mean_logprob, second.finish_reason) == ({}, None, "length")
    assert draft.versions.get().text == "Best."


@pytest.mark.parametrize(("num", "num_kept"), [(0, 0), (1, 0), (2, 2), (16, 16)])
def test_one_text_alone_is_no_candidate(num, num_kept):
    job = make_job()
    records = [candidate(f"Text {number}.") for number in range(num)]

    draft_create(job=job, text="Text 0.", provenance=provenance(job), candidates=records)

    assert DraftCandidate.objects.count() == num_kept


def test_candidates_take_one_query_more(django_assert_num_queries):
    jobs = [make_job(), make_job()]
    origins = [provenance(job) for job in jobs]
    with CaptureQueriesContext(connection) as without:
        draft_create(job=jobs[0], text="A mug.", provenance=origins[0])

    records = [candidate(f"Text {number}.") for number in range(16)]
    with django_assert_num_queries(len(without) + 1):
        draft_create(job=jobs[1], text="A mug.", provenance=origins[1], candidates=records)


def test_candidates_of_a_second_creation_are_not_kept():
    job = make_job()
    draft_create(job=job, text="First.", provenance=provenance(job))
    records = [candidate("First."), candidate("Second.")]

    draft_create(job=job, text="First.", provenance=provenance(job), candidates=records)

    assert not DraftCandidate.objects.exists()


@pytest.mark.parametrize("score", [float("-inf"), float("inf"), float("nan")])
def test_candidate_that_cannot_be_stored_as_it_is_costs_no_draft(score):
    job = make_job()
    odd = candidate("A \x00mug\ud83d.", score, scores={"facts": score}, mean_logprob=score)

    draft = draft_create(
        job=job, text="A mug.", provenance=provenance(job), candidates=[candidate(), odd]
    )

    kept = draft.candidates.get(rank=2)
    assert kept.text == "A mug."
    assert (kept.score, kept.scores, kept.mean_logprob) == (LOWEST, {"facts": LOWEST}, LOWEST)


def test_database_refuses_a_second_candidate_of_a_rank():
    draft = make_draft()
    DraftCandidate.objects.create(draft=draft, rank=1, score=0)

    with pytest.raises(IntegrityError), transaction.atomic():
        DraftCandidate.objects.create(draft=draft, rank=1, score=0)


def test_candidate_cannot_be_changed():
    row = DraftCandidate.objects.create(draft=make_draft(), rank=1, text="One.", score=0)
    row.text = "Changed."

    with pytest.raises(PermissionError):
        row.save()


# --- Versions ---


def test_second_creation_returns_the_first_draft_unchanged():
    job = make_job()
    first = draft_create(job=job, text="First.", provenance=provenance(job))

    second = draft_create(job=job, text="Second.", provenance=provenance(job, seed=99))

    assert second == first
    assert second.seed == 3
    assert DraftVersion.objects.get().text == "First."


def test_edit_adds_the_next_version_with_its_author():
    draft, editor = make_draft(text="One."), make_user()

    version = version_add(draft=draft, text="Two.", author=editor)

    assert (version.number, version.text, version.author) == (2, "Two.", editor)
    assert version.fingerprint == text_fingerprint("Two.")
    assert draft.versions.get(number=1).text == "One."


def test_same_text_as_the_newest_adds_nothing():
    draft = make_draft(text="One.")

    version = version_add(draft=draft, text="One.", author=make_user())

    assert version.number == 1
    assert draft.versions.count() == 1


def test_text_of_an_older_version_is_a_new_version():
    draft = make_draft(text="One.")
    version_add(draft=draft, text="Two.", author=None)

    assert version_add(draft=draft, text="One.", author=None).number == 3


@pytest.mark.parametrize("text", ["", "One. ", "one.", "O\u0308ne.", "line\r\nline", "🦄" * 10])
def test_text_is_kept_byte_for_byte(text):
    draft = make_draft(text="One.")

    version = DraftVersion.objects.get(pk=version_add(draft=draft, text=text, author=None).pk)

    assert version.text == text
    assert version.number == 2


def test_versions_of_drafts_are_numbered_apart():
    first, second = make_draft(), make_draft()

    assert version_add(draft=first, text="a", author=None).number == 2
    assert version_add(draft=second, text="a", author=None).number == 2


def test_version_cannot_be_changed():
    version = make_draft().versions.get()
    version.text = "Changed."

    with pytest.raises(PermissionError):
        version.save()
