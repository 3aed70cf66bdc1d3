"""People who leave because they were stopped: what a limit does to the months after it.

A share c of the people who are stopped in a month leave at its end. A person who is stopped in a
month with probability p is still there after n months with probability (1 - c p)^n; those who ask
for most are stopped most, so that more demand leaves than people. People who join later have met
fewer months of the limit; scenarios that replace people keep them all (n is at most the months
since the limit began).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from costmodel.strategies.months import Rule
from costmodel.strategies.people import Intensity, People, people, span_of

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Staying:
    """Those who have not left because of a limit, after some months of it; arrays alike.

    Parameters
    ----------
    people : array
        Share of the people who are still there.
    demand : array
        Their demand, as a share of the demand of all.
    served : array
        What they are served, as a share of the demand of all.
    affected : array
        People stopped in the month, as a share of all who were there at first.
    begun, resent : array
        As `served`, of first turns and of the earlier turns that turns resend.
    """

    people: Array
    demand: Array
    served: Array
    affected: Array
    begun: Array
    resent: Array


def staying(
    rule: Rule,
    sigma: Intensity,
    demand: npt.ArrayLike,
    days: int,
    leaving: float,
    months: Sequence[int],
    active: float | None = None,
) -> Staying:
    """Return who stays under a limit after 0, 1, 2, ... months of it.

    Parameters
    ----------
    rule : Rule
        One cap for all.
    sigma : Intensity
        Standard deviation of the log intensity between people, or of several features together.
    demand : array_like (draws,)
        Mean turns of a person in a month, before anybody leaves.
    days : int
        Days of a month.
    leaving : float
        Share of the people stopped in a month who leave at its end.
    months : sequence of int
        Months of the limit that have passed: 0 in its first.
    active : float, optional
        Active days of a person in a month; all if None.

    Returns
    -------
    Staying
        Arrays (months, draws).
    """
    used = float(days) if active is None else min(max(active, 1.0), float(days))
    asked = np.asarray(demand, dtype=np.float64) / (used if rule.by_day else 1.0)
    around = people(span_of(asked), sigma, rule.sharpness)
    count = np.array([used])
    window = rule.serve(around.persons, days, count)
    uncut = window.never_cut(rule.windows(days, count))[0, 0]
    stays = (1 - leaving * (1 - uncut)) ** np.asarray(months, dtype=np.float64)[:, None]
    whole = np.broadcast_to(window.demand.reshape(-1, around.persons.size)[0], uncut.shape)
    mean = around.average(whole)
    columns = (
        around.average(stays),
        around.average(stays * whole) / mean,
        around.average(stays * window.served[0, 0]) / mean,
        around.average(stays * (1 - uncut)),
        *(
            around.average(stays * (window.served if part is None else part)[0, 0]) / mean
            for part in (window.begun, window.resent)
        ),
    )
    return Staying(*(_read(around, values, asked) for values in columns))


def _read(around: People, values: Array, asked: Array) -> Array:
    at = np.log(np.maximum(asked, 1e-300))
    grid = around.start + around.step * np.arange(around.means.size)
    return np.stack([np.interp(at, grid, row) for row in values])
