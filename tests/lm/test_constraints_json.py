from __future__ import annotations

import gc
import json
import sys
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from transformers import AutoTokenizer

from shop_content.lm.constraints import ConstraintError, Vocabulary
from shop_content.lm.constraints.json_schema import JsonMatcher, compile_schema, narrow_schema
from shop_content.lm.constraints.json_text import SEPARATOR, JsonPlace

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"title": {"type": "string", "maxLength": 5}, "kind": {"enum": ["mug", "8"]}},
        "required": ["title", "kind"],
        "additionalProperties": False,
    }
)


@pytest.fixture(scope="module")
def vocabulary(tiny_gpt2: Path) -> Vocabulary:
    return Vocabulary.from_tokenizer(AutoTokenizer.from_pretrained(tiny_gpt2), end_ids={256})


def write(matcher: JsonMatcher, vocabulary: Vocabulary, text: str) -> bool:
    """Tell whether a text fits, byte by byte; it is written as far as it does."""
    for byte in text.encode():
        token_id = vocabulary.byte_ids[byte]
        if not matcher.allows(token_id):
            return False
        assert matcher.advance(token_id)
    return True


@pytest.mark.parametrize(
    ("text", "is_fine"),
    [
        ('{"title":"A mug","kind":"mug"}', True),
        ('{"title":"","kind":"8"}', True),
        ('{"title":"é☕🫖","kind":"8"}', True),
        ('{"title":"\\"\\\\\\n","kind":"8"}', True),
        ('{"title":"A mugs', False),  # Six characters.
        ('{"title":"A mug","kind":"b', False),
        ('{"title": ', False),
        ("{\n", False),
        ('{"title":"\\u0038', False),
        ('{"title":"\\t', False),
        ('{"title":"\n', False),
        ('{"kind"', False),
        ("A mug", False),
        ('{"title":"","kind":"8","', False),
    ],
)
def test_only_what_fits_is_written(vocabulary: Vocabulary, text: str, is_fine: bool) -> None:
    assert write(compile_schema(SCHEMA, vocabulary), vocabulary, text) is is_fine


def test_a_text_stops_where_its_value_is_whole(vocabulary: Vocabulary) -> None:
    matcher = compile_schema(SCHEMA, vocabulary)
    text = '{"title":"A mug","kind":"mug"}'

    for char in text:
        assert not matcher.may_stop
        assert not matcher.mask()[256]
        assert write(matcher, vocabulary, char)

    assert matcher.may_stop
    assert matcher.must_stop
    assert np.flatnonzero(matcher.mask()).tolist() == [256]


def test_a_number_may_stop_and_go_on(vocabulary: Vocabulary) -> None:
    matcher = compile_schema('{"type": "integer"}', vocabulary)
    assert not matcher.mask()[256]

    assert write(matcher, vocabulary, "12")

    assert matcher.may_stop
    assert not matcher.must_stop
    allowed = matcher.mask()
    assert allowed[256]
    assert allowed[vocabulary.byte_ids[ord("3")]]
    assert not allowed[vocabulary.byte_ids[ord("x")]]


def test_the_mask_is_as_wide_as_the_model(tiny_gpt2: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_gpt2)
    wide = Vocabulary.from_tokenizer(tokenizer, end_ids={256}, size=300)

    mask = compile_schema('{"type": "string"}', wide).mask()

    assert mask.shape == (300,)
    assert mask.dtype == np.bool_
    assert np.flatnonzero(mask).tolist() == [wide.byte_ids[ord('"')]]


def test_several_end_tokens_end_a_text(tiny_gpt2: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_gpt2)
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|end|>"]})
    vocabulary = Vocabulary.from_tokenizer(tokenizer, end_ids={256, 257})
    matcher = compile_schema('{"type": "boolean"}', vocabulary)

    assert write(matcher, vocabulary, "true")

    assert np.flatnonzero(matcher.mask()).tolist() == [256, 257]


def test_a_copy_goes_its_own_way(vocabulary: Vocabulary) -> None:
    matcher = compile_schema(SCHEMA, vocabulary)
    assert write(matcher, vocabulary, '{"title":"A')

    copy = matcher.fork()
    assert write(copy, vocabulary, '","kind":"8"}')

    assert copy.may_stop
    assert not matcher.may_stop
    assert write(matcher, vocabulary, 'B","kind":"mug"}')


