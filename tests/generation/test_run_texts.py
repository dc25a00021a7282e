"""Which texts a run's page shows: a few that grow, the newest that are written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from shop_content.drafts.models import Draft
from shop_content.generation import run_texts
from shop_content.generation.models import GenerationJob, GenerationRun
from shop_content.generation.run_texts import RunTexts
from shop_content.generation.selectors import run_progress
from shop_content.review.models import ReviewItem
from tests.factories import make_draft, make_item, make_job, make_product, make_run, make_version

pytestmark = pytest.mark.django_db

Status = GenerationJob.Status
RunStatus = GenerationRun.Status


def texts_of(run: GenerationRun) -> RunTexts:
    return run_progress(run=run).texts


def growing(run: GenerationRun, text: str = "Half a sen", **fields: object) -> GenerationJob:
    return make_job(run, status=Status.RUNNING, partial_text=text, **fields)


def written(run: GenerationRun, text: str, *, seconds_ago: float = 0) -> ReviewItem:
    """Put a finished draft of the run into the queue."""
    draft = make_draft(make_product(run.merchant), text=text)
    finished_at = timezone.now() - timedelta(seconds=seconds_ago)
    GenerationJob.objects.filter(pk=draft.job_id).update(run=run, finished_at=finished_at)
    return make_item(draft)


def test_texts_that_grow_are_shown_with_product_and_field():
    run = make_run()
    product = make_product(run.merchant, title="Harbour mug")
    job = growing(run, "A stoneware", product=product, field="meta_title")
    make_job(run)

    [text] = texts_of(run).growing

    assert (text.job_id, text.product_id, text.title) == (job.pk, product.pk, "Harbour mug")
    assert (text.text, text.field, text.field_label) == ("A stoneware", "meta_title", "Meta title")
    assert text.item_id is None


def test_only_the_first_few_texts_grow_and_each_keeps_its_place():
    run = make_run()
    jobs = [growing(run, f"Text {number}") for number in range(6)]

    assert [text.job_id for text in texts_of(run).growing] == [job.pk for job in jobs[:4]]


def test_job_without_a_word_yet_is_not_shown_among_several():
    run = make_run()
    growing(run, "")
    make_job(run)

    assert texts_of(run).growing == []


@pytest.mark.parametrize("status", [status for status in Status if status != "running"])
def test_job_that_is_not_running_does_not_grow(status):
    run = make_run()
    make_job(run, status=status, partial_text="Left over.")
    make_job(run)

    assert texts_of(run).growing == []


def test_texts_of_other_runs_are_not_shown():
    run, other = make_run(), make_run()
    growing(other)
    written(other, "Theirs.")
    make_job(run)
    make_job(run)

    texts = texts_of(run)

    assert (texts.growing, texts.written) == ([], [])


def test_newest_drafts_are_shown_with_the_item_that_waits_for_review():
    run = make_run()
    items = [written(run, f"Text {age}", seconds_ago=age) for age in (40, 10, 30, 20)]

    shown = texts_of(run).written

    assert [text.text for text in shown] == ["Text 10", "Text 20", "Text 30"]
    assert shown[0].item_id == items[1].pk


def test_draft_is_shown_as_it_reads_after_an_edit():
    run = make_run()
    item = written(run, "As the model wrote it.")
    version = make_version(item.draft, "As the editor wrote it.")
    ReviewItem.objects.update(current_version=version)

    assert [text.text for text in texts_of(run).written] == ["As the editor wrote it."]


def test_growing_and_written_texts_come_from_one_query(django_assert_num_queries):
    run = make_run()
    for number in range(5):
        growing(run)
        written(run, f"Text {number}")

    with django_assert_num_queries(1):
        texts = run_texts.run_texts(run=run, is_single=False)

    assert (len(texts.growing), len(texts.written)) == (4, 3)


# --- A run of one text ---


@pytest.mark.parametrize(
    ("status", "text"), [("queued", ""), ("running", ""), ("running", "A mug")]
)
def test_only_text_of_a_run_is_shown_from_the_beginning(status, text):
    run = make_run()
    make_job(run, status=status, partial_text=text)

    texts = texts_of(run)

    assert texts.is_single
    assert [shown.text for shown in texts.growing] == [text]


def test_only_text_of_a_run_is_followed_by_its_draft():
    run = make_run(status=RunStatus.FINISHED)
    item = written(run, "A mug.")

    texts = texts_of(run)

    assert texts.is_single
    assert texts.growing == []
    assert [(shown.text, shown.item_id) for shown in texts.written] == [("A mug.", item.pk)]


@pytest.mark.parametrize("status", ["dead", "cancelled"])
def test_only_text_of_a_run_that_came_to_nothing_shows_nothing(status):
    run = make_run()
    make_job(run, status=status)

    texts = texts_of(run)

    assert (texts.growing, texts.written) == ([], [])


def test_run_of_two_fields_of_a_product_is_not_a_single_text():
    run = make_run()
    product = make_product(run.merchant)
    make_job(run, product=product)
    make_job(run, product=product, field="meta_title")

    assert not texts_of(run).is_single


def test_draft_whose_review_item_is_gone_is_left_out():
    run = make_run()
    written(run, "Gone.")
    ReviewItem.objects.all().delete()

    assert Draft.objects.count() == 1
    texts = texts_of(run)
    assert (texts.growing, texts.written) == ([], [])


# --- How often the page asks ---


@pytest.mark.parametrize(("status", "seconds"), [("queued", 2), ("running", 1), ("dead", 2)])
def test_page_asks_each_second_while_something_is_written(status, seconds):
    run = make_run()
    make_job(run, status=status)

    assert run_progress(run=run).poll_seconds == seconds
