from __future__ import annotations

import json
import random
import subprocess
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoTokenizer

from shop_content.lm.constraints import (
    ConstraintError,
    TokenConstraint,
    Vocabulary,
    compile_constraint,
    numbers_in,
)
from shop_content.lm.engine import DecodingConstraint
from shop_content.lm.trial_model import trial_model_folder
from tests.lm.conftest import TEST_MODEL_DIR

NUMBERS = ("8", "290", "0.3", "1.000,50", "½")
FORBIDDEN = ("art", "as an AI", "0.3 l", "[insert", "café", "mug 290")
SAMPLE = (
    "As an AI, art of 8 cafés: 0.3 l, 290 and 8,290 or 1.000,50 (½ or 82). [insert art] "
    "smart artisan Café mug 290 as  an ai 0.35 29 ²"
)
SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "maxLength": 9},
        "text": {"type": "string", "maxLength": 14},
        "art": {"type": "string", "maxLength": 6},
        "kind": {"enum": ["mug", "art mug", "8 mugs", "82 mugs"]},
    },
    "required": ["title", "text", "art", "kind"],
    "additionalProperties": False,
}
seeds = st.integers(min_value=0, max_value=2**32)


def read_vocabulary(folder: Path) -> Vocabulary:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    return Vocabulary.from_tokenizer(tokenizer, end_ids={tokenizer.eos_token_id})


@pytest.fixture(scope="module")
def tiny(tiny_gpt2: Path) -> Vocabulary:
    return read_vocabulary(tiny_gpt2)


@pytest.fixture(scope="module")
def trial() -> Vocabulary:
    return read_vocabulary(trial_model_folder(TEST_MODEL_DIR / "models").folder)


def start(vocabulary: Vocabulary, *, max_tokens: int = 400, **fields: Any) -> TokenConstraint:
    return compile_constraint(DecodingConstraint(**fields), vocabulary, max_tokens=max_tokens)


def encode(vocabulary: Vocabulary, text: str) -> list[int]:
    ids: list[int] = vocabulary.tokenizer(text, add_special_tokens=False)["input_ids"]
    return ids


def decode(vocabulary: Vocabulary, ids: list[int]) -> str:
    text: str = vocabulary.tokenizer.decode(
        ids, skip_special_tokens=True, clean_up_tokenization_spaces=False
    )
    return text


def write(state: TokenConstraint, ids: Iterable[int]) -> bool:
    """Write tokens as long as they are allowed; tell whether all were."""
    for token_id in ids:
        if not state.allows(token_id):
            return False
        state.advance(token_id)
    return True


def proposals(vocabulary: Vocabulary, rng: random.Random) -> Iterator[int]:
    """Yield tokens as a model might: mostly those that make trouble, in the end all of them."""
    likely = sample_ids(vocabulary)
    if rng.random() < 0.9:
        yield from rng.sample(likely, min(8, len(likely)))
    yield from (rng.randrange(vocabulary.size) for _ in range(50))
    yield from as_ids(vocabulary, '0123456789.,½"}')  # What may be the only way on.
    first = rng.randrange(vocabulary.size)
    yield from (*range(first, vocabulary.size), *range(first))


@lru_cache(maxsize=2)
def sample_ids(vocabulary: Vocabulary) -> list[int]:
    return encode(vocabulary, SAMPLE)


def walk(
    state: TokenConstraint, vocabulary: Vocabulary, seed: int, *, num_tokens: int
) -> list[int]:
    """Draw, ask, draw again; after `num_tokens` go on until the text may end."""
    rng = random.Random(seed)
    (end_id,) = vocabulary.end_ids
    ids: list[int] = []
    while len(ids) < num_tokens or not state.allows(end_id):
        assert len(ids) < num_tokens + 40, "The text cannot be ended."
        drawn = (token for token in proposals(vocabulary, rng) if token != end_id)
        token_id = next((token for token in drawn if state.allows(token)), None)
        assert token_id is not None, f"Stuck after {decode(vocabulary, ids)!r}"
        state.advance(token_id)
        ids.append(token_id)
    return ids


def has_forbidden(text: str) -> bool:
    """Look for the phrases in the whole text, at once and by its words."""
    said = fold(text)
    for phrase in map(fold, FORBIDDEN):
        for place in range(len(said)):
            before, after = said[:place][-1:], said[place + len(phrase) :][:1]
            starts = not (is_word(before) and is_word(phrase[0]))
            if said.startswith(phrase, place) and starts and not is_word(after):
                return True
    return False


def fold(text: str) -> str:
    plain = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return " ".join(unicodedata.normalize("NFKD", plain.casefold()).replace("’", "'").split(" "))


def is_word(char: str) -> bool:
    return char.isalnum() or (bool(char) and unicodedata.category(char)[0] == "M")


