"""Demand: people, turns and conversations of each segment, feature and month."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

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


@dataclass(frozen=True, eq=False)
class Demand:
    """What a lane's turns are the product of."""

    active: Array
    """People in each month, (months, draws)."""
    per_user: Array
    """Turns per person and period, in the mean over people: (draws,)."""
    periods: Array
    """Periods in each month, 0 before the feature starts: (months, 1)."""
    volume: Array
    """Drift factor, (months, draws)."""

    @property
    def factors(self) -> tuple[Array, Array, Array, Array]:
        """The four, in the order `turns_of_month` takes them."""
        return self.active, self.per_user, self.periods, self.volume

    @cached_property
    def turns(self) -> Array:
        """Turns in each month: (months, draws)."""
        return by_month(turns_of_month, *self.factors)


def turns_of_month(active: Array, per_user: Array, periods: Array, volume: Array) -> Array:
    """Return a month's turns: people x turns per user and period x periods x drift."""
    return np.asarray((active * volume) * (per_user * periods))


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
