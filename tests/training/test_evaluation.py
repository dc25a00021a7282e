"""Measures count what they say, with intervals around it; the commands run from end to end."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from shop_content.generation.prompts import PromptFact, PromptInput
from shop_content.training.evaluation.measures import measure_draft, measure_row
from shop_content.training.evaluation.recipes import RECIPES, recipe_requests

SOURCE = PromptInput(
    field="description",
    title="Harbour Mug",
    brand="Kiln & Co",
    category="Home > Mugs",
    facts=(PromptFact("Material", "stoneware"), PromptFact("Capacity", "0.35 l")),
    keywords=("coffee mug",),
    must_use=(),
    must_not_use=(),
    audience="",
    tone="plain",
    language="en",
    length="short",
)
GOOD = "The Harbour is a coffee mug of stoneware that holds 0.35 l."


def test_a_grounded_draft_has_nothing_against_it() -> None:
    found = measure_draft(GOOD, SOURCE)

    assert (found.num_numbers, found.num_untraceable) == (1, 0)
    assert (found.num_sentences, found.num_unsupported) == (1, 0)
    assert (found.num_facts_said, found.num_words_used) == (2, 1)
    assert not found.is_blocked
    assert not found.is_unfinished


def test_what_is_wrong_with_a_draft_is_counted() -> None:
    found = measure_draft("A durable mug. It holds 0.5 l and is made in", SOURCE)

    assert found.num_untraceable == 1
    assert found.num_unsupported == 2
    assert found.is_blocked
    assert found.is_unfinished


def test_a_row_has_shares_and_intervals_around_them() -> None:
    drafts = [measure_draft(GOOD, SOURCE)] * 30 + [measure_draft("Holds 5 l.", SOURCE)] * 10

    found = measure_row(drafts)

    share = found.drafts_numbers_traceable
    assert share.value == 0.75
    assert 0.55 < share.low < 0.75 < share.high < 0.9
    assert found.numbers_traceable.value == 0.75
    assert found.facts_covered.value == pytest.approx(60 / 80)
    assert found == measure_row(drafts)


def test_the_same_text_again_is_similar_to_itself() -> None:
    twice = measure_row([measure_draft(GOOD, SOURCE)] * 2)
    once = measure_row([measure_draft(GOOD, SOURCE)])

    assert twice.self_similarity.value == 1.0
    assert once.self_similarity.value == 0.0


def test_recipes_differ_in_what_their_names_say() -> None:
    by_name = {recipe.name: recipe_requests(recipe, [SOURCE], seed=5, adapter="warm")[0]
               for recipe in RECIPES}  # fmt: skip

    assert by_name["plain"].constraint is None
    assert by_name["constraints"].constraint is not None
    assert by_name["ranking"].params.num_candidates == 4
    assert by_name["adapter"].adapter == by_name["all"].adapter == "warm"
    assert by_name["plain"].adapter == ""
    assert by_name["all"].constraint is not None
    assert {request.params.seed for request in by_name.values()} == {5}


def corpus_file(folder: Path, num: int = 3) -> Path:
    line: dict[str, Any] = {
        "name": "Harbour Mug",
        "facts": {"Material": "stoneware", "Capacity": "0.35 l"},
        "keywords": ["coffee mug"],
        "copy": {"description": GOOD},
    }
    file = folder / "set.jsonl"
    file.write_text("\n".join(json.dumps({**line, "id": f"m-{n}"}) for n in range(num)))
    return file


def test_the_command_prints_a_row_for_each_recipe(tmp_path: Path) -> None:
    out = io.StringIO()

    call_command(
        "evaluate_drafts",
        set=str(corpus_file(tmp_path)),
        engine="echo",
        rows="plain,constraints,ranking",
        json=str(tmp_path / "out.json"),
        show=1,
        stdout=out,
        stderr=io.StringIO(),
    )

    rows = json.loads((tmp_path / "out.json").read_text())
    assert [row["name"] for row in rows] == ["plain", "constraints", "ranking"]
    assert all(row["num_drafts"] == 3 and len(row["texts"]) == 3 for row in rows)
    assert "numbers traceable" in out.getvalue()
    assert "[plain] Harbour Mug" in out.getvalue()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"rows": "fancy"}, "There is no row 'fancy'"),
        ({"set": "nowhere.jsonl"}, "Cannot read"),
        ({"field": "title"}, "has no copy for the field title"),
    ],
)
def test_what_cannot_be_measured_is_one_line(
    tmp_path: Path, options: dict[str, str], reason: str
) -> None:
    with pytest.raises(CommandError, match=reason):
        call_command(
            "evaluate_drafts",
            **{"set": str(corpus_file(tmp_path)), "engine": "echo", "rows": "plain", **options},
        )


def test_finetune_writes_adapter_and_card(tmp_path: Path, tiny_gpt2: Path, settings: Any) -> None:
    settings.SHOP_CONTENT_LM_THREADS = 0
    data = tmp_path / "data.jsonl"
    data.write_text(
        json.dumps({"name": "Mug", "facts": {"M": "clay"}, "copy": {"title": "Clay mug"}})
    )
    out = io.StringIO()

    call_command(
        "finetune", base=str(tiny_gpt2), data=[data], validation=[data], out=tmp_path / "adapter",
        epochs=1, rank=2, dtype="float32", device="cpu", stdout=out, stderr=io.StringIO(),
    )  # fmt: skip

    card = json.loads((tmp_path / "adapter" / "card.json").read_text())
    assert card["data"]["num_pairs"] == 1
    assert card["data"]["pairs_by_field"] == {"title": 1}
    assert card["prompt"]["style"] == "fact_sheet"
    assert len(card["validation"]) == 2
    text = (tmp_path / "adapter" / "README.md").read_text()
    assert card["adapter_sha256"] in text
    assert str(tmp_path) not in text + json.dumps(card["settings"])
    assert "validation loss after 1 steps" in out.getvalue()
