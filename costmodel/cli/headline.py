"""The sentences around the spend table, whose figures agree with it and with the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from costmodel.report.amounts import percent, usd
from costmodel.report.wording import budget_subject

if TYPE_CHECKING:
    from costmodel.engine.projection import Projection

MOST_DECIMALS = 4
"""Enough for the finest share there is, one future in 131,072."""


def headline(projection: Projection, largest: float, quantiles: tuple[float, ...]) -> str:
    """Return the sentence that answers the question: the last month, and the budget's chance.

    Parameters
    ----------
    projection : Projection
    largest : float
        The amount that decides the decimals of the table, USD.
    quantiles : tuple of float
        What the chance is read beside; see `chance_beside`.
    """
    number = len(projection.months)
    last = projection.month(number)

    def pair(p50: float, p90: float) -> str:
        return f"P50 {usd(p50, largest=largest)}, P90 {usd(p90, largest=largest)}"

    start = f"Month {number} ({projection.months[-1]}): {pair(last.p50, last.p90)}"
    chance = projection.chance_over_budget
    if chance is None:
        return f"{start}; the dearest month: {pair(projection.p50, projection.p90)}."
    share = chance_beside(chance, quantiles)
    return f"{start}; {budget_subject(projection)} in {share} of futures."


def chance_beside(share: float, quantiles: tuple[float, ...]) -> str:
    """Return a chance over a budget, with as many decimals as agree with the quantiles.

    A P90 lies above the budget if the chance is above 10 %: beside it, 10.1 %
    must not be rounded to 10 %.
    """
    limits = [round(100 * (1 - p), 9) for p in quantiles]

    def agrees(decimals: int) -> bool:
        shown = round(100 * share, decimals)
        return all((shown > limit) == (100 * share > limit) for limit in limits)

    decimals = next((n for n in range(MOST_DECIMALS) if agrees(n)), MOST_DECIMALS)
    return percent(share) if decimals == 0 else f"{100 * share:.{decimals}f} %"


def usd_beside(amount: float, other: float) -> str:
    """Return an amount, with cents if it would read as the other one without them."""
    text = usd(amount)
    return text if amount == other or text != usd(other) else f"${amount:,.2f}"


def yearly_note(projection: Projection, quantiles: tuple[float, ...]) -> str:
    """Return the chance over a yearly budget, and what it is of; empty for other budgets."""
    budget, chance = projection.scenario.budget, projection.chance_over_budget
    if budget is None or chance is None or budget.period != "year":
        return ""
    count = len(projection.months)
    here = "" if count > 12 else f": here, {whole(count)}"
    return (
        f"Chance over the yearly budget: {chance_beside(chance, quantiles)}. A yearly budget is "
        f"compared with the dearest 12 months in a row{here}."
    )


def whole(months: int) -> str:
    """Return ``all 12 months``, or ``the only month``."""
    return f"all {months} months" if months > 1 else "the only month"


def compared(projection: Projection) -> str:
    """Return what a budget is compared with, such as ``the dearest month``."""
    budget, count = projection.scenario.budget, len(projection.months)
    if budget is None or budget.period == "month":
        return "the dearest month"
    return "the dearest 12 months in a row" if count >= 12 else whole(count)
