"""What a page lists behind each sentence, and how sure the model was of each word."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop_content.checks.rules import CheckContext, FactValue
from shop_content.checks.rules.evidence import sentence_evidence
from shop_content.review.confidence import MAX_LEAST, confidence_map
from shop_content.review.evidence import EvidenceFact, evidence_rows

FACTS = [
    {"name": "Material", "value": "stoneware", "unit": ""},
    {"name": "Capacity", "value": "350", "unit": "ml"},
]
CONTEXT = CheckContext(
    field="description",
    name="Harbour mug",
    facts=tuple(FactValue(fact["name"], fact["value"], fact["unit"]) for fact in FACTS),
)
logprobs = st.floats(max_value=0.0, allow_nan=False)


def rows(text: str):
    return evidence_rows(text, sentence_evidence(text, CONTEXT), FACTS)


def test_sentence_has_its_facts_with_their_places_and_units():
    first, second = rows("A mug of 350 ml. Its body is stoneware.")
    assert first.facts == (EvidenceFact(2, "Capacity", "350 ml"),)
    assert second.facts == (EvidenceFact(1, "Material", "stoneware"),)


def test_words_that_stand_in_no_source_are_told_apart():
    (row,) = rows("The mug has a removable carbide box.")
    assert [run.text for run in row.runs if run.is_foreign] == ["removable", "carbide"]
    assert row.facts == ()


@given(st.text(alphabet="ab stonewr350.!?\n é😀", max_size=80))
def test_runs_of_all_sentences_are_the_text_between_them(text):
    evidence = sentence_evidence(text, CONTEXT)
    assert ["".join(run.text for run in row.runs) for row in rows(text)] == [
        text[row.start : row.end] for row in evidence
    ]


def test_word_is_as_sure_as_its_least_likely_token():
    found = confidence_map([("A", math.log(0.9)), (" toe", math.log(0.8)), ("box", math.log(0.05))])
    assert found is not None
    assert [(word.text, word.level) for word in found.words] == [("A", 0), (" toebox", 2)]
    assert found.least == (found.words[1],)
    assert found.perplexity == pytest.approx((0.9 * 0.8 * 0.05) ** (-1 / 3))


@pytest.mark.parametrize(
    ("probability", "level"), [(1.0, 0), (0.5, 0), (0.49, 1), (0.09, 2), (0.009, 3)]
)
def test_levels_are_one_in_two_in_ten_in_a_hundred(probability, level):
    found = confidence_map([("word", math.log(probability))])
    assert found is not None
    assert found.words[0].level == level


def test_draft_without_probabilities_has_no_map():
    assert confidence_map([]) is None


@given(st.lists(st.tuples(st.text(alphabet="ab .\n", max_size=4), logprobs), max_size=30))
def test_words_together_are_the_text(pairs):
    found = confidence_map(pairs)
    written = "".join(piece for piece, _logprob in pairs)
    assert "".join(word.text for word in found.words) == written if found else not pairs
    assert found is None or len(found.least) <= MAX_LEAST