@pytest.mark.parametrize(
    "schema",
    [
        "",
        "no JSON",
        "[]",
        '{"type": "strin"}',
        '{"$ref": "#/nowhere"}',
        '{"type": "string", "not": {"const": "a"}}',
    ],
)
def test_a_schema_that_cannot_be_used_says_so_in_one_line(
    vocabulary: Vocabulary, schema: str
) -> None:
    with pytest.raises(ConstraintError, match="The JSON schema cannot be") as caught:
        compile_schema(schema, vocabulary)

    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_a_missing_package_is_named(tiny_gpt2: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_gpt2)
    vocabulary = Vocabulary.from_tokenizer(tokenizer, end_ids={256})
    monkeypatch.setitem(sys.modules, "llguidance", None)
    monkeypatch.setitem(sys.modules, "llguidance.hf", None)

    with pytest.raises(ConstraintError, match="llguidance"):
        compile_schema(SCHEMA, vocabulary)


def test_a_vocabulary_is_freed_when_it_is_no_longer_used(tiny_gpt2: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_gpt2)
    vocabulary = Vocabulary.from_tokenizer(tokenizer, end_ids={256})
    compile_schema(SCHEMA, vocabulary)
    is_there = weakref.ref(vocabulary)

    del vocabulary
    gc.collect()

    assert is_there() is None


def narrowed(schema: Any, numbers: tuple[str, ...] | None = None) -> Any:
    return json.loads(narrow_schema(json.dumps(schema), lambda value: "art" not in value, numbers))


@pytest.mark.parametrize(
    ("schema", "numbers", "expected"),
    [
        ({"type": "string"}, (), {"type": "string"}),
        ({"enum": ["art", "mug", 8]}, None, {"enum": ["mug", 8]}),
        ({"const": "mug"}, None, {"const": "mug"}),
        ({"type": "integer"}, None, {"type": "integer"}),
        ({"type": "integer"}, ("8", "0.3", "1,000"), {"type": "integer", "enum": [8]}),
        ({"type": "number"}, ("8", "0.30", "0.3"), {"type": "number", "enum": [8, 0.3]}),
        ({"type": ["integer", "null"]}, (), {"type": ["null"]}),
        ({"type": "integer", "enum": [8]}, ("9",), {"type": "integer", "enum": [8]}),
        (
            {"properties": {"enum": {"enum": ["art", "b"]}, "type": {"type": "string"}}},
            None,
            {"properties": {"enum": {"enum": ["b"]}, "type": {"type": "string"}}},
        ),
        ({"items": {"anyOf": [{"enum": ["art", 1]}]}}, None, {"items": {"anyOf": [{"enum": [1]}]}}),
        ({"default": {"enum": ["art"]}}, None, {"default": {"enum": ["art"]}}),
        (True, None, True),
    ],
)
def test_a_schema_is_narrowed_to_what_may_be_written(
    schema: Any, numbers: tuple[str, ...] | None, expected: Any
) -> None:
    assert narrowed(schema, numbers) == expected


@pytest.mark.parametrize(
    ("schema", "numbers"),
    [
        ({"enum": ["art", "smart"]}, None),
        ({"const": "art"}, None),
        ({"type": "integer"}, ("0.3",)),
        ({"properties": {"a": {"type": "number"}}}, ()),
    ],
)
def test_a_schema_of_which_nothing_is_left_is_refused(
    schema: Any, numbers: tuple[str, ...] | None
) -> None:
    with pytest.raises(ConstraintError, match="other rules forbid"):
        narrowed(schema, numbers)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"A mug"', ["A mug"]),
        ('{"art":"mug"}', ["mug"]),
        ('{"a":"8","b":"290"}', ["8", "290"]),
        ('["a","b"]', ["a", "b"]),
        ('{"a":["x",{"b":"y"},"z"],"c":""}', ["x", "y", "z"]),
        (r'"\nart \"8\" \\ 9"', ['\nart "8" \\ 9']),
        (r'{"a\"b":1.5}', ["1.5"]),
        ("[8,-2]", ["8", "2"]),
        ("[true]", []),
    ],
)
def test_only_values_are_shown(text: str, expected: list[str]) -> None:
    shown, _ = JsonPlace().after(text)

    assert [part for part in shown.split(SEPARATOR) if part] == expected


@pytest.mark.parametrize("text", ['{"a":["x\\n",{"b\\\\":"y"},8],"c":"z \\" {[,:"}'])
def test_it_does_not_matter_how_json_is_cut(text: str) -> None:
    whole, end = JsonPlace().after(text)
    for cut in range(len(text) + 1):
        first, place = JsonPlace().after(text[:cut])
        second, place = place.after(text[cut:])

        assert first + second == whole
        assert place == end
