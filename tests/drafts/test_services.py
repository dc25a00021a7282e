"""Drafts: one per job, versions numbered, fingerprinted and never changed."""

from __future__ import annotations

import pytest

from shop_content.core.fingerprint import text_fingerprint
from shop_content.drafts.models import Draft, DraftVersion
from shop_content.drafts.services import DraftProvenance, draft_create, version_add
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
        assert getattr(draft, name) == getattr(origin, name), name


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
