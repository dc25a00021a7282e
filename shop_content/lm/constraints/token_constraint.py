"""Put the rules together: the state of one text that is being written token by token."""

from __future__ import annotations

import codecs
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shop_content.lm.constraints.json_schema import JsonMatcher, compile_schema, narrow_schema
from shop_content.lm.constraints.json_text import JsonPlace
from shop_content.lm.constraints.numbers import NumberLock, NumberPlace
from shop_content.lm.constraints.phrases import PhraseFilter, PhrasePlace, phrase_filter
from shop_content.lm.constraints.sentences import TAIL_CHARS, ends_with_sentence
from shop_content.lm.constraints.vocabulary import Vocabulary
from shop_content.lm.engine import DecodingConstraint

_new_decoder = codecs.getincrementaldecoder("utf-8")


class _Rules(NamedTuple):
    """What holds for a text from its first to its last token."""

    vocabulary: Vocabulary
    lock: NumberLock | None
    phrases: PhraseFilter | None
    max_tokens: int  # A number that is begun near this limit must still become whole.
    sentence_from: int  # Tokens after which it ends with the next sentence; 0 means never.


class _Place(NamedTuple):
    """Where a text stands in each rule."""

    pending: bytes  # Of a character that is not complete.
    number: NumberPlace | None
    phrase: PhrasePlace | None
    json: JsonPlace | None
    text: str  # What the last token wrote.


class TokenConstraint:
    """Which token may come next in one text, and whether the text may or must end."""

    __slots__ = (
        "_asked_id",
        "_asked_place",
        "_matcher",
        "_num_tokens",
        "_place",
        "_rules",
        "_tail",
    )

    def __init__(self, rules: _Rules, place: _Place, matcher: JsonMatcher | None) -> None:
        """Begin a text; use `compile_constraint`."""
        self._rules = rules
        self._place = place
        self._matcher = matcher
        self._num_tokens = 0
        self._tail = ""
        # The answer to the last question, as the token that was asked about is mostly written.
        self._asked_id = -1
        self._asked_place: _Place | None = None

    def allows(self, token_id: int) -> bool:
        """Tell whether a token may come next; an end token, whether the text may end here."""
        if token_id in self._rules.vocabulary.end_ids:
            return self._may_stop()
        self._asked_id = token_id
        self._asked_place = self._place_after(token_id)
        return self._asked_place is not None

    def advance(self, token_id: int) -> None:
        """Write a token.

        Raises:
            ValueError: It is not allowed here.
        """
        if token_id in self._rules.vocabulary.end_ids:
            return
        place = self._asked_place if token_id == self._asked_id else self._place_after(token_id)
        if place is None or not (self._matcher is None or self._matcher.advance(token_id)):
            raise ValueError(f"Token {token_id} is not allowed here.")
        self._place = place
        self._num_tokens += 1
        self._asked_id = -1
        if self._rules.sentence_from:
            self._tail = (self._tail + place.text)[-TAIL_CHARS:]

    def mask(self) -> NDArray[np.bool_] | None:
        """Return the tokens that fit the JSON schema, (vocabulary size,); None without a schema.

        `allows` still has to be asked: it knows the other rules as well.
        """
        return None if self._matcher is None else self._matcher.mask()

    def must_end(self) -> bool:
        """Tell whether the text is finished: a whole JSON value, or the last sentence in reach."""
        if self._matcher is not None:
            return self._matcher.must_stop
        sentence_from = self._rules.sentence_from
        return (
            0 < sentence_from <= self._num_tokens
            and ends_with_sentence(self._tail)
            and not self._place.pending
            and self._may_stop()
        )

    def fork(self) -> TokenConstraint:
        """Return an independent copy."""
        matcher = None if self._matcher is None else self._matcher.fork()
        other = TokenConstraint(self._rules, self._place, matcher)
        other._num_tokens, other._tail = self._num_tokens, self._tail
        return other

    def _may_stop(self) -> bool:
        number = self._place.number
        is_whole = number is None or number.may_stop
        return is_whole and (self._matcher is None or self._matcher.may_stop)

    def _place_after(self, token_id: int) -> _Place | None:
        """Return where the text stands after a token; None where it breaks a rule."""
        if self._matcher is not None and not self._matcher.allows(token_id):
            return None
        vocabulary, lock, phrases, _, _ = self._rules
        pending, number, phrase, json, _ = self._place
        text = vocabulary.texts[token_id]
        is_numberless = vocabulary.is_numberless[token_id]
        if text is None or pending:
            if token_id in vocabulary.unused_ids:
                return None
            text, pending = _decode(pending + vocabulary.token_bytes[token_id])
        if json is not None:
            text, json = json.after(text)
        if lock is not None and number is not None and not (is_numberless and number is lock.start):
            number = lock.after(number, text)
            if number is None or (pending and not lock.can_hold(number, pending)):
                return None
        if phrases is not None and phrase is not None:
            phrase = phrases.after(phrase, text)
            if phrase is None:
                return None
        place = _Place(pending, number, phrase, json, text)
        if number is None or number.may_stop or self._can_complete(token_id, place):
            return place
        return None

    def _can_complete(self, token_id: int, place: _Place) -> bool:
        """Tell whether the number that is begun can be completed, in single bytes at worst."""
        if place.number is None:
            return True
        num_left = self._rules.max_tokens - self._num_tokens - 1
        return any(
            ending.encode().startswith(place.pending)
            and len(ending.encode()) - len(place.pending) <= num_left
            and self._can_write(token_id, place, ending)
            for ending in place.number.endings()
        )

    def _can_write(self, token_id: int, place: _Place, ending: str) -> bool:
        """Tell whether phrases and schema let a token and the rest of its number pass."""
        phrases, byte_ids = self._rules.phrases, self._rules.vocabulary.byte_ids
        if phrases and place.phrase and not phrases.can_spell(place.phrase, ending):
            return False
        if self._matcher is None:
            return True
        matcher = self._matcher.fork()
        rest = ending.encode()[len(place.pending) :]
        ids = [token_id, *(byte_ids.get(byte, -1) for byte in rest)]
        return all(one >= 0 and matcher.allows(one) and matcher.advance(one) for one in ids)


