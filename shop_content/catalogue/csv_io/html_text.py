"""Descriptions between the HTML of shops and our plain text."""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

_MARKUP = re.compile(r"<[a-zA-Z/!][^<>]*>|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]\w*);")
_PARAGRAPH_TAGS = {
    "p",
    "div",
    "ul",
    "ol",
    "dl",
    "table",
    "section",
    "blockquote",
    "h1",
    "h2",
    "h3",
    "h4",
}
_LINE_TAGS = {"br", "tr", "li", "dt"}
_CELL_TAGS = {"td", "th", "dd"}
_SILENT_TAGS = {"script", "style", "template"}
_SPACES = re.compile(r"[ \t\r\n\f]+")
_BULLET = "- "


class _TextParser(HTMLParser):
    """Collect the text; `\\n` in the parts stands for breaks that tags made."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent_depth = 0
        self.num_cells = 0  # of the row so far

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT_TAGS:
            self.silent_depth += 1
        elif tag in _PARAGRAPH_TAGS:
            self.parts.append("\n\n")
        elif tag in _LINE_TAGS:
            self.num_cells = int(tag == "dt")
            self.parts.append("\n" + (_BULLET if tag == "li" else ""))
        elif tag in _CELL_TAGS:
            # "Capacity: 350 ml" of a row with two cells; without a mark they would grow together.
            self.parts.append(("", ": ", ", ")[min(self.num_cells, 2)])
            self.num_cells += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT_TAGS:
            self.silent_depth = max(0, self.silent_depth - 1)
        elif tag in _PARAGRAPH_TAGS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self.silent_depth:
            self.parts.append(_SPACES.sub(" ", data))


def text_from_html(html: str) -> str:
    """Return the plain text of a description: paragraphs with a blank line between, lists as lines.

    Text without tags or entities comes back as it is.
    """
    if not _MARKUP.search(html):
        return html
    parser = _TextParser()
    parser.feed(html)
    parser.close()
    text = "".join(parser.parts)
    lines = (line.strip(" ") for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def html_from_text(text: str) -> str:
    """Return simple HTML of our plain text: escaped paragraphs, and lists of bulleted lines."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip("\n"))
    return "\n".join(_block(block.split("\n")) for block in blocks if block.strip())


def _block(lines: list[str]) -> str:
    if all(line.startswith(_BULLET) for line in lines):
        items = "".join(
            f"<li>{escape(line.removeprefix(_BULLET), quote=False)}</li>" for line in lines
        )
        return f"<ul>{items}</ul>"
    return "<p>" + "<br>".join(escape(line, quote=False) for line in lines) + "</p>"
