"""Write training sentences with the model itself, and keep what the checks carry."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shop_content.generation.engine_settings import engine_config
from shop_content.lm.loading import EngineLoadError, load_engine
from shop_content.training.corpus import CorpusError, read_corpus
from shop_content.training.rejection_sampling import (
    NUM_CANDIDATES,
    SampledCounts,
    pair_line,
    sample_pairs,
)

PRODUCTS_A_TIME = 50  # A stopped run keeps what it has written.


class Command(BaseCommand):
    """Sample, filter, write; see `help`."""

    help = (
        "Let the model write each sentence of each product's description several times, and write "
        "those that the checks carry as JSON lines that `finetune --sentences` learns from."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--data",
            required=True,
            type=Path,
            action="append",
            metavar="FILE.jsonl",
            help="products; a folder stands for its files, and the option may come again",
        )
        parser.add_argument("--out", required=True, type=Path, metavar="FILE.jsonl")
        parser.add_argument("--candidates", type=int, default=NUM_CANDIDATES, help="a sentence")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument(
            "--adapter", default="", metavar="DIR", help="instead of SHOP_CONTENT_LM_ADAPTERS"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file as the products are done."""
        if options["candidates"] < 1:
            raise CommandError("--candidates must be at least 1.")
        config = engine_config()
        if options["adapter"]:
            config = dataclasses.replace(config, adapters={"sampled": options["adapter"]})
        adapter = next(iter(config.adapters), "")
        counts = SampledCounts()
        try:
            products = read_corpus(options["data"])
            engine = load_engine(config)
            with options["out"].open("w", encoding="utf-8") as file:
                for start in range(0, len(products), PRODUCTS_A_TIME):
                    found = sample_pairs(
                        engine,
                        products[start : start + PRODUCTS_A_TIME],
                        adapter=adapter,
                        counts=counts,
                        num_candidates=options["candidates"],
                        seed=options["seed"] + start,
                    )
                    file.writelines(f"{pair_line(pair)}\n" for pair in found)
                    self.stderr.write(f"{start + PRODUCTS_A_TIME} of {len(products)} products")
        except (CorpusError, EngineLoadError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"Cannot write {options['out']}: {error.strerror}.") from error
        self.stdout.write(
            f"{counts.asked} sentences, {counts.written} texts written; {counts.kept} sentences "
            f"kept, {counts.by_rule} said by rule, {counts.dropped} without a text to learn."
        )
