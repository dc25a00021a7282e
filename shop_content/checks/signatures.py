"""MinHash signatures of texts: how much two texts share, without comparing them word for word.

Each text is the set of its runs of three words. Two signatures agree in as many places as the sets
share of their union (Jaccard), give or take; bands of them are keys, under which texts that share
most of their words are found among many.

Source: A. Broder, "On the resemblance and containment of documents", 1997; the bands: J. Leskovec,
A. Rajaraman, J. Ullman, "Mining of Massive Datasets", chapter 3.4.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from shop_content.checks.rules.words import split_words

NUM_PLACES, NUM_BANDS = 64, 16  # A text that shares 70 % is found with 99 %, one of 30 % with 12 %.
RUN_WORDS = 3
MIN_WORDS = 20  # Shorter texts of one field are alike by nature.
MAX_WORDS = 2_000
OPENING_WORDS = 4
_RANDOM = np.random.default_rng(20261127)  # Never change it: stored signatures would be void.
_FACTORS = _RANDOM.integers(1, 2**63, NUM_PLACES, dtype=np.uint64) | np.uint64(1)
_TERMS = _RANDOM.integers(0, 2**63, NUM_PLACES, dtype=np.uint64)


def text_signature(text: str) -> bytes | None:
    """Return the signature, `NUM_PLACES` numbers of 32 bits; None for a text too short to tell."""
    forms = split_words(text).forms[:MAX_WORDS]
    if len(forms) < MIN_WORDS:
        return None
    runs = {
        crc32(" ".join(forms[start : start + RUN_WORDS]).encode("utf-8", "replace"))
        for start in range(len(forms) - RUN_WORDS + 1)
    }
    hashes = np.fromiter(runs, dtype=np.uint64, count=len(runs))
    # (places, runs): multiply-shift hashing, the upper 32 bits of a product modulo 2**64.
    mixed = (_FACTORS[:, None] * hashes[None, :] + _TERMS[:, None]) >> np.uint64(32)
    lowest: NDArray[np.uint32] = mixed.min(axis=1).astype("<u4")
    return lowest.tobytes()


def signature_keys(signature: bytes, scope: str) -> list[int]:
    """Return the keys of the bands, signed 64 bits; texts of other scopes have other keys."""
    size = len(signature) // NUM_BANDS
    return [
        _key(f"{scope}/{band}".encode() + signature[band * size : (band + 1) * size])
        for band in range(NUM_BANDS)
    ]


def similarities(one: bytes, others: Sequence[bytes]) -> list[float]:
    """Return about how much of their runs of words a text shares with each other one, 0 to 1."""
    if not others:
        return []
    table = _numbers(b"".join(others)).reshape(len(others), -1)
    shares: list[float] = (table == _numbers(one)).mean(axis=1).tolist()
    return shares


def opening_key(text: str) -> int | None:
    """Return what stands for the first words of a text; None for a text too short to tell."""
    forms = split_words(text).forms
    return _key(" ".join(forms[:OPENING_WORDS]).encode()) if len(forms) >= MIN_WORDS else None


def opening_words(text: str) -> str:
    """Return the first words of a text as they stand there."""
    words = split_words(text)
    return text[words.starts[0] : words.ends[OPENING_WORDS - 1]]


def _numbers(signature: bytes) -> NDArray[np.uint32]:
    return np.frombuffer(signature, dtype="<u4")


def _key(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big", signed=True)
