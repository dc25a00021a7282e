"""Train a LoRA adapter on pairs of facts and copy."""

from __future__ import annotations

import dataclasses
import importlib.util
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from shop_content.generation.engine_settings import engine_config
from shop_content.lm.finetuning_data import FinetuneConfig, FinetuneError, FinetuneProgress
from shop_content.lm.loading import EngineLoadError, find_base_model
from shop_content.training.corpus import (
    CorpusError,
    is_clean,
    pairs,
    read_corpus,
    training_examples,
)
from shop_content.training.model_card import write_card
from shop_content.training.sentences import by_sentence

REPORT_SECONDS = 10.0


class Command(BaseCommand):
    """Train, show the progress, write adapter and card; see `help`."""

    help = (
        "Train a LoRA adapter on JSON lines of products with their copy, and write it with its "
        "card into a folder. Stopped at any time, the same command goes on where it was."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        default = FinetuneConfig()
        parser.add_argument(
            "--base",
            default="",
            help="folder or hub name of the model; the trial model if left out",
        )
        parser.add_argument(
            "--data",
            required=True,
            type=Path,
            action="append",
            metavar="FILE.jsonl",
            help=(
                "products with copy; a folder stands for its files, and the option may come again"
            ),
        )
        parser.add_argument(
            "--validation",
            type=Path,
            action="append",
            default=[],
            metavar="FILE.jsonl",
            help="products whose loss is watched, and which are not learned from",
        )
        parser.add_argument(
            "--unchecked",
            action="store_true",
            help="learn from texts too in which the checks find something",
        )
        parser.add_argument(
            "--sentences",
            action="store_true",
            help="learn descriptions sentence by sentence, each from the facts that it says",
        )
        parser.add_argument(
            "--start", default="", metavar="DIR", help="an adapter of the same rank to go on from"
        )
        parser.add_argument("--out", required=True, type=Path, metavar="DIR")
        parser.add_argument("--epochs", type=int, default=default.epochs)
        parser.add_argument("--batch", type=int, default=default.batch_size, help="texts a step")
        parser.add_argument("--rate", type=float, default=default.learning_rate)
        parser.add_argument("--rank", type=int, default=default.rank)
        parser.add_argument("--seed", type=int, default=default.seed)
        parser.add_argument("--dtype", default=default.dtype)
        parser.add_argument("--device", default=settings.SHOP_CONTENT_LM_DEVICE)

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, train and write."""
        if importlib.util.find_spec("peft") is None:
            raise CommandError("Training needs its packages: pip install 'shop-content[train]'.")
        from shop_content.lm.finetuning import finetune  # It loads torch and peft.

        config = FinetuneConfig(
            epochs=_at_least_one(options, "epochs"),
            batch_size=_at_least_one(options, "batch"),
            learning_rate=options["rate"],
            rank=_at_least_one(options, "rank"),
            alpha=2 * options["rank"],
            seed=options["seed"],
            dtype=options["dtype"],
            start=options["start"],
            device=options["device"],
            threads=settings.SHOP_CONTENT_LM_THREADS,
        )
        try:
            base = find_base_model(dataclasses.replace(engine_config(), model=options["base"]))
            read = pairs(read_corpus(options["data"]))
            learned = (
                read
                if options["unchecked"]
                else [pair for pair in read if pair.source.part or is_clean(pair)]
            )
            num_left_out = len(read) - len(learned)
            if options["sentences"]:
                learned = by_sentence(learned)
            watched = pairs(read_corpus(options["validation"])) if options["validation"] else []
            if options["sentences"]:
                watched = by_sentence(watched)
            self.stderr.write(
                f"{len(learned)} pairs to learn, {len(watched)} to watch; "
                f"{num_left_out} left out, in which the checks find something."
            )
            result = finetune(
                base.folder,
                options["out"],
                training_examples(learned),
                validation=training_examples(watched),
                config=config,
                on_progress=_Reporter(self),
            )
            write_card(options["out"], base=base, config=config, result=result, learned=learned)
        except (CorpusError, FinetuneError, EngineLoadError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"Cannot write {options['out']}: {error.strerror}.") from error
        for step, loss in result.validation:
            self.stdout.write(f"validation loss after {step} steps: {loss:.4f} nats a token")
        self.stdout.write(f"{options['out']}: {result.num_steps} steps, {result.adapter_sha256}")


class _Reporter:
    """Writes a line now and then: where the run is, its loss, the time left."""

    def __init__(self, command: BaseCommand) -> None:
        self._command = command
        self._at = 0.0
        self._losses: list[float] = []

    def __call__(self, progress: FinetuneProgress) -> None:
        self._losses.append(progress.loss)
        now = time.monotonic()
        if now - self._at < REPORT_SECONDS and progress.step < progress.num_steps:
            return
        self._at = now
        done = progress.step - progress.num_resumed
        left = progress.seconds / done * (progress.num_steps - progress.step)
        mean = sum(self._losses) / len(self._losses)
        self._losses.clear()
        resumed = f", {progress.num_resumed} done before" if progress.num_resumed else ""
        self._command.stderr.write(
            f"step {progress.step}/{progress.num_steps}{resumed}, loss {mean:.3f}, "
            f"{timedelta(seconds=round(left))} left"
        )


def _at_least_one(options: dict[str, Any], name: str) -> int:
    value: int = options[name]
    if value < 1:
        raise CommandError(f"--{name} must be at least 1.")
    return value
