"""Verdicts on versions: bound to the text, given once, shown in the reader's language."""

from __future__ import annotations

import pytest
from django.utils import translation

from shop_content.checks.findings import finding_data, finding_from_data
from shop_content.checks.models import CheckResult
from shop_content.checks.rules import RULES_VERSION, FactValue, Severity, run_rules
from shop_content.checks.rules.base import Finding
from shop_content.checks.selectors import valid_result
from shop_content.checks.services import (
    context_for,
    finding_text,
    has_blocking,
    text_check,
    version_check,
)
from tests.checks.cases import MUG
from tests.factories import brief_snapshot, facts_snapshot, make_draft, make_product, make_version

CLEAN_TEXT = "A stoneware mug that holds 350 ml of coffee or tea."


@pytest.mark.django_db
def test_clean_version_gets_a_clean_verdict_bound_to_its_text() -> None:
    version = make_draft(text=CLEAN_TEXT).versions.get()
    result = version_check(version=version)
    assert result.fingerprint == version.fingerprint
    assert result.rules_version == RULES_VERSION
    assert (result.findings, result.num_blocking, result.num_warnings) == ([], 0, 0)
    assert valid_result(version) == result


@pytest.mark.django_db
def test_wrong_number_blocks_and_says_what_the_product_says() -> None:
    version = make_draft(text="A stoneware mug that holds 530 ml of coffee.").versions.get()
    result = version_check(version=version)
    assert (result.num_blocking, result.num_warnings, result.num_notes) == (1, 0, 0)
    (found,) = result.findings
    assert (found["rule"], found["severity"]) == ("numbers", "B")
    assert version.text[found["start"] : found["end"]] == "530 ml"
    assert finding_text(found) == "The text says 530 ml; the product says 350 ml. Correct the text."


@pytest.mark.django_db
def test_second_check_changes_nothing() -> None:
    version = make_draft(text=CLEAN_TEXT).versions.get()
    first = version_check(version=version)
    second = version_check(version=version)
    assert (first.pk, first.checked_at) == (second.pk, second.checked_at)
    assert CheckResult.objects.count() == 1


@pytest.mark.django_db
def test_verdict_of_older_rules_is_replaced() -> None:
    version = make_draft(text="A mug of 530 ml that you will like.").versions.get()
    first = version_check(version=version)
    CheckResult.objects.update(rules_version="0", findings=[], num_blocking=0)
    second = version_check(version=version)
    assert (second.pk, second.num_blocking) == (first.pk, 1)


@pytest.mark.django_db
def test_each_version_has_its_own_verdict() -> None:
    draft = make_draft(text="A mug of 530 ml that you will like.")
    mended = make_version(draft, CLEAN_TEXT)
    version_check(version=draft.versions.get(number=1))
    assert valid_result(mended) is None
    assert version_check(version=mended).num_blocking == 0
    assert version_check(version=draft.versions.get(number=1)).num_blocking == 1


@pytest.mark.django_db
def test_check_while_typing_stores_nothing() -> None:
    draft = make_draft()
    findings = text_check(draft=draft, text="A copper, not a stoneware mug that holds 350 ml.")
    assert [found["rule"] for found in findings] == ["material"]
    assert not CheckResult.objects.exists()


@pytest.mark.django_db
def test_facts_and_brief_are_those_of_the_draft_not_of_today() -> None:
    product = make_product(facts=[("Capacity", "350", "ml")])
    draft = make_draft(product, brief=brief_snapshot(must_not_use=["cosy"]))
    product.facts.update(value="400")
    found = text_check(draft=draft, text="A cosy stoneware mug that holds 350 ml of tea or coffee.")
    assert [mark["rule"] for mark in found] == ["must_not_use"]


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "\x00 mug", "\ud800 mug [insert \ud800]", "x" * 6000])
def test_verdict_on_any_text_can_be_stored(text: str) -> None:
    draft = make_draft()
    # What no database holds never reaches a version; the rules must take it all the same.
    version = make_version(draft, text.replace("\ud800", "\ufffd").replace("\x00", "\ufffd"))
    assert version_check(version=version).num_blocking >= 1
    assert text_check(draft=draft, text=text)


@pytest.mark.django_db
def test_context_takes_everything_from_the_snapshots() -> None:
    product = make_product(
        title="Cup", brand="B", category="C", supplier_text="S", gtin="4006381333931"
    )
    brief = brief_snapshot(keywords=["k"], must_use=["m"], must_not_use=["n"], language="de")
    context = context_for(field="meta_title", facts=facts_snapshot(product), brief=brief)
    assert (context.field, context.language, context.name) == ("meta_title", "de", "Cup")
    assert (context.brand, context.category, context.supplier_text) == ("B", "C", "S")
    assert (context.keywords, context.must_use, context.must_not_use) == (("k",), ("m",), ("n",))
    assert context.gtin == "4006381333931"
    assert [(fact.name, fact.value, fact.unit) for fact in context.facts] == [
        ("Material", "stoneware", ""),
        ("Capacity", "350", "ml"),
    ]


def test_context_of_empty_snapshots_is_empty() -> None:
    context = context_for(field="description", facts={}, brief={})
    assert (context.language, context.facts, context.length) == ("en", (), "medium")


def test_finding_survives_the_way_through_json() -> None:
    for found in run_rules("A 60 mm copper mug for $5, as an AI.", MUG):
        assert finding_from_data(finding_data(found)) == found


def test_nul_and_surrogates_do_not_reach_the_database() -> None:
    bad = Finding("r", Severity.WARN, "a\x00\ud800", 0, 1, "%(x)s", (("x", "\x00\ud800"),))
    data = finding_data(bad)
    assert (data["message"], data["params"]) == ("a\ufffd?", {"x": "\ufffd?"})


def test_message_that_does_not_fit_its_template_is_shown_as_stored() -> None:
    stored = {"message": "As it was.", "template": "%(gone)s", "params": {}}
    assert finding_text(stored) == "As it was."
    assert finding_text({"message": "No template."}) == "No template."
    assert finding_text({"message": "Bad.", "template": "%(x)d", "params": {"x": "y"}}) == "Bad."


def test_message_can_be_read_in_another_language() -> None:
    found = finding_data(run_rules("A 60 mm mug for the table and for the desk.", MUG)[0])
    with translation.override("de"):
        assert "60 mm" in finding_text(found)


def test_only_blocking_findings_block() -> None:
    assert not has_blocking([])
    assert not has_blocking(run_rules("A finest mug for you and for me!", MUG))
    assert has_blocking(run_rules("A porcelain mug for you and for me.", MUG))


def test_handling_decides_where_a_fact_goes() -> None:
    facts = [
        {"name": "A", "value": "a", "handling": "private"},
        {"name": "B", "value": "b", "handling": "verbatim"},
        {"name": "C", "value": "c", "handling": "locked"},
    ]
    context = context_for(field="description", facts={"facts": facts}, brief={})
    assert [fact.name for fact in context.facts] == ["B", "C"]
    assert [fact.name for fact in context.private_facts] == ["A"]
    assert context.verbatim == ("b",)


def test_a_fact_keeps_its_source() -> None:
    facts = {"facts": [{"name": "A", "value": "b", "source": "import", "is_verified": True}]}
    context = context_for(field="description", facts=facts, brief={})
    assert context.facts == (FactValue("A", "b", "", "import", is_verified=True),)
