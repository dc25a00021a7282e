"""Write a text sentence by sentence, each asked for alone, and put the best ones together.

`prompts.planning` says which facts a sentence is asked with. All sentences of all texts are written
side by side in the engine's batch; none waits for the one before it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from shop_content.generation.prompts import (
    PromptInput,
    PromptStyle,
    build_messages,
    decoding_constraint,
    sampling_params,
)
from shop_content.generation.prompts.planning import (
    PlainOpening,
    plain_opening,
    plain_sentence,
    rule_text,
    sentence_inputs,
    subject_for,
)
from shop_content.generation.prompts.source import PromptFact
from shop_content.generation.services.choosing import Judge, best_text
from shop_content.generation.services.sentence_faults import is_odd
from shop_content.lm.engine import (
    Capabilities,
    Engine,
    FinishReason,
    GenerationOutput,
    GenerationRequest,
    ModelInfo,
    PartialText,
    StepHook,
    Take,
    generate_all,
)
from shop_content.lm.prompt_layout import PromptLayout

# Of each sentence. They share the reading of its prompt, and a sentence is short.
NUM_CANDIDATES = 4
# Mean log-probability of a token, in nats. Of the sentences of the trial's model that were read,
# those below were mostly wrong or odd, those above were mostly right: where the model is unsure, a
# plain sentence is taken.
MIN_OPENING_LOGPROB, MIN_NEXT_LOGPROB = -0.32, -0.30
NUM_BEGINNING_WORDS = 1  # "It", "The": sentence after sentence, that is a list.


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a text, and how it is asked for."""

    source: PromptInput
    request: GenerationRequest
    plain: str = ""  # The same facts by rule, for where the model is at a loss.


@dataclass(frozen=True, slots=True)
class PlannedRequest(GenerationRequest):
    """A request that is written sentence by sentence where `sentences` holds some."""

    sentences: tuple[Sentence, ...] = ()
    source: PromptInput | None = None  # of the whole text


@dataclass(slots=True)
class _Text:
    """A text whose sentences are being written."""

    request: PlannedRequest
    outputs: list[list[GenerationOutput]] = field(default_factory=list)  # by sentence
    partial: dict[int, str] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        return all(
            len(found) >= sentence.request.params.num_candidates
            or any(output.error_code is not None for output in found)
            for sentence, found in zip(self.request.sentences, self.outputs, strict=True)
        )


def planned(request: GenerationRequest, source: PromptInput) -> GenerationRequest:
    """Return the request with the sentences of its plan; as it is where there is no plan.

    Args:
        request: for the whole text, with seed, constraint and adapter.
        source: what its prompt was made from.
    """
    inputs = sentence_inputs(source)
    if not inputs:
        return request
    subject = subject_for(source)
    sentences = tuple(
        Sentence(part, _sentence_request(request, part, place), plain_sentence(part, subject))
        for place, part in enumerate(inputs)
    )
    return PlannedRequest(
        request_id=request.request_id,
        messages=request.messages,
        params=request.params,
        constraint=request.constraint,
        adapter=request.adapter,
        wants_progress=request.wants_progress,
        sentences=sentences,
        source=source,
    )


def sentences_of(request: GenerationRequest) -> tuple[Sentence, ...]:
    """Return the sentences of a planned request; nothing of any other."""
    return request.sentences if isinstance(request, PlannedRequest) else ()


def _sentence_request(
    request: GenerationRequest, part: PromptInput, place: int
) -> GenerationRequest:
    params = sampling_params(
        field=part.field,
        length=part.length,
        seed=request.params.seed,
        style=PromptStyle.FACT_SHEET,
    )
    return GenerationRequest(
        request_id=f"{request.request_id}/{place}",
        messages=build_messages(part, PromptStyle.FACT_SHEET),
        params=replace(params, num_candidates=max(NUM_CANDIDATES, request.params.num_candidates)),
        constraint=decoding_constraint(part) if request.constraint else None,
        adapter=request.adapter,
        wants_progress=request.wants_progress,
    )


@dataclass(frozen=True, slots=True)
class _Ranked:
    """The texts of one sentence, the best first."""

    outputs: list[GenerationOutput]
    num_equal: int  # of them, from the first on, that are as good as the first


