"""Django admin of the stage: every list opens, history is read only, jobs can be steered."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from shop_content.accounts.models import AuditEvent
from shop_content.generation.models import GenerationJob, WorkerHeartbeat
from tests.factories import make_job, make_model_version, make_user

pytestmark = pytest.mark.django_db

Status = GenerationJob.Status
MODELS = ["generationrun", "generationjob", "modelversion", "workerheartbeat"]
JOBS = "admin:generation_generationjob_changelist"


@pytest.fixture
def rows():
    """One row of each model."""
    job = make_job(status=Status.DEAD, attempts=3, error_code="engine_error")
    model = make_model_version()
    beat = WorkerHeartbeat.objects.create(name="h:1", state="idle", seen_at=timezone.now())
    return {
        "generationjob": job,
        "generationrun": job.run,
        "modelversion": model,
        "workerheartbeat": beat,
    }


@pytest.fixture
def staff(client):
    """A client of somebody who may do everything in the admin."""
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize("name", MODELS)
def test_list_and_row_open_and_can_be_searched(staff, rows, name):
    address = reverse(f"admin:generation_{name}_changelist")

    assert staff.get(address).status_code == 200
    assert staff.get(address, {"q": "1"}).status_code == 200
    row = reverse(f"admin:generation_{name}_change", args=[rows[name].pk])
    assert staff.get(row).status_code == 200


@pytest.mark.parametrize("name", MODELS)
def test_rows_can_be_neither_added_nor_changed_nor_deleted(staff, rows, name):
    pk = rows[name].pk

    assert staff.get(reverse(f"admin:generation_{name}_add")).status_code == 403
    assert staff.post(reverse(f"admin:generation_{name}_change", args=[pk])).status_code == 403
    assert staff.post(reverse(f"admin:generation_{name}_delete", args=[pk])).status_code == 403


def act(client, action: str, *jobs: GenerationJob) -> str:
    data = {"action": action, "_selected_action": [job.pk for job in jobs]}
    return client.post(reverse(JOBS), data, follow=True).content.decode()


def test_failed_jobs_are_queued_again_and_others_are_named(staff):
    dead, done = make_job(status=Status.DEAD, attempts=3), make_job(status=Status.SUCCEEDED)

    page = act(staff, "queue_again", dead, done)

    dead.refresh_from_db()
    assert (dead.status, dead.attempts) == (Status.QUEUED, 0)
    assert GenerationJob.objects.get(pk=done.pk).status == Status.SUCCEEDED
    assert "1 job was changed." in page
    assert "1 were in another state" in page
    assert AuditEvent.objects.filter(action="generation.job_requeue").count() == 1


def test_waiting_jobs_are_cancelled(staff):
    waiting = make_job()

    act(staff, "cancel", waiting)

    assert GenerationJob.objects.get().status == Status.CANCELLED


def test_staff_who_may_only_look_cannot_steer(client):
    viewer = make_user(is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_generationjob"))
    client.force_login(viewer)
    dead = make_job(status=Status.DEAD)

    assert client.get(reverse(JOBS)).status_code == 200
    act(client, "queue_again", dead)

    assert GenerationJob.objects.get().status == Status.DEAD
