"""The sentences of a report: the headline, how to read it, and what each picture shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from costmodel.report.amounts import percent, usd
from costmodel.report.fan import LEVELS, Fan, quantile_label

if TYPE_CHECKING:
    from costmodel.engine.montecarlo import MonteCarloError
    from costmodel.engine.projection import Projection

Array = npt.NDArray[np.float64]


def headline(projection: Projection) -> str:
    """Return the sentence that answers the question: the last month, and the budget's chance."""
    number = len(projection.months)
    last = projection.month(number)
    sentence = f"Month {number} ({projection.months[-1]}): P50 {usd(last.p50)}, P90 {usd(last.p90)}"
    return f"{sentence}; {_dearest_sentence(projection)}"


def _dearest_sentence(projection: Projection) -> str:
    budget, chance = projection.scenario.budget, projection.chance_over_budget
    if budget is None or chance is None:
        return f"the dearest month: P50 {usd(projection.p50)}, P90 {usd(projection.p90)}."
    return f"{budget_subject(projection)} in {percent(chance)} of futures."


def budget_subject(projection: Projection) -> str:
    """Return ``the dearest month exceeds the budget of $5,000``, for months or years."""
    budget = projection.scenario.budget
    assert budget is not None
    if budget.period == "month":
        return f"the dearest month exceeds the budget of {usd(budget.usd)}"
    count = len(projection.months)
    span = "the dearest 12 months in a row exceed" if count > 12 else whole_exceeds(count)
    return f"{span} the budget of {usd(budget.usd)} a year"


def whole_exceeds(months: int) -> str:
    """Return ``all 12 months together exceed``, or its singular."""
    return "the month exceeds" if months == 1 else f"all {months} months together exceed"


def fan_description(fan: Fan) -> str:
    """Return what a fan chart shows, in numbers: the picture's text for a screen reader."""
    first = f"Monthly spend from {fan.months[0]} to {fan.months[-1]}, over simulated futures."
    ends = [f"{fan.months[n]}: {_levels(fan.usd[:, n])}." for n in sorted({0, len(fan.months) - 1})]
    budget = [f"{fan.budget_text}."] if fan.budget_text else []
    return " ".join([first, *ends, *budget])


def _levels(amounts: Array) -> str:
    pairs = zip(LEVELS, amounts.tolist(), strict=True)
    return ", ".join(f"{quantile_label(level)} {usd(amount)}" for level, amount in pairs)


def parts_description(dimension: str, parts: Mapping[str, Array]) -> str:
    """Return what a chart of parts shows, in numbers."""
    whole = sum(float(part.sum()) for part in parts.values())
    shares = [
        f"{name} {usd(float(part.sum()))} ({percent(float(part.sum()) / whole)})"
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


def yearly_note(projection: Projection) -> str:
    """Return what a yearly budget is compared with; empty for other budgets."""
    budget = projection.scenario.budget
    if budget is None or budget.period != "year":
        return ""
    if len(projection.months) > 12:
        return "the yearly budget is held against the dearest 12 months in a row"
    return "the yearly budget is held against the total"