def _varied(rows: Sequence[_Ranked]) -> list[list[GenerationOutput]]:
    """Return the texts of each sentence, with one first that does not begin like those before it.

    Only among texts that are as good as the best: what is right goes before what is varied.
    """
    begun: list[str] = []
    varied = []
    for row in rows:
        equal, others = row.outputs[: row.num_equal], row.outputs[row.num_equal :]
        # Stable: of those that begin as seldom, the better ranked stays in front.
        equal = sorted(equal, key=lambda output: begun.count(_beginning(output.text)))
        varied.append([*equal, *others])
        begun.append(_beginning(varied[-1][0].text))
    return varied


def _least_sure(sentence: Sentence) -> float:
    is_opening = sentence.source.part == "opening"
    return MIN_OPENING_LOGPROB if is_opening else MIN_NEXT_LOGPROB


def _beginning(text: str) -> str:
    return " ".join(text.casefold().split()[:NUM_BEGINNING_WORDS])


class PlanningEngine:
    """An engine that writes planned requests sentence by sentence, and all others as they are."""

    def __init__(self, engine: Engine, judge: Judge | None = None) -> None:
        """Take the engine that writes, and what puts candidates of a sentence in order."""
        self._engine = engine
        self._judge = judge

    @property
    def info(self) -> ModelInfo:
        """Say which model writes."""
        return self._engine.info

    @property
    def capabilities(self) -> Capabilities:
        """Say what the engine can do."""
        return self._engine.capabilities

    def generate(
        self, requests: Sequence[GenerationRequest], on_step: StepHook | None = None
    ) -> list[GenerationOutput]:
        """Write the texts of all requests. See `Engine.generate`."""
        if any(isinstance(request, PlannedRequest) for request in requests):
            return generate_all(self, requests, on_step)
        return self._engine.generate(requests, on_step)

    def stream(self, take: Take) -> Iterator[GenerationOutput | PartialText]:
        """Write requests as places become free. See `Engine.stream`."""
        waiting: deque[GenerationRequest] = deque()
        texts: dict[str, _Text] = {}

        def take_sentences(num_free: int) -> Sequence[GenerationRequest]:
            # Asked every time, also for nothing: the caller renews leases and stores in it. One
            # text at a time, for it brings several sentences.
            missing = num_free - len(waiting)
            more = take(max(0, missing))
            for request in more:
                if isinstance(request, PlannedRequest):
                    texts[request.request_id] = _Text(request, [[] for _ in request.sentences])
                    waiting.extend(row.request for row in request.sentences)
                else:
                    waiting.append(request)
            return [waiting.popleft() for _ in range(min(num_free, len(waiting)))]

        for event in self._engine.stream(take_sentences):
            text_id, _slash, place = event.request_id.partition("/")
            text = texts.get(text_id)
            if text is None:
                yield event
            elif isinstance(event, PartialText):
                text.partial[int(place)] = event.text
                so_far = " ".join(text.partial[key].strip() for key in sorted(text.partial))
                yield PartialText(text_id, so_far)
            else:
                text.outputs[int(place)].append(event)
                text.partial.setdefault(int(place), event.text)
                if text.is_done:
                    del texts[text_id]
                    yield from self._joined(text)

    def _joined(self, text: _Text) -> Iterator[GenerationOutput]:
        """Yield the candidates of a text: the best of each sentence, the second best, …"""
        ranked = [
            self._ranked(sentence, found)
            for sentence, found in zip(text.request.sentences, text.outputs, strict=True)
        ]
        sentences = [
            sentence
            for sentence, row in zip(text.request.sentences, ranked, strict=True)
            if row.outputs
        ]
        said = _varied([row for row in ranked if row.outputs])
        if not said:
            failed = next(output for found in text.outputs for output in found)
            yield replace(failed, request_id=text.request.request_id, candidate=0)
            return
        for number in range(text.request.params.num_candidates):
            chosen = [outputs[min(number, len(outputs) - 1)] for outputs in said]
            yield self._join(text.request, number, list(zip(sentences, chosen, strict=True)))

    def _ranked(self, sentence: Sentence, found: Sequence[GenerationOutput]) -> _Ranked:
        """Return the texts of a sentence as outputs, tidied, the best first."""
        usable = [output for output in found if output.error_code is None]
        choice = best_text(sentence.source, usable, judge=self._judge) if usable else None
        if choice is None:
            return _Ranked([], 0)
        rows = [(text, row.output) for text, row in choice.candidates]
        rows = rows or [(choice.text, choice.output)]
        outputs = [replace(output, text=text) for text, output in rows if text]
        if outputs and self._is_better_plain(sentence, outputs[0]):
            ids = tuple(self._ids_of(sentence.plain))
            logprobs = (0.0,) * len(ids)  # It is certain, as all that is said by rule.
            plain = replace(outputs[0], text=sentence.plain, token_ids=ids, logprobs=logprobs)
            return _Ranked([plain, *outputs], 1)
        # Another beginning is no reason to take what the model is less sure of.
        equal = [
            output
            for output in outputs[: choice.num_equal]
            if output is outputs[0]
            or output.mean_logprob is None
            or output.mean_logprob >= _least_sure(sentence)
        ]
        others = [output for output in outputs if output not in equal]
        return _Ranked([*equal, *others], len(equal))

    def _is_better_plain(self, sentence: Sentence, output: GenerationOutput) -> bool:
        """Tell whether to take the plain sentence: the model was unsure, or the checks object."""
        if not sentence.plain:
            return False
        text, source = output.text, sentence.source
        if is_odd(text, source):
            return True
        sure = output.mean_logprob
        if sure is not None and sure < _least_sure(sentence):
            return True
        judge = self._judge
        return judge is not None and judge(sentence.plain, source) < judge(output.text, source)

    def _join(
        self,
        request: PlannedRequest,
        candidate: int,
        chosen: Sequence[tuple[Sentence, GenerationOutput]],
    ) -> GenerationOutput:
        """Return the text of the sentences; what the model was at a loss with is said at the end.

        There it can share a sentence with what is said by rule anyhow.
        """
        pieces: list[tuple[str, GenerationOutput | None]] = []
        also: list[PromptFact] = []
        opening: PlainOpening | None = None
        for sentence, output in chosen:
            if not sentence.plain or output.text != sentence.plain:
                pieces.append((output.text, output))
            elif sentence.source.part == "opening":
                opening = plain_opening(sentence.source)
                also += opening.left
            else:
                also += sentence.source.facts
        if request.source is not None:
            if opening and pieces:
                # What the model says stands behind the opening.
                pieces.insert(0, (opening.text, None))
                opening = None
            pieces.append((rule_text(request.source, also, opening), None))
        pieces = [(text, output) for text, output in pieces if text]
        outputs = [output for _sentence, output in chosen]
        token_ids, logprobs = self._tokens(pieces, outputs)
        return GenerationOutput(
            request_id=request.request_id,
            text=" ".join(text for text, _output in pieces),
            token_ids=tuple(token_ids),
            logprobs=tuple(logprobs),
            finish_reason=FinishReason.STOP,
            prompt_tokens=sum(output.prompt_tokens for output in outputs),
            completion_tokens=sum(output.completion_tokens for output in outputs),
            queue_seconds=min(output.queue_seconds for output in outputs),
            prefill_seconds=max(output.prefill_seconds for output in outputs),
            decode_seconds=max(output.decode_seconds for output in outputs),
            candidate=candidate,
            engine=outputs[0].engine,
        )

    def _tokens(
        self,
        pieces: Sequence[tuple[str, GenerationOutput | None]],
        outputs: Sequence[GenerationOutput],
    ) -> tuple[list[int], list[float]]:
        """Return token ids and log-probabilities: what is said by rule is certain, and so is a
        blank between two sentences."""
        token_ids: list[int] = []
        logprobs: list[float] = []
        if not any(output.logprobs for output in outputs):
            return [token for output in outputs for token in output.token_ids], []
        for text, output in pieces:
            by_rule = " " if token_ids else ""
            if output is None:
                by_rule += text
            ids = self._ids_of(by_rule) if by_rule else []
            token_ids += ids
            logprobs += [0.0] * len(ids)
            if output is not None:
                token_ids += output.token_ids
                logprobs += output.logprobs
        return token_ids, logprobs

    def _ids_of(self, text: str) -> list[int]:
        layout: PromptLayout | None = getattr(self._engine, "layout", None)
        return layout.text_ids(text) if layout else []
