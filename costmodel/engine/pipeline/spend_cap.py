"""A cap on the whole bill: once a month's, or a year's, is spent, nothing more is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from costmodel.engine.demand import Demand
from costmodel.engine.ledger import LaneFlow, LaneUnits, Ledger
from costmodel.foundation.months import Month
from costmodel.scenario.schema import SpendCap
from costmodel.strategies.budgets import even_days, under_budget

Array = npt.NDArray[np.float64]

YEAR = 12


@dataclass(frozen=True, eq=False)
class Capped:
    """What a cap does to each month and future: arrays (months, draws).

    Parameters
    ----------
    share : array
        Share of the demanded spend that is spent.
    exhausted : array
        Day of the month at which it runs out, counted from 0.0; infinite where it lasts.
    """

    share: Array
    exhausted: Array


def cap_spend(
    ledger: Ledger, cap: SpendCap, on: Array, months: Sequence[Month]
) -> tuple[Ledger, Capped]:
    """Return a ledger under a cap on its spend, every lane thinned in the same share.

    A month's spend is taken as even over its days. What the calls under way cost when the cap is
    reached is not counted: a gateway lets them finish.

    Parameters
    ----------
    on : array (months, 1)
        1 in the months the cap holds.
    """
    total = ledger.total
    shares, days = np.ones_like(total), np.full_like(total, np.inf)
    left = np.full(total.shape[1], cap.limit.usd)
    for row, month in enumerate(months):
        if cap.limit.period == "month" or row % YEAR == 0:
            left = np.full(total.shape[1], cap.limit.usd)
        if on[min(row, on.shape[0] - 1), 0]:
            found = under_budget(total[row], left, even_days(month.days))
            shares[row], days[row] = found.share, found.exhausted
            left = np.maximum(left - found.spend, 0.0)
        else:
            left = np.maximum(left - total[row], 0.0)
    lanes = tuple(_thinned(flow, shares) for flow in ledger.lanes)
    units = None if ledger.unit_spend is None else ledger.unit_spend * shares
    return replace(ledger, lanes=lanes, unit_spend=units), Capped(shares, days)


def _thinned(flow: LaneFlow, share: Array) -> LaneFlow:
    return replace(
        flow,
        demand=thinned(flow.demand, share),
        token_spend=flow.token_spend * share,
        units={name: _fewer(use, share) for name, use in flow.units.items()},
        charges={name: usd * share for name, usd in flow.charges.items()},
    )


def _fewer(use: LaneUnits, share: Array) -> LaneUnits:
    return replace(use, count=use.count * share)


def thinned(demand: Demand, share: Array) -> Demand:
    """Return a demand of which a share goes on."""
    return replace(demand, volume=demand.volume * share)
