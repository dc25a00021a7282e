"""Keep a text inside a JSON schema, by the grammar engine llguidance."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from shop_content.lm.constraints.vocabulary import ConstraintError, Vocabulary

# No white space between values: small models write it without end. Few escapes: copy needs no
# others, and "\\u0038" would be a way around the number lock.
_OPTIONS: Any = {"whitespace_flexible": False, "json_allowed_escapes": '"\\n'}
_MAX_GRAMMARS = 32  # Fields and languages make a handful of schemas.
_MAPS_OF_SCHEMAS = frozenset({"properties", "$defs", "definitions", "patternProperties"})
_VALUES = frozenset({"enum", "const", "default", "examples"})
_NUMERIC = frozenset({"integer", "number"})


class JsonMatcher:
    """How far one text has come in its schema."""

    __slots__ = ("_end_ids", "_matcher", "_size")

    def __init__(self, matcher: Any, *, size: int, end_ids: frozenset[int]) -> None:
        """Take a matcher of llguidance at the beginning of its text."""
        self._matcher = matcher
        self._size = size
        self._end_ids = sorted(token_id for token_id in end_ids if token_id < size)

    def allows(self, token_id: int) -> bool:
        """Tell whether a token that is no end fits."""
        return bool(self._matcher.validate_tokens([token_id]) == 1)

    def advance(self, token_id: int) -> bool:
        """Write a token; False where it does not fit, and the matcher is then of no use."""
        return bool(self._matcher.consume_token(token_id))

    @property
    def may_stop(self) -> bool:
        """Tell whether the value is whole."""
        return bool(self._matcher.is_accepting())

    @property
    def must_stop(self) -> bool:
        """Tell whether the value is whole and nothing can follow."""
        return bool(self._matcher.is_stopped()) and self.may_stop

    def mask(self) -> NDArray[np.bool_]:
        """Return which tokens fit, (size,); end tokens only where the value is whole."""
        from llguidance.numpy import allocate_token_bitmask, fill_next_token_bitmask

        words = allocate_token_bitmask(1, self._size)  # (1, size / 32) int32
        fill_next_token_bitmask(self._matcher, words)
        bits = np.unpackbits(words.view(np.uint8)[0], bitorder="little")  # (size rounded up,)
        mask = bits[: self._size].view(np.bool_)
        mask[self._end_ids] = self.may_stop
        return mask

    def fork(self) -> JsonMatcher:
        """Return a copy that goes its own way."""
        other = JsonMatcher.__new__(JsonMatcher)
        other._matcher = self._matcher.deep_copy()
        other._size, other._end_ids = self._size, self._end_ids
        return other


@dataclass(slots=True)
class _Grammars:
    """The tokenizer of llguidance and the schemas that it has compiled."""

    tokenizer: Any
    matchers: OrderedDict[str, Any] = field(default_factory=OrderedDict)


# Half a second a vocabulary. The values must not hold the vocabulary, or it would never be freed.
_grammars: WeakKeyDictionary[Vocabulary, _Grammars] = WeakKeyDictionary()


def compile_schema(schema: str, vocabulary: Vocabulary) -> JsonMatcher:
    """Return a matcher at the beginning of a text that fits the schema.

    Raises:
        ConstraintError: The schema is no JSON or asks for what llguidance cannot do, or llguidance
            is not installed.
    """
    grammars = _grammars.get(vocabulary)
    if grammars is None:
        grammars = _grammars[vocabulary] = _Grammars(_make_tokenizer(vocabulary))
    matcher = grammars.matchers.get(schema)
    if matcher is None:
        matcher = grammars.matchers[schema] = _compile(schema, grammars.tokenizer)
        if len(grammars.matchers) > _MAX_GRAMMARS:
            grammars.matchers.popitem(last=False)
    return JsonMatcher(matcher.deep_copy(), size=vocabulary.size, end_ids=vocabulary.end_ids)


def _make_tokenizer(vocabulary: Vocabulary) -> Any:
    try:
        from llguidance.hf import from_tokenizer
    except ImportError as error:
        raise ConstraintError("A JSON schema needs the package llguidance.") from error
    return from_tokenizer(
        vocabulary.tokenizer, n_vocab=vocabulary.size, eos_token=sorted(vocabulary.end_ids) or None
    )


def _compile(schema: str, tokenizer: Any) -> Any:
    from llguidance import LLMatcher

    try:
        grammar = LLMatcher.grammar_from_json_schema(schema, overrides=_OPTIONS)
    except ValueError as error:
        raise ConstraintError(f"The JSON schema cannot be read: {_one_line(error)}") from error
    matcher = LLMatcher(tokenizer, grammar, log_level=0)
    if matcher.is_error():
        raise ConstraintError(f"The JSON schema cannot be used: {_one_line(matcher.get_error())}")
    return matcher


def _one_line(error: object) -> str:
    return str(error).strip().partition("\n")[0][:200]


def narrow_schema(
    schema: str, can_write: Callable[[str], bool], numbers: tuple[str, ...] | None
) -> str:
    """Take out of a schema what other rules would refuse, so that no text gets stuck in it.

    Values of an `enum` that cannot be written are dropped. Under a number lock a numeric field
    becomes the choice of the allowed numbers. What a `pattern`, a `format` or a value without a
    type demands is not looked into: such a schema may still leave no way on.

    Args:
        schema: JSON text.
        can_write: Tells whether the other rules let a whole value be written.
        numbers: What the number lock allows; None without one.

    Raises:
        ConstraintError: It is no JSON, or no value is left of a field.
    """
    try:
        tree = json.loads(schema)
    except ValueError as error:
        raise ConstraintError(f"The JSON schema cannot be read: {_one_line(error)}") from error
    literals = None if numbers is None else [value for text in numbers for value in _literal(text)]
    return json.dumps(_narrow(tree, can_write, literals), ensure_ascii=False)


def _literal(number: str) -> list[float]:
    """Return a number as JSON would spell it again, if it would."""
    try:
        value: float = json.loads(number)
    except ValueError:
        return []
    return [value] if json.dumps(value) == number else []


def _narrow(node: Any, can_write: Callable[[str], bool], literals: list[float] | None) -> Any:
    if isinstance(node, list):
        return [_narrow(part, can_write, literals) for part in node]
    if not isinstance(node, dict):
        return node
    narrowed = {}
    for key, value in node.items():
        if key in _MAPS_OF_SCHEMAS and isinstance(value, dict):
            narrowed[key] = {
                name: _narrow(part, can_write, literals) for name, part in value.items()
            }
        else:
            narrowed[key] = value if key in _VALUES else _narrow(value, can_write, literals)
    if literals is not None:
        _narrow_type(narrowed, literals)
    _narrow_values(narrowed, can_write)
    return narrowed


def _narrow_type(node: dict[str, Any], literals: list[float]) -> None:
    """Replace free numbers by the allowed ones, or by the other types that a field may have."""
    types = node.get("type")
    types = [types] if isinstance(types, str) else types
    if not isinstance(types, list) or not _NUMERIC.intersection(map(str, types)):
        return
    others = [name for name in types if name not in _NUMERIC]
    if others:
        node["type"] = others
    elif "enum" not in node and "const" not in node:
        is_whole = "number" not in types
        node["enum"] = [value for value in literals if isinstance(value, int) or not is_whole]


def _narrow_values(node: dict[str, Any], can_write: Callable[[str], bool]) -> None:
    values = [node["const"]] if "const" in node else node.get("enum")
    if not isinstance(values, list):
        return
    kept = [value for value in values if can_write(_said(value))]
    if not kept:
        raise ConstraintError("The JSON schema asks for values that the other rules forbid.")
    if "enum" in node:
        node["enum"] = [value for value in node["enum"] if value in kept]


def _said(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
