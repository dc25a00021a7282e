"""The demo shop: real enough to judge by, made once, and honest about who wrote what."""

from __future__ import annotations

import json
import stat

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command

from shop_content.accounts.models import Merchant, User
from shop_content.catalogue.csv_io.gtin import is_valid_gtin
from shop_content.catalogue.models import Product
from shop_content.checks.rules import RULES
from shop_content.dashboard.demo.seeding import demo_seed, read_rows
from shop_content.drafts.models import Draft
from shop_content.generation.models import GenerationJob, GenerationRun
from shop_content.keywords.models import FactQuestion
from shop_content.publication.models import Publication
from shop_content.review.models import ReviewItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def seeded():
    return demo_seed()


def test_each_role_gets_a_log_in_that_works(seeded):
    assert [login.role for login in seeded] == ["merchant", "editor", "admin"]
    for login in seeded:
        assert authenticate(username=login.email, password=login.password) is not None


def test_a_second_seed_changes_nothing(seeded):
    before = Product.objects.count(), Draft.objects.count(), User.objects.count()
    assert demo_seed() == []
    assert (Product.objects.count(), Draft.objects.count(), User.objects.count()) == before


def test_the_shop_has_sixty_products_in_a_dozen_categories_with_gaps(seeded):
    shop = Merchant.objects.get(slug="harbour-hill")
    products = shop.products.all()
    assert products.count() >= 60
    assert products.exclude(category="").values("category").distinct().count() >= 12
    assert products.filter(facts__isnull=True).exists()
    assert products.filter(num_live=0).exists()
    assert all(
        is_valid_gtin(gtin) for gtin in products.exclude(gtin="").values_list("gtin", flat=True)
    )


def test_no_page_is_empty(seeded):
    statuses = set(ReviewItem.objects.values_list("status", flat=True))
    assert {"waiting", "approved", "rejected", "sent_back"} <= statuses
    assert Publication.objects.exists()
    assert FactQuestion.objects.exists()
    assert ReviewItem.objects.filter(status="waiting", num_blocking__gt=0).exists()
    assert ReviewItem.objects.filter(status="waiting", num_blocking=0, num_warnings=0).exists()


def test_counters_agree_with_the_rows(seeded):
    for product in Product.objects.all():
        waiting = product.review_items.filter(status="waiting").count()
        assert product.num_in_review == waiting
        assert product.num_live == product.live_contents.exclude(text="").count()
    run = GenerationRun.objects.get()
    assert run.num_jobs == GenerationJob.objects.filter(run=run).count()


def test_what_people_wrote_is_not_called_a_models(seeded):
    assert {draft.model_version.engine for draft in Draft.objects.all()} == {"demo"}


def test_the_drafts_show_different_rules_at_work(seeded):
    rules = {
        finding["rule"]
        for item in ReviewItem.objects.select_related("current_version__check_result")
        for finding in item.current_version.check_result.findings
    }
    assert len(rules) >= 5
    assert len(RULES) >= len(rules)


def test_the_files_are_one_object_a_line():
    for name in ("products.jsonl", "drafts.jsonl"):
        assert all(json.dumps(row) for row in read_rows(name))


def test_the_log_ins_are_kept_for_the_owner_only(settings, tmp_path, capsys):
    settings.SHOP_CONTENT_DATA_DIR = tmp_path
    call_command("seed_demo")
    path = tmp_path / "demo-logins"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert capsys.readouterr().out == path.read_text()


def test_lost_log_ins_are_made_anew(settings, tmp_path):
    settings.SHOP_CONTENT_DATA_DIR = tmp_path
    call_command("seed_demo")
    path = tmp_path / "demo-logins"
    first = path.read_text()
    path.unlink()
    call_command("seed_demo")
    assert path.read_text() != first
    role, email, password = path.read_text().splitlines()[1].split()
    assert role == "editor"
    assert authenticate(username=email, password=password) is not None
