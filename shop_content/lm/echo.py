"""An engine without a model, for tests: quick, the same each time, and plausible.

It repeats the sentences of the last message and weaves in the words that the system message asks
for, so that ordinary checks pass: no number appears that is not in the prompt.
"""

from __future__ import annotations

import hashlib
import os
import random
import re
import signal
import time
from collections.abc import Sequence

from shop_content.lm.engine import (
    FinishReason,
    GenerationOutput,
    GenerationRequest,
    ModelInfo,
    StepHook,
)

# Words in a prompt that make the engine fail, to test what a worker does then.
MARKER_RAISE = "ECHO_RAISE"
MARKER_KILL = "ECHO_KILL"
MARKER_MEMORY = "ECHO_MEMORY"

_WORDS_TO_USE = re.compile(r"(?<!not )\buse these words: (.+?)\.(?=\s|$)", re.IGNORECASE)
_WORDS_TO_AVOID = re.compile(r"do not use these words: (.+?)\.(?=\s|$)", re.IGNORECASE)
_WANTED_WORDS = re.compile(r"about (\d+) words")
_QUOTED_NOTE = re.compile(r"^(?:the supplier writes|the last text was):.*", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
# Sentences without a claim: they fill a text up to its length.
_FILLERS = (
    "It is ready for daily use.",
    "You will find it easy to live with.",
    "A good choice for yourself or as a present.",
    "Every detail has its place.",
    "It feels at home wherever you put it.",
    "Simple, clear and made to be used.",
    "Take it out, use it and enjoy it.",
    "There is nothing to learn before you begin.",
    "It keeps its looks through the seasons.",
    "Friends will ask where you found it.",
    "It does what it should without any fuss.",
    "A small pleasure that comes back each morning.",
)


class EchoRaisedError(RuntimeError):
    """The prompt asked for a failure."""


class EchoEngine:
    """Answer with text made from the prompt itself."""

    def __init__(self, *, delay_seconds: float = 0.0) -> None:
        """Take the time that each request pretends to need."""
        self.info = ModelInfo(
            engine="echo",
            name="echo",
            revision="1",
            weights_sha256=hashlib.sha256(b"echo").hexdigest(),
            dtype="none",
            device="cpu",
        )
        self._delay_seconds = delay_seconds

    def generate(
        self, requests: Sequence[GenerationRequest], on_step: StepHook | None = None
    ) -> list[GenerationOutput]:
        """Write one text per request. See `Engine.generate`; each request is one step.

        Raises:
            EchoRaisedError, MemoryError: A prompt holds the marker for it.
        """
        outputs = []
        for step, request in enumerate(requests, start=1):
            self._obey_markers(request)
            if self._delay_seconds > 0:
                time.sleep(self._delay_seconds)
            outputs.append(self._output(request))
            if on_step is not None:
                on_step(step)
        return outputs

    def _obey_markers(self, request: GenerationRequest) -> None:
        prompt = "\n".join(message.content for message in request.messages)
        if MARKER_RAISE in prompt:
            raise EchoRaisedError("The prompt asked for a failure.")
        if MARKER_MEMORY in prompt:
            raise MemoryError("The prompt asked for a lack of memory.")
        if MARKER_KILL in prompt:
            os.kill(os.getpid(), signal.SIGKILL)

    def _output(self, request: GenerationRequest) -> GenerationOutput:
        prompt = "\n".join(message.content for message in request.messages)
        text = _write(request)
        num_tokens = len(text.split())
        return GenerationOutput(
            request_id=request.request_id,
            text=text,
            token_ids=tuple(range(num_tokens)),
            logprobs=(-0.5,) * num_tokens,
            finish_reason=FinishReason.STOP,
            prompt_tokens=len(prompt.split()),
            completion_tokens=num_tokens,
            queue_seconds=0.0,
            prefill_seconds=0.0,
            decode_seconds=self._delay_seconds,
        )


def _write(request: GenerationRequest) -> str:
    """Compose a text in the form that the system message asks for."""
    task = " ".join(m.content for m in request.messages if m.role == "system")
    notes = _notes(request.messages[-1].content if request.messages else "")
    prompt = f"{request.params.seed}\n{task}\n{notes}"
    # A seeded shuffle, so that another seed gives another text.
    chance = random.Random(hashlib.sha256(prompt.encode()).hexdigest())  # noqa: S311 - no secret.
    title, *phrases = (notes[0].rstrip(".") if notes else "This product").split(", ")
    facts = [f"{phrase[:1].upper()}{phrase[1:]}." for phrase in phrases] + notes[1:]
    chance.shuffle(facts)
    used = [f"Made for {word}." for word in _listed(_WORDS_TO_USE, task)]
    fillers = list(_FILLERS)
    chance.shuffle(fillers)
    avoided = [word.casefold() for word in _listed(_WORDS_TO_AVOID, task)]
    body = [s for s in [*used, *facts, *fillers] if not any(w in s.casefold() for w in avoided)]
    if "title" in task:
        return title[:60].strip()
    if "one per line" in task:
        return "\n".join(f"- {sentence.rstrip('.')}" for sentence in body[:4])
    if "photo" in task:
        return f"{title[:100].strip()} on a plain background."
    wanted = _WANTED_WORDS.search(task)
    return _fill([f"Meet {title}.", *body], int(wanted[1]) if wanted else 18)


def _notes(content: str) -> list[str]:
    sentences = [part.strip() for part in _SENTENCE.split(content)]
    return [s if s.endswith((".", "!", "?")) else f"{s}." for s in sentences if _is_note(s)]


def _is_note(sentence: str) -> bool:
    return bool(sentence) and not _QUOTED_NOTE.match(sentence)


def _listed(pattern: re.Pattern[str], task: str) -> list[str]:
    found = pattern.search(task)
    return [word.strip() for word in found[1].split(",") if word.strip()] if found else []


def _fill(sentences: list[str], num_words: int) -> str:
    """Join sentences until the text has about that many words."""
    text: list[str] = []
    for sentence in sentences:
        if text and len(" ".join([*text, sentence]).split()) > num_words * 1.1:
            break
        text.append(sentence)
    return " ".join(text)
