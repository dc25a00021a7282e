"""The model of llama.cpp's low-level interface: its file, its words, its chat template."""

from __future__ import annotations

import ctypes
import logging
from collections.abc import Sequence
from typing import Any

import llama_cpp
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from tests.benchmarks.engine_measures import LeftOutError
from tests.benchmarks.engine_prompts import Prompt

MAX_META_BYTES = 64 * 1024  # A chat template is a page or two.


class LlamaModel:
    """Weights and tokenizer of a GGUF file."""

    def __init__(self, gguf: str) -> None:
        # It says what it does for every graph that it builds, which takes time of its own.
        logging.getLogger("llama-cpp-python").setLevel(logging.ERROR)
        llama_cpp.llama_backend_init()
        params = llama_cpp.llama_model_default_params()
        self.pointer: Any = llama_cpp.llama_model_load_from_file(gguf.encode(), params)
        if not self.pointer:
            raise LeftOutError(f"llama.cpp cannot read {gguf}")
        self.vocab: Any = llama_cpp.llama_model_get_vocab(self.pointer)
        self._format: Any = Jinja2ChatFormatter(
            self._meta("tokenizer.chat_template"), eos_token="<|im_end|>", bos_token="<|im_start|>"
        )

    def prompt_ids(self, prompt: Prompt) -> list[int]:
        """Return the tokens of a conversation, up to where the answer begins."""
        return self.ids(self._format(messages=prompt.messages).prompt)

    def ids(self, text: str) -> list[int]:
        """Return the tokens of a text; control tokens in it are read as such."""
        data = text.encode()
        found = (llama_cpp.llama_token * (len(data) + 8))()
        num = llama_cpp.llama_tokenize(self.vocab, data, len(data), found, len(found), False, True)
        return list(found[:num])

    def close(self) -> None:
        """Give the memory back."""
        llama_cpp.llama_model_free(self.pointer)

    def _meta(self, key: str) -> str:
        buffer = ctypes.create_string_buffer(MAX_META_BYTES)
        size = llama_cpp.llama_model_meta_val_str(self.pointer, key.encode(), buffer, len(buffer))
        if size < 0:
            raise LeftOutError(f"the GGUF file has no {key}")
        return buffer.value.decode()


def common_prefix(rows: Sequence[Sequence[int]]) -> list[int]:
    """Return what all rows start with, short of a whole row: each must have a token of its own."""
    shortest = min(map(len, rows)) - 1
    num = 0
    while num < shortest and len({row[num] for row in rows}) == 1:
        num += 1
    return list(rows[0][:num])
