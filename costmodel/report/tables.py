"""The tables of a report: figures as text, ready to be set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from costmodel.engine.demand import people
from costmodel.engine.distribution import Distribution
from costmodel.report.amounts import Amounts, amounts_of, number, percent

if TYPE_CHECKING:
    from costmodel.engine.projection import Projection
    from costmodel.foundation.months import Month

Array = npt.NDArray[np.float64]
Row = tuple[str, ...]

NOTHING = "–"
"""Stands where a cell has no figure."""


@dataclass(frozen=True)
class Table:
    """A table of text: the first cell of a row is its heading.

    Parameters
    ----------
    caption : str
    head : tuple of str
        One heading a column.
    rows, foot : tuple of tuple of str
        `foot` holds the rows that sum up, set apart. A row of a single cell is
        the heading of those that follow.
    kinds : tuple of str
        What each column holds: "" for figures, else a word the style sheet knows.
    about : tuple of str
        What is said below each row, if anything is.
    """

    caption: str
    head: Row
    rows: tuple[Row, ...]
    foot: tuple[Row, ...] = ()
    kinds: Row = ()
    about: Row = ()

    @property
    def filled(self) -> Table:
        """The table without the columns in which no row has anything."""
        every = (*self.rows, *self.foot)
        kept = [n for n in range(len(self.head)) if n == 0 or any(row[n] for row in every)]

        def cut(row: Row) -> Row:
            return tuple(row[n] for n in kept if n < len(row))

        rows, foot = tuple(map(cut, self.rows)), tuple(map(cut, self.foot))
        return replace(self, head=cut(self.head), rows=rows, foot=foot, kinds=cut(self.kinds))

    def kind(self, column: int) -> str:
        """Return what a column holds."""
        return self.kinds[column] if self.kinds else ""


def months_table(projection: Projection) -> Table:
    """Return spend by month, of the dearest month and in all."""
    money = amounts_of(projection.scenario)
    budget = projection.scenario.budget
    limit = budget.usd if budget is not None and budget.period == "month" else None
    spend = [projection.month(n) for n in range(1, len(projection.months) + 1)]
    figures = partial(_figures, money, projection.p90)
    rows = [
        (str(month), *figures(one, limit), number(active), money(one.mean / active))
        if active > 0
        else (str(month), *figures(one, limit), "0", NOTHING)
        for month, one, active in zip(
            projection.months, spend, projection.people.tolist(), strict=True
        )
    ]
    dearest = ("Dearest month", *figures(projection.dearest_month, limit), "", "")
    count = len(projection.months)
    whole = (whole_span(count).capitalize(), *figures(projection.total, None), "", "")
    over = f"Chance over {money(limit)}" if limit is not None else ""
    head = ("Month", "P10", "P50", "P90", "Mean", over, "People", "Mean per person")
    return Table(f"Spend by month, {money.code}", head, tuple(rows), (dearest, whole)).filled


def _figures(money: Amounts, largest: float, spend: Distribution, limit: float | None) -> Row:
    amounts = (spend.p10, spend.p50, spend.p90, spend.mean)
    chance = "" if limit is None else percent(spend.chance_over(limit))
    return (*(money(amount, largest=largest) for amount in amounts), chance)


@dataclass(frozen=True)
class Parts:
    """Spend split by one dimension."""

    dimension: str
    by_month: dict[str, Array]
    """Mean spend, USD: (months,) by name."""
    totals: dict[str, Distribution]
    """Spend of the whole horizon by name."""


def parts_of(projection: Projection, dimension: str) -> Parts:
    """Return a projection's spend by "feature", "segment", "model" or "meter"."""
    by = projection.ledger.by(dimension)
    return Parts(
        dimension,
        {name: amounts.mean(axis=1) for name, amounts in by.items()},
        {name: Distribution(amounts.sum(axis=0), name) for name, amounts in by.items()},
    )


