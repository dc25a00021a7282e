"""Pages of runs: who sees them, what they say, how they poll, how many queries they take."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from shop_content.accounts.models import Merchant, Role
from shop_content.drafts.models import DraftVersion
from shop_content.generation.models import GenerationJob, GenerationRun, WorkerHeartbeat
from shop_content.review.models import ReviewItem
from tests.factories import (
    make_draft,
    make_item,
    make_job,
    make_member,
    make_merchant,
    make_product,
    make_question,
    make_run,
)
from tests.naughty import NAUGHTY_STRINGS
from tests.review.pages import Page

pytestmark = pytest.mark.django_db

Status = GenerationJob.Status
RunStatus = GenerationRun.Status

PAGES = ["runs", "run", "progress"]
ACTIONS = ["pause", "resume", "cancel", "retry"]
HTMX = {"HX-Request": "true"}


def log_in(client: Client, merchant: Merchant, role: Role = Role.ADMIN) -> None:
    client.force_login(make_member(merchant, role))


def address(name: str, run: GenerationRun) -> str:
    return reverse(f"generation:{name}", args=[] if name == "runs" else [run.pk])


def make_worker(state: str = "idle", **fields: object) -> WorkerHeartbeat:
    return WorkerHeartbeat.objects.create(
        **{"name": f"host:1:{state}", "state": state, "seen_at": timezone.now(), **fields}
    )


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", PAGES)
def test_everybody_of_the_merchant_may_look(client, name, role):
    run = make_run(name="Winter mugs")
    make_job(run)
    log_in(client, run.merchant, role)

    response = client.get(address(name, run))

    assert response.status_code == 200
    if name != "progress":
        assert "Winter mugs" in text_of(response)


@pytest.mark.parametrize("name", PAGES + ACTIONS)
def test_anonymous_people_are_sent_to_the_log_in(client, name):
    run = make_run()
    method = client.post if name in ACTIONS else client.get

    response = method(address(name, run))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("accounts:login"))


@pytest.mark.parametrize("name", PAGES + ACTIONS)
def test_wrong_method_is_refused(client, name):
    run = make_run()
    log_in(client, run.merchant)
    method = client.get if name in ACTIONS else client.post

    assert method(address(name, run)).status_code == 405


@pytest.mark.parametrize("name", ["run", "progress", *ACTIONS])
def test_run_of_another_merchant_is_not_found(client, name):
    run = make_run()
    log_in(client, make_merchant())
    method = client.post if name in ACTIONS else client.get

    assert method(address(name, run)).status_code == 404
    assert GenerationRun.objects.get().status == RunStatus.RUNNING


def test_list_shows_only_ones_own_runs(client):
    own, foreign = make_run(name="Our run"), make_run(name="Their run")
    log_in(client, own.merchant)

    text = text_of(client.get(address("runs", own)))

    assert "Our run" in text
    assert foreign.name not in text


def test_empty_list_says_what_to_do(client):
    merchant = make_merchant()
    log_in(client, merchant)

    response = client.get(reverse("generation:runs"))

    assert "No run yet" in text_of(response)
    assert reverse("keywords:write") in text_of(response)


@pytest.mark.parametrize("name", ACTIONS)
def test_editors_may_not_act(client, name):
    run = make_run()
    make_job(run, status=Status.DEAD)
    log_in(client, run.merchant, Role.EDITOR)

    assert client.post(address(name, run)).status_code == 403
    assert GenerationRun.objects.get().status == RunStatus.RUNNING
    assert address(name, run) not in text_of(client.get(address("run", run)))


@pytest.mark.parametrize("role", [Role.MERCHANT, Role.ADMIN])
@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("pause", RunStatus.RUNNING, RunStatus.PAUSED),
        ("resume", RunStatus.PAUSED, RunStatus.RUNNING),
        ("cancel", RunStatus.RUNNING, RunStatus.CANCELLED),
        ("retry", RunStatus.FINISHED, RunStatus.RUNNING),
    ],
)
def test_action_does_it_and_returns_to_the_run(client, role, name, before, after):
    run = make_run(status=before)
    make_job(run, status=Status.DEAD)
    log_in(client, run.merchant, role)
    assert address(name, run) in text_of(client.get(address("run", run)))

    response = client.post(address(name, run), follow=True)

    assert response.redirect_chain == [(address("run", run), 302)]
    assert GenerationRun.objects.get().status == after


@pytest.mark.parametrize("name", ACTIONS)
def test_action_that_is_done_already_says_so_and_changes_nothing(client, name):
    run = make_run(status=RunStatus.CANCELLED)
    make_job(run, status=Status.DEAD)
    log_in(client, run.merchant)

    response = client.post(address(name, run), follow=True)

    assert response.status_code == 200
    assert "cancelled" in text_of(response).lower()
    assert GenerationRun.objects.get().status == RunStatus.CANCELLED


def test_progress_counts_every_state(client):
    run = make_run()
    product = make_product(run.merchant)
    for status, num in zip(Status, (1, 2, 3, 4, 5), strict=True):
        for _number in range(num):
            make_job(run, product=product, status=status)
    log_in(client, run.merchant)

    text = text_of(client.get(address("progress", run)))

    for label, num in [
        ("Waiting", 1),
        ("Being written", 2),
        ("Written", 3),
        ("Failed", 4),
        ("Cancelled", 5),
    ]:
        assert f"<dt>{label}</dt><dd>{num}</dd>" in text


def test_page_and_poll_render_the_same_fragment(client):
    run = make_run()
    make_job(run)
    log_in(client, run.merchant)

    page, poll = (
        re.sub(
            r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", text_of(client.get(url, headers=headers))
        )
        for url, headers in [(address("run", run), {}), (address("progress", run), HTMX)]
    )

    assert 'id="run-progress"' in poll
    assert 'hx-trigger="every 2s"' in poll
    assert "<html" not in poll
    start = page.index('<section class="card stack generation-progress"')
    same = page[start : page.index("You can close this page", start)]
    assert same in poll


def test_live_region_stands_outside_of_what_is_swapped_each_second(client):
    run = make_run()
    make_job(run, status=Status.RUNNING, partial_text="A stoneware mu")
    log_in(client, run.merchant)

    page = text_of(client.get(address("run", run)))
    poll = text_of(client.get(address("progress", run), headers=HTMX))

    assert 'id="run-said" role="status" aria-live="polite"></p>' in page
    assert "aria-live" not in poll
    # What run.js says is the state, once; no word of a text is in it.
    assert poll.count("data-run-state") == 1
    assert "stoneware" not in poll[poll.index("data-run-state") :]


@pytest.mark.parametrize(
    ("status", "buttons"),
    [
        (RunStatus.RUNNING, {"pause", "retry", "cancel"}),
        (RunStatus.PAUSED, {"resume", "retry", "cancel"}),
        (RunStatus.FINISHED, {"retry"}),
        (RunStatus.CANCELLED, set()),
    ],
)
def test_buttons_are_those_that_do_something_and_keep_the_focus_by_their_id(
    client, status, buttons
):
    run = make_run(status=status)
    make_job(run, status=Status.DEAD)
    log_in(client, run.merchant)

    text = text_of(client.get(address("progress", run)))

    assert {name for name in ACTIONS if f'<button id="run-{name}"' in text} == buttons


@pytest.mark.parametrize("status", [RunStatus.FINISHED, RunStatus.CANCELLED])
def test_polling_ends_when_the_run_is_over(client, status):
    run = make_run(status=status)
    make_job(run, status=Status.SUCCEEDED)
    log_in(client, run.merchant)

    response = client.get(address("progress", run), headers=HTMX)

    assert response.status_code == 286
    assert "hx-get" not in text_of(response)
    assert "Bring the lists below up to date" in text_of(response)
    assert client.get(address("progress", run)).status_code == 200


def test_progress_says_rate_and_time_left(client, settings):
    run = make_run()
    GenerationRun.objects.update(created_at=timezone.now() - timedelta(minutes=10))
    product = make_product(run.merchant)
    for _number in range(20):
        make_job(run, product=product, status=Status.SUCCEEDED, finished_at=timezone.now())
    for _number in range(30):
        make_job(run, product=product)
    make_worker("writing")
    log_in(client, run.merchant)

    text = text_of(client.get(address("progress", run)))

    assert "10 a minute" in text
    assert "about 3 minutes left" in text
    assert "You can close this page" in text


@pytest.mark.parametrize(
    ("worker", "words"),
    [
        (None, "No worker is running"),
        ({"state": "loading"}, "The model is being loaded"),
        ({"state": "idle"}, "Waiting for the worker to begin"),
        ({"state": "writing"}, "The worker is busy with other drafts"),
        ({"state": "stopped", "detail": "No such folder."}, "The model could not be loaded"),
    ],
)
def test_page_says_why_nothing_happens(client, worker, words):
    run = make_run()
    make_job(run)
    if worker:
        make_worker(**worker)
    log_in(client, run.merchant)

    text = text_of(client.get(address("progress", run)))

    assert words in text
    if worker and worker.get("detail"):
        assert worker["detail"] in text


def test_page_says_who_is_writing(client):
    run = make_run()
    make_job(run, status=Status.RUNNING)
    make_worker("writing", name="gpu-host:7:generate")
    log_in(client, run.merchant)

    text = text_of(client.get(address("progress", run)))

    assert "Being written now" in text
    assert "gpu-host:7:generate" in text


def test_page_says_that_the_run_is_paused(client):
    run = make_run(status=RunStatus.PAUSED)
    make_job(run)
    log_in(client, run.merchant)

    assert "Nothing is written until it goes on" in text_of(client.get(address("run", run)))


def test_failures_are_grouped_by_reason_with_their_products(client):
    run = make_run()
    dead = [make_job(run, status=Status.DEAD, error_code="empty_output") for _number in range(2)]
    make_job(run, status=Status.DEAD, error_code="worker_lost")
    log_in(client, run.merchant)

    text = text_of(client.get(address("run", run)))

    assert text.index("The model wrote nothing") < text.index("The worker stopped")
    assert "2 drafts" in text
    assert reverse("catalogue:product", args=[dead[0].product_id]) in text


def test_questions_of_the_run_are_listed(client):
    run = make_run(num_questions=1)
    question = make_question(make_product(run.merchant), brief=run.brief)
    log_in(client, run.merchant)

    text = text_of(client.get(address("run", run)))

    assert question.text in text
    assert reverse("keywords:product_questions", args=[question.product_id]) in text


def test_written_draft_links_to_its_review(client):
    run = make_run()
    job = make_job(run, status=Status.SUCCEEDED)
    log_in(client, run.merchant)

    text = text_of(client.get(address("run", run)))

    assert reverse("review:product_drafts", args=[job.product_id]) in text


def test_table_can_be_filtered_and_offers_the_way_back(client):
    run = make_run()
    done = make_job(run, status=Status.SUCCEEDED)
    waiting = make_job(run)
    log_in(client, run.merchant)

    text = text_of(client.get(address("run", run) + "?status=succeeded"))
    empty = text_of(client.get(address("run", run) + "?status=dead"))

    assert done.product.title in text
    assert waiting.product.title not in text
    assert "No draft is in this state" in empty


def test_unknown_filter_and_cursor_show_everything(client):
    run = make_run()
    job = make_job(run)
    log_in(client, run.merchant)

    response = client.get(address("run", run) + "?status=x'%00&cursor=%F0%9F%A6%84")

    assert job.product.title in text_of(response)


# --- Texts that grow, and the newest drafts ---


def writing(run: GenerationRun, text: str, **fields: object) -> GenerationJob:
    return make_job(run, status=Status.RUNNING, partial_text=text, **fields)


def written(run: GenerationRun, text: str, **fields: object) -> ReviewItem:
    draft = make_draft(make_product(run.merchant, **fields), text=text)
    GenerationJob.objects.filter(pk=draft.job_id).update(run=run, finished_at=timezone.now())
    return make_item(draft)


@pytest.mark.parametrize("name", ["run", "progress"])
def test_text_is_shown_while_it_is_written_and_asked_for_each_second(client, name):
    run = make_run()
    product = make_product(run.merchant, title="Harbour mug")
    writing(run, "A stoneware mu", product=product, field="meta_title")
    make_job(run)
    log_in(client, run.merchant, Role.MERCHANT)

    text = text_of(client.get(address(name, run)))

    shown = text[text.index('id="run-texts"') :]
    assert ">A stoneware mu</div>" in shown
    assert "Harbour mug" in shown
    assert "Meta title" in shown
    assert 'hx-trigger="every 1s"' in text


def test_newest_drafts_are_shown_beside_what_is_written(client):
    run = make_run()
    written(run, "A mug for the harbour. " * 40, title="Harbour mug")
    writing(run, "Half a sen")
    log_in(client, run.merchant)

    text = text_of(client.get(address("progress", run)))

    assert "Written last" in text
    assert "A mug for the harbour." in text
    assert text.count("A mug for the harbour.") < 20  # Its first lines.


@pytest.mark.parametrize(
    ("role", "may_review"), [(Role.MERCHANT, False), (Role.EDITOR, True), (Role.ADMIN, True)]
)
def test_draft_links_to_its_review_for_those_who_may_review(client, role, may_review):
    run = make_run()
    item = written(run, "A mug.")
    log_in(client, run.merchant, role)

    text = text_of(client.get(address("progress", run)))

    assert (reverse("review:item", args=[item.pk]) in text) is may_review
    drafts = reverse("review:product_drafts", args=[item.product_id])
    assert (drafts in text) is not may_review


def test_only_text_of_a_run_stands_large_and_its_draft_takes_its_place(client):
    run = make_run()
    job = make_job(run, product=make_product(run.merchant, title="Harbour mug"))
    log_in(client, run.merchant)

    waiting = text_of(client.get(address("progress", run)))
    GenerationJob.objects.update(
        status=Status.RUNNING, claim_token=uuid.uuid4(), partial_text="A stoneware mu"
    )
    grows = text_of(client.get(address("progress", run)))
    GenerationJob.objects.all().delete()
    GenerationRun.objects.update(status=RunStatus.FINISHED)
    item = written(run, "A stoneware mug. " * 40)
    is_over = text_of(client.get(address("progress", run)))

    for text in (waiting, grows, is_over):
        assert "generation-texts--single" in text
    assert "The text appears here while it is written." in waiting
    assert f'id="run-product-{job.pk}"' in waiting
    assert ">A stoneware mu</div>" in grows
    assert is_over.count("A stoneware mug.") == 40
    assert reverse("review:item", args=[item.pk]) in is_over
    assert "hx-get" not in is_over


def test_text_of_another_merchants_run_is_not_shown(client):
    run = make_run()
    writing(run, "Ours alone.")
    log_in(client, make_merchant())

    response = client.get(address("progress", run))

    assert response.status_code == 404
    assert "Ours alone." not in text_of(response)


def test_texts_are_escaped_whatever_is_in_them(client):
    run = make_run()
    writing(run, "Plain words.")
    written(run, "Plain words.")
    log_in(client, run.merchant)
    expected = Page(client.get(address("progress", run)))
    for text in NAUGHTY_STRINGS:
        GenerationJob.objects.filter(status=Status.RUNNING).update(partial_text=text)
        DraftVersion.objects.update(text=text)

        page = Page(client.get(address("progress", run)))

        assert page.adds_nothing_to(expected), text
        assert text in page.text, text


def test_names_from_outside_are_escaped(client):
    run = make_run(name="<script>alert(1)</script>")
    product = make_product(run.merchant, title="<img src=x onerror=alert(2)>")
    make_job(run, product=product, status=Status.DEAD, error_code="<b>code</b>")
    log_in(client, run.merchant)

    for name in ("runs", "run"):
        text = text_of(client.get(address(name, run)))
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "<b>code" not in text


def fill(run: GenerationRun, num: int) -> None:
    product = make_product(run.merchant)
    statuses = list(Status)
    GenerationJob.objects.bulk_create(
        GenerationJob(
            run=run,
            merchant=run.merchant,
            product=product,
            field="description",
            status=statuses[number % len(statuses)],
            claim_token="00000000-0000-0000-0000-000000000001",
            partial_text="Half a sen",
            error_code="empty_output",
        )
        for number in range(num)
    )


@pytest.mark.parametrize("name", PAGES)
def test_pages_take_the_same_few_queries_whatever_their_size(client, name):
    run = make_run(num_questions=1)
    make_question(make_product(run.merchant), brief=run.brief)
    make_worker("writing")
    log_in(client, run.merchant)
    nums = []
    for num in (10, 1000):
        fill(run, num)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(address(name, run))
        nums.append(len(queries))

    assert nums[0] == nums[1] <= 12, nums


def test_list_of_many_runs_takes_no_more_queries(client):
    run = make_run()
    for _number in range(30):
        make_job(make_run(run.merchant))
    log_in(client, run.merchant)

    with CaptureQueriesContext(connection) as queries:
        response = client.get(address("runs", run))

    assert len(queries) <= 12
    assert "cursor=" in text_of(response)
