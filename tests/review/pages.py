"""What a page holds, read as a browser reads it."""

from __future__ import annotations

from html.parser import HTMLParser

from django.http import HttpResponse


class Page(HTMLParser):
    """Collect the elements, attributes, addresses, text areas and the text of a page."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()
        self.areas: dict[str, str] = {}  # by id, as a browser fills them
        self.text = ""
        self._area = ""
        self.feed(answer.content.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.add(tag)
        values = dict(attrs)
        self.attributes |= {f"{tag}[{name}]" for name in values}
        self.addresses |= {
            values[name] or "" for name in ("href", "src", "action") if name in values
        }
        if tag == "textarea":
            self._area = values.get("id") or "?"
            self.areas[self._area] = ""

    def handle_endtag(self, tag: str) -> None:
        """Leave a text area."""
        if tag == "textarea":
            self.areas[self._area] = self.areas[self._area].removeprefix("\n")
            self._area = ""

    def handle_data(self, data: str) -> None:
        """Add to the text."""
        self.text += data
        if self._area:
            self.areas[self._area] += data

    def adds_nothing_to(self, plain: Page) -> bool:
        """Tell whether every element and attribute here is in the plain page too."""
        is_new = self.elements - plain.elements or self.attributes - plain.attributes
        return not is_new and not any("javascript:" in url for url in self.addresses)
