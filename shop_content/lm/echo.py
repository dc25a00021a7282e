"""An engine without a model, for tests: quick, the same each time, and plausible.

It repeats the sentences of the last message that a constraint allows, and weaves in the words that
the system message asks for, so that ordinary checks pass: no number is not in the prompt.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import signal
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import cycle, permutations

from shop_content.lm.engine import (
    ALL_CONSTRAINTS,
    Capabilities,
    DecodingConstraint,
    ErrorCode,
    FinishReason,
    GenerationOutput,
    GenerationRequest,
    ModelInfo,
    PartialText,
    ScoreRequest,
    StepHook,
    Take,
    generate_all,
)

# Words in a prompt that make the engine fail, to test what a worker does then. They act when the
# request's turn comes to be written, not when it is taken.
MARKER_RAISE = "ECHO_RAISE"
MARKER_KILL = "ECHO_KILL"
MARKER_MEMORY = "ECHO_MEMORY"
MARKER_HANG = "ECHO_HANG"  # Never comes back, nor asks for more work.
MARKER_EAT = "ECHO_EAT"  # "ECHO_EAT:300" holds 300 MB of real memory while it is written.

# While it pretends to write, it asks for more work and tells how far it is this often.
PIECE_SECONDS = 0.1

_EAT = re.compile(rf"{MARKER_EAT}:(\d{{1,6}})")
_WORDS_TO_USE = re.compile(r"(?<!not )\buse these words: (.+?)\.(?=\s|$)", re.IGNORECASE)
_WORDS_TO_AVOID = re.compile(r"do not use these words: (.+?)\.(?=\s|$)", re.IGNORECASE)
_WANTED_WORDS = re.compile(r"about (\d+) words")
_QUOTED_NOTE = re.compile(r"^(?:the supplier writes|the last text was):.*", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_NUMBER = re.compile(r"[\d²³¹¼-¾⅐-↉]+(?:[.,]\d+)*")
_SENTENCE_ENDS = (".", "!", "?")
# Sentences without a claim: they fill a text up to its length.
_FILLERS = _SENTENCE.split(
    """It is ready for daily use. You will find it easy to live with.
    A good choice for yourself or as a present. Every detail has its place.
    It feels at home wherever you put it. Simple, clear and made to be used.
    Take it out, use it and enjoy it. There is nothing to learn before you begin.
    It keeps its looks through the seasons. Friends will ask where you found it.
    It does what it should without any fuss. A small pleasure that comes back each morning."""
)
_VIEWS = (" on a plain background", " in soft light", " seen from the side", " up close", "")


class EchoRaisedError(RuntimeError):
    """The prompt asked for a failure."""


class EchoEngine:
    """Answer with text made from the prompt itself."""

    def __init__(self, *, delay_seconds: float = 0.0, max_batch_size: int = 16) -> None:
        """Take the time that each request pretends to need, and how many are under way at most."""
        digest = hashlib.sha256(b"echo").hexdigest()
        self.info = ModelInfo("echo", "echo", "1", digest, dtype="none", device="cpu")
        self.capabilities = Capabilities(
            is_repeatable=True,
            has_logprobs=True,
            can_score=True,
            streams=True,
            constraints=ALL_CONSTRAINTS,
        )
        self._delay_seconds = delay_seconds
        self._max_batch_size = max(1, max_batch_size)

    def generate(
        self, requests: Sequence[GenerationRequest], on_step: StepHook | None = None
    ) -> list[GenerationOutput]:
        """Write the texts of all requests. See `Engine.generate` and `stream`."""
        return generate_all(self, requests, on_step)

    def stream(self, take: Take) -> Iterator[GenerationOutput | PartialText]:
        """Write requests one after the other, in the order taken. See `Engine.stream`.

        Raises:
            EchoRaisedError, MemoryError: A prompt holds the marker for it.
            ValueError, KeyError: A JSON schema is no JSON, or not that of an object.
        """
        under_way = deque(take(self._max_batch_size))
        while under_way:
            request = under_way[0]
            # Named, so that the memory is held until the request is written.
            eaten = _obey_markers(_prompt_text(request))
            outputs = self._outputs(request)
            text = outputs[0].text
            for written in self._pieces():
                if request.wants_progress:
                    yield PartialText(request.request_id, text[: int(len(text) * written)])
                under_way.extend(take(self._max_batch_size - len(under_way)))
            del eaten
            under_way.popleft()
            yield from outputs
            under_way.extend(take(self._max_batch_size - len(under_way)))

    def score(self, requests: Sequence[ScoreRequest]) -> list[tuple[float, ...]]:
        """Return a number below 0 for each word: always the same after the same prompt and words.

        See `ScoringEngine.score`. The numbers come from a hash, so they judge nothing.
        """
        return [_score(request) for request in requests]

    def _pieces(self) -> Iterator[float]:
        """Sleep the time of one request, and between its pieces say which share has passed."""
        num_pieces = max(1, round(self._delay_seconds / PIECE_SECONDS))
        for piece in range(1, num_pieces + 1):
            if self._delay_seconds > 0:
                time.sleep(self._delay_seconds / num_pieces)
            if piece < num_pieces:
                yield piece / num_pieces

    def _outputs(self, request: GenerationRequest) -> list[GenerationOutput]:
        """Write all candidates: each is what another seed would give."""
        params = request.params
        outputs: list[GenerationOutput] = []
        for candidate in range(params.num_candidates):
            texts = {output.text for output in outputs}
            for trial in range(8):  # A short field has few texts, and some were taken.
                # Not seed + candidate: that is the seed of the next attempt.
                digest = hashlib.sha256(f"{params.seed} {candidate} {trial}".encode()).digest()
                seed = int.from_bytes(digest[:7], "big") if candidate else params.seed
                output = self._output(replace(request, params=replace(params, seed=seed)))
                if output.text not in texts:
                    break
            outputs.append(replace(output, request_id=request.request_id, candidate=candidate))
        return outputs

    def _output(self, request: GenerationRequest) -> GenerationOutput:
        error = "The echo engine has no adapters." if request.adapter else ""
        text = "" if error else _write(request)
        num_tokens = len(text.split())
        return GenerationOutput(
            request_id=request.request_id,
            text=text,
            token_ids=tuple(range(num_tokens)),
            logprobs=(-0.5,) * num_tokens,
            finish_reason=FinishReason.ERROR if error else FinishReason.STOP,
            prompt_tokens=len(_prompt_text(request).split()),
            completion_tokens=num_tokens,
            queue_seconds=0.0,
            prefill_seconds=0.0,
            decode_seconds=self._delay_seconds,
            error_code=ErrorCode.NOT_OFFERED if error else None,
            error=error,
        )


class _Allowed:
    """Tell what a constraint lets pass."""

    def __init__(self, constraint: DecodingConstraint) -> None:
        numbers = constraint.numbers
        self._numbers = None if numbers is None else set(_NUMBER.findall(" ".join(numbers)))
        self._forbidden = [_pattern(phrase) for phrase in constraint.forbidden if phrase.strip()]

    def __call__(self, text: str) -> bool:
        numbers = _NUMBER.findall(text)
        if self._numbers is not None and not self._numbers.issuperset(numbers):
            return False
        return not any(pattern.search(text) for pattern in self._forbidden)


def _pattern(phrase: str) -> re.Pattern[str]:
    words = r"\s+".join(map(re.escape, phrase.split()))
    # Scripts from Thai on write no blanks between words.
    edged = words if any(ord(char) >= 0x0E00 for char in phrase) else rf"(?<!\w){words}(?!\w)"
    return re.compile(edged, re.IGNORECASE)


def _prompt_text(request: GenerationRequest | ScoreRequest) -> str:
    return "\n".join(message.content for message in request.messages) or request.prompt


def _obey_markers(prompt: str) -> bytes:
    """Fail as the prompt asks, or return the memory that it asks to be held."""
    if MARKER_RAISE in prompt:
        raise EchoRaisedError("The prompt asked for a failure.")
    if MARKER_MEMORY in prompt:
        raise MemoryError("The prompt asked for a lack of memory.")
    if MARKER_KILL in prompt:
        os.kill(os.getpid(), signal.SIGKILL)
    while MARKER_HANG in prompt:
        time.sleep(1.0)
    eat = _EAT.search(prompt)
    # Zeros would take no real memory before they are written to.
    return b"\x01" * (int(eat[1]) * 1_000_000 if eat else 0)


def _score(request: ScoreRequest) -> tuple[float, ...]:
    digest = hashlib.sha256(f"{request.adapter}\n{_prompt_text(request)}".encode(errors="replace"))
    logprobs = []
    for word in request.text.split():
        digest.update(f" {word}".encode(errors="replace"))
        logprobs.append(-0.05 - int.from_bytes(digest.digest()[:4], "big") / 2**30)
    return tuple(logprobs)


def _write(request: GenerationRequest) -> str:
    """Compose a text in the form that the system message, or the constraint, asks for."""
    constraint = request.constraint or DecodingConstraint()
    allowed = _Allowed(constraint)
    task = " ".join(m.content for m in request.messages if m.role == "system")
    notes = _notes(request.messages[-1].content if request.messages else request.prompt)
    prompt = f"{request.params.seed}\n{task}\n{notes}"
    # A seeded shuffle, so that another seed gives another text.
    chance = random.Random(hashlib.sha256(prompt.encode()).hexdigest())  # noqa: S311 - no secret.
    title, *phrases = (notes[0].rstrip(".") if notes else "This product").split(", ")
    title = title if allowed(title) else "This product"
    facts = [f"{phrase[:1].upper()}{phrase[1:]}." for phrase in phrases] + notes[1:]
    chance.shuffle(facts)
    used = [f"Made for {word}." for word in _listed(_WORDS_TO_USE, task)]
    fillers = list(_FILLERS)
    chance.shuffle(fillers)
    avoided = [word.casefold() for word in _listed(_WORDS_TO_AVOID, task)]
    sentences = [*used, *facts, *fillers]
    fine = [s for s in sentences if allowed(s) and not any(w in s.casefold() for w in avoided)]
    if constraint.json_schema:
        # Strings only, whatever type the schema asks for.
        names = json.loads(constraint.json_schema)["properties"]
        written = dict(zip(names, cycle(fine or [""]), strict=False))
        return json.dumps(written, ensure_ascii=False)
    if "title" in task or "photo" in task:
        text = chance.choice([*filter(allowed, _labels(task, title, phrases))] or [""])
    elif "one per line" in task:
        text = "\n".join(f"- {sentence.rstrip('.')}" for sentence in fine[:4])
    else:
        wanted = _WANTED_WORDS.search(task)
        text = _fill(
            [*filter(allowed, [f"Meet {title}."]), *fine], int(wanted[1]) if wanted else 18
        )
    return _ended(text, request.params.stop, constraint)


def _labels(task: str, title: str, phrases: list[str]) -> list[str]:
    """Return titles for a page, or sentences for a photo, of which one is to be chosen."""
    if "title" not in task:
        return [f"{_cut(title, 100)}{view}." for view in _VIEWS]
    more = [*permutations(phrases[:4], 1), *permutations(phrases[:4], 2)]
    longer = [", ".join((title, *some)) for some in more]
    return [_cut(title, 60), *(label for label in longer if len(label) <= 60)]


def _ended(text: str, stop: tuple[str, ...], constraint: DecodingConstraint) -> str:
    """End the text before the first stop string, and on a sentence if it must."""
    text = text[: min((text.find(end) for end in stop if end in text), default=len(text))]
    if constraint.ends_on_sentence and text and not text.endswith(_SENTENCE_ENDS):
        return f"{text.rstrip()}."
    return text


def _cut(text: str, max_chars: int) -> str:
    """Cut a text at a word, for half a number is another number."""
    if len(text) <= max_chars:
        return text.strip()
    # A blank after the last word shows that it is whole.
    return text[: max_chars + 1].rpartition(" ")[0].strip() or text[:max_chars]


def _notes(content: str) -> list[str]:
    sentences = [part.strip() for part in _SENTENCE.split(content)]
    notes = [s for s in sentences if s and not _QUOTED_NOTE.match(s)]
    return [s if s.endswith(_SENTENCE_ENDS) else f"{s}." for s in notes]


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