@settings(max_examples=60, deadline=None)
@given(seed=seeds, numbers=st.lists(st.sampled_from(NUMBERS), unique=True).map(tuple))
def test_only_known_numbers_are_written_byte_by_byte(
    tiny: Vocabulary, seed: int, numbers: tuple[str, ...]
) -> None:
    ids = walk(start(tiny, numbers=numbers), tiny, seed, num_tokens=40)

    assert set(numbers_in(decode(tiny, ids))) <= set(numbers)


@settings(max_examples=60, deadline=None)
@given(seed=seeds)
def test_no_forbidden_phrase_is_written_byte_by_byte(tiny: Vocabulary, seed: int) -> None:
    ids = walk(start(tiny, forbidden=FORBIDDEN), tiny, seed, num_tokens=60)

    assert not has_forbidden(decode(tiny, ids))


@settings(max_examples=60, deadline=None)
@given(seed=seeds)
def test_numbers_and_phrases_together_leave_a_way_on(tiny: Vocabulary, seed: int) -> None:
    """After "0" only "0.3" or "0.35" could come, and "3" is forbidden: no "0" may be written."""
    numbers = ("0.3", "290", "0.35", "12")
    state = start(tiny, numbers=numbers, forbidden=("3", "mug 290", "2", "as an ai"))

    ids = walk(state, tiny, seed, num_tokens=40)

    assert set(numbers_in(decode(tiny, ids))) <= {"12", "290"}


@pytest.mark.model
@settings(max_examples=25, deadline=None)
@given(seed=seeds)
def test_the_trial_model_writes_only_what_it_may(trial: Vocabulary, seed: int) -> None:
    state = start(trial, numbers=NUMBERS, forbidden=FORBIDDEN)

    text = decode(trial, walk(state, trial, seed, num_tokens=40))

    assert set(numbers_in(text)) <= set(NUMBERS)
    assert not has_forbidden(text)


def walk_json(state: TokenConstraint, vocabulary: Vocabulary, seed: int) -> str:
    """Draw inside the mask until the value is whole."""
    rng = random.Random(seed)
    (end_id,) = vocabulary.end_ids
    ids: list[int] = []
    while not state.must_end():
        assert not state.allows(end_id)
        assert len(ids) < 200
        mask = state.mask()
        assert mask is not None
        drawn = (token for token in proposals(vocabulary, rng) if mask[token])
        token_id = next((token for token in drawn if state.allows(token)), None)
        assert token_id is not None, f"Stuck after {decode(vocabulary, ids)!r}"
        state.advance(token_id)
        ids.append(token_id)
    assert state.allows(end_id)
    return decode(vocabulary, ids)


def assert_fits_schema(text: str) -> dict[str, str]:
    value: dict[str, str] = json.loads(text)
    properties: dict[str, Any] = SCHEMA["properties"]  # type: ignore[assignment]  # A literal.
    assert list(value) == list(properties)
    for name in ("title", "text", "art"):
        assert isinstance(value[name], str)
        assert len(value[name]) <= properties[name]["maxLength"]
    assert value["kind"] in properties["kind"]["enum"]
    return value


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_json_fits_its_schema_byte_by_byte(tiny: Vocabulary, seed: int) -> None:
    assert_fits_schema(walk_json(start(tiny, json_schema=json.dumps(SCHEMA)), tiny, seed))


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_json_with_numbers_and_phrases_is_never_stuck(tiny: Vocabulary, seed: int) -> None:
    state = start(tiny, json_schema=json.dumps(SCHEMA), numbers=NUMBERS, forbidden=FORBIDDEN)

    value = assert_fits_schema(walk_json(state, tiny, seed))

    assert set(numbers_in(*value.values())) <= set(NUMBERS)
    assert not any(map(has_forbidden, value.values()))
    assert value["kind"] in {"mug", "8 mugs"}


@pytest.mark.model
@settings(max_examples=12, deadline=None)
@given(seed=seeds)
def test_the_trial_model_writes_json_within_all_rules(trial: Vocabulary, seed: int) -> None:
    state = start(trial, json_schema=json.dumps(SCHEMA), numbers=NUMBERS, forbidden=FORBIDDEN)

    value = assert_fits_schema(walk_json(state, trial, seed))

    assert set(numbers_in(*value.values())) <= set(NUMBERS)
    assert not any(map(has_forbidden, value.values()))


def test_a_number_in_json_is_one_of_the_allowed(tiny: Vocabulary) -> None:
    schema = '{"type": "array", "items": {"type": "integer"}}'
    state = start(tiny, json_schema=schema, numbers=("8", "290", "0.3"))

    assert write(state, as_ids(tiny, "[8,290"))
    assert not state.fork().allows(ord("1"))
    assert not write(state.fork(), as_ids(tiny, ",0"))
    assert not write(state.fork(), as_ids(tiny, ",29]"))


