"""A budget for all spend of a month: when it runs out, and what is lost.

The budget acts on the month's spend itself, E[min(S, B)], draw by draw. Spend grows through the
month by given shares of its days; the budget runs out when the share of the month that has passed
reaches B / S. Calls under way at that moment are still billed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from costmodel.foundation.errors import InputError, Problem

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Budgeted:
    """Months under a budget; arrays in the shape of the spend.

    Parameters
    ----------
    spend : array
        What is spent: the smaller of the demanded spend and the budget with its overshoot.
    share : array
        Share of the demanded spend.
    exhausted : array
        Day of the month at which the budget runs out, counted from 0.0 at its start; infinite
        where it lasts.
    overshoot : array
        What is spent above the budget.
    """

    spend: Array
    share: Array
    exhausted: Array
    overshoot: Array

    @property
    def lost(self) -> Array:
        """Share of the demanded spend that is cut off."""
        return np.asarray(1 - self.share)

    @property
    def chance(self) -> float:
        """Share of months and draws in which the budget runs out."""
        return float(np.isfinite(self.exhausted).mean())


def under_budget(
    spend: npt.ArrayLike,
    budget: npt.ArrayLike,
    day_shares: npt.ArrayLike,
    in_flight_usd: npt.ArrayLike = 0.0,
) -> Budgeted:
    """Return what a month's budget does to the spend of a month, in every draw.

    Parameters
    ----------
    spend : array_like (draws,)
        USD demanded in the month.
    budget : array_like
        USD of the month.
    day_shares : array_like (days,)
        Share of the month's spend that falls on each of its days; see `even_days`.
    in_flight_usd : array_like, optional
        USD of the calls under way when the budget runs out: at most the concurrency times the
        dearest call. A gateway that counts after the answer lets them all through.

    Raises
    ------
    InputError
        If day shares are negative or do not sum to one.
    """
    shares = _checked(day_shares)
    asked = np.asarray(spend, dtype=np.float64)
    limit = np.asarray(budget, dtype=np.float64)
    within = np.minimum(asked, limit)
    over = np.minimum(asked - within, np.asarray(in_flight_usd, dtype=np.float64))
    out = np.broadcast_to(asked, np.broadcast_shapes(asked.shape, limit.shape)) > limit
    part = np.divide(limit, asked, out=np.ones(out.shape), where=out)
    passed = np.concatenate([[0.0], np.cumsum(shares)])
    day = np.interp(part, passed, np.arange(passed.size, dtype=np.float64))
    spent = within + over
    kept = np.divide(spent, asked, out=np.ones(out.shape), where=out)
    return Budgeted(spent, kept, np.where(out, day, np.inf), over)


def even_days(days: int) -> Array:
    """Return the day shares of a month whose days are alike."""
    return np.full(days, 1 / days)


def week_days(first_weekday: int, days: int, by_weekday: npt.ArrayLike) -> Array:
    """Return the day shares of a month whose weekdays differ.

    Parameters
    ----------
    first_weekday : int
        Weekday of the month's first day: 0 for Monday, as `datetime.date.weekday` has it.
    days : int
    by_weekday : array_like (7,)
        Spend of a Monday to a Sunday, in any unit.
    """
    weights = np.asarray(by_weekday, dtype=np.float64)[(first_weekday + np.arange(days)) % 7]
    return np.asarray(weights / weights.sum())


def _checked(day_shares: npt.ArrayLike) -> Array:
    shares = np.asarray(day_shares, dtype=np.float64)
    if shares.min() < 0 or abs(shares.sum() - 1) > 1e-9:
        read = f"day shares that sum to {shares.sum():.6g}, the least {shares.min():.6g}"
        raise InputError(Problem(read, "shares of at least 0 that sum to 1", "use even_days(31)"))
    return shares
