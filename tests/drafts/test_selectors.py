"""Reads of drafts."""

from __future__ import annotations

import pytest

from shop_content.drafts.selectors import draft_list, draft_versions, newest_version
from tests.factories import make_draft, make_version

pytestmark = pytest.mark.django_db


def test_list_holds_only_the_merchants_drafts(django_assert_num_queries):
    draft = make_draft()
    make_draft()

    with django_assert_num_queries(1):
        [found] = draft_list(merchant=draft.merchant)
        assert (found, found.product) == (draft, draft.product)
        assert found.model_version.engine == "echo"


def test_versions_come_newest_first():
    draft = make_draft(text="One.")
    make_version(draft, "Two.")

    assert [version.text for version in draft_versions(draft=draft)] == ["Two.", "One."]
    assert newest_version(draft=draft).text == "Two."