def test_json_that_nothing_may_fill_is_refused(tiny: Vocabulary) -> None:
    with pytest.raises(ConstraintError, match="other rules forbid"):
        start(tiny, json_schema='{"enum": ["art"]}', forbidden=("art",))


def test_names_of_fields_are_free(tiny: Vocabulary) -> None:
    schema = {"type": "object", "properties": {"art8": {"type": "string"}}, "required": ["art8"]}
    state = start(tiny, json_schema=json.dumps(schema), numbers=(), forbidden=("art8",))

    assert write(state, as_ids(tiny, '{"art8":"ar'))
    assert write(state.fork(), as_ids(tiny, "x"))
    assert not write(state, as_ids(tiny, "t8"))


def as_ids(vocabulary: Vocabulary, text: str | bytes) -> list[int]:
    """Return one token a byte."""
    data = text.encode() if isinstance(text, str) else text
    return [vocabulary.byte_ids[byte] for byte in data]


@pytest.mark.parametrize(
    ("numbers", "text", "is_fine"),
    [
        (("8", "290"), "8, 290", True),
        (("8", "290"), "8,290", False),
        (("½",), "½", True),
        (("8",), "½", False),
        (("8",), "é", True),
        (("8",), b"\xc2 8", True),  # A broken character is none.
        (("8",), b"8\xc2", True),
        (("8",), b"8\xc2\xbd", False),
        (("0.3",), b"0\xc2", False),
        (("0½",), b"0\xc2\xbd", True),
        (("0½",), b"0\xc2 ", False),
        ((), b"\xff\xfe\x80", True),
        ((), b"\xf0\x9f\x98\x80", True),
        ((), b"\xf0\x92\x90", False),  # Nothing but digits begins with these bytes.
    ],
)
def test_characters_are_judged_when_they_are_whole(
    tiny: Vocabulary, numbers: tuple[str, ...], text: str | bytes, is_fine: bool
) -> None:
    assert write(start(tiny, numbers=numbers), as_ids(tiny, text)) is is_fine


@pytest.mark.parametrize(
    ("text", "may_end"),
    [("", True), ("8", True), ("29", False), ("290", True), ("0", False), ("0.", False)],
)
def test_a_text_may_end_where_its_number_is_whole(
    tiny: Vocabulary, text: str, may_end: bool
) -> None:
    state = start(tiny, numbers=("8", "290", "0.3"))
    assert write(state, as_ids(tiny, text))

    assert state.allows(256) is may_end


@pytest.mark.parametrize(
    ("max_tokens", "text", "is_fine"),
    [(3, "0.3", True), (2, "0", False), (4, " 0.3", True), (4, "  0", False), (1, "8", True)],
)
def test_no_number_is_begun_that_the_limit_would_cut(
    tiny: Vocabulary, max_tokens: int, text: str, is_fine: bool
) -> None:
    state = start(tiny, numbers=("0.3", "8"), max_tokens=max_tokens)

    assert write(state, as_ids(tiny, text)) is is_fine


def test_a_number_without_end_is_left_out(tiny: Vocabulary) -> None:
    state = start(tiny, numbers=("8" * 5000, "290"), forbidden=("art",), max_tokens=400)

    assert not state.allows(tiny.byte_ids[ord("8")])
    assert write(state, as_ids(tiny, "290"))


