"""Fingerprints tell exact content apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shop_content.core.fingerprint import data_fingerprint, text_fingerprint


@given(first=st.text(), second=st.text())
def test_two_texts_share_a_fingerprint_only_when_they_are_the_same(first, second):
    assert (text_fingerprint(first) == text_fingerprint(second)) == (first == second)


def test_composed_and_decomposed_letters_are_different_bytes():
    assert text_fingerprint("\u00e9") != text_fingerprint("e\u0301")


def test_a_lone_surrogate_has_a_fingerprint():
    assert len(text_fingerprint("\ud800")) == 64


def test_the_order_of_keys_does_not_count_and_that_of_lists_does():
    assert data_fingerprint({"a": 1, "b": [1, 2]}) == data_fingerprint({"b": [1, 2], "a": 1})
    assert data_fingerprint([1, 2]) != data_fingerprint([2, 1])
