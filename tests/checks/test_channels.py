"""Limits and refusals of sales channels, for the channels that the merchant sells in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shop_content.checks.rules import FactValue, run_rules
from shop_content.checks.rules.channel_table import CHANNELS, EVERYWHERE, MAX_CHARS, REFUSED
from shop_content.checks.rules.channels import check_channels
from shop_content.checks.rules.green import check_green
from tests.checks.cases import MUG, marks


def found(text, field, *channels):
    context = replace(MUG, field=field, channels=channels)
    return marks(text, check_channels(text, context))


def test_without_channels_nothing_is_found():
    assert found("!" * 9000, "title") == []


@pytest.mark.parametrize("row", MAX_CHARS, ids=lambda row: f"{row.channel} {row.fields[0]}")
def test_text_may_be_as_long_as_the_channel_says_and_no_longer(row):
    field = row.fields[0]
    long = [mark for mark in found("a" * (row.max_chars + 1), field, row.channel) if mark[1] == "a"]
    assert [mark[0] for mark in long] == [row.severity]
    assert ("B", "a") not in found("a" * row.max_chars, field, row.channel)


@pytest.mark.parametrize(
    ("text", "field", "channel", "expected"),
    [
        ("Mug with free shipping", "title", "amazon", [("B", "free shipping")]),
        ("Mug!", "title", "amazon", [("B", "!")]),
        ("Mug!", "title", "google", [("W", "!")]),
        ("Mug, mug, and a mug", "title", "amazon", [("W", "mug")]),
        ("A mug, a cup, a jug", "title", "amazon", []),
        ("Mug & cup & jug", "title", "etsy", [("B", "&")]),
        ("Mug & cup", "title", "etsy", []),
        ("Stoneware™\nTBD", "bullets", "amazon", [("B", "™"), ("B", "TBD")]),
        ("Now 20% off", "description", "google", [("W", "20% off")]),
        ("Holds 20% more", "description", "google", []),
        ("Mug!", "title", "shopify", []),
    ],
)
def test_signs_and_words_that_a_channel_refuses(text, field, channel, expected):
    assert found(text, field, channel) == expected


def test_line_of_bullets_has_the_limit_each():
    text = "\n".join(["a" * 150, "b" * 151])
    assert found(text, "bullets", "google") == [("B", "b")]


def test_every_line_of_the_table_names_a_channel_fields_and_a_source():
    for row in (*MAX_CHARS, *REFUSED):
        assert row.channel in CHANNELS
        assert set(row.fields) <= set(EVERYWHERE)
        assert row.source.startswith("https://")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("An eco-friendly mug.", [("B", "eco-friendly")]),
        ("Carbon neutral since 2020.", [("B", "Carbon neutral")]),
        ("Kind to the planet.", [("B", "Kind to the planet")]),
        ("Of recycled glass.", [("W", "recycled")]),
        ("In natural light.", []),
        ("A green mug.", []),
    ],
)
def test_general_green_claims_are_stopped_and_others_need_a_fact(text, expected):
    assert marks(text, check_green(text, MUG)) == expected


def test_green_claim_with_its_evidence_passes():
    facts = (*MUG.facts, FactValue("Label", "EU Ecolabel DE/030/001, eco-friendly"))
    context = replace(MUG, keywords=("recycled glass",), facts=facts)
    assert check_green("An eco-friendly mug of recycled glass.", context) == []


def test_keyword_is_no_evidence_for_a_general_claim():
    context = replace(MUG, keywords=("eco-friendly",))
    assert check_green("An eco-friendly mug.", context)


def test_other_rules_say_nothing_more_of_a_green_claim():
    rules = {mark.rule for mark in run_rules("A sustainable mug.", MUG) if mark.end}
    assert rules == {"green"}
