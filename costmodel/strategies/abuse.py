"""A few people who use many times as much: their part of the use, and what a limit does to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from costmodel.strategies.months import MonthEffect, Rule, limit_months
from costmodel.strategies.people import Intensity

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Abuse:
    """People who are no ordinary users: scripts, resold accounts, shared log-ins.

    Parameters
    ----------
    share : float
        Share of all people, in [0, 1).
    multiple : float
        Their mean use, in means of the ordinary people.
    sigma : float
        Standard deviation of their log intensity; 0 where they are alike.
    active_every_day : bool
        Whether they use every day of the month, whatever others do.
    """

    share: float
    multiple: float
    sigma: float = 0.0
    active_every_day: bool = True

    @property
    def mean(self) -> float:
        """Mean use of all people, in means of the ordinary ones."""
        return 1 - self.share + self.share * self.multiple

    @property
    def use_share(self) -> float:
        """Their share of all use; of all cost too, where a turn costs them the same."""
        return self.share * self.multiple / self.mean

    def cost_share(self, cost_ratio: float) -> float:
        """Return their share of the cost, a turn costing `cost_ratio` times an ordinary one."""
        theirs = self.share * self.multiple * cost_ratio
        return theirs / (1 - self.share + theirs)


@dataclass(frozen=True, eq=False)
class LimitedAbuse:
    """A limit on ordinary people and abusers; arrays in the shape of the demand.

    Parameters
    ----------
    everybody, ordinary, abusers : MonthEffect
        The effect on all people, and on each kind.
    served : array
        Turns served in a month, per person of all.
    abuse_share : array
        The abusers' share of the turns served.
    """

    everybody: MonthEffect
    ordinary: MonthEffect
    abusers: MonthEffect
    served: Array
    abuse_share: Array


def limit_abuse(
    rule: Rule,
    abuse: Abuse,
    sigma: Intensity,
    demand: npt.ArrayLike,
    days: Sequence[int] | int,
    active: npt.ArrayLike | None = None,
) -> LimitedAbuse:
    """Return what a limit does where some people abuse the service.

    Parameters
    ----------
    rule, days, active
        As in `limit_months`.
    abuse : Abuse
    sigma : Intensity
        Standard deviation of the log intensity between ordinary people.
    demand : array_like
        Mean turns of an ordinary person in a month.
    """
    asked = np.asarray(demand, dtype=np.float64)
    theirs = abuse.multiple * asked
    ordinary = limit_months(rule, sigma, asked, days, active)
    their_days = None if abuse.active_every_day else active
    abusers = limit_months(rule, abuse.sigma, theirs, days, their_days)
    parts = ((1 - abuse.share, asked, ordinary), (abuse.share, theirs, abusers))
    everybody, served = _mixed(parts)
    taken = abuse.share * theirs * abusers.share
    part = np.divide(taken, served, out=np.zeros_like(served), where=served > 0)
    return LimitedAbuse(everybody, ordinary, abusers, served, part)


def _mixed(parts: Sequence[tuple[float, Array, MonthEffect]]) -> tuple[MonthEffect, Array]:
    """Return the effect on people of several kinds together, and the turns served per person."""
    total = sum((weight * asked for weight, asked, _ in parts), np.zeros(()))
    served = sum((weight * asked * of.share for weight, asked, of in parts), np.zeros(()))

    def by_demand(name: str) -> Array:
        whole = sum((w * asked * getattr(of, name) for w, asked, of in parts), np.zeros(()))
        return np.divide(whole, total, out=np.ones_like(total), where=total > 0)

    def by_square(name: str) -> Array:
        squares = sum(
            (w * (asked * of.share) ** 2 * getattr(of, name) for w, asked, of in parts),
            np.zeros(()),
        )
        return np.divide(squares, served**2, out=np.ones_like(total), where=served > 0)

    affected = sum((weight * of.affected for weight, _, of in parts), np.zeros(()))
    mixed = MonthEffect(
        by_demand("share"), affected, by_square("between"), by_square("within"),
        by_demand("carried"), by_demand("begun"), by_demand("resent"),
    )  # fmt: skip
    return mixed, np.asarray(served)
