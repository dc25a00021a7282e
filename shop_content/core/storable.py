"""What a database column can hold of a text from outside."""

from __future__ import annotations

import re

# No database column takes NUL, nor half of a surrogate pair.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str, *, replacement: str = "") -> str:
    """Return the text with what cannot be stored replaced, character by character."""
    return _UNSTORABLE.sub(replacement, text)
