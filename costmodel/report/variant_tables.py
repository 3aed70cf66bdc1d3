"""Variants side by side, and their waterfalls, as tables of text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from costmodel.report.amounts import Amounts, amounts_of, number, percent
from costmodel.report.fan import quantile_label
from costmodel.report.tables import NOTHING, Row, Table, whole_span

if TYPE_CHECKING:
    from costmodel.engine.projection import Projection
    from costmodel.questions.compare import Comparison, Saving
    from costmodel.questions.effects import Affected, Effects
    from costmodel.questions.waterfall import Step, Waterfall

LEVELS = (0.1, 0.5, 0.9)
NONE = "none"
"""Stands where something could have happened and did not."""
SMALLEST = 1e-6
"""Shares below this are shown as nothing."""
NOT_BINDING = "not binding"
"""Stands where strategies change nothing."""


@dataclass(frozen=True)
class Column:
    """One variant: the baseline has no saving."""

    name: str
    projection: Projection
    effects: Effects
    saving: Saving | None = None


def columns_of(comparison: Comparison) -> tuple[Column, ...]:
    """Return the compared projections, the baseline first."""
    base = comparison.baseline
    first = Column(baseline_name(comparison), base, comparison.baseline_effects)
    others = (Column(one.name, one.projection, one.effects, one) for one in comparison.savings)
    return (first, *others)


def baseline_name(comparison: Comparison) -> str:
    """Return what the baseline is called."""
    return comparison.baseline.variant


def variants_table(comparison: Comparison) -> Table:
    """Return a column for each variant: its bill, what it saves, and what that does to people."""
    columns = columns_of(comparison)
    money = amounts_of(comparison.baseline.scenario)
    rows = (
        *_spend_rows(columns, money),
        *_saving_rows(columns, money),
        *_effect_rows(columns, money),
    )
    names = [f"{columns[0].name} (baseline)", *(column.name for column in columns[1:])]
    title = comparison.baseline.scenario.name
    return Table(f"{title}: variants, {money.code}", ("", *names), rows)


def _spend_rows(columns: Sequence[Column], money: Amounts) -> Iterator[Row]:
    largest = max(column.projection.p90 for column in columns)
    yield ("Dearest month",)
    for p in LEVELS:
        cells = (money(c.projection.quantile(p), largest=largest) for c in columns)
        yield (quantile_label(p), *cells)
    chances = [column.projection.chance_over_budget for column in columns]
    budget = columns[0].projection.scenario.budget
    if budget is not None and None not in chances:
        over = f"Chance over {money(budget.usd)} a {budget.period}"
        yield (over, *(NOTHING if chance is None else percent(chance) for chance in chances))
    yield (whole_span(len(columns[0].projection.months)).capitalize(),)
    totals = [column.projection.total for column in columns]
    largest = max(total.mean for total in totals)
    yield ("P50", *(money(total.p50, largest=largest) for total in totals))
    yield ("Mean", *(money(total.mean, largest=largest) for total in totals))


def _saving_rows(columns: Sequence[Column], money: Amounts) -> Iterator[Row]:
    """Yield what each variant saves over the horizon, future by future."""
    savings = [column.saving for column in columns]
    whole = columns[0].projection.total.mean
    largest = max(abs(one.total.quantile(p)) for one in savings if one for p in LEVELS)
    largest = largest if largest > SMALLEST * whole else whole

    def row(label: str, cell: Callable[[Saving], str], idle: str = NOTHING) -> Row:
        return (label, *(_saved(one, cell, idle) for one in savings))

    def quantile(p: float) -> Callable[[Saving], str]:
        return lambda saving: _signed(saving.total.quantile(p), largest, money)

    yield (f"Saved over {whole_span(len(columns[0].projection.months))}",)
    yield from (row(quantile_label(p), quantile(p)) for p in LEVELS)
    yield row("Mean", lambda saving: _signed(saving.total.mean, largest, money), NOT_BINDING)
    yield row("Share of the mean bill", lambda saving: _signed_share(saving.share))
    yield row("Futures in which it saves", lambda saving: percent(saving.chance))


def _saved(saving: Saving | None, cell: Callable[[Saving], str], idle: str) -> str:
    if saving is None:
        return NOTHING
    return cell(saving) if saving.binding else idle


def _signed(usd: float, largest: float, money: Amounts) -> str:
    """Return an amount, one that is shown as nothing without a sign."""
    text = money(usd, largest=largest)
    return text if any(digit in text for digit in "123456789") else text.removeprefix("-")


def _signed_share(share: float) -> str:
    """Return a share that may be negative, small ones with two digits."""
    if abs(share) >= 0.0095 or abs(share) < SMALLEST:
        return percent(share if abs(share) >= SMALLEST else 0.0)
    return f"{100 * share:.2g} %"


def _effect_rows(columns: Sequence[Column], money: Amounts) -> Iterator[Row]:
    yield ("Beside the bill",)
    yield from _people_rows(columns)
    every = [column.effects for column in columns]
    yield ("Turns blocked", *(_share(one.blocked) for one in every))
    optional = [
        ("Answered without a call", [_share(one.no_call) for one in every]),
        ("Answered by a cheaper model", [_share(one.cheaper) for one in every]),
    ]
    yield from ((label, *cells) for label, cells in optional if set(cells) != {NONE})
    yield ("Wrong cached answers a month", *map(_wrong, every))
    yield from _when_any(
        ("  share of turns", *(_share(one.wrong.share) for one in every)),
        ("  mean cost, beside the bill", *(_wrong_cost(one, money) for one in every)),
        ("Overage revenue, mean", *(_overage(one, money) for one in every)),
        ("Futures in which the cap runs out", *(_cap(one) for one in every)),
        ("  first month, median", *(_cap_month(one) for one in every)),
        ("  day of the month, median", *(_cap_day(one) for one in every)),
        ("Mean saved with these amounts", *(_net(column.saving, money) for column in columns)),
    )


def _when_any(*rows: Row) -> Iterator[Row]:
    yield from (row for row in rows if set(row[1:]) - {NONE, NOTHING})


def _people_rows(columns: Sequence[Column]) -> Iterator[Row]:
    """Yield the share of people stopped, for each segment in which there are any."""
    segments = columns[0].projection.scenario.segments
    several = len(segments) > 1
    stopped = [name for name in segments if any(name in c.effects.affected for c in columns)]
    if not stopped:
        yield ("People affected in a month", *(NONE for _ in columns))
    for name in stopped:
        found = [column.effects.affected.get(name) for column in columns]
        label = f"People of {name} affected in a month" if several else "People affected in a month"
        yield (label, *(NONE if one is None else percent(one.mean) for one in found))
        if any(one and percent(one.largest) != percent(one.mean) for one in found):
            yield ("  in the month with most", *map(_most, found))
    for name in segments:
        lost = [0.0 if c.saving is None else c.saving.people_lost.get(name, 0.0) for c in columns]
        label = f"People of {name} lost by the end" if several else "People lost by the end"
        yield from _when_any((label, *map(_share, lost)))


def _most(one: Affected | None) -> str:
    return NONE if one is None else f"{percent(one.largest)}, {one.month}"


def _share(share: float) -> str:
    """Return a share, small ones with two digits: a risk of 1 in 500 is not ``<1 %``."""
    if share == 0:
        return NONE
    return percent(share) if abs(share) >= 0.0095 else f"{100 * share:.2g} %"


def _wrong(effects: Effects) -> str:
    return number(effects.wrong.a_month) if effects.wrong.share > 0 else NONE


def _wrong_cost(effects: Effects, money: Amounts) -> str:
    if effects.wrong.share == 0:
        return NONE
    return "not stated" if effects.wrong.usd is None else money(effects.wrong.usd.mean)


def _overage(effects: Effects, money: Amounts) -> str:
    return NONE if effects.overage is None else money(effects.overage.mean)


def _net(saving: Saving | None, money: Amounts) -> str:
    if saving is None or not saving.has_money_beside:
        return NOTHING
    return money(saving.net.mean)


def _cap(effects: Effects) -> str:
    return NOTHING if effects.cap is None else percent(effects.cap.chance)


def _cap_month(effects: Effects) -> str:
    return NOTHING if effects.cap is None or effects.cap.month is None else str(effects.cap.month)


def _cap_day(effects: Effects) -> str:
    return NOTHING if effects.cap is None or effects.cap.day is None else str(effects.cap.day)


def indented(table: Table) -> Table:
    """Return a table whose indented labels stay so where spaces are run together."""
    space = 2 * "\N{NO-BREAK SPACE}"
    rows = ((row[0].replace("  ", space), *row[1:]) for row in table.rows)
    return replace(table, rows=tuple(rows))


def waterfall_table(waterfall: Waterfall) -> Table:
    """Return a row for each strategy, in the variant's order, and one for the whole variant."""
    baseline = waterfall.saving.baseline
    money = amounts_of(baseline.scenario)
    largest = max(abs(each.total.p90) for each in _savings(waterfall))
    whole = waterfall.saving
    head = ("Strategy", "Mean saved", "P10", "P90", "Alone")
    rows = tuple(
        _step_row(number, step, money, largest)
        for number, step in enumerate(waterfall.steps, start=1)
    )
    foot = (("together", *_amounts(whole, money, largest), ""),)
    span = whole_span(len(baseline.months))
    caption = (
        f"What {waterfall.variant} saves over {span}, one strategy after the other, {money.code}"
    )
    return Table(caption, head, rows, foot)


def _savings(waterfall: Waterfall) -> Iterator[Saving]:
    yield waterfall.saving
    yield from (step.saving for step in waterfall.steps)


def _step_row(number: int, step: Step, money: Amounts, largest: float) -> Row:
    alone = _signed(step.alone.total.mean, largest, money) if step.alone.binding else NOT_BINDING
    return (f"{number} {step.name}", *_amounts(step.saving, money, largest), alone)


def _amounts(saving: Saving, money: Amounts, largest: float) -> Row:
    if not saving.binding:
        return NOT_BINDING, NOTHING, NOTHING
    total = saving.total
    mean, p10, p90 = (_signed(u, largest, money) for u in (total.mean, total.p10, total.p90))
    return mean, p10, p90
