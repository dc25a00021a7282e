"""Evaluations are kept, listed with the newest first, and shown with their intervals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from shop_content.accounts.models import Role
from shop_content.checks.rules import RULES_VERSION
from shop_content.lm.engine import ModelInfo
from shop_content.training.models import EvaluationReport
from shop_content.training.reports import MEASURES, measure_rows, perplexity
from shop_content.training.services import evaluation_save
from tests.factories import make_member, make_merchant

pytestmark = pytest.mark.django_db
LIST = reverse("training:evaluations")
INFO = ModelInfo("openvino", "SmolLM2-135M", "1", "ab" * 32, "q8", "cpu")


def row(name="all", **values):
    share = {"value": 0.956, "low": 0.91, "high": 0.99}
    return {
        "name": name,
        "num_drafts": 120,
        "seconds": 60.0,
        "completion_tokens": 9000,
        "human_perplexity": 6.77,
        "texts": ["A mug."],
        **dict.fromkeys(MEASURES, share),
        **values,
    }


def saved(*rows, **values):
    fields = {"set_name": "frozen", "field": "description", "adapter": "starter", "seed": 0}
    return evaluation_save(info=INFO, rows=rows or [row("plain"), row()], **{**fields, **values})


@pytest.fixture
def client():
    client = Client()
    client.force_login(make_member(make_merchant(), Role.ADMIN))
    return client


def test_report_keeps_what_was_measured_without_the_texts():
    report = saved()
    assert (report.num_drafts, report.rules_version) == (120, RULES_VERSION)
    assert (report.engine, report.model_name) == ("openvino", "SmolLM2-135M")
    assert all("texts" not in kept for kept in report.rows)
    assert report.row("plain")["name"] == "plain"
    assert report.row("gone")["name"] == "all"


def test_number_that_json_does_not_have_is_left_out():
    report = saved(row(human_perplexity=float("nan")))
    report.refresh_from_db()
    assert "human_perplexity" not in report.rows[0]
    assert perplexity(report.rows[0]) is None


def test_list_shows_the_newest_first_with_its_main_measures(client):
    saved(model := row(numbers_traceable={"value": 0.5, "low": 0.4, "high": 0.6}))
    saved()
    page = client.get(LIST).content.decode()
    # With the cell's bracket: the time of a row may hold "50.0" too.
    assert page.index(">95.6") < page.index(">50.0")
    assert model["name"] == "all"


def test_empty_list_says_how_to_measure(client):
    assert "evaluate_drafts --set frozen --save" in client.get(LIST).content.decode()


def test_page_shows_every_measure_of_every_recipe_with_its_interval(client):
    page = client.get(reverse("training:evaluation", args=[saved().pk])).content.decode()
    for words, _is_better in MEASURES.values():
        assert str(words) in page
    assert page.count("91.0 – 99.0") == 2 * len(MEASURES)
    assert "6.77" in page
    assert "0.50" in page  # seconds a draft


def test_measure_of_an_older_release_leaves_its_cell_empty():
    rows = measure_rows([{"name": "all"}])
    assert [cell for line in rows for cell in line.cells] == [None] * len(MEASURES)


def test_list_takes_as_many_queries_for_20_as_for_1(client, django_assert_max_num_queries):
    for _number in range(20):
        saved()
    with django_assert_max_num_queries(7):
        client.get(LIST)


def test_command_keeps_its_measurement(tmp_path: Path, settings, capsys):
    settings.SHOP_CONTENT_LM_ENGINE = "echo"
    file = tmp_path / "set.jsonl"
    product = {
        "id": "a-1", "name": "Harbour Mug", "brand": "", "category": "Mugs",
        "facts": {"Material": "stoneware"}, "keywords": ["mug"], "tone": "plain",
        "length": "short", "copy": {"description": "A mug of stoneware."},
    }  # fmt: skip
    file.write_text(json.dumps(product), encoding="utf-8")
    call_command("evaluate_drafts", set=str(file), rows="plain,constraints", save=True)
    report = EvaluationReport.objects.get()
    assert [kept["name"] for kept in report.rows] == ["plain", "constraints"]
    assert report.engine == "echo"
    assert f"evaluation {report.pk}" in capsys.readouterr().err
