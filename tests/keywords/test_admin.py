"""Django admin of briefs and questions."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from shop_content.accounts.models import User
from tests.factories import make_brief, make_question

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", ["keywordbrief", "factquestion"])
def test_lists_and_rows_open_and_can_be_searched(model):
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.com", "x"))
    row = make_brief() if model == "keywordbrief" else make_question()
    url = reverse(f"admin:keywords_{model}_changelist")
    assert client.get(url).status_code == 200
    assert client.get(url, {"q": "mug"}).status_code == 200
    assert client.get(reverse(f"admin:keywords_{model}_change", args=[row.pk])).status_code == 200
