"""`costmodel check`: everything wrong with a scenario, and what its inputs imply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from costmodel.cli.options import AsJson, Debug, ScenarioName, Settings, Snapshot
from costmodel.cli.outcome import guarded
from costmodel.cli.reading import read_prices, read_scenario
from costmodel.cli.terminal import say, warn, write_json
from costmodel.foundation.errors import (
    CostModelError,
    InputError,
    PriceNotKnownError,
    Problem,
    UnknownModelError,
)

if TYPE_CHECKING:
    from costmodel.prices.book import PriceBook
    from costmodel.scenario.schema import Scenario


@guarded
def check(
    scenario: ScenarioName,
    settings: Settings = None,
    snapshot: Snapshot = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Fail on numbers with neither a source nor assumed: true."),
    ] = False,
    as_json: AsJson = False,
    _debug: Debug = False,
) -> None:
    """Find everything wrong with a scenario; show what it implies.

    All problems are told at once, with exit code 2. A valid scenario is shown as
    figures a person can judge, which catches a bad guess before the bill does.
    """
    from costmodel.cli.implied import implied_figures, lane_cost, show_implied
    from costmodel.engine.expected import expected
    from costmodel.engine.simulate import simulate
    from costmodel.scenario.implications import what_inputs_imply
    from costmodel.scenario.sources import unsourced

    read = read_scenario(scenario, settings)
    bare = unsourced(read)
    if strict and bare:
        raise InputError([_unsourced(path, read.file) for path in bare])
    book = read_prices(snapshot)
    _require_prices(read, book)
    means = expected(read, prices=book)
    central = simulate(read, prices=book, draws=2, uncertainty=frozenset())
    implied = what_inputs_imply(read)
    costs = [lane_cost(read, means, lane) for lane in means.lanes]
    if as_json:
        write_json(implied_figures(read, means, implied, costs, bare, central.warnings))
    else:
        show_implied(read, means, implied, costs)
    warn(central.warnings)
    warn([str(one) for one in implied if one.odd])
    if bare:
        say(f"without a source (--strict fails on them): {', '.join(bare)}")
    say(f"{read.file or read.name}: no problems found")


def _require_prices(scenario: Scenario, book: PriceBook | None) -> None:
    """Raise every price that is missing at once, where the engine stops at the first."""
    from costmodel.engine.demand import scenario_months
    from costmodel.prices.book import load_prices

    book = load_prices(scenario.prices.snapshot) if book is None else book
    missing: dict[str, None] = {}
    for name, feature in scenario.features.items():
        for _, step in feature.steps:
            try:
                for month in scenario_months(scenario):
                    book.month(step.model, step.mode, month.year, month.month)
            except (UnknownModelError, PriceNotKnownError) as error:
                missing[f"{scenario.file}: features.{name}.model: {error}"] = None
    if missing:
        raise CostModelError("\n".join(missing))


def _unsourced(path: str, file: str) -> Problem:
    return Problem(
        "a number without a source",
        "source: or assumed: true",
        "add assumed: true beside it, or where it comes from",
        path,
        file,
    )
