"""Sentences of a draft: their pieces are the text, and each knows its facts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop_content.checks.rules import CheckContext, FactValue
from shop_content.checks.rules.evidence import SentenceEvidence, sentence_evidence
from shop_content.review.highlight import marked_sentences
from tests.naughty import NAUGHTY_STRINGS

CONTEXT = CheckContext(
    field="description",
    facts=(FactValue("Material", "stoneware"), FactValue("Capacity", "350", "ml")),
)


def evidence(text: str) -> list[SentenceEvidence]:
    return sentence_evidence(text, CONTEXT)


def finding(start: int, end: int, severity: str = "B") -> dict[str, object]:
    return {"start": start, "end": end, "severity": severity}


def texts(sentences) -> list[str]:
    return ["".join(piece.text for piece in sentence.pieces) for sentence in sentences]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("A mug.", ["A mug."]),
        ("A mug. It holds 350 ml.", ["A mug. ", "It holds 350 ml."]),
        ("It weighs 3.5 kg. Good.", ["It weighs 3.5 kg. ", "Good."]),
        ("Really? Yes!", ["Really? ", "Yes!"]),
        ("one\ntwo\n\nthree", ["one\n", "two\n\n", "three"]),
        ("No end", ["No end"]),
    ],
)
def test_text_is_cut_behind_its_sentences(text, expected):
    assert texts(marked_sentences(text, [], evidence(text))) == expected


def test_each_sentence_knows_its_facts():
    text = "A stoneware mug. It holds 350 ml. Good."
    sentences = marked_sentences(text, [], evidence(text))
    assert [sentence.facts for sentence in sentences] == [(1,), (2,), ()]


def test_finding_over_the_end_of_a_sentence_marks_both_and_has_one_place():
    text = "A mug. A cup."
    sentences = marked_sentences(text, [finding(2, 8)], evidence(text))
    marked = [piece for sentence in sentences for piece in sentence.pieces if piece.severity]
    assert [piece.text for piece in marked] == ["mug. ", "A"]
    assert [piece.first_of for piece in marked] == [1, 0]


@pytest.mark.parametrize("text", NAUGHTY_STRINGS)
def test_naughty_text_stays_as_it_was(text):
    assert "".join(texts(marked_sentences(text, [finding(0, 3)], evidence(text)))) == text


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet="ab .!?\n…3é😀", max_size=80),
    st.lists(st.tuples(st.integers(-3, 90), st.integers(-3, 90)), max_size=6),
)
def test_pieces_of_all_sentences_are_the_text_whatever_was_found(text, spans):
    findings = [finding(start, end) for start, end in spans]
    sentences = marked_sentences(text, findings, evidence(text))
    assert "".join(texts(sentences)) == text
    assert all(piece.text for sentence in sentences for piece in sentence.pieces)