def compile_constraint(
    constraint: DecodingConstraint, vocabulary: Vocabulary, *, max_tokens: int
) -> TokenConstraint:
    """Return the state of an empty text under a constraint.

    A text that reaches max_tokens ends with a whole number as well; its JSON may be unfinished.
    With a JSON schema, numbers and forbidden phrases hold for the values and not for the names of
    fields, and `ends_on_sentence` for nothing: the text ends with its value.

    Raises:
        ConstraintError: The JSON schema cannot be used, or the other rules leave nothing of it.
    """
    lock = None if constraint.numbers is None else NumberLock(constraint.numbers)
    phrases = phrase_filter(constraint.forbidden)
    ends_on_sentence = constraint.ends_on_sentence and not constraint.json_schema
    # A sentence takes some 30 tokens: the last quarter of a text has room for its end.
    sentence_from = max(1, max_tokens * 3 // 4) if ends_on_sentence else 0
    place = _Place(
        pending=b"",
        number=lock.start if lock else None,
        phrase=phrases.start if phrases else None,
        json=JsonPlace() if constraint.json_schema and (lock or phrases) else None,
        text="",
    )
    matcher = None
    if constraint.json_schema:
        schema = constraint.json_schema
        if lock or phrases:
            schema = _narrow(schema, lock, phrases)
        matcher = compile_schema(schema, vocabulary)
    return TokenConstraint(
        _Rules(vocabulary, lock, phrases, max_tokens, sentence_from), place, matcher
    )


def _narrow(schema: str, lock: NumberLock | None, phrases: PhraseFilter | None) -> str:
    def can_write(value: str) -> bool:
        number = lock.after(lock.start, value) if lock else None
        is_known = lock is None or (number is not None and number.may_stop)
        return is_known and (phrases is None or phrases.can_spell(phrases.start, value))

    return narrow_schema(schema, can_write, lock.numbers if lock else None)


def _decode(data: bytes) -> tuple[str, bytes]:
    """Return the whole characters, and the bytes of a last one that is not complete.

    Broken bytes become the replacement character, as in the decoders of tokenizers.
    """
    decoder = _new_decoder(errors="replace")
    text = decoder.decode(data)
    return text, decoder.getstate()[0]