def test_importing_needs_no_framework() -> None:
    code = (
        "import sys, shop_content.lm.constraints;"
        "sys.exit(not {'torch', 'transformers', 'llguidance'}.isdisjoint(sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_no_rule_allows_everything(tiny: Vocabulary) -> None:
    state = start(tiny)

    assert write(state, as_ids(tiny, "8 art \xff."))
    assert state.allows(256)
    assert state.mask() is None
    assert not state.must_end()


def test_ids_without_a_token_are_never_allowed(tiny: Vocabulary) -> None:
    wide = Vocabulary.from_tokenizer(tiny.tokenizer, end_ids={256}, size=258)

    assert not start(wide).allows(257)
    assert start(wide).allows(256)


@pytest.mark.model
def test_whole_tokens_of_the_trial_model_are_judged(trial: Vocabulary) -> None:
    texts = ("It holds 8 mugs", "It holds 9 mugs", " smart artisan", " art", " art deco")

    allowed = [
        write(start(trial, numbers=("8",), forbidden=("art",)), encode(trial, text))
        for text in texts
    ]

    assert allowed == [True, False, True, False, False]


@pytest.mark.model
def test_control_tokens_change_nothing(trial: Vocabulary) -> None:
    state = start(trial, numbers=("29",), forbidden=("art",))
    assert write(state, as_ids(trial, "2"))

    assert write(state, [1])  # <|im_start|>

    assert not state.allows(2)
    assert write(state, as_ids(trial, "9"))
    assert state.allows(2)


@settings(max_examples=60, deadline=None)
@given(seed=seeds)
def test_a_copy_is_independent(tiny: Vocabulary, seed: int) -> None:
    state = start(tiny, numbers=NUMBERS, forbidden=FORBIDDEN, ends_on_sentence=True)
    walk(state, tiny, seed, num_tokens=5)
    before = [state.allows(token_id) for token_id in range(tiny.size)]

    copy = state.fork()
    assert [copy.allows(token_id) for token_id in range(tiny.size)] == before
    walk(copy, tiny, seed + 1, num_tokens=10)

    assert [state.allows(token_id) for token_id in range(tiny.size)] == before


def test_a_copy_of_a_json_text_is_independent(tiny: Vocabulary) -> None:
    state = start(tiny, json_schema='{"type": "string"}', numbers=("8",))
    assert write(state, as_ids(tiny, '"A '))

    copy = state.fork()
    assert write(copy, as_ids(tiny, '8"'))

    assert copy.must_end()
    assert not state.must_end()
    assert write(state, as_ids(tiny, 'mug"'))


def test_the_copies_count_their_tokens(tiny: Vocabulary) -> None:
    state = start(tiny, ends_on_sentence=True, max_tokens=8)
    assert write(state, as_ids(tiny, "A mug"))
    copy = state.fork()

    assert write(copy, as_ids(tiny, "."))

    assert copy.must_end()
    assert not state.must_end()


@settings(max_examples=6, deadline=None)
@given(seed=seeds)
def test_what_is_refused_cannot_be_written(tiny: Vocabulary, seed: int) -> None:
    """And what is allowed can, asked before or not, and leaves a text within the rules."""
    state = start(tiny, numbers=NUMBERS, forbidden=FORBIDDEN)
    ids = walk(state, tiny, seed, num_tokens=15)
    ending = walk(state.fork(), tiny, seed, num_tokens=0)
    assert set(numbers_in(decode(tiny, ids + ending))) <= set(NUMBERS)

    for token_id in range(tiny.size - 1):
        copy = state.fork()
        if state.allows(token_id):
            copy.advance(token_id)
            rest = walk(copy, tiny, seed, num_tokens=1)
            text = decode(tiny, [*ids, token_id, *rest])
            assert set(numbers_in(text)) <= set(NUMBERS)
            assert not has_forbidden(text)
        else:
            with pytest.raises(ValueError, match="not allowed"):
                copy.advance(token_id)


def test_a_refused_token_changes_nothing(tiny: Vocabulary) -> None:
    state = start(tiny, numbers=("29",))
    assert write(state, as_ids(tiny, "2"))

    with pytest.raises(ValueError, match="not allowed"):
        state.advance(tiny.byte_ids[ord("1")])

    assert write(state, as_ids(tiny, "9"))


def test_an_answer_holds_for_one_token_only(tiny: Vocabulary) -> None:
    state = start(tiny, numbers=("8",))
    assert write(state, as_ids(tiny, "8"))

    with pytest.raises(ValueError, match="not allowed"):
        state.advance(tiny.byte_ids[ord("8")])


def test_a_text_ends_with_the_first_sentence_of_its_last_quarter(tiny: Vocabulary) -> None:
    state = start(tiny, ends_on_sentence=True, max_tokens=40)
    ended_at = []

    for place, token_id in enumerate(
        as_ids(tiny, "A mug. A mug. It weighs 8. A mug. A mug. A mug.")
    ):
        state.advance(token_id)
        if state.must_end():
            ended_at.append(place + 1)

    # The last quarter begins at 30; a space after the full stop takes nothing back.
    assert ended_at == [33, 34, 40, 41, 47]


def test_no_sentence_ends_within_a_character_or_a_number(tiny: Vocabulary) -> None:
    state = start(tiny, ends_on_sentence=True, max_tokens=9, numbers=("8.5",))
    assert write(state, as_ids(tiny, "A mug 8."))
    assert not state.must_end()

    other = start(tiny, ends_on_sentence=True, max_tokens=4)
    assert write(other, as_ids(tiny, b"mug.\xe2"))
    assert not other.must_end()


def test_only_who_asks_for_sentences_gets_them(tiny: Vocabulary) -> None:
    state = start(tiny, numbers=(), max_tokens=4)
    assert write(state, as_ids(tiny, "A mug."))

    assert not state.must_end()


def test_json_ends_with_its_value_and_not_with_a_sentence(tiny: Vocabulary) -> None:
    state = start(tiny, json_schema='{"type": "string"}', ends_on_sentence=True, max_tokens=4)
    assert write(state, as_ids(tiny, '"A mug.'))
    assert not state.must_end()

    assert write(state, as_ids(tiny, '"'))

    assert state.must_end()
