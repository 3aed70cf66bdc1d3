"""The table of monthly spend, and what stands around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from costmodel.cli.terminal import add_row, stdout_console, table, wrapped, write
from costmodel.engine.distribution import Distribution
from costmodel.engine.figures import quantile_name
from costmodel.report.amounts import percent, usd
from costmodel.report.wording import error_sentence, headline, yearly_note

if TYPE_CHECKING:
    from rich.table import Table

    from costmodel.engine.montecarlo import MonteCarloError
    from costmodel.engine.projection import Projection


LABEL_WIDTH = 13
"""Characters of the first column: ``dearest month``, ``all 12 months``."""
WIDEST_TEXT = 100
"""Characters of a line of text that is still easy to read."""


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
    projection: Projection, quantiles: tuple[float, ...], error: MonteCarloError | None
) -> None:
    """Write a projection to stdout: headline, months, and how to read them."""
    console = stdout_console()
    width = min(console.width, WIDEST_TEXT)
    console.print(wrapped(headline(projection), width))
    columns = [*_quantiles(projection, quantiles), _per_user(projection), *_chance(projection)]
    for some in _fitting(columns, console.width - LABEL_WIDTH):
        console.print()
        console.print(_months(projection, some))
    console.print()
    for note in _notes(projection, quantiles, error):
        console.print(wrapped(note, width))
    origin = projection.provenance
    write(f"Prices as known on {origin.snapshot}. The same figures again:")
    write(f"  {origin.command}")  # in one piece, whatever the width: it is there to be copied


def _quantiles(projection: Projection, quantiles: tuple[float, ...]) -> list[Column]:
    """Return a column for each quantile, all with the decimals of the largest figure."""
    largest = projection.total.quantile(max(quantiles))
    months = [projection.month(n) for n in range(1, len(projection.months) + 1)]

    def column(p: float) -> Column:
        def cell(spend: Distribution) -> str:
            return usd(spend.quantile(p), largest=largest)

        ends = cell(projection.dearest_month), cell(projection.total)
        return Column(quantile_name(p), tuple(map(cell, months)), *ends)

    return [column(p) for p in quantiles]


def _per_user(projection: Projection) -> Column:
    each = [projection.per_person(n) for n in range(1, len(projection.months) + 1)]
    cells = tuple(usd(amount, largest=max(each)) for amount in each)
    return Column("Mean per\nactive user", cells)


def _chance(projection: Projection) -> list[Column]:
    """Return the chance of each month, and of any, over a monthly budget."""
    budget = projection.scenario.budget
    if budget is None or budget.period != "month":
        return []
    months = [projection.month(n) for n in range(1, len(projection.months) + 1)]
    cells = tuple(percent(month.chance_over(budget.usd)) for month in months)
    return [
        Column(
            f"Chance over\n{usd(budget.usd)}", cells, percent(projection.chance_over(budget.usd))
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
    title = f"{projection.scenario.name}: monthly spend, USD"
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
    projection: Projection, quantiles: tuple[float, ...], error: MonteCarloError | None
) -> list[str]:
    """Return what happens in the months, and how the figures are meant."""
    marks = [f"* {projection.months[m.month - 1]}: {m.text}" for m in projection.marks]
    precise = [] if error is None else [f"Monte Carlo error. {error_sentence(error)}"]
    return [*marks, *_reading(projection, quantiles), *precise]


def _reading(projection: Projection, quantiles: tuple[float, ...]) -> list[str]:
    """Say what the quantiles are of, and what a yearly budget is held against."""
    upper = max(quantiles)
    name = quantile_name(upper)
    notes = [
        f"{name}: in {100 * upper:g} of 100 futures the bill is lower. The {name}s of months do "
        f"not add up to the {name} of the total. Dearest month: the largest bill of each future."
    ]
    if yearly_note(projection):
        chance = percent(projection.chance_over_budget or 0.0)
        notes.append(f"Chance over the yearly budget: {chance} ({yearly_note(projection)}).")
    return notes
