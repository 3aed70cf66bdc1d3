"""Limits per day, week or month: what a month of windows does to the people of a segment.

A person's conversations of a month fall on the days the person is active, `active` of the month's
real days, evenly: an active day's demand is compound Poisson with the month's intensity over
`active`. What a limit does in one window is worked out for one person (`PersonWindow`), then
averaged over people, whose intensity is lognormal (`costmodel.strategies.people`):

    share served       E[served in a window] / E[demand of a window]
    affected           1 - E[P(a window is not cut)^windows]      at least once in the month
    between            E[(a person's mean served)^2] / E[served]^2
    within             (E[served^2] - E[(a person's mean)^2]) / E[served]^2 / windows

Windows of a person are independent of each other given the person. A day's limit acts on `active`
windows. A week has 0 to 7 of the active days, drawn without replacement from the month's; a month
has days / 7 weeks, those that lie in two months being shared between them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from costmodel.strategies.limits import square_per_turn, turns_of_person

Array = npt.NDArray[np.float64]
Window = Literal["day", "week", "month"]

WEEK = 7


@dataclass(frozen=True, eq=False)
class PersonWindow:
    """What people of given mean demands are served in one window; arrays (caps, days, persons).

    The first axis is for caps that differ between draws, the second for numbers of active days;
    either has one entry where there is nothing to tell apart.

    Parameters
    ----------
    demand : array
        Mean demand of the window.
    served, square : array
        Mean of what is served, and mean of its square.
    stopped : array
        Probability that the window's demand is cut.
    carried : array or None
        Mean of what comes back from earlier windows; None where nothing does.
    """

    demand: Array
    served: Array
    square: Array
    stopped: Array
    carried: Array | None = None


class Limit(Protocol):
    """A limit on one window of one person."""

    @property
    def sharpness(self) -> float:
        """Width in log demand of the bend at the limit."""
        ...

    @property
    def caps(self) -> Array:
        """The caps it is worked out for, (caps,): 1 where there is one."""
        ...

    def serve(self, mean: Array) -> tuple[Array, Array, Array]:
        """Return mean served, mean square and probability to be stopped: (caps, *mean's shape)."""
        ...


@dataclass(frozen=True)
class TurnLimit:
    """At most `limit` turns in a window; the limit does not cut a turn in two.

    Parameters
    ----------
    limit : int
        Turns a person may make in a window; at least 0.
    turns, turns_cv : float
        Mean and coefficient of variation of the turns of a conversation.
    """

    limit: int
    turns: float = 1.0
    turns_cv: float = 0.0

    @property
    def sharpness(self) -> float:
        """Width in log demand of the bend at the limit: the spread of a demand as large as it."""
        return math.sqrt(square_per_turn(self.turns, self.turns_cv) / max(self.limit, 1))

    @property
    def caps(self) -> Array:
        """One cap."""
        return np.ones(1)

    def serve(self, mean: Array) -> tuple[Array, Array, Array]:
        """Return mean turns served, mean square and probability to be stopped: (1, *shape)."""
        first, second, over = turns_of_person(mean, self.limit, self.turns, self.turns_cv)
        return first[None], second[None], over[None]


@dataclass(frozen=True)
class Deferral:
    """People who are stopped come back with a share of what they were refused, a window later.

    Parameters
    ----------
    share : float
        Share of refused demand that returns, in [0, 1).
    again : bool
        Whether demand that returned and is refused again may return again; else it is lost.
    """

    share: float
    again: bool = True

    def apply(self, window: PersonWindow) -> PersonWindow:
        """Return the window once as much comes back as is put off, for each person.

        Let Y be the demand that arrives in a window in all, and S(Y) what is served of it. With
        `again`, Y = y + share (Y - S(Y)); without, what returns is a share of the refused new
        demand, Y = y + share y (Y - S(Y)) / Y. Both give y for each Y; the persons in between
        follow by interpolation. What returns is taken to arrive like new demand.
        """
        refused = window.demand - window.served
        if self.again:
            new = window.demand - self.share * refused
        else:
            share = refused / np.maximum(window.demand, _NOTHING)
            new = window.demand / (1 + self.share * share)
        shape = window.served.shape
        demand = np.broadcast_to(window.demand, shape)
        new = np.broadcast_to(new, shape)
        arriving = _inverse(demand, new)
        carried = arriving - demand
        return PersonWindow(
            demand=window.demand,
            served=_read(demand, window.served, arriving),
            square=_read(demand, window.square, arriving),
            stopped=_read(demand, window.stopped, arriving),
            carried=carried,
        )


def _inverse(whole: Array, new: Array) -> Array:
    """Return the whole demand of each person whose new demand is what `whole` now stands for."""
    rows = zip(_rows(whole), _rows(new), strict=True)
    found = [np.exp(_through(np.log(part), np.log(all_), np.log(all_))) for all_, part in rows]
    return np.stack(found).reshape(whole.shape)


def _through(x: Array, y: Array, at: Array) -> Array:
    """Return y(at), linear between points and going on beyond the last with its slope."""
    slope = (y[-1] - y[-2]) / (x[-1] - x[-2])
    beyond = np.maximum(at - x[-1], 0)
    return np.asarray(np.interp(at, x, y) + slope * beyond)


def _read(whole: Array, values: Array, at: Array) -> Array:
    rows = zip(_rows(whole), _rows(values), _rows(at), strict=True)
    return np.stack([np.interp(t, x, y) for x, y, t in rows]).reshape(values.shape)


def _rows(values: Array) -> Array:
    return values.reshape(-1, values.shape[-1])


@dataclass(frozen=True)
class WindowRule:
    """A limit on every window of a month.

    Parameters
    ----------
    limit : Limit
        What one window allows.
    window : str
        "day", "week" or "month".
    deferral : Deferral, optional
        What comes back in the next window.
    """

    limit: Limit
    window: Window = "month"
    deferral: Deferral | None = None

    @property
    def by_day(self) -> bool:
        """Whether persons are told apart by the demand of an active day, or of the month."""
        return self.window != "month"

    @property
    def needs_month_length(self) -> bool:
        """Whether months of different length need tables of their own."""
        return self.window == "week"

    @cached_property
    def caps(self) -> Array:
        """The caps the limit is worked out for."""
        return self.limit.caps

    @property
    def sharpness(self) -> float:
        """Width in log demand of the sharpest bend."""
        return self.limit.sharpness

    def windows(self, days: int, active: Array) -> Array:
        """Return how many windows of a month a person has with each number of active days."""
        if self.window == "day":
            return active
        return np.full_like(active, days / WEEK if self.window == "week" else 1.0)

    def serve(self, persons: Array, days: int, active: Array) -> PersonWindow:
        """Return what people are served in a window.

        Parameters
        ----------
        persons : array (persons,)
            Mean demand of an active day, or of the month: see `by_day`.
        days : int
            Days of the month.
        active : array (counts,)
            Active days in the month.
        """
        if self.window == "week":
            found = self._week(persons, days, active)
        else:
            first, second, over = self.limit.serve(persons)
            found = PersonWindow(persons, first[:, None], second[:, None], over[:, None])
        return found if self.deferral is None else self.deferral.apply(found)

    def _week(self, persons: Array, days: int, active: Array) -> PersonWindow:
        """Return the mean over weeks with 0, 1, ..., 7 active days."""
        chances = np.stack([active_in_a_week(days, float(count)) for count in active])
        numbers = np.flatnonzero(chances[:, 1:].max(axis=0) > 0) + 1
        found = self.limit.serve(persons * numbers[:, None])
        served, square, stopped = (
            np.einsum("an,cnp->cap", chances[:, numbers], values) for values in found
        )
        mean = chances @ np.arange(WEEK + 1)
        return PersonWindow(mean[None, :, None] * persons, served, square, stopped)


def active_in_a_week(days: int, active: float) -> Array:
    """Return P(a week has 0, 1, ..., 7 of a month's active days), drawn without replacement.

    Numbers of active days between two whole ones are a mixture of both.
    """
    whole = math.floor(active + _ROUNDING)
    part = max(active - whole, 0.0)
    low = _hypergeometric(days, whole)
    return low if part < _ROUNDING else (1 - part) * low + part * _hypergeometric(days, whole + 1)


def _hypergeometric(days: int, active: int) -> Array:
    ways = [math.comb(active, n) * math.comb(days - active, WEEK - n) for n in range(WEEK + 1)]
    return np.array(ways) / math.comb(days, WEEK)


_ROUNDING = 1e-9
"""Numbers of days closer than this to a whole one are whole."""
_NOTHING = 1e-300
"""Stands for a zero that is divided by: what it divides is zero too."""
