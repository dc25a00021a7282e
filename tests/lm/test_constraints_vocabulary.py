from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer, decoders, models
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from shop_content.lm.constraints import ConstraintError, Vocabulary
from shop_content.lm.constraints.numbers import has_numbers
from shop_content.lm.trial_model import trial_model_folder
from tests.lm.conftest import TEST_MODEL_DIR

TEXT = "A “mug” of 350 ml: größer, 茶杯, ☕🫖!\n\tDon't\u00a0stop… e\u0301 ½"


def make_sentencepiece() -> Any:
    """Make a tokenizer of the kind of Llama 2: a sign for spaces, and tokens for single bytes."""
    words = ["▁a", "▁mug", "▁", "s", "8", "<unk>", "</s>"]
    names = [*words, *(f"<0x{byte:02X}>" for byte in range(256))]
    vocab = {name: index for index, name in enumerate(names)}
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=[], byte_fallback=True, unk_token="<unk>"))
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="</s>", unk_token="<unk>")


@pytest.fixture(scope="module")
def tiny_tokenizer(tiny_gpt2: Path) -> Any:
    return AutoTokenizer.from_pretrained(tiny_gpt2)


@pytest.fixture(scope="module")
def trial_tokenizer() -> Any:
    return AutoTokenizer.from_pretrained(trial_model_folder(TEST_MODEL_DIR / "models").folder)


def assert_writes_as_its_tokenizer(tokenizer: Any, vocabulary: Vocabulary, text: str) -> None:
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]

    assert b"".join(vocabulary.token_bytes[token_id] for token_id in ids) == text.encode()


def test_bytes_are_those_that_the_tokenizer_writes(tiny_tokenizer: Any) -> None:
    vocabulary = Vocabulary.from_tokenizer(tiny_tokenizer, end_ids={256})

    assert_writes_as_its_tokenizer(tiny_tokenizer, vocabulary, TEXT)
    assert sorted(vocabulary.byte_ids) == list(range(256))
    assert vocabulary.size == 257


def test_control_tokens_write_nothing(tiny_tokenizer: Any) -> None:
    vocabulary = Vocabulary.from_tokenizer(tiny_tokenizer, end_ids={256})

    assert vocabulary.end_ids == {256}
    assert vocabulary.token_bytes[256] == b""
    assert vocabulary.texts[256] == ""


def test_a_wider_model_has_ids_without_tokens(tiny_tokenizer: Any) -> None:
    vocabulary = Vocabulary.from_tokenizer(tiny_tokenizer, end_ids={256}, size=260)

    assert vocabulary.size == len(vocabulary.texts) == 260
    assert vocabulary.unused_ids == {257, 258, 259}


def test_parts_of_characters_have_no_text(tiny_tokenizer: Any) -> None:
    vocabulary = Vocabulary.from_tokenizer(tiny_tokenizer, end_ids={256})

    texts = {vocabulary.token_bytes[i]: text for i, text in enumerate(vocabulary.texts)}
    assert texts[b"a"] == "a"
    assert texts[b"\xc3"] is None
    assert texts[b"\xa9"] is None


def test_a_token_that_was_added_as_text_writes_it(tiny_gpt2: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_gpt2)
    tokenizer.add_tokens(["Größe Ġ"])

    vocabulary = Vocabulary.from_tokenizer(tokenizer, end_ids={256})

    assert vocabulary.texts[257] == "Größe Ġ"


def test_sentencepiece_tokens_are_read() -> None:
    tokenizer = make_sentencepiece()
    vocabulary = Vocabulary.from_tokenizer(tokenizer, end_ids={6})

    assert vocabulary.texts[1] == " mug"
    assert vocabulary.token_bytes[7 + 0xE8] == b"\xe8"
    ids = [0, 1, 3, 2, 7 + 0xC3, 7 + 0xA9, 4]
    written = b"".join(vocabulary.token_bytes[token_id] for token_id in ids)
    assert written.decode() == tokenizer.decode(ids) == " a mugs é8"


def test_unknown_kinds_of_tokens_are_refused() -> None:
    tokenizer = Tokenizer(models.WordPiece(vocab={"a": 0, "##b": 1, "[UNK]": 2}))
    tokenizer.decoder = decoders.WordPiece()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]")

    with pytest.raises(ConstraintError, match="not known"):
        Vocabulary.from_tokenizer(fast, end_ids={2})


@pytest.mark.model
def test_the_trial_model_is_read(trial_tokenizer: Any) -> None:
    vocabulary = Vocabulary.from_tokenizer(trial_tokenizer, end_ids={2})

    assert vocabulary.size == 49_152
    assert_writes_as_its_tokenizer(trial_tokenizer, vocabulary, TEXT)
    assert vocabulary.texts[1] == ""  # <|im_start|>
    for token_id in range(17, vocabulary.size, 37):
        written = vocabulary.token_bytes[token_id].decode(errors="replace")
        assert written == trial_tokenizer.decode([token_id])


@pytest.mark.model
def test_tokens_without_digits_are_known(trial_tokenizer: Any) -> None:
    vocabulary = Vocabulary.from_tokenizer(trial_tokenizer, end_ids={2})

    for text, is_numberless in zip(vocabulary.texts, vocabulary.is_numberless, strict=True):
        assert bool(is_numberless) is (text is not None and not has_numbers(text))
    assert 40_000 < sum(vocabulary.is_numberless) < vocabulary.size
