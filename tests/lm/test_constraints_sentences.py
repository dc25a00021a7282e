from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop_content.lm.constraints import cut_to_sentence
from shop_content.lm.constraints.sentences import TAIL_CHARS, ends_with_sentence


@pytest.mark.parametrize(
    ("text", "is_finished"),
    [
        ("A mug.", True),
        ("A mug!", True),
        ("A mug?", True),
        ("A mug…", True),
        ("A mug...", True),
        ("马克杯。", True),
        ("杯？", True),
        ("कप।", True),
        ("A mug", False),
        ("A mug,", False),
        ("A mug.\n", True),
        ("", False),
        (".", True),
        ("A “mug.”", True),
        ("A “mug.", False),  # The quotation goes on.
        ('A "mug."', True),
        ('A "mug.', False),
        ("A mug (blue.)", True),
        ("A mug (blue.", False),
        ("„Schön.“", True),
        ("「杯。」", True),
        ("「杯。", False),
        ("A mug (blue).", True),
        ('A 5" plate.', True),
        ("The user's mug.", True),
        ("It holds 8.", False),  # "8.5" may come.
        ("It holds 8.5", False),
        ("It holds 8. ", True),
        ("It holds 8!", True),
        ("It holds 8.)", True),
        ("Cut it, e.g.", False),
        ("Cut it, i.e.", False),
        ("It weighs approx.", False),
        ("Model No.", False),
        ("Made in the U.S.", False),
        ("z.B.", False),
        ("Mugs, bowls, etc.", False),
        ("It is 2 in.", False),
        ("It holds 0.3 l.", True),
        ("A lamp of 9W.", True),
        ("Rich in vitamin A.", False),
        ("It is 12 fl. oz.", False),
        ("The box it comes in.", True),
        ("1.", False),
        ("See approximation.", True),
    ],
)
def test_a_finished_sentence_is_known(text: str, is_finished: bool) -> None:
    assert ends_with_sentence(text) is is_finished


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A mug. It holds", "A mug."),
        ("A mug. It holds tea.", "A mug. It holds tea."),
        ("A mug. It holds tea.\n\n", "A mug. It holds tea."),
        ("A mug without an end", "A mug without an end"),
        ("", ""),
        ("A mug! Is it? It is bl", "A mug! Is it?"),
        ("It holds 0.3 l. And", "It holds 0.3 l."),
        ("It holds 0.3 lit", "It holds 0.3 lit"),
        ("A mug. It holds 8.", "A mug."),
        ("A mug. It holds 8. It", "A mug. It holds 8."),
        ("A mug. It weighs approx. 8 kg and", "A mug."),
        ("A mug. Model No. 5 is", "A mug."),
        ("A mug. Fig. 2 shows", "A mug."),
        ("Mugs, bowls, etc. The set is", "Mugs, bowls, etc."),
        ("A mug. Mugs, bowls, etc. are", "A mug."),
        ("It is 2 in. wide and", "It is 2 in. wide and"),
        ("It is 2 in. The mug", "It is 2 in."),
        ("A mug. Wow! she said and", "A mug."),
        ("See shop.com for", "See shop.com for"),
        ("A mug. “Nice. Very", "A mug."),
        ("“Nice. Very", "“Nice."),
        ("A “mug.” It", "A “mug.”"),
        ("A mug (it is blue.) It", "A mug (it is blue.)"),
        ("A mug.\n1. Blue", "A mug."),
        ("A mug.\n1. Blue.\n2. R", "A mug.\n1. Blue."),
        ("马克杯。它是蓝", "马克杯。"),
        ("「杯。」它", "「杯。」"),
    ],
)
def test_what_is_left_over_is_cut(text: str, expected: str) -> None:
    assert cut_to_sentence(text) == expected


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab8 .!…\n\"“”()。A'", max_size=30))
def test_cutting_agrees_with_ending(text: str) -> None:
    cut = cut_to_sentence(text)

    assert text.startswith(cut)
    assert cut_to_sentence(cut) == cut or cut.endswith(".")
    if ends_with_sentence(text):
        assert cut == text.rstrip()


def test_a_long_text_is_judged_by_its_tail() -> None:
    text = "A mug of clay. " * 100 + "It weighs approx."

    assert not ends_with_sentence(text[-TAIL_CHARS:])
    assert ends_with_sentence((text + " 8 kg.")[-TAIL_CHARS:])
