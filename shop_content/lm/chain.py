"""Several engines as one: the next one writes what the one before cannot."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce

from shop_content.lm.engine import (
    Capabilities,
    Engine,
    ErrorCode,
    GenerationOutput,
    GenerationRequest,
    ModelInfo,
    PartialText,
    StepHook,
    Take,
)
from shop_content.lm.http_engine import generate_each, unavailable

# A prompt that is too long is not among them: the caller shortens it.
HANDED_ON = frozenset(
    {ErrorCode.UNAVAILABLE, ErrorCode.REJECTED, ErrorCode.BAD_ANSWER, ErrorCode.NOT_OFFERED}
)


class EngineChain:
    """Give each request to the first engine, and what it fails at to the next. See `Engine`.

    The members run one after the other, never at once: while texts wait for the second engine, the
    first takes nothing new and ends what it has under way. `take` is asked all the time.

    A member with a method `is_available` that says False (the circuit of a model server is open)
    is passed over. One that raises is passed over until the stream ends; only what the last one
    raises reaches the caller.
    """

    def __init__(self, engines: Sequence[Engine]) -> None:
        """Take the members, the favourite first.

        Raises:
            ValueError: There are none.
        """
        if not engines:
            raise ValueError("A chain needs at least one engine.")
        self._engines = tuple(engines)

    @property
    def info(self) -> ModelInfo:
        """Say which models these are: the first, with the names of all."""
        names = " | ".join(engine.info.name for engine in self._engines)
        return replace(self._engines[0].info, name=names)

    @property
    def member_infos(self) -> tuple[ModelInfo, ...]:
        """Return which models may write; an output says which one did."""
        return tuple(engine.info for engine in self._engines)

    @property
    def capabilities(self) -> Capabilities:
        """Say what every member can do. The prices are the first one's."""
        common = reduce(_common, (engine.capabilities for engine in self._engines))
        return replace(common, can_score=False)

    def is_available(self) -> bool:
        """Say whether any member would take a request now."""
        return any(_is_available(engine) for engine in self._engines)

    def stream(self, take: Take) -> Iterator[GenerationOutput | PartialText]:
        """Yield each text with the label of the engine that wrote it. See `Engine.stream`.

        A candidate that is handed on alone is drawn from seed + candidate by the next engine.
        """
        return _Run(self._engines, take).events()

    def generate(
        self, requests: Sequence[GenerationRequest], on_step: StepHook | None = None
    ) -> list[GenerationOutput]:
        """Write all requests. See `Engine.generate`."""
        return generate_each(self, requests, on_step)


@dataclass(slots=True)
class _Ticket:
    """A request on its way through the members, whole or one candidate of it."""

    request: GenerationRequest  # With an id of the chain's own: the callers' need not be unique.
    request_id: str  # The caller's.
    first_candidate: int = 0  # The caller's number of this request's candidate 0.
    finished: set[int] = field(default_factory=set)  # Candidates of `request`.
    failed: dict[int, GenerationOutput] = field(default_factory=dict)

    @property
    def num_candidates(self) -> int:
        return self.request.params.num_candidates

    def named(self, output: GenerationOutput, label: str) -> GenerationOutput:
        """Return an output as the caller knows it."""
        return replace(
            output,
            request_id=self.request_id,
            candidate=self.first_candidate + output.candidate,
            engine=output.engine or label,
        )


