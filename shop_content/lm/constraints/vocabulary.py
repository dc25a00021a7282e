"""What every token of a model writes, as bytes and as text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from shop_content.lm.constraints.numbers import has_numbers

_BYTE_TOKEN = re.compile(r"<0x([0-9A-Fa-f]{2})>")
_SPACE_SIGN = "▁"  # How SentencePiece writes a space inside a token.


class ConstraintError(ValueError):
    """A constraint that cannot be enforced; says why in one line."""


@dataclass(frozen=True, slots=True, eq=False, repr=False, weakref_slot=True)
class Vocabulary:
    """The tokens of a model, ready to be asked for each of them.

    A control token writes no bytes. An id that no token has (models pad their last layer) has no
    text either, and is never allowed.
    """

    tokenizer: Any  # The Hugging Face fast tokenizer that it was read from.
    size: int
    end_ids: frozenset[int]  # Tokens that end a text.
    token_bytes: tuple[bytes, ...]
    texts: tuple[str | None, ...]  # None where the bytes are no whole characters.
    # 1 where a text is whole characters without any digit: the number lock need not look at it.
    is_numberless: bytes
    byte_ids: dict[int, int]  # Byte to the token that writes just this byte.
    unused_ids: frozenset[int]

    @classmethod
    def from_tokenizer(
        cls, tokenizer: Any, *, end_ids: Iterable[int], size: int | None = None
    ) -> Vocabulary:
        """Read the vocabulary of a Hugging Face fast tokenizer.

        Args:
            tokenizer: With byte-level tokens (GPT-2, Llama 3, SmolLM2) or of the kind of
                SentencePiece (Llama 2, Gemma).
            end_ids: The tokens that end a text.
            size: Width of the model's logits; the number of tokens when left out.

        Raises:
            ConstraintError: The tokens are of another kind, so their bytes are not known.
        """
        vocab: dict[str, int] = tokenizer.get_vocab()
        added: dict[int, Any] = tokenizer.added_tokens_decoder
        size = max(vocab.values()) + 1 if size is None else size
        written: list[bytes | None] = [None] * size
        to_bytes = _byte_reader(tokenizer)
        for token, token_id in vocab.items():
            if token_id < size:
                written[token_id] = token.encode() if token_id in added else to_bytes(token)
        control = {token_id for token_id, token in added.items() if token.special}
        for token_id in control.union(tokenizer.all_special_ids, end_ids):
            if token_id < size:
                written[token_id] = b""
        return cls._from_bytes(tokenizer, frozenset(end_ids), written)

    def __repr__(self) -> str:
        """Name it in logs and failing tests, without its thousands of tokens."""
        return f"<Vocabulary of {self.size} tokens>"

    @classmethod
    def _from_bytes(
        cls, tokenizer: Any, end_ids: frozenset[int], written: list[bytes | None]
    ) -> Vocabulary:
        texts = tuple(None if data is None else _whole_text(data) for data in written)
        return cls(
            tokenizer=tokenizer,
            size=len(written),
            end_ids=end_ids,
            token_bytes=tuple(data or b"" for data in written),
            texts=texts,
            is_numberless=bytes(text is not None and not has_numbers(text) for text in texts),
            byte_ids={
                data[0]: token_id
                for token_id, data in enumerate(written)
                if data is not None and len(data) == 1
            },
            unused_ids=frozenset(i for i, data in enumerate(written) if data is None),
        )


def _whole_text(data: bytes) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def _byte_reader(tokenizer: Any) -> Callable[[str], bytes]:
    """Return how tokens of this tokenizer are turned into what they write."""
    decoder = tokenizer.backend_tokenizer.decoder
    settings = decoder.__getstate__().decode() if decoder is not None else ""  # JSON
    if '"ByteLevel"' in settings:
        return _read_byte_level
    if _SPACE_SIGN in settings or '"ByteFallback"' in settings:
        return _read_sentencepiece
    raise ConstraintError("What the tokens of this model write is not known: no constraints.")


def _read_byte_level(token: str) -> bytes:
    try:
        return token.translate(_byte_signs()).encode("latin-1")
    except UnicodeEncodeError:  # A token that was added by hand, as plain text.
        return token.encode()


def _read_sentencepiece(token: str) -> bytes:
    byte = _BYTE_TOKEN.fullmatch(token)
    return bytes([int(byte[1], 16)]) if byte else token.replace(_SPACE_SIGN, " ").encode()


@lru_cache(maxsize=1)
def _byte_signs() -> dict[int, int]:
    """Return the character that stands for each byte in byte-level tokens, and that byte.

    Printable characters of Latin-1 stand for themselves, the other bytes in their order for the
    characters from 256 on.

    Source: Radford et al. 2019, GPT-2, `bytes_to_unicode` in its encoder.
    """
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = [byte for byte in range(256) if byte not in printable]
    signs = {byte: byte for byte in printable}
    signs.update({256 + place: byte for place, byte in enumerate(others)})
    return signs
