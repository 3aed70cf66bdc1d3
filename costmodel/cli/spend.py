"""The table of monthly spend, and what stands around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from costmodel.cli.terminal import WIDEST_TEXT, add_row, show, stdout_console, table, wrapped, write
from costmodel.engine.distribution import Distribution
from costmodel.engine.figures import quantile_name
from costmodel.report.amounts import amounts_of
from costmodel.report.wording import (
    chance_beside,
    currency_note,
    error_sentence,
    headline,
    yearly_note,
)

if TYPE_CHECKING:
    from rich.table import Table

    from costmodel.engine.montecarlo import MonteCarloError
    from costmodel.engine.projection import Projection


LABEL_WIDTH = 13
"""Characters of the first column: ``dearest month``, ``all 12 months``."""
NOTHING = "-"
"""Stands where no feature runs yet."""


@dataclass(frozen=True)
class Column:
    """A column of the spend table: one cell for each month, then dearest month and total."""

    name: str
    months: tuple[str, ...]
    dearest: str = ""
    total: str = ""

    @property
    def width(self) -> int:
        """Characters it takes, the gap before it included."""
        cells = (*self.name.split("\n"), *self.months, self.dearest, self.total)
        return 2 + max(map(len, cells))


def show_spend(
    projection: Projection,
    quantiles: tuple[float, ...],
    error: MonteCarloError | None,
    held: float | None = None,
) -> None:
    """Write a projection to stdout: headline, months, and how to read them.

    Parameters
    ----------
    projection : Projection
    quantiles : tuple of float
        The columns.
    error : MonteCarloError, optional
    held : float, optional
        The quantile held against the budget: chances must agree with its verdict too.
    """
    console = stdout_console()
    width = min(console.width, WIDEST_TEXT)
    beside = (*quantiles, 0.9, *(() if held is None else (held,)))
    largest = projection.quantile(max(*quantiles, 0.9))
    console.print(wrapped(headline(projection, largest, beside), width))
    columns = [
        *_quantiles(projection, quantiles, largest),
        _per_user(projection),
        *_chance(projection, beside),
    ]
    for some in _fitting(columns, console.width - LABEL_WIDTH):
        console.print()
        show(_months(projection, some))
    console.print()
    for note in _notes(projection, quantiles, beside, error):
        console.print(wrapped(note, width))
    origin = projection.provenance
    contract = projection.prices.contract
    known = f"Prices as known on {origin.snapshot}"
    known += ", reconstructed" if origin.reconstructed else ""
    if contract is not None:
        write(f"{known}, under {contract.name} ({contract.file}).")
        write("The same figures again:")
    else:
        write(f"{known}. The same figures again:")
    write(f"  {origin.command}")  # in one piece, whatever the width: it is there to be copied


def _by_month(projection: Projection, cell: Callable[[int], str]) -> tuple[str, ...]:
    """Return the cells of the months, counted from 1; a dash before any feature starts."""
    starts = [feature.from_month for feature in projection.scenario.features.values()]
    return tuple(
        cell(number) if any(start is None or start <= month for start in starts) else NOTHING
        for number, month in enumerate(projection.months, start=1)
    )


def _quantiles(
    projection: Projection, quantiles: tuple[float, ...], largest: float
) -> list[Column]:
    """Return a column for each quantile, all with the decimals of the dearest month's largest."""
    money = amounts_of(projection.scenario)

    def column(p: float) -> Column:
        def cell(spend: Distribution) -> str:
            return money(spend.quantile(p), largest=largest)

        ends = cell(projection.dearest_month), cell(projection.total)
        months = _by_month(projection, lambda number: cell(projection.month(number)))
        return Column(quantile_name(p), months, *ends)

    return [column(p) for p in quantiles]


def _per_user(projection: Projection) -> Column:
    each = [projection.per_person(n) for n in range(1, len(projection.months) + 1)]
    money = amounts_of(projection.scenario)
    cells = _by_month(projection, lambda number: money(each[number - 1], largest=max(each)))
    return Column("Mean per\nactive user", cells)


def _chance(projection: Projection, beside: tuple[float, ...]) -> list[Column]:
    """Return the chance of each month, and of any, over a monthly budget."""
    budget = projection.scenario.budget
    if budget is None or budget.period != "month":
        return []
    limit = budget.usd

    def cell(spend: Distribution) -> str:
        return chance_beside(spend.chance_over(limit), beside)

    cells = _by_month(projection, lambda number: cell(projection.month(number)))
    return [
        Column(
            f"Chance over\n{amounts_of(projection.scenario)(limit)}",
            cells,
            cell(projection.dearest_month),
        )
    ]


def _fitting(columns: list[Column], room: int) -> list[list[Column]]:
    """Return the columns in groups no wider than `room`: numbers are never broken."""
    groups: list[list[Column]] = [[]]
    for column in columns:
        if groups[-1] and sum(one.width for one in groups[-1]) + column.width > room:
            groups.append([])
        groups[-1].append(column)
    return groups


def _months(projection: Projection, columns: list[Column]) -> Table:
    """Return the months, the dearest one and the total, one row each."""
    count = len(projection.months)
    code = amounts_of(projection.scenario).code
    title = f"{projection.title}: monthly spend, {code}"
    made = table(title, ["Month", *(column.name for column in columns)], words=("Month",))
    marked = {mark.month for mark in projection.marks}
    for number, month in enumerate(projection.months, start=1):
        label = f"{month} *" if number in marked else str(month)
        add_row(made, label, *(column.months[number - 1] for column in columns))
    if any(column.dearest for column in columns):
        made.add_section()
        add_row(made, "dearest month", *(column.dearest for column in columns), bold=True)
    if any(column.total for column in columns):
        label = f"all {count} months" if count > 1 else "in all"
        add_row(made, label, *(column.total for column in columns), bold=True)
    return made


def _notes(
    projection: Projection,
    quantiles: tuple[float, ...],
    beside: tuple[float, ...],
    error: MonteCarloError | None,
) -> list[str]:
    """Return what happens in the months, and how the figures are meant."""
    marks = [f"* {projection.months[m.month - 1]}: {m.text}" for m in projection.marks]
    precise = [] if error is None else [f"Monte Carlo error. {error_sentence(error)}"]
    said = [yearly_note(projection, beside), currency_note(projection.scenario)]
    return [*marks, _reading(quantiles), *filter(None, said), *precise]


def _reading(quantiles: tuple[float, ...]) -> str:
    """Say what the quantiles are of."""
    upper = max(quantiles)
    name = quantile_name(upper)
    return (
        f"{name}: in {100 * upper:g} of 100 futures the bill is lower. The {name}s of months do "
        f"not add up to the {name} of the total. Dearest month: the largest bill of each future."
    )
