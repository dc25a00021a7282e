"""Show the rules what a JSON text says, not how it is written.

Words and numbers are forbidden in what a shopper reads: in string values and numbers. Names of
fields, quotation marks and escapes are left out, and each value stands alone, so that "8" and "290"
in two fields are no "8,290", and "\\nart" is the word "art" on a new line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

# Between values: no letter, digit, white space or joiner.
SEPARATOR = "\0"
_NUMBER_CHARS = frozenset("0123456789.")
_ESCAPES = {"n": "\n"}  # The grammar allows no others that stand for another character.


@dataclass(frozen=True, slots=True)
class JsonPlace:
    """Where in a JSON text the next character stands."""

    open_brackets: str = ""
    is_name_next: bool = False  # The next string is the name of a field.
    is_in_string: bool = False
    is_escaped: bool = False  # The last character was a backslash.

    def after(self, text: str) -> tuple[str, JsonPlace]:
        """Read a part of a valid JSON text without white space between values.

        Returns:
            What it says, and the place after it.
        """
        is_plain = self.is_in_string and not self.is_escaped
        if is_plain and '"' not in text and "\\" not in text:
            return "" if self.is_name_next else text, self
        shown = []
        place = self
        for char in text:
            said, place = place._in_string(char) if place.is_in_string else place._outside(char)
            shown.append(said)
        return "".join(shown), place

    def _in_string(self, char: str) -> tuple[str, JsonPlace]:
        if self.is_escaped:
            return self._said(_ESCAPES.get(char, char)), replace(self, is_escaped=False)
        if char == "\\":
            return "", replace(self, is_escaped=True)
        if char == '"':
            return self._said(SEPARATOR), replace(self, is_in_string=False, is_name_next=False)
        return self._said(char), self

    def _said(self, char: str) -> str:
        return "" if self.is_name_next else char

    def _outside(self, char: str) -> tuple[str, JsonPlace]:
        if char == '"':
            return SEPARATOR, replace(self, is_in_string=True)
        if char in "{[":
            return SEPARATOR, JsonPlace(self.open_brackets + char, is_name_next=char == "{")
        if char in "}]":
            return SEPARATOR, JsonPlace(self.open_brackets[:-1])
        if char == ",":
            return SEPARATOR, replace(self, is_name_next=self.open_brackets[-1:] == "{")
        return char if char in _NUMBER_CHARS else SEPARATOR, self
