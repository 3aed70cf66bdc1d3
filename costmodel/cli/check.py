"""`costmodel check`: everything wrong with a scenario, and what its inputs imply."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from costmodel.cli.options import AsJson, Debug, ScenarioName, Settings, Snapshot
from costmodel.cli.outcome import guarded
from costmodel.cli.reading import read_prices, read_scenario
from costmodel.cli.terminal import add_row, say, show, table, warn, write, write_json
from costmodel.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from costmodel.engine.expected import Expected, ExpectedLane
    from costmodel.scenario.implications import Implication
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
    from costmodel.engine.expected import expected
    from costmodel.engine.simulate import simulate
    from costmodel.scenario.implications import what_inputs_imply
    from costmodel.scenario.sources import unsourced

    read = read_scenario(scenario, settings)
    bare = unsourced(read)
    if strict and bare:
        raise InputError([_unsourced(path, read.file) for path in bare])
    book = read_prices(snapshot)
    means = expected(read, prices=book)
    central = simulate(read, prices=book, draws=2, uncertainty=frozenset())
    implied = what_inputs_imply(read)
    costs = [_cost(read, means, lane) for lane in means.lanes]
    if as_json:
        write_json(_figures(read, means, implied, costs, bare, central.warnings))
    else:
        _show(read, means, implied, costs)
    warn(central.warnings)
    warn([str(one) for one in implied if one.odd])
    if bare:
        say(f"without a source (--strict fails on them): {', '.join(bare)}")
    say(f"{read.file or read.name}: no problems found")


def _unsourced(path: str, file: str) -> Problem:
    return Problem(
        "a number without a source",
        "source: or assumed: true",
        "add assumed: true beside it, or where it comes from",
        path,
        file,
    )


@dataclass(frozen=True)
class LaneCost:
    """What a segment's use of a feature costs in its first month, at the means."""

    segment: str
    feature: str
    month: str
    people: float
    turns: float
    usd_per_turn: float
    usd_per_person: float


def _cost(scenario: Scenario, means: Expected, lane: ExpectedLane) -> LaneCost:
    row = next((n for n, turns in enumerate(lane.turns) if turns > 0), 0)
    segment = scenario.segments[lane.lane.segment]
    people = segment.users.mean * max(0.0, 1 + segment.growth.mean) ** row
    spend, turns = lane.usd[row], lane.turns[row]
    return LaneCost(
        lane.lane.segment,
        lane.lane.feature,
        str(means.months[row]),
        people,
        turns,
        spend / turns if turns else 0.0,
        spend / people if people else 0.0,
    )


def _show(
    scenario: Scenario, means: Expected, implied: tuple[Implication, ...], costs: list[LaneCost]
) -> None:
    from costmodel.report.amounts import usd
    from costmodel.scenario.implications import figure

    title = f"{scenario.name}: what your inputs imply"
    inputs = table(title, ["Everything at its mean", "Figure"], words=("Everything at its mean",))
    for one in implied:
        value = figure(one.value, one.unit)
        add_row(inputs, f"{one.text}{'  <- check this' if one.odd else ''}", value)
    show(inputs)
    write("")
    columns = ["Feature, segment", "Month", "People", "Turns", "One turn", "One person"]
    words = ("Feature, segment", "Month")
    dollars = table("What one costs in a month at the means, USD", columns, words=words)
    for cost in costs:
        counts = f"{cost.people:,.0f}", f"{cost.turns:,.0f}"
        each = usd(cost.usd_per_turn), usd(cost.usd_per_person)
        add_row(dollars, f"{cost.feature}, {cost.segment}", cost.month, *counts, *each)
    show(dollars)
    first, last = means.months[0], means.months[-1]
    ends = f"{first} {usd(means.by_month[0])}, {last} {usd(means.by_month[-1])}"
    write(f"Expected spend: {ends}, all {len(means.months)} months {usd(means.total)}")


def _figures(
    scenario: Scenario,
    means: Expected,
    implied: tuple[Implication, ...],
    costs: list[LaneCost],
    bare: list[str],
    warnings: tuple[str, ...],
) -> dict[str, Any]:
    months = zip(means.months, means.by_month, strict=True)
    return {
        "valid": True,
        "scenario": scenario.name,
        "implications": [{**asdict(one), "odd": one.odd} for one in implied],
        "costs": [asdict(cost) for cost in costs],
        "expected_usd": {"months": {str(m): usd for m, usd in months}, "total": means.total},
        "unsourced": bare,
        "warnings": list(warnings),
    }
