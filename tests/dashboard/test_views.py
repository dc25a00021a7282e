"""The start page of each role."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shop_content.accounts.models import Membership, Role
from shop_content.generation.models import GenerationJob, WorkerHeartbeat
from tests.factories import (
    make_draft,
    make_item,
    make_job,
    make_live,
    make_member,
    make_merchant,
    make_product,
    make_question,
    make_run,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant():
    return make_merchant()


def home(user) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(reverse("dashboard:home"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_strangers_are_sent_to_the_log_in(client):
    assert client.get("/").url == f"{reverse('accounts:login')}?next=/"


def test_a_person_without_a_shop_is_told_what_to_do():
    assert "Ask the admin" in home(make_user())


def test_an_empty_shop_shows_the_first_steps(merchant):
    page = home(make_member(merchant, Role.MERCHANT))
    assert "Three steps" in page
    assert reverse("catalogue:imports") in page


def test_a_merchant_sees_counts_runs_and_questions(merchant):
    product = make_product(merchant)
    make_live(make_product(merchant))
    make_question(product)
    make_job(make_run(merchant, name="Spring mugs"))
    page = home(make_member(merchant, Role.MERCHANT))
    assert "Which material is it made of?" in page
    assert "Spring mugs" in page
    assert "Three steps" not in page
    assert "Waiting for your decision" not in page


def test_a_stopped_worker_is_told_only_where_something_waits(merchant):
    make_job(make_run(merchant))
    user = make_member(merchant, Role.MERCHANT)
    assert "No worker is running" in home(user)
    WorkerHeartbeat.objects.create(
        name="w", state=WorkerHeartbeat.State.IDLE, seen_at=timezone.now()
    )
    assert "No worker is running" not in home(user)


def test_failed_texts_of_the_week_are_counted(merchant):
    make_product(merchant)
    make_job(make_run(merchant), status=GenerationJob.Status.DEAD, finished_at=timezone.now())
    assert "1 text could not be written" in home(make_member(merchant, Role.MERCHANT))


def test_an_editor_sees_the_queue_and_not_the_catalogue(merchant):
    make_item(make_draft(make_product(merchant)))
    page = home(make_member(merchant, Role.EDITOR))
    assert "Waiting for your decision" in page
    assert "Take the next draft" in page
    assert "Being written" not in page


def test_an_editor_sees_what_waits_at_other_shops(merchant):
    editor = make_member(merchant, Role.EDITOR)
    other = make_merchant(name="Zebra Outdoor")
    Membership.objects.create(user=editor, merchant=other, role=Role.EDITOR)
    make_item(make_draft(make_product(other)))
    make_item(make_draft(make_product(make_merchant(name="Stranger Shop"))))
    page = home(editor)
    assert "1 draft waits" in page
    assert "Zebra Outdoor" in page
    assert "Stranger Shop" not in page


def test_nothing_of_another_merchant_is_shown(merchant):
    other = make_merchant()
    make_question(make_product(other))
    make_run(other, name="Their run")
    make_product(merchant)
    page = home(make_member(merchant, Role.ADMIN))
    assert "Their run" not in page
    assert "Which material" not in page


def test_the_number_of_queries_does_not_grow(merchant, django_assert_max_num_queries):
    user = make_member(merchant, Role.ADMIN)
    for _number in range(10):
        product = make_product(merchant)
        make_item(make_draft(product))
        make_question(product)
        make_job(make_run(merchant))
    client = Client()
    client.force_login(user)
    with django_assert_max_num_queries(12):
        client.get(reverse("dashboard:home"))
