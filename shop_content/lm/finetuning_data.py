"""What a training run takes in and gives out. Needs no torch, so that everything may import it."""

from __future__ import annotations

from dataclasses import dataclass

from shop_content.lm.engine import Message


class FinetuneError(RuntimeError):
    """The model cannot be trained so; the message is one line for the person who asked."""


@dataclass(frozen=True, slots=True)
class TrainingExample:
    """One prompt and the text that should follow it."""

    messages: tuple[Message, ...]
    text: str


@dataclass(frozen=True, slots=True)
class FinetuneConfig:
    """How to train; every number that changes the result."""

    epochs: int = 2
    batch_size: int = 9  # Texts a step, about: those of a product stay together.
    learning_rate: float = 3e-4  # At its peak; then it falls to 0 along half a cosine.
    warmup_share: float = 0.05  # Of all steps, during which it rises from 0.
    rank: int = 16
    alpha: int = 32  # The adapters' product is scaled by alpha / rank.
    dropout: float = 0.0  # Of the adapters' input; on a CPU it costs a third of the time.
    max_tokens: int = 768  # Of prompt and text; longer examples are refused.
    seed: int = 0
    dtype: str = "auto"  # Of the frozen weights: "float32", "bfloat16".
    start: str = ""  # Folder of an adapter of the same rank to go on from; empty: a new one.
    device: str = "auto"
    threads: int = 0  # CPU threads; 0 leaves it to torch.
    checkpoint_steps: int = 25  # Between two of them.


@dataclass(frozen=True, slots=True)
class FinetuneProgress:
    """Where a run is."""

    step: int  # Steps done.
    num_steps: int
    loss: float  # Mean over the tokens of the last step's texts, nats.
    seconds: float  # Since this call began, without what was done before a resume.
    num_resumed: int  # Steps that an earlier call had done.


@dataclass(frozen=True, slots=True)
class FinetuneResult:
    """What a run gave."""

    num_steps: int
    losses: tuple[float, ...]  # One a step, nats per token.
    # (steps done, mean loss per token of the validation texts), before, after each epoch.
    validation: tuple[tuple[int, float], ...]
    seconds: float
    adapter_sha256: str
