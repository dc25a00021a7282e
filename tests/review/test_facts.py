"""What became of the facts since a draft was written."""

from __future__ import annotations

from shop_content.review.facts import FactChange, fact_changes


def fact(value: str, *, name: str = "Capacity", unit: str = "") -> dict[str, str]:
    return {"name": name, "value": value, "unit": unit, "source": "merchant"}


def snapshot(*facts: dict[str, str], **plain: str) -> dict[str, object]:
    return {"title": "Mug", "brand": "Tidewater", "category": "", "facts": list(facts), **plain}


def test_facts_that_stayed_are_no_change():
    same = snapshot(fact("350", unit="ml"))
    assert fact_changes(same, snapshot(fact("350", unit="ml"))) == []


def test_changed_new_and_lost_facts_are_told_apart():
    before = snapshot(fact("350", unit="ml"), fact("blue", name="Colour"))
    now = snapshot(fact("400", unit="ml"), fact("stoneware", name="Material"), title="Big mug")
    assert fact_changes(before, now) == [
        FactChange("title", "Mug", "Big mug"),
        FactChange("Capacity", "350 ml", "400 ml"),
        FactChange("Material", "", "stoneware"),
        FactChange("Colour", "blue", ""),
    ]


def test_change_of_the_unit_alone_is_a_change():
    changes = fact_changes(snapshot(fact("35", unit="cl")), snapshot(fact("35", unit="ml")))
    assert changes == [FactChange("Capacity", "35 cl", "35 ml")]


def test_old_snapshot_without_facts_is_read():
    assert fact_changes({}, snapshot(fact("350"))) == [
        FactChange("title", "", "Mug"),
        FactChange("brand", "", "Tidewater"),
        FactChange("Capacity", "", "350"),
    ]
