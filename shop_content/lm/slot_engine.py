"""Write many texts at once on a model with numbered slots; a free slot is given on at once.

One loop: give free slots to waiting texts and read their prompts, draw a token for every text,
finish what is finished, run the model on the drawn tokens. The model is a `ModelRunner`; drawing,
constraints, stop strings and prompts are the same for all of them.

Prompts of a run begin alike (the task, the tone, the rules), and the candidates of a request are
alike to the last token. What a slot has read already, of its present text or of its last one, is
copied instead of being read again.

Sameness: a text draws the random numbers of its own seed, whatever else is in the batch. In float32
the logits of a row hardly depend on its neighbours, so the text is the same but for ties within
rounding; in narrower formats they do, and a text can change with its neighbours.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import torch

from shop_content.lm.constraints import (
    ConstraintError,
    TokenConstraint,
    Vocabulary,
    compile_constraint,
    cut_to_sentence,
)
from shop_content.lm.engine import (
    Capabilities,
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
from shop_content.lm.model_runner import Chunk, ModelRunner
from shop_content.lm.prompt_layout import PromptLayout
from shop_content.lm.sampling import Allowed, Draws, draw_tokens

# A stop string is looked for in the last tokens only; none of ours is longer than this.
STOP_WINDOW_TOKENS = 24
# A shorter shared beginning is read faster than it is copied.
MIN_SHARED_TOKENS = 8
# Prompts read in one forward pass, in tokens: bounds memory, and how long running texts wait.
MAX_PREFILL_TOKENS = 2048
PROGRESS_SECONDS = 0.5


@dataclass(slots=True, eq=False)
class _Text:
    """One candidate of a request, waiting or being written."""

    request: GenerationRequest
    candidate: int
    prompt_ids: list[int]
    draws: Draws
    max_new: int  # The request's limit, or what is left of the model's context.
    constraint: TokenConstraint | None
    queued_at: float
    slot: int = -1
    begun_at: float = 0.0
    read_at: float = 0.0
    reported_at: float = 0.0
    finish_reason: FinishReason | None = None


@dataclass(slots=True)
class _Slot:
    """What a slot has read: the prompt of its present text, or of its last one."""

    prompt_ids: Sequence[int] = ()
    adapter: str = ""
    is_busy: bool = False


@dataclass(slots=True)
class _Prefill:
    """Prompts that are about to be read together."""

    texts: list[_Text] = field(default_factory=list)
    chunks: list[Chunk] = field(default_factory=list)

    @property
    def num_tokens(self) -> int:
        return sum(len(chunk.token_ids) for chunk in self.chunks)


class SlotEngine:
    """An engine over a model runner and the tokenizer that belongs to it."""

    def __init__(
        self,
        *,
        runner: ModelRunner,
        layout: PromptLayout,
        info: ModelInfo,
        capabilities: Capabilities,
        adapters: frozenset[str] = frozenset(),
    ) -> None:
        """Take a loaded model; `adapters` are the names that requests may ask for."""
        self.info = info
        self.capabilities = capabilities
        self.layout = layout
        self.runner = runner
        self._adapters = adapters
        self._vocabulary: Vocabulary | None = None
        self._slots = [_Slot() for _ in range(runner.num_slots)]

    def generate(
        self, requests: Sequence[GenerationRequest], on_step: StepHook | None = None
    ) -> list[GenerationOutput]:
        """Write the texts of all requests, in their order. See `Engine.generate`."""
        return generate_all(self, requests, on_step)

    def stream(self, take: Take) -> Iterator[GenerationOutput | PartialText]:
        """Write requests as slots become free. See `Engine.stream`."""
        waiting: deque[_Text] = deque()
        running: list[_Text] = []
        try:
            while True:
                yield from self._accept(take, waiting, len(running))
                if not running and not waiting:
                    return
                for text in self._admit(waiting, running):
                    yield self._output(text)
                if running:
                    for text in self._step(running):
                        yield self._output(text)
                    yield from self._progress(running)
        finally:
            for slot in self._slots:
                slot.is_busy = False

    @torch.inference_mode()
    def score(self, requests: Sequence[ScoreRequest]) -> list[tuple[float, ...]]:
        """Return the log-probabilities of given texts. See `ScoringEngine.score`.

        Raises:
            ValueError: Prompt and text together do not fit the model, or the prompt is empty.
        """
        found: list[tuple[float, ...]] = []
        for request in requests:
            prompt_ids = self.layout.prompt_ids(request.messages, request.prompt)
            text_ids = self.layout.text_ids(request.text)
            if not prompt_ids or len(prompt_ids) + len(text_ids) > self.runner.max_model_len:
                raise ValueError("Prompt and text do not fit the model.")
            logprobs = (
                self.runner.text_logprobs(prompt_ids, text_ids, request.adapter) if text_ids else ()
            )
            found.append(tuple(logprobs))
        return found

    def forget(self) -> None:
        """Read every prompt anew from here on, as after a start; benchmarks want that."""
        self._slots = [_Slot() for _ in range(self.runner.num_slots)]

    def _accept(
        self, take: Take, waiting: deque[_Text], num_running: int
    ) -> Iterator[GenerationOutput]:
        """Take new requests for the free slots; yield those that cannot be written."""
        now = time.perf_counter()
        num_free = max(0, len(self._slots) - num_running - len(waiting))
        for request in take(num_free):
            try:
                waiting.extend(self._texts(request, now))
            except _RefusedError as refusal:
                yield _refused(request, refusal)

    def _texts(self, request: GenerationRequest, now: float) -> list[_Text]:
        """Return the request's candidates.

        Raises:
            _RefusedError: The model has no room for the prompt, or cannot do what is asked.
        """
        prompt_ids = self.layout.prompt_ids(request.messages, request.prompt)
        room = self.runner.max_model_len - len(prompt_ids)
        if not prompt_ids or room < 1:
            raise _RefusedError(
                ErrorCode.PROMPT_TOO_LONG,
                f"The prompt has {len(prompt_ids)} tokens, the model reads "
                f"{self.runner.max_model_len} with the text.",
                num_prompt_tokens=len(prompt_ids),
            )
        if request.adapter and request.adapter not in self._adapters:
            raise _RefusedError(
                ErrorCode.NOT_OFFERED, f"There is no adapter {request.adapter[:60]!r}."
            )
        params = request.params
        max_new = min(params.max_tokens, room)
        constraint = self._constraint(request, max_new)
        return [
            _Text(
                request=request,
                candidate=candidate,
                prompt_ids=prompt_ids,
                draws=Draws.start(params, candidate),
                max_new=max_new,
                constraint=constraint.fork() if constraint else None,
                queued_at=now,
            )
            for candidate in range(params.num_candidates)
        ]

    def _constraint(self, request: GenerationRequest, max_new: int) -> TokenConstraint | None:
        if request.constraint is None:
            return None
        try:
            if self._vocabulary is None:
                self._vocabulary = Vocabulary.from_tokenizer(
                    self.layout.tokenizer, end_ids=self.layout.end_ids, size=self.runner.vocab_size
                )
            return compile_constraint(request.constraint, self._vocabulary, max_tokens=max_new)
        except ConstraintError as error:
            raise _RefusedError(ErrorCode.NOT_OFFERED, str(error)) from error

    @torch.inference_mode()
    def _admit(self, waiting: deque[_Text], running: list[_Text]) -> list[_Text]:
        """Give the free slots to waiting texts and read their prompts; return finished texts.

        A text whose beginning is just about to be read by another waits until that is done, and
        then copies it: the first prompt of a run is read alone, the rest of it together.
        """
        finished: list[_Text] = []
        prefill = _Prefill()
        free = {index for index, slot in enumerate(self._slots) if not slot.is_busy}
        while waiting and free:
            text = waiting[0]
            source, num_shared = self._best_source(text, prefill)
            if source < 0 or prefill.num_tokens >= MAX_PREFILL_TOKENS:
                finished += self._read(prefill, running)
                prefill = _Prefill()
                continue
            waiting.popleft()
            text.slot = source if source in free and num_shared else min(free)
            free.discard(text.slot)
            text.begun_at = time.perf_counter()
            self._place(text, source, num_shared, prefill)
        return finished + self._read(prefill, running)

    def _best_source(self, text: _Text, prefill: _Prefill) -> tuple[int, int]:
        """Return the slot that has read most of the beginning of a prompt, and how much of it.

        (-1, 0) says that one of the prompts in `prefill` has more of it, and must be read first.
        """
        # The last token is always read anew: its logits are what the first draw needs.
        prompt_ids = text.prompt_ids[:-1]
        adapter = text.request.adapter
        pending = {pending.slot for pending in prefill.texts}
        best, best_shared, pending_shared = 0, 0, 0
        for index, slot in enumerate(self._slots):
            if slot.adapter != adapter or not slot.prompt_ids:
                continue
            num_shared = _num_shared(prompt_ids, slot.prompt_ids)
            if index in pending:
                pending_shared = max(pending_shared, num_shared)
            elif num_shared > best_shared:
                best, best_shared = index, num_shared
        if pending_shared >= best_shared + MIN_SHARED_TOKENS:
            return -1, 0
        return best, best_shared if best_shared >= MIN_SHARED_TOKENS else 0

    def _place(self, text: _Text, source: int, num_shared: int, prefill: _Prefill) -> None:
        """Put a text into its slot, with what another slot has read of its prompt."""
        if num_shared and source != text.slot:
            self.runner.copy(source, text.slot, num_shared)
        slot = self._slots[text.slot]
        slot.prompt_ids, slot.adapter = text.prompt_ids, text.request.adapter
        slot.is_busy = True
        prefill.texts.append(text)
        prefill.chunks.append(
            Chunk(text.slot, num_shared, text.prompt_ids[num_shared:], text.request.adapter)
        )

    def _read(self, prefill: _Prefill, running: list[_Text]) -> list[_Text]:
        """Read prompts and draw the first token of each text; return those that end with it."""
        if not prefill.texts:
            return []
        logits = self.runner.forward(prefill.chunks)  # (texts, vocab)
        read_at = time.perf_counter()
        for text in prefill.texts:
            text.read_at = text.reported_at = read_at
        self._draw(prefill.texts, logits)
        finished = [text for text in prefill.texts if self._is_finished(text)]
        running += [text for text in prefill.texts if text.finish_reason is None]
        self._release(finished)
        return finished

    @torch.inference_mode()
    def _step(self, running: list[_Text]) -> list[_Text]:
        """Write one more token of every running text; take out and return the finished ones."""
        chunks = [
            Chunk(
                text.slot,
                len(text.prompt_ids) + len(text.draws.token_ids) - 1,
                text.draws.token_ids[-1:],
                text.request.adapter,
            )
            for text in running
        ]
        self._draw(running, self.runner.forward(chunks))
        finished = [text for text in running if self._is_finished(text)]
        # The last one takes the place of one that ends: a runner whose rows stand one after the
        # other then moves one row for each text that ends, not all that follow.
        for text in finished:
            place = running.index(text)
            last = running.pop()
            if last is not text:
                running[place] = last
        self._release(finished)
        return finished

    def _draw(self, texts: Sequence[_Text], logits: torch.Tensor) -> None:
        allowed = [self._allowed(text) for text in texts]
        masks = {}
        for row, text in enumerate(texts):
            mask = text.constraint.mask() if text.constraint else None
            if mask is not None:
                masks[row] = torch.from_numpy(mask).to(logits.device)
        tokens = draw_tokens(logits, [text.draws for text in texts], allowed, masks)
        for text, token_id in zip(texts, tokens, strict=True):
            if token_id < 0:
                # Nothing may follow: the text ends as if its limit had been reached.
                text.finish_reason = FinishReason.LENGTH
            elif text.constraint is not None and token_id not in self.layout.end_ids:
                text.constraint.advance(token_id)

    def _allowed(self, text: _Text) -> Allowed | None:
        """Return the question whether a token may come next; None where all may."""
        is_early = len(text.draws.token_ids) < text.request.params.min_tokens
        constraint = text.constraint
        if is_early:
            return partial(_is_allowed_early, self.layout.end_ids, constraint)
        return constraint.allows if constraint is not None else None

    def _is_finished(self, text: _Text) -> bool:
        """Note whether and why a text ends with the token just drawn."""
        if text.finish_reason is not None:
            return True
        draws = text.draws
        if draws.token_ids[-1] in self.layout.end_ids:
            draws.token_ids.pop()
            draws.logprobs.pop()
            text.finish_reason = FinishReason.STOP
        elif self._has_stop_string(text) or (text.constraint and text.constraint.must_end()):
            text.finish_reason = FinishReason.STOP
        elif len(draws.token_ids) >= text.max_new:
            text.finish_reason = FinishReason.LENGTH
        return text.finish_reason is not None

    def _has_stop_string(self, text: _Text) -> bool:
        stop = text.request.params.stop
        if not stop:
            return False
        tail = self.layout.text(text.draws.token_ids[-STOP_WINDOW_TOKENS:])
        return any(string in tail for string in stop)

    def _release(self, texts: Sequence[_Text]) -> None:
        for text in texts:
            self._slots[text.slot].is_busy = False

    def _progress(self, running: Sequence[_Text]) -> Iterator[PartialText]:
        now = time.perf_counter()
        for text in running:
            is_due = now - text.reported_at >= PROGRESS_SECONDS
            if text.request.wants_progress and is_due and text.candidate == 0:
                text.reported_at = now
                yield PartialText(text.request.request_id, self.layout.text(text.draws.token_ids))

    def _output(self, text: _Text) -> GenerationOutput:
        token_ids: Sequence[int] = text.draws.token_ids
        written = self.layout.text(token_ids)
        kept = _cut_before(written, text.request.params.stop)
        constraint = text.request.constraint
        if text.finish_reason is FinishReason.LENGTH and constraint and constraint.ends_on_sentence:
            kept = cut_to_sentence(kept)
        if len(kept) < len(written):
            token_ids = self._tokens_of(token_ids, kept)
        return GenerationOutput(
            request_id=text.request.request_id,
            text=kept,
            token_ids=tuple(token_ids),
            logprobs=tuple(text.draws.logprobs[: len(token_ids)]),
            finish_reason=text.finish_reason or FinishReason.ERROR,
            prompt_tokens=len(text.prompt_ids),
            completion_tokens=len(text.draws.token_ids),
            queue_seconds=text.begun_at - text.queued_at,
            prefill_seconds=text.read_at - text.begun_at,
            decode_seconds=time.perf_counter() - text.read_at,
            candidate=text.candidate,
        )

    def _tokens_of(self, token_ids: Sequence[int], kept: str) -> Sequence[int]:
        """Return the fewest leading tokens that hold the text that was kept."""
        num = len(token_ids)
        while num and len(self.layout.text(token_ids[: num - 1])) >= len(kept):
            num -= 1
        return token_ids[:num]


class _RefusedError(Exception):
    """A request that cannot be written."""

    def __init__(self, code: ErrorCode, reason: str, *, num_prompt_tokens: int = 0) -> None:
        super().__init__(reason)
        self.code = code
        self.num_prompt_tokens = num_prompt_tokens


def _refused(request: GenerationRequest, refusal: _RefusedError) -> GenerationOutput:
    return GenerationOutput(
        request_id=request.request_id,
        text="",
        token_ids=(),
        logprobs=(),
        finish_reason=FinishReason.ERROR,
        prompt_tokens=refusal.num_prompt_tokens,
        completion_tokens=0,
        queue_seconds=0.0,
        prefill_seconds=0.0,
        decode_seconds=0.0,
        error_code=refusal.code,
        error=str(refusal),
    )


def _is_allowed_early(
    end_ids: frozenset[int], constraint: TokenConstraint | None, token_id: int
) -> bool:
    """Tell whether a token may come while the text may not end yet."""
    return token_id not in end_ids and (constraint is None or constraint.allows(token_id))


def _num_shared(first: Sequence[int], second: Sequence[int]) -> int:
    """Return how many leading tokens are the same."""
    num = min(len(first), len(second))
    if first[:num] == second[:num]:
        return num
    low, high = 0, num
    while low < high:  # The longest equal beginning, by halving: comparing slices is fast.
        middle = (low + high + 1) // 2
        if first[:middle] == second[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _cut_before(text: str, stop: Sequence[str]) -> str:
    places = [text.index(string) for string in stop if string in text]
    return text[: min(places)] if places else text
