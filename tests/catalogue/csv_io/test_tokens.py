"""Rows and cells: nothing is lost, broken rows end at their line, formulas are made safe."""

from __future__ import annotations

import csv
import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop_content.catalogue.csv_io.tokens import (
    cell_raw,
    cell_text,
    formula_escaped,
    formula_unescaped,
    joined,
    read_rows,
    safe_raw,
)

values = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def cells_of(text: str, delimiter: str = ",") -> list[list[str]]:
    return [row.cells for row in read_rows(text, delimiter)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
        ("a,b\r1,2\r", [["a", "b"], ["1", "2"]]),
        ("a,b\n1,2\r\n3,4\r5,6", [["a", "b"], ["1", "2"], ["3", "4"], ["5", "6"]]),
        ('a\n"x, y"\n', [["a"], ["x, y"]]),
        ('a\n"say ""hi"""\n', [["a"], ['say "hi"']]),
        ('a,b\n"one\ntwo","three\r\nfour"\n', [["a", "b"], ["one\ntwo", "three\r\nfour"]]),
        ('a,b\n"",""\n', [["a", "b"], ["", ""]]),
        ('a,b\n1,"{""k"": ""v""}"\n', [["a", "b"], ["1", '{"k": "v"}']]),
        ("a,b\nä,🫖\n", [["a", "b"], ["ä", "🫖"]]),
        ('a,b\n5" pipe,6\n', [["a", "b"], ['5" pipe', "6"]]),
        ("a,b\n,\n", [["a", "b"], ["", ""]]),
        ("", []),
        ("\n\n", []),
    ],
)
def test_rows_are_read(text, expected):
    assert cells_of(text) == expected


def test_blank_lines_count_but_are_no_rows():
    assert [row.number for row in read_rows("a\n\n\nb\n", ",")] == [1, 4]


def test_a_break_inside_a_cell_is_no_new_row():
    assert [row.number for row in read_rows('a\n"1\n2"\nb', ",")] == [1, 2, 3]


@pytest.mark.parametrize("line", ['x,"open', '"closed"x,1', 'x,"a"b"'])
def test_a_broken_row_ends_at_its_line(line):
    rows = list(read_rows(f"a,b\n{line}\nc,d\n", ","))

    assert [row.is_broken for row in rows] == [False, True, False]
    assert rows[2].cells == ["c", "d"]


def test_a_quote_that_pairs_with_the_next_row_breaks_only_its_own():
    rows = list(read_rows('a,b\n1,"lone\n2,"good"\n', ","))

    assert [row.is_broken for row in rows] == [False, True, False]


def test_many_broken_rows_are_read_in_time():
    text = "a,b\n" + 'x,"lone\n' * 20_000

    begun = time.process_time()
    num_broken = sum(row.is_broken for row in read_rows(text, ","))

    assert num_broken == 20_000
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("text", ["a,b\n1,2", 'x;"y;z"\r\n\r1', '"', '""""', 'a"b\n"c"d,e\n'])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_rows_put_together_are_the_file(text, delimiter):
    blank = text.replace("\r\n\r", "\r\n")

    lines = [joined(row.raw_cells, delimiter, row.ending) for row in read_rows(text, delimiter)]

    assert "".join(lines) == blank


@given(rows=st.lists(st.lists(values, min_size=2, max_size=4), min_size=1, max_size=5))
@settings(max_examples=200, deadline=None)
def test_cells_are_read_as_the_standard_library_writes_them(rows):
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)

    assert cells_of(out.getvalue()) == rows


@given(value=values, is_quoted=st.booleans())
@settings(max_examples=300, deadline=None)
def test_a_written_cell_is_read_back(value, is_quoted):
    raw = cell_raw(value, ";", is_quoted=is_quoted)

    assert cells_of(f"x;{raw}\n", ";") == [["x", value]]


@given(value=st.text("'=+-@\t\ra1,. ", max_size=6))
@settings(max_examples=500, deadline=None)
def test_a_value_made_safe_comes_back_exactly(value):
    assert formula_unescaped(formula_escaped(value)) == value


@pytest.mark.parametrize("value", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", "\rx"])
def test_a_formula_gets_an_apostrophe(value):
    assert formula_escaped(value) == "'" + value
    assert cell_text(safe_raw(cell_raw(value, ","), ",")) == "'" + value


@pytest.mark.parametrize("value", ["-5", "+49", "-1.50", "-1,5", "", "plain", "'quoted'", "1=1"])
def test_numbers_and_words_stay(value):
    assert formula_escaped(value) == value
    assert safe_raw(value, ";") == value


def test_a_cell_made_safe_before_is_not_made_safe_twice():
    assert safe_raw("'=1+1", ",") == "'=1+1"
