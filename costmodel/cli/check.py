"""`costmodel check`: everything wrong with a scenario, and what its inputs imply."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from costmodel.cli.options import AsJson, ContractFile, Debug, ScenarioName, Settings, Snapshot
from costmodel.cli.outcome import guarded
from costmodel.cli.places import Places
from costmodel.cli.pricing import missing_prices_placed
from costmodel.cli.reading import read_prices, read_scenario
from costmodel.cli.terminal import say, say_wrapped, tell_changes, warn, write_json
from costmodel.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from costmodel.scenario.schema import Scenario

WHAT_TO_WRITE = (
    "write source: and where it comes from, or assumed: true; on a mapping, such as a feature, "
    "it holds for every number inside"
)


@guarded
def check(
    scenario: ScenarioName,
    settings: Settings = None,
    snapshot: Snapshot = None,
    contract: ContractFile = None,
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
        say_wrapped(f"{_count(bare)}: {WHAT_TO_WRITE}")
        raise InputError(_without_source(scenario, read, bare))
    book = read_prices(read, snapshot, contract)
    with missing_prices_placed(scenario, read, book):
        means = expected(read, prices=book)
    central = simulate(read, prices=book, draws=2, uncertainty=frozenset())
    implied = what_inputs_imply(read)
    costs = [lane_cost(read, means, lane) for lane in means.lanes]
    tell_changes(read)
    if as_json:
        write_json(implied_figures(read, means, implied, costs, bare, central.warnings))
    else:
        show_implied(read, means, implied, costs)
    warn(central.warnings)
    warn([str(one) for one in implied if one.odd])
    if bare:
        _name(_without_source(scenario, read, bare))
    say(f"{read.file or read.name}: no problems found")


def _count(found: Sequence[object]) -> str:
    return "1 number has no source" if len(found) == 1 else f"{len(found)} numbers have no source"


def _without_source(name: str, scenario: Scenario, paths: list[str]) -> list[Problem]:
    """Return a problem for each number without a source, in file order."""
    places = Places(name, scenario)
    problems = [places.without_source(path) for path in paths]
    return sorted(problems, key=lambda each: (each.file, each.line, each.column))


def _name(problems: list[Problem]) -> None:
    """Say where the numbers without a source stand: no error, unless asked for with --strict."""
    say_wrapped(f"{_count(problems)}, on which --strict fails: {WHAT_TO_WRITE}")
    for each in problems:
        say(f"  {each.file}:{each.line}:{each.column}: {each.path}: {each.read}")
