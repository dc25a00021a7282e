"""Sentences of a small model that no reader would let pass."""

from __future__ import annotations

import pytest

from shop_content.generation.prompts import PromptFact
from shop_content.generation.services.sentence_faults import is_odd
from tests.generation.test_planned import make_source


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The planner has 54 tear-off sheets.", False),
        ("Weekly planner with tear-off sheets of 54.", True),
        ("Weekly planner with sheets of 54 and a grey board backing.", True),
        ("Weekly planner with sheets of 54 mm.", False),
        ("The grey board is a grey board of 54 sheets.", True),
        ("It has 54 sheets, 54 in all.", True),
        ("The Week is a stapler with 54 sheets.", True),
        ("The Week is a planner with 54 sheets.", False),
        ("Plan the week with 54 sheets.", True),
        ("Quillfold's weekly planner has 54 sheets.", False),
    ],
)
def test_odd_sentences(text: str, expected: bool) -> None:
    facts = (PromptFact("Sheets", "54, tear-off"), PromptFact("Backing", "grey board"))
    source = make_source(
        title="Week to Wall Planner",
        brand="Quillfold",
        keywords=("weekly planner",),
        facts=facts,
        part="opening",
    )
    assert is_odd(text, source) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A peel and seal is the closure.", True),
        ("A tray of 18 x 14 x 6 cm.", True),
        ("A tray measures 18 x 14 x 6 cm.", False),
        ("An oak lid is included.", False),
        ("It has a tray of 18 cm.", False),
        ("Operating at -20 to +50 °C.", True),
        ("Stacking trays save room.", False),
        ("It has a tray of its own.", True),
    ],
)
def test_odd_sentences_behind_the_opening(text: str, expected: bool) -> None:
    source = make_source(facts=(PromptFact("Tray", "18 x 14 x 6 cm"),), part="next")
    assert is_odd(text, source) is expected