class _Run:
    """One stream through the members."""

    def __init__(self, engines: Sequence[Engine], take: Take) -> None:
        self._engines = engines
        self._caller_take = take
        self._waiting: list[deque[_Ticket]] = [deque() for _ in engines]
        self._under_way: dict[str, _Ticket] = {}  # Of the member that runs now.
        self._broken: set[int] = set()
        self._numbers = itertools.count()
        self._num_begun = 0
        self._take_raised = False

    def events(self) -> Iterator[GenerationOutput | PartialText]:
        """Run the members in turn until a whole round begins nothing."""
        while True:
            self._num_begun = 0
            for index in range(len(self._engines)):
                if self._waiting[index] or self._may_take_new(index):
                    yield from self._run_member(index)
                # Its circuit is open, so these do not wait for it.
                while self._waiting[index]:
                    yield from self._hand_on(index, self._waiting[index].popleft())
            if not self._num_begun:
                return

    def _run_member(self, index: int) -> Iterator[GenerationOutput | PartialText]:
        if index in self._broken:
            return
        events = self._engines[index].stream(lambda num_free: self._take(index, num_free))
        problem = "it gave no text"
        try:
            for event in events:
                yield from self._pass_on(index, event)
        except Exception as error:
            if self._take_raised or index == len(self._engines) - 1:
                raise
            self._broken.add(index)
            problem = type(error).__name__  # Its message may hold anything.
        finally:
            if isinstance(events, Iterator) and hasattr(events, "close"):
                events.close()
        for ticket in [*self._under_way.values()]:
            yield from self._end_unfinished(index, ticket, problem)

    def _take(self, index: int, num_free: int) -> list[GenerationRequest]:
        """Give a member what waits for it, then what the caller has."""
        waiting = self._waiting[index]
        tickets = [waiting.popleft() for _ in range(min(num_free, len(waiting)))]
        num_new = num_free - len(tickets) if self._may_take_new(index) else 0
        try:
            taken = self._caller_take(num_new)
        except BaseException:
            self._take_raised = True
            raise
        tickets += [self._ticket(request, request.request_id, 0) for request in taken]
        self._num_begun += len(tickets)
        self._under_way.update((ticket.request.request_id, ticket) for ticket in tickets)
        return [ticket.request for ticket in tickets]

    def _may_take_new(self, index: int) -> bool:
        """Say whether new requests go to this member: the first that can, if no other has work."""
        if any(self._waiting[index + 1 :]):
            return False
        return all(i in self._broken or not _is_available(self._engines[i]) for i in range(index))

    def _ticket(self, request: GenerationRequest, request_id: str, first: int) -> _Ticket:
        own_id = f"{next(self._numbers)}"
        return _Ticket(replace(request, request_id=own_id), request_id, first)

    def _pass_on(
        self, index: int, event: GenerationOutput | PartialText
    ) -> Iterator[GenerationOutput | PartialText]:
        ticket = self._under_way[event.request_id]
        if isinstance(event, PartialText):
            if ticket.first_candidate == 0:
                yield replace(event, request_id=ticket.request_id)
            return
        ticket.finished.add(event.candidate)
        if event.error_code in HANDED_ON:
            ticket.failed[event.candidate] = ticket.named(event, self._engines[index].info.label)
        else:
            ticket.failed.pop(event.candidate, None)  # What the member before said.
            yield ticket.named(event, self._engines[index].info.label)
        if len(ticket.finished) == ticket.num_candidates:
            del self._under_way[event.request_id]
            yield from self._hand_on(index, ticket)

    def _end_unfinished(
        self, index: int, ticket: _Ticket, problem: str
    ) -> Iterator[GenerationOutput]:
        """Count what a member left unwritten as failed."""
        label = self._engines[index].info.label
        for output in unavailable(ticket.request, f"Engine {label} failed: {problem}."):
            if output.candidate not in ticket.finished:
                ticket.failed[output.candidate] = ticket.named(output, label)
        del self._under_way[ticket.request.request_id]
        yield from self._hand_on(index, ticket)

    def _hand_on(self, index: int, ticket: _Ticket) -> Iterator[GenerationOutput]:
        """Put what failed before the next member, whole if it can be; after the last, give it."""
        if index == len(self._engines) - 1:
            yield from ticket.failed.values()
            return
        following = self._waiting[index + 1]
        if len(ticket.failed) == ticket.num_candidates:
            following.append(replace(ticket, finished=set()))
            return
        params = ticket.request.params
        for candidate, output in sorted(ticket.failed.items()):
            seed = (params.seed + candidate) % 2**63
            alone = replace(ticket.request, params=replace(params, num_candidates=1, seed=seed))
            single = self._ticket(alone, ticket.request_id, ticket.first_candidate + candidate)
            single.failed[0] = output
            following.append(single)


def _is_available(engine: Engine) -> bool:
    ask = getattr(engine, "is_available", None)
    return ask is None or bool(ask())


def _common(one: Capabilities, other: Capabilities) -> Capabilities:
    """Return what both can do, at the price of the first."""
    return replace(
        one,
        is_repeatable=one.is_repeatable and other.is_repeatable,
        has_logprobs=one.has_logprobs and other.has_logprobs,
        constraints=one.constraints & other.constraints,
        has_adapters=one.has_adapters and other.has_adapters,
        streams=one.streams and other.streams,
    )
