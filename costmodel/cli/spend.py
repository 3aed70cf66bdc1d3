"""The table of monthly spend, and what stands around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from costmodel.cli.terminal import add_row, stdout_console, table, wrapped
from costmodel.engine.distribution import Distribution
from costmodel.engine.figures import quantile_name
from costmodel.report.amounts import percent, usd
from costmodel.report.wording import error_sentence, headline, yearly_note

if TYPE_CHECKING:
    from rich.table import Table

    from costmodel.engine.montecarlo import MonteCarloError
    from costmodel.engine.projection import Projection


def show_spend(
    projection: Projection, quantiles: tuple[float, ...], error: MonteCarloError | None
) -> None:
    """Write a projection to stdout: headline, months, and how to read them."""
    console = stdout_console()
    width = min(console.width, 100)
    console.print(wrapped(headline(projection), width))
    console.print()
    console.print(_months(projection, quantiles))
    console.print()
    notes = [*_marks(projection), *_reading(projection, quantiles)]
    if error is not None:
        notes.append(f"Monte Carlo error: {error_sentence(error)}")
    for note in [*notes, _origin(projection)]:
        console.print(wrapped(note, width))


def _months(projection: Projection, quantiles: tuple[float, ...]) -> Table:
    """Return the months, the dearest one and the total, one row each."""
    budget = projection.scenario.budget
    limit = budget.usd if budget is not None and budget.period == "month" else None
    names = [quantile_name(p) for p in quantiles]
    columns = ["USD", *names, "Mean per active user"]
    if limit is not None:
        columns.append(f"Chance over {usd(limit)}")
    made = table("", columns, words=("USD",))
    largest = projection.total.quantile(max(quantiles))
    for number, month in enumerate(projection.months, start=1):
        spend = projection.month(number)
        row = _row(str(month), spend, quantiles, largest, limit)
        row.insert(len(quantiles) + 1, usd(projection.per_person(number)))
        add_row(made, *row)
    made.add_section()
    dearest = _row("dearest month", projection.dearest_month, quantiles, largest, limit)
    dearest.insert(len(quantiles) + 1, "")
    add_row(made, *dearest, bold=True)
    label = f"all {len(projection.months)} months"
    add_row(made, *_row(label, projection.total, quantiles, largest, None), bold=True)
    return made


def _row(
    label: str,
    spend: Distribution,
    quantiles: tuple[float, ...],
    largest: float,
    limit: float | None,
) -> list[str]:
    cells = [label, *(usd(spend.quantile(p), largest=largest) for p in quantiles)]
    return cells if limit is None else [*cells, percent(spend.chance_over(limit))]


def _reading(projection: Projection, quantiles: tuple[float, ...]) -> list[str]:
    """Say how the figures are meant."""
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


def _marks(projection: Projection) -> list[str]:
    return [f"{projection.months[m.month - 1]}: {m.text}" for m in projection.marks]


def _origin(projection: Projection) -> str:
    origin = projection.provenance
    return f"Prices of {origin.snapshot}. Again: {origin.command}"
