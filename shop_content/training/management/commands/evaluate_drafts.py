"""Measure the drafts of a model on a frozen set, against the usual tutorial."""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shop_content.generation.engine_settings import engine_config
from shop_content.lm.engine import Engine, ModelInfo, ScoringEngine
from shop_content.lm.loading import EngineLoadError, load_engine
from shop_content.training.corpus import (
    FROZEN_FILE,
    HARD_FILE,
    CorpusError,
    Pair,
    pairs,
    read_corpus,
)
from shop_content.training.evaluation.measures import Estimate, RowMeasures, measure_row
from shop_content.training.evaluation.recipes import RECIPES, Recipe
from shop_content.training.evaluation.runs import WrittenRow, human_perplexity, write_row
from shop_content.training.services import evaluation_save

SETS = {"frozen": FROZEN_FILE, "hard": HARD_FILE}
NUM_SHOWN = 10


class Command(BaseCommand):
    """Write, judge, print a table; see `help`."""

    help = (
        "Write a draft for each product of a set by several recipes, judge them by the checks, "
        "and print a table with 95 percent intervals. A database is needed for --save only."
    )
    requires_system_checks = []
    _info: ModelInfo | None = None  # of the engine that wrote last
    _adapter_folder = ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--set", default="frozen", help="frozen, hard, or a file of products with copy"
        )
        parser.add_argument("--engine", default="", help="instead of SHOP_CONTENT_LM_ENGINE")
        parser.add_argument(
            "--adapter", default="", metavar="DIR", help="instead of the adapter of the settings"
        )
        parser.add_argument("--rows", default="", help="names of rows, separated by commas")
        parser.add_argument("--field", default="description")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--limit", type=int, default=0, help="so many products at most")
        parser.add_argument("--json", default="", metavar="FILE", help="also write it all there")
        parser.add_argument(
            "--save", action="store_true", help="keep it for the page of evaluations"
        )
        parser.add_argument("--show", type=int, default=0, help="print so many drafts of each row")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, write, judge, print."""
        try:
            asked = _asked(options)
            chosen = _chosen(options["rows"])
            rows = self._rows(chosen, asked, options)
        except (CorpusError, EngineLoadError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_table(rows))
        for row in rows:
            self._show(row, asked, options)
        data = [_row_data(*row) for row in rows]
        if options["save"]:
            self._save(data, options)
        if options["json"]:
            Path(options["json"]).write_text(json.dumps(data, indent=1, ensure_ascii=False))

    def _rows(
        self, chosen: Sequence[Recipe], asked: Sequence[Pair], options: dict[str, Any]
    ) -> list[tuple[WrittenRow, RowMeasures, float]]:
        rows = []
        engine: Engine | None = None
        for recipe in sorted(chosen, key=lambda recipe: recipe.has_adapter):
            adapter, folder = _adapter(options) if recipe.has_adapter else ("", "")
            self._adapter_folder = Path(folder).name if folder else self._adapter_folder
            if engine is None or bool(adapter) != engine.capabilities.has_adapters:
                engine = None  # Two models at once need twice the memory.
                engine = _load(options["engine"], adapter, folder)
            self._info = engine.info
            sources = [pair.source for pair in asked]
            written = write_row(recipe, engine, sources, seed=options["seed"], adapter=adapter)
            perplexity = float("nan")
            if engine.capabilities.can_score:
                scoring = cast("ScoringEngine", engine)
                perplexity = human_perplexity(scoring, recipe, asked, adapter=adapter)
            self.stderr.write(f"{recipe.name}: {len(asked)} drafts in {written.seconds:.0f} s")
            rows.append((written, measure_row(written.drafts), perplexity))
        return rows

    def _save(self, data: list[dict[str, Any]], options: dict[str, Any]) -> None:
        if self._info is None:
            return
        report = evaluation_save(
            set_name=Path(options["set"]).name,
            field=options["field"],
            info=self._info,
            adapter=self._adapter_folder,
            seed=options["seed"],
            rows=data,
        )
        self.stderr.write(f"Kept as evaluation {report.pk}.")

    def _show(
        self,
        row: tuple[WrittenRow, RowMeasures, float],
        asked: Sequence[Pair],
        options: dict[str, Any],
    ) -> None:
        generator = random.Random(options["seed"])  # noqa: S311 - which drafts are shown
        places = generator.sample(range(len(asked)), min(options["show"], len(asked)))
        for place in places:
            draft = row[0].drafts[place]
            marks = ", ".join(f"{m.severity} {m.rule}: {m.params}" for m in draft.findings)
            self.stdout.write(
                f"\n[{row[0].recipe.name}] {asked[place].source.title}\n{draft.text}\n({marks})"
            )


def _asked(options: dict[str, Any]) -> list[Pair]:
    file = SETS.get(options["set"], Path(options["set"]))
    found = [pair for pair in pairs(read_corpus([file])) if pair.source.field == options["field"]]
    if not found:
        raise CorpusError(f"{file} has no copy for the field {options['field']}.")
    return found[: options["limit"]] if options["limit"] else found


def _chosen(names: str) -> list[Recipe]:
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    known = {recipe.name: recipe for recipe in RECIPES}
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise CommandError(f"There is no row {unknown[0]!r}; there are {', '.join(known)}.")
    return [known[name] for name in wanted] or list(RECIPES)


def _adapter(options: dict[str, Any]) -> tuple[str, str]:
    """Return name and folder of the adapter that is measured."""
    if options["adapter"]:
        return "measured", options["adapter"]
    config = engine_config()
    if not config.adapters:
        raise CommandError("These rows need an adapter: name its folder by --adapter.")
    name, folder = next(iter(config.adapters.items()))
    return name, folder


def _load(engine: str, adapter: str, folder: str) -> Engine:
    config = engine_config()
    return load_engine(
        dataclasses.replace(
            config, engine=engine or config.engine, adapters={adapter: folder} if adapter else {}
        )
    )


def _row_data(written: WrittenRow, measures: RowMeasures, perplexity: float) -> dict[str, Any]:
    return {
        "name": written.recipe.name,
        "num_drafts": len(written.drafts),
        "seconds": round(written.seconds, 2),
        "completion_tokens": written.completion_tokens,
        "human_perplexity": perplexity,
        **asdict(measures),
        "texts": [draft.text for draft in written.drafts],
    }


def _table(rows: Sequence[tuple[WrittenRow, RowMeasures, float]]) -> str:
    """Return the rows as columns: there are more measures than recipes."""
    names = [field.name for field in dataclasses.fields(RowMeasures)]
    lines = [f"{'':26}" + "".join(f"{row[0].recipe.name:>22}" for row in rows)]
    for name in names:
        cells = (_cell(getattr(row[1], name), name) for row in rows)
        lines.append(f"{name.replace('_', ' '):26}" + "".join(f"{cell:>22}" for cell in cells))
    lines.append(f"{'perplexity of human copy':26}" + "".join(f"{row[2]:>22.2f}" for row in rows))
    seconds = (row[0].seconds / len(row[0].drafts) for row in rows)
    lines.append(f"{'seconds a draft':26}" + "".join(f"{value:>22.2f}" for value in seconds))
    return "\n".join(lines)


def _cell(estimate: Estimate, name: str) -> str:
    if name == "words_per_draft":
        return f"{estimate.value:.0f} ({estimate.low:.0f} - {estimate.high:.0f})"
    value, low, high = (100 * number for number in (estimate.value, estimate.low, estimate.high))
    return f"{value:.1f} ({low:.1f} - {high:.1f})"
