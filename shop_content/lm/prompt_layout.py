"""Between texts and token ids: lay out a prompt for a model, and read its tokens as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shop_content.lm.engine import Message


class PromptLayout:
    """A Hugging Face tokenizer, used the same way by every local engine."""

    def __init__(self, tokenizer: Any, *, end_ids: frozenset[int]) -> None:
        """Take a fast tokenizer and the tokens that end a text."""
        self.tokenizer = tokenizer
        self.end_ids = end_ids
        self._special_tokens: list[str] = sorted(tokenizer.all_special_tokens, key=len)

    def prompt_text(self, messages: Sequence[Message]) -> str:
        """Lay out messages as the model was trained to read them.

        A model without a chat template (GPT-2) gets the contents one after the other and goes on
        from there.
        """
        turns = [{"role": m.role, "content": self.defused(m.content)} for m in messages]
        if self.tokenizer.chat_template:
            text: str = self.tokenizer.apply_chat_template(
                turns, tokenize=False, add_generation_prompt=True
            )
            return text
        return "\n\n".join(turn["content"] for turn in turns) + "\n\n"

    def defused(self, content: str) -> str:
        """Break the model's control tokens in text of users, so that it cannot open a new turn."""
        for token in self._special_tokens:
            content = content.replace(token, f"{token[:1]} {token[1:]}")
        return content

    def prompt_ids(self, messages: Sequence[Message], prompt: str) -> list[int]:
        """Return the tokens of messages, or of a plain prompt when there are none."""
        return self.text_ids(self.prompt_text(messages) if messages else self.defused(prompt))

    def text_ids(self, text: str) -> list[int]:
        """Return the tokens of a text, nothing added."""
        ids: list[int] = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids

    def text(self, token_ids: Sequence[int]) -> str:
        """Return what tokens say, without control tokens."""
        text: str = self.tokenizer.decode(
            token_ids, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return text


def end_token_ids(generation_end: Any, tokenizer: Any) -> frozenset[int]:
    """Collect every token that ends a text: of the generation settings and of the tokenizer.

    Args:
        generation_end: `eos_token_id` of a generation config: one id, several, or None.
        tokenizer: Its own end token counts too.
    """
    ids = set(generation_end if isinstance(generation_end, list) else [generation_end])
    ids.add(tokenizer.eos_token_id)
    return frozenset(token_id for token_id in ids if token_id is not None)
