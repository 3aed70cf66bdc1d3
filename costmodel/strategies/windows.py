"""Limits per day, week or month: what a month of windows does to the people of a segment.

A person's conversations of a month fall on the days the person is active, `active` of the month's
real days, evenly: an active day's demand is compound Poisson with the month's intensity over
`active`. What a limit does in one window is worked out for one person (`PersonWindow`), then
averaged over people, whose intensity is lognormal (`costmodel.strategies.people`):

    share served       E[served in a window] / E[demand of a window]
    affected           1 - E[P(a window is not cut)^windows]      at least once in the month
    between            E[(a person's mean served)^2] / E[served]^2
    within             (E[served^2] - E[(a person's mean)^2]) / E[served]^2 / windows

Windows of a person are independent of each other given the person and its active days. A day's
limit acts on `active` windows. A week has 0 to 7 of the active days, drawn without replacement from
the month's; a month has days / 7 weeks, those that lie in two months being shared between them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from costmodel.strategies.cut_conversations import cut_conversations
from costmodel.strategies.deferral import Deferral
from costmodel.strategies.limits import square_per_turn, turns_of_person
from costmodel.strategies.person import PersonWindow
from costmodel.strategies.weeks import WEEK, active_in_a_week, no_week_cut

Array = npt.NDArray[np.float64]
Window = Literal["day", "week", "month"]


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

    def cut(self, mean: Array) -> tuple[Array, Array]:
        """Return first turns and resent ones as `PersonWindow` has them: (caps, *mean's shape)."""
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

    def cut(self, mean: Array) -> tuple[Array, Array]:
        """Return first turns served, and earlier turns that served ones resend: (1, *shape)."""
        begun, resent = cut_conversations(mean, self.limit, self.turns, self.turns_cv)
        return begun[None], resent[None]


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
        if self.deferral is None:
            return self._served(persons, days, active)
        return self.deferral.apply(lambda wide: self._served(wide, days, active), persons)

    def _served(self, persons: Array, days: int, active: Array) -> PersonWindow:
        if self.window == "week":
            return self._week(persons, days, active)
        first, second, over = self.limit.serve(persons)
        begun, resent = self.limit.cut(persons)
        return PersonWindow(
            persons,
            first[:, None],
            second[:, None],
            over[:, None],
            begun=begun[:, None],
            resent=resent[:, None],
        )

    def _week(self, persons: Array, days: int, active: Array) -> PersonWindow:
        """Return the mean over weeks with 0, 1, ..., 7 active days."""
        chances = np.stack([active_in_a_week(days, float(count)) for count in active])
        # The days of a month beyond four weeks are a week of their own in `no_week_cut`.
        some = chances.max(axis=0) > 0
        some[: days % WEEK + 1] = True
        numbers = np.flatnonzero(some[1:]) + 1
        asked = persons * numbers[:, None]
        found = self.limit.serve(asked)

        def over_weeks(values: Array) -> Array:
            return np.asarray(np.einsum("an,cnp->cap", chances[:, numbers], values))

        served, square, stopped = map(over_weeks, found)
        begun, resent = map(over_weeks, self.limit.cut(asked))
        mean = chances @ np.arange(WEEK + 1)
        passes = np.ones((found[2].shape[0], WEEK + 1, persons.size))
        passes[:, numbers] = 1 - found[2]
        uncut = no_week_cut(passes, days, active)
        demand = mean[None, :, None] * persons
        return PersonWindow(demand, served, square, stopped, None, uncut, begun, resent)
