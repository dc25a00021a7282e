"""Each rule has a page, and the page's examples are what the rule says they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shop_content.checks.rule_texts import EXAMPLE, RULE_TEXTS
from shop_content.checks.rules import RULES

OF_THE_SHOP = {"sameness"}  # Compared with other texts: no example of one text shows it.


def test_every_rule_is_explained_and_nothing_else():
    assert set(RULE_TEXTS) == set(RULES) | OF_THE_SHOP
    assert all(row.name and row.text for row in RULE_TEXTS.values())


@pytest.mark.parametrize(
    "row", [RULE_TEXTS[rule_id] for rule_id in RULES], ids=lambda row: row.rule_id
)
def test_rule_finds_its_bad_example_and_nothing_in_the_good_one(row):
    context = replace(EXAMPLE, field=row.field)
    rule = RULES[row.rule_id]
    assert rule(row.bad, context)
    assert rule(row.good, context) == []
