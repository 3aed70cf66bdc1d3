"""The table of monthly spend, and what stands around it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from costmodel.cli.terminal import add_row, shown, stdout_console, table
from costmodel.engine.distribution import Distribution
from costmodel.engine.figures import quantile_name
from costmodel.report.amounts import percent, usd

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
    console.print(_wrapped(headline(projection), width))
    console.print()
    console.print(_months(projection, quantiles))
    console.print()
    notes = [*_reading(projection, quantiles), *_precision(error), *_marks(projection)]
    for note in [*notes, _origin(projection)]:
        console.print(_wrapped(note, width))


def _wrapped(text: str, width: int) -> str:
    return "\n".join(textwrap.wrap(shown(text), width, subsequent_indent="  ")) or ""


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
        f"{name}: in {100 * upper:g} of 100 simulated futures the bill is lower. "
        f"The {name}s of the months do not add up to the {name} of the total. "
        "Dearest month: the largest bill of each future."
    ]
    chance = projection.chance_over_budget
    budget = projection.scenario.budget
    if budget is not None and chance is not None:
        notes.append(
            f"Chance of a {budget.period} over the budget of {usd(budget.usd)}: {percent(chance)}."
        )
    return notes


def _precision(error: MonteCarloError | None) -> list[str]:
    """Return the Monte Carlo error of the dearest month and of the total."""
    if error is None:
        return []
    parts = [
        f"{label} "
        + ", ".join(f"{quantile_name(p)} \N{PLUS-MINUS SIGN}{100 * e:.1f} %" for p, e in of.items())
        for label, of in (("dearest month", error.dearest_month), ("total", error.total))
    ]
    return [f"Monte Carlo error (one standard error, {error.runs} runs): {'; '.join(parts)}."]


def _marks(projection: Projection) -> list[str]:
    return [f"{projection.months[m.month - 1]}: {m.text}" for m in projection.marks]


def _origin(projection: Projection) -> str:
    origin = projection.provenance
    return f"Prices of {origin.snapshot}. Again: {origin.command}"
