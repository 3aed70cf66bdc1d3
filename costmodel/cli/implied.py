"""What a scenario's inputs imply, and what one turn and one person cost, as tables and data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from costmodel.cli.terminal import add_row, show, table, write, write_wrapped
from costmodel.engine.expected import Expected, ExpectedLane
from costmodel.engine.figures import currency_block
from costmodel.report.amounts import amounts_of
from costmodel.report.wording import currency_note
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
    money = amounts_of(scenario)
    each = table(f"What one costs in a month at the means, {money.code}", columns, words=words)
    for cost in costs:
        counts = f"{cost.people:,.0f}", f"{cost.turns:,.0f}"
        amounts = money(cost.usd_per_turn), money(cost.usd_per_person)
        add_row(each, f"{cost.feature}, {cost.segment}", cost.month, *counts, *amounts)
    show(each)
    first, last = means.months[0], means.months[-1]
    ends = f"{first} {money(means.by_month[0])}, {last} {money(means.by_month[-1])}"
    write(f"Expected spend: {ends}, all {len(means.months)} months {money(means.total)}")
    if currency_note(scenario):
        write_wrapped(currency_note(scenario))


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
        **_in_own_currency(scenario, means, costs),
        "unsourced": bare,
        "warnings": list(warnings),
    }


def _in_own_currency(scenario: Scenario, means: Expected, costs: list[LaneCost]) -> dict[str, Any]:
    """Return the amounts in the scenario's own currency, if it has one."""
    if scenario.currency is None:
        return {}
    own = scenario.shown_in.of
    months = zip(means.months, means.by_month, strict=True)
    figures = {
        "currency": currency_block(scenario),
        "costs": [
            {
                "segment": cost.segment,
                "feature": cost.feature,
                "per_turn": own(cost.usd_per_turn),
                "per_person": own(cost.usd_per_person),
            }
            for cost in costs
        ],
        "expected": {"months": {str(m): own(usd) for m, usd in months}, "total": own(means.total)},
    }
    return {"in_own_currency": figures}
