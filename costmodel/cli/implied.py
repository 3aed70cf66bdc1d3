"""What a scenario's inputs imply, and what one turn and one person cost, as tables and data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from costmodel.cli.terminal import add_row, show, table, write
from costmodel.engine.expected import Expected, ExpectedLane
from costmodel.report.amounts import usd
from costmodel.scenario.implications import Implication, figure
from costmodel.scenario.schema import Scenario


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


def lane_cost(scenario: Scenario, means: Expected, lane: ExpectedLane) -> LaneCost:
    """Return a lane's cost in the first month in which it has turns."""
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


def show_implied(
    scenario: Scenario, means: Expected, implied: tuple[Implication, ...], costs: list[LaneCost]
) -> None:
    """Write what a scenario's inputs imply, and what they cost at the means."""
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


def implied_figures(
    scenario: Scenario,
    means: Expected,
    implied: tuple[Implication, ...],
    costs: list[LaneCost],
    bare: list[str],
    warnings: tuple[str, ...],
) -> dict[str, Any]:
    """Return the same as plain data."""
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
