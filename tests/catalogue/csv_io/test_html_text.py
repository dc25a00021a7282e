"""Descriptions between HTML and plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop_content.catalogue.csv_io.html_text import html_from_text, text_from_html
from tests.naughty import NAUGHTY_STRINGS


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("<p>One.</p>\n<p>Two.</p>", "One.\n\nTwo."),
        ("One<br>Two<br/>Three", "One\nTwo\nThree"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<p>Tea &amp; milk &lt; 5 &euro;</p>", "Tea & milk < 5 €"),
        ("<p>Spaced   out\n  text</p>", "Spaced out text"),
        ("<script>alert(1)</script><p>Safe</p>", "Safe"),
        ("<style>p{}</style>Text", "Text"),
        ("<div><h2>Head</h2><p>Body</p></div>", "Head\n\nBody"),
        ("<b>bold</b> and <i>light</i>", "bold and light"),
        ('<img src=x onerror="alert(1)">', ""),
        ("<p>open", "open"),
        ("<!-- hidden -->shown", "shown"),
        ("5 < 6 and 7 > 2", "5 < 6 and 7 > 2"),
        ("AT&T", "AT&T"),
        ("  plain\n\n\n\ntext ", "  plain\n\n\n\ntext "),
        ("", ""),
    ],
)
def test_html_becomes_plain_text(html, text):
    assert text_from_html(html) == text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("One\nTwo", "<p>One<br>Two</p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("<script>", "<p>&lt;script&gt;</p>"),
        ("", ""),
    ],
)
def test_plain_text_becomes_simple_html(text, html):
    assert html_from_text(text) == html


@pytest.mark.parametrize("text", NAUGHTY_STRINGS)
def test_no_text_becomes_markup(text):
    html = html_from_text(text)

    for tag in ("<script", "<img", "<svg", "<iframe", "<b>", "<a "):
        assert tag not in html


@given(st.text(max_size=60))
def test_text_that_went_through_html_once_stays_the_same(text):
    once = text_from_html(html_from_text(text))

    assert text_from_html(html_from_text(once)) == once


def test_deep_nesting_is_read():
    assert text_from_html("<div>" * 20_000 + "deep") == "deep"


def test_open_brackets_do_not_take_quadratic_time():
    assert text_from_html("<a" * 100_000 + "<p>x</p>")
