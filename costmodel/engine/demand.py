"""Demand: people, turns and conversations of each segment, feature and month."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from costmodel.engine.rows import by_month
from costmodel.foundation.months import Month
from costmodel.scenario.schema import Feature, Scenario

Array = npt.NDArray[np.float64]


def people(users: Array, growth: Array, months: int) -> Array:
    """Return people active in each month, users (1 + growth)^(m-1): (months, draws)."""
    rate = np.maximum(1 + growth, 0.0)  # a segment cannot lose more people than it has
    rows = np.empty((months, np.broadcast(users, rate).size))
    rows[0] = users
    for month in range(1, months):
        np.multiply(rows[month - 1], rate, out=rows[month])
    return rows


def turns(active: Array, per_user: Array, periods: Array, volume: Array) -> Array:
    """Return turns of a lane: people x turns per user and period x periods x drift.

    Parameters
    ----------
    active : array (months, draws)
    per_user : array (draws,)
        Turns per person and period, in the mean over people.
    periods : array (months, 1)
        Periods in each month; 0 before the feature starts.
    volume : array (months, draws)
        Drift factor.
    """
    return by_month(lambda a, u, n, v: (a * v) * (u * n), active, per_user, periods, volume)


def periods_per_month(scenario: Scenario, feature: Feature, period: str) -> tuple[float, ...]:
    """Return how many of a usage rate's periods each month has, 0 before the feature starts.

    ``per day`` counts the month's real days, ``per week`` its days / 7, and
    ``per month`` is a calendar month as typed (MODEL section 5).
    """
    start = feature.from_month
    return tuple(
        0.0 if start is not None and month < start else _periods(month, period)
        for month in scenario_months(scenario)
    )


def _periods(month: Month, period: str) -> float:
    return {"day": float(month.days), "week": month.days / 7, "month": 1.0}[period]


def scenario_months(scenario: Scenario) -> tuple[Month, ...]:
    """Return the months of the projection, first to last."""
    return tuple(scenario.start.plus(n) for n in range(scenario.months))
