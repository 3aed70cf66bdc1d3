"""`costmodel explain`: the multiplication behind a number."""

from __future__ import annotations

from typing import Annotated

import typer

from costmodel.cli.options import AsJson, ContractFile, Debug, ScenarioName, Settings, Snapshot
from costmodel.cli.outcome import guarded
from costmodel.cli.pricing import missing_prices_placed
from costmodel.cli.reading import read_prices, read_scenario
from costmodel.cli.terminal import tell_changes, warn, write, write_json


@guarded
def explain(
    scenario: ScenarioName,
    feature: Annotated[
        str | None, typer.Argument(metavar="FEATURE", help="One feature; all of them without.")
    ] = None,
    settings: Settings = None,
    snapshot: Snapshot = None,
    contract: ContractFile = None,
    as_json: AsJson = False,
    _debug: Debug = False,
) -> None:
    """Show the multiplication behind the cost of a turn.

    Tokens x rate x calls x turns, with everything at its mean.
    """
    from costmodel.engine.figures import currency_block
    from costmodel.engine.simulate import simulate

    read = read_scenario(scenario, settings)
    book = read_prices(read, snapshot, contract)
    with missing_prices_placed(scenario, read, book):
        # With every uncertainty off all futures are alike: two are the fewest there can be.
        central = simulate(read, prices=book, draws=2, uncertainty=frozenset())
    text = central.explain(feature)
    tell_changes(read)
    if as_json:
        chosen = list(read.features) if feature is None else [feature]
        lines = {name: central.explain(name).strip().splitlines() for name in chosen}
        flows = {
            lane: flow for lane, flow in central.flows().items() if lane.split("/")[1] in lines
        }
        own = {} if read.currency is None else {"currency": currency_block(read)}
        write_json({"scenario": read.name, **own, "features": lines, "flows": flows})
    else:
        write(text.rstrip())
    warn(central.warnings)
