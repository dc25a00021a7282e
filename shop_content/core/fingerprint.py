"""Fingerprints: a verdict, an approval and a publication bind to the exact content they judged."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def text_fingerprint(text: str) -> str:
    """Return the SHA-256 of the text's UTF-8 bytes as 64 hex digits; one byte differs, all differ.

    Lone surrogates, which a browser or a model can send, are encoded as they are ("surrogatepass"),
    so that no text is without a fingerprint.
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def data_fingerprint(data: Any) -> str:
    """Return the SHA-256 of JSON data, independent of the order of its keys."""
    canonical = json.dumps(data, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