def parts_table(projection: Projection, split: Sequence[Parts]) -> Table:
    """Return the spend of every part of several dimensions, and its share of the mean."""
    first, last = projection.months[0], projection.months[-1]
    whole, money = projection.total.mean, amounts_of(projection.scenario)
    rows: list[Row] = []
    for parts in split:
        rows.append((f"By {parts.dimension}",))
        for name, total in parts.totals.items():
            months = parts.by_month[name]
            amounts = (total.mean, total.p10, total.p90, float(months[0]), float(months[-1]))
            mean, *others = (money(amount, largest=whole) for amount in amounts)
            share = percent(total.mean / whole) if whole > 0 else NOTHING
            rows.append((name, mean, share, *others))
    span = whole_span(len(projection.months))
    head = (
        "", f"Mean of {span}", "Share of mean", f"P10 of {span}", f"P90 of {span}",
        f"Mean of {_whole(first)}", f"Mean of {_whole(last)}",
    )  # fmt: skip
    return Table(f"Spend by part, {money.code}", head, tuple(rows))


def _whole(month: Month) -> str:
    """Return a month that no line break divides."""
    return str(month).replace("-", "\N{NON-BREAKING HYPHEN}")


def whole_span(months: int) -> str:
    """Return ``all 12 months`` or ``the month``."""
    return f"all {months} months" if months > 1 else "the month"


def unit_table(projection: Projection) -> Table:
    """Return what a turn, a conversation and an active person's month cost."""
    rows = [*_turn_rows(projection), *_person_rows(projection)]
    head = ("What one costs", "P10", "P50", "P90", "Mean")
    code = amounts_of(projection.scenario).code
    return Table(f"Unit costs over the whole horizon, {code}", head, tuple(rows))


def _turn_rows(projection: Projection) -> list[Row]:
    rows, row = [], partial(_unit_row, amounts_of(projection.scenario))
    for feature in projection.scenario.features:
        flows = [flow for flow in projection.ledger.lanes if flow.lane.feature == feature]
        # What a turn costs does not depend on which people there happen to be.
        spend = _sum([flow.turns * flow.usd_per_turn for flow in flows])
        turns = _sum([flow.turns for flow in flows])
        talks = _sum([flow.turns / flow.step.shape.turns for flow in flows])
        rows.append(row(f"One turn of {feature}", spend, turns))
        if bool(np.any(talks != turns)):
            rows.append(row(f"One conversation of {feature}", spend, talks))
    return rows


def _person_rows(projection: Projection) -> list[Row]:
    spend: dict[str, Array] = {}
    for flow in projection.ledger.lanes:
        name, whole = flow.lane.segment, flow.spend.sum(axis=0)
        spend[name] = spend[name] + whole if name in spend else whole
    active = {name: person_months(projection, name) for name in projection.scenario.segments}
    row = partial(_unit_row, amounts_of(projection.scenario))
    rows = [
        row(f"One active person of {name}, a month", spend[name], active[name])
        for name in active
        if name in spend
    ]
    if len(active) > 1:
        everyone = _total(list(spend.values())), _total(list(active.values()))
        rows.append(row("One active person of any segment, a month", *everyone))
    return rows


def person_months(projection: Projection, segment: str) -> Array:
    """Return the people active in each month, summed over the months, in every future."""
    stated = projection.scenario.segments[segment]
    users, growth = (
        projection.beliefs.get(f"segments.{segment}.{name}", np.array([belief.mean]))
        for name, belief in (("users", stated.users), ("growth", stated.growth))
    )
    return np.asarray(people(users, growth, len(projection.months)).sum(axis=0))


def _unit_row(money: Amounts, label: str, spend: Array, units: Array) -> Row:
    """Return money a unit over futures; the mean is all money over all units."""
    if not float(units.sum()) > 0:
        return (label, *[NOTHING] * 4)
    each = Distribution(np.divide(spend, units, out=np.zeros_like(spend), where=units > 0))
    mean = float(spend.mean() / np.broadcast_to(units, spend.shape).mean())
    return (label, *(money(a, largest=mean) for a in (each.p10, each.p50, each.p90, mean)))


def _sum(arrays: list[Array]) -> Array:
    return np.asarray(_total(arrays).sum(axis=0))


def _total(arrays: list[Array]) -> Array:
    total = arrays[0]
    for array in arrays[1:]:
        total = total + array
    return total
