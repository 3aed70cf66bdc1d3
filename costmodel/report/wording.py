"""The sentences of a report: the headline, how to read it, and what each picture shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from costmodel.report.amounts import DOLLARS, Amounts, amounts_of, percent
from costmodel.report.fan import LEVELS, Fan, quantile_label

if TYPE_CHECKING:
    from costmodel.engine.montecarlo import MonteCarloError
    from costmodel.engine.projection import Projection
    from costmodel.scenario.schema import Scenario

Array = npt.NDArray[np.float64]

QUANTILES = (0.1, 0.5, 0.9)
MOST_DECIMALS = 4
"""Enough for the finest share there is, one future in 131,072."""


def budget_subject(projection: Projection) -> str:
    """Return ``the dearest month exceeds the budget of $5,000``, for months or years."""
    budget = projection.scenario.budget
    assert budget is not None
    money = amounts_of(projection.scenario)
    if budget.period == "month":
        return f"the dearest month exceeds the budget of {money(budget.usd)}"
    count = len(projection.months)
    span = "the dearest 12 months in a row exceed" if count > 12 else whole_exceeds(count)
    return f"{span} the budget of {money(budget.usd)} a year"


def whole_exceeds(months: int) -> str:
    """Return ``all 12 months together exceed``, or its singular."""
    return "the month exceeds" if months == 1 else f"all {months} months together exceed"


def fan_description(fan: Fan) -> str:
    """Return what a fan chart shows, in numbers: the picture's text for a screen reader."""
    first = f"Monthly spend from {fan.months[0]} to {fan.months[-1]}, over simulated futures."
    ends = [
        f"{fan.months[n]}: {_levels(fan.usd[:, n], fan.money)}."
        for n in sorted({0, len(fan.months) - 1})
    ]
    budget = [f"{fan.budget_text}."] if fan.budget_text else []
    return " ".join([first, *ends, *budget])


def _levels(amounts: Array, money: Amounts) -> str:
    pairs = zip(LEVELS, amounts.tolist(), strict=True)
    return ", ".join(f"{quantile_label(level)} {money(amount)}" for level, amount in pairs)


def parts_description(dimension: str, parts: Mapping[str, Array], money: Amounts = DOLLARS) -> str:
    """Return what a chart of parts shows, in numbers."""
    whole = sum(float(part.sum()) for part in parts.values())
    shares = [
        f"{name} {money(float(part.sum()))} ({percent(float(part.sum()) / whole)})"
        for name, part in parts.items()
        if whole > 0
    ]
    return f"Mean spend by {dimension} over all months: {', '.join(shares) or 'none'}."


def error_sentence(error: MonteCarloError) -> str:
    """Return what the Monte Carlo error is, in one sentence."""
    parts = [
        f"{words} "
        + ", ".join(f"{quantile_label(p)} ±{100 * share:.1f} %" for p, share in shares.items())
        for words, shares in (("dearest month", error.dearest_month), ("total", error.total))
    ]
    return f"One standard error, from {error.runs} runs with other seeds: {'; '.join(parts)}."


def headline(
    projection: Projection,
    largest: float | None = None,
    quantiles: tuple[float, ...] = QUANTILES,
) -> str:
    """Return the sentence that answers the question: the last month, and the budget's chance.

    Parameters
    ----------
    projection : Projection
    largest : float, optional
        The amount that decides the decimals of the table, USD; the P90 without.
    quantiles : tuple of float
        What the chance is read beside; see `chance_beside`.
    """
    number = len(projection.months)
    last = projection.month(number)
    largest = projection.p90 if largest is None else largest
    money = amounts_of(projection.scenario)

    def pair(p50: float, p90: float) -> str:
        return f"P50 {money(p50, largest=largest)}, P90 {money(p90, largest=largest)}"

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


def usd_beside(amount: float, other: float, money: Amounts = DOLLARS) -> str:
    """Return an amount of USD, with cents if it would read as the other one without them."""
    text = money(amount)
    return text if amount == other or text != money(other) else money.exact(amount)


def currency_note(scenario: Scenario) -> str:
    """Return what amounts are shown in, at which rate; empty for a scenario without a currency."""
    rate = scenario.currency
    if rate is None or scenario.shown_in.is_usd:
        return ""
    return f"Amounts are in {rate.code} at {rate}. Providers bill USD; prices per token are in USD."


RATE_IS_FIXED = "One fixed rate for all months: how it may change is not modelled"
"""Said once, among the assumptions."""


def yearly_note(projection: Projection, quantiles: tuple[float, ...] = QUANTILES) -> str:
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
