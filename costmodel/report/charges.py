"""The table of unit prices: searches, images and others, what is free, and who says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from costmodel.prices.cards import rate_text
from costmodel.report.amounts import number
from costmodel.report.tables import NOTHING, Row, Table

if TYPE_CHECKING:
    from costmodel.engine.projection import Projection
    from costmodel.engine.unit_rates import UnitRates


def charges_table(projection: Projection) -> Table | None:
    """Return price, free units and use of every unit that is not a token; None without any."""
    used: dict[int, tuple[UnitRates, float]] = {}
    for flow in projection.ledger.lanes:
        for use in flow.units.values():
            _, before = used.get(id(use.rates), (use.rates, 0.0))
            used[id(use.rates)] = (use.rates, before + float(use.count.mean(axis=1).sum()))
    if not used:
        return None
    first, last = projection.months[0], projection.months[-1]
    rows = tuple(_row(rates, count) for rates, count in used.values())
    about = tuple(
        f"Source: {'; '.join(rates.sources)}" if rates.sources else "No source given"
        for rates, _ in used.values()
    )
    head = ("Unit", f"Per 1,000 in {first}", f"Per 1,000 in {last}", "Free", "Mean used in all")
    return Table("Unit prices, USD", head, rows, about=about)


def _row(rates: UnitRates, count: float) -> Row:
    first, last = (rate_text(float(f"{1000 * rates.price[row, 0]:.6g}")) for row in (0, -1))
    free = "; ".join(dict.fromkeys(_free(rates))) or NOTHING
    return (f"{rates.unit} of {rates.model}", first, last, free, number(count))


def _free(rates: UnitRates) -> Iterator[str]:
    for drawing in rates.drawings:
        for stated in drawing.stated:
            for units, period in sorted(stated):
                yield f"{units:,} a {period} ({drawing.pool})"
