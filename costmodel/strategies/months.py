"""What a limit does to each month of each draw: tables over people, looked up for every draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

from costmodel.strategies.grids import Axis, Grid, axis
from costmodel.strategies.people import Intensity, People, people, span_of
from costmodel.strategies.person import PersonWindow

Array = npt.NDArray[np.float64]
Span = tuple[float, float]

ACTIVE_STEP = 1 / 8
"""Steps of the log number of active days; shares of people affected are then good to 1e-3."""
MOST_ACTIVE = 17
"""Points along active days, however wide the belief is."""
SHARES = {"share", "affected", "begun", "resent"}
COLUMNS = ("share", "affected", "between", "within", "carried", "begun", "resent")


class Rule(Protocol):
    """A limit on people over a month: `WindowRule` or `TokenBucket`."""

    def __hash__(self) -> int:
        """Rules are keys of tables."""
        ...

    @property
    def by_day(self) -> bool:
        """Whether persons are told apart by the demand of an active day, or of the month."""
        ...

    @property
    def needs_month_length(self) -> bool:
        """Whether months of different length need tables of their own."""
        ...

    @property
    def sharpness(self) -> float:
        """Width in log demand of the sharpest bend."""
        ...

    @property
    def caps(self) -> Array:
        """Caps it is worked out for, evenly apart in the log."""
        ...

    def windows(self, days: int, active: Array) -> Array:
        """Return how many windows a month has."""
        ...

    def serve(self, persons: Array, days: int, active: Array) -> PersonWindow:
        """Return what people are served in a window."""
        ...


@dataclass(frozen=True, eq=False)
class MonthEffect:
    """What a limit does to a segment in each month and draw, per person; arrays alike.

    Parameters
    ----------
    share : array
        Share of the demanded turns (calls, spend) that is served.
    affected : array
        Share of people who are stopped at least once in the month.
    between, within : array
        Mean square over people of their mean served, and mean variance of a person's month, both
        over the squared mean served. The relative variance of the mean of N people is
        (between - 1) / N between people, and within / N from month to month.
    carried : array
        What comes back from earlier windows (and, in the long run, is put off to later ones), as
        a share of the demanded. Demanded + carried in = blocked + deferred + answered, with
        blocked = 1 - share and deferred = carried.
    begun, resent : array
        Share of the first turns of conversations that is served, and of the earlier turns that
        turns resend: a limit lets the first turns of a conversation through rather than the last.
    """

    share: Array
    affected: Array
    between: Array
    within: Array
    carried: Array
    begun: Array
    resent: Array

    @property
    def blocked(self) -> Array:
        """Share of the demanded that is lost for good."""
        return np.asarray(1 - self.share)


@dataclass(frozen=True, eq=False)
class MonthTable:
    """A rule on people whose demand, active days and caps vary between draws."""

    rule: Rule
    days: int
    grid: Grid

    def __call__(
        self, demand: Array, active: Array, caps: Array | float = 1.0,
        columns: Sequence[str] = COLUMNS,
    ) -> dict[str, Array]:  # fmt: skip
        """Return columns for each mean demand of a month, number of active days, and cap."""
        mean = demand / active if self.rule.by_day else demand
        shape = np.broadcast_shapes(np.shape(mean), np.shape(active), np.shape(caps))
        places = self.grid.places(np.asarray(caps), np.asarray(active), np.asarray(mean))
        found = {name: self.grid.at(places, name) for name in columns}
        if "within" in found:
            found["within"] = found["within"] / self._windows(active)
        return {name: np.broadcast_to(values, shape) for name, values in found.items()}

    def _windows(self, active: Array) -> Array:
        return self.rule.windows(self.days, np.asarray(active, dtype=np.float64))


@lru_cache(maxsize=32)
def month_table(
    rule: Rule, sigma: Intensity, demand: Span, active: Span = (1.0, 1.0), days: int = 31
) -> MonthTable:
    """Return the table of a rule over spans of mean demand and of active days.

    Parameters
    ----------
    rule : Rule
        Hashable: equal rules share a table.
    sigma : Intensity
        Standard deviation of the log intensity between people, or of several features together.
    demand : (float, float)
        Mean demand of an active day (`rule.by_day`) or of the month, smallest and largest.
    active : (float, float)
        Smallest and largest number of active days.
    days : int
        Days of the month; matters where `rule.needs_month_length`.
    """
    around = people(demand, sigma, rule.sharpness)
    activity = axis(active, ACTIVE_STEP, MOST_ACTIVE)
    window = rule.serve(around.persons, days, activity.points)
    # The number of windows may differ where what happens in one does not.
    uncut = around.average(window.never_cut(rule.windows(days, activity.points)))
    served, asked = around.average(window.served), around.average(window.demand)
    square, between = around.average(window.square), around.average(window.served**2)
    whole = np.maximum(served**2, _NOTHING)
    carried = np.zeros((1, 1, 1)) if window.carried is None else around.average(window.carried)
    columns = {
        "share": np.clip(served / asked, 0, 1),
        "affected": np.clip(1 - uncut, 0, 1),
        "between": np.maximum(between / whole, 1.0),
        "within": np.maximum((square - between) / whole, 0.0),
        "carried": carried / asked if window.carried is not None else carried,
        "begun": _share(around, window.begun, served, asked),
        "resent": _share(around, window.resent, served, asked),
    }
    caps, refined = _finer(rule.caps, {k: _full(v) for k, v in columns.items()})
    axes = (caps, activity, Axis(around.start, around.step, around.means.size))
    return MonthTable(rule, days, Grid(axes, refined))


def _share(around: People, values: Array | None, served: Array, asked: Array) -> Array:
    """Return what is served of something, as a share; that of turns where nothing else is known."""
    mean = served if values is None else around.average(values)
    return np.asarray(np.clip(mean / asked, 0, 1))


FINER = 4
"""Caps looked up between two that are worked out."""


def _finer(caps: Array, columns: dict[str, Array]) -> tuple[Axis, dict[str, Array]]:
    """Return an axis of caps with more of them, and the columns there by cubic splines."""
    logs = np.log(caps)
    if caps.size == 1:
        return Axis(float(logs[0]), 1.0, 1), columns
    from scipy.interpolate import CubicSpline

    size = FINER * (caps.size - 1) + 1
    fine = np.linspace(logs[0], logs[-1], size)
    refined = {
        name: CubicSpline(logs, values, axis=0)(fine) if values.shape[0] > 1 else values
        for name, values in columns.items()
    }
    return Axis(float(logs[0]), float(fine[1] - fine[0]), size), refined


def _full(values: Array) -> Array:
    """Return values with three axes, contiguous."""
    return np.ascontiguousarray(values.reshape((1,) * (3 - values.ndim) + values.shape))


def limit_months(
    rule: Rule,
    sigma: Intensity,
    demand: npt.ArrayLike,
    days: Sequence[int] | int,
    active: npt.ArrayLike | None = None,
    caps: npt.ArrayLike = 1.0,
    columns: Sequence[str] = COLUMNS,
) -> MonthEffect:
    """Return what a rule does in each month and draw.

    Parameters
    ----------
    rule : Rule
    sigma : Intensity
        Standard deviation of the log intensity between people, or of several features together.
    demand : array_like (months, draws) or scalar
        Turns (calls) a person asks for in a month, averaged over people.
    days : sequence of int, or int
        Real days of each month.
    active : array_like (draws,), (months, draws) or scalar, optional
        Active days of a person in a month, held between 1 and the month's days; all days if None.
    caps : array_like, optional
        The cap of each month and draw, as the rule's own caps are stated.
    columns : sequence of str
        What is asked for; the rest is not a number.

    Returns
    -------
    MonthEffect
        Arrays in the shape of `demand`.
    """
    asked = np.asarray(demand, dtype=np.float64)
    rows = np.atleast_2d(asked)
    lengths = np.broadcast_to(np.atleast_1d(np.asarray(days, dtype=np.intp)), rows.shape[0])
    column = lengths[:, None].astype(np.float64)
    used = column if active is None else np.clip(np.asarray(active, dtype=np.float64), 1, column)
    cap = np.asarray(caps, dtype=np.float64)
    span = span_of(rows / used if rule.by_day else rows)
    reach = (float(used.min()), float(used.max()))
    found = {name: np.empty(rows.shape) for name in columns}
    for chosen, length in _groups(rule, lengths):
        table = month_table(rule, sigma, span, _reach(used, chosen, reach), length)
        part = table(rows[chosen], _of(used, chosen), _of(cap, chosen), columns)
        for name, values in part.items():
            found[name][chosen] = values
    for name in SHARES & found.keys():
        np.minimum(found[name], 1.0, out=found[name])  # against rounding
    known = {name: values.reshape(asked.shape) for name, values in found.items()}
    return MonthEffect(**{name: known.get(name, _UNKNOWN) for name in COLUMNS})


def _groups(rule: Rule, lengths: npt.NDArray[np.intp]) -> list[tuple[npt.NDArray[np.bool_], int]]:
    if not rule.needs_month_length:
        return [(np.ones(lengths.size, dtype=bool), int(lengths.max()))]
    return [(lengths == length, int(length)) for length in np.unique(lengths)]


def _of(values: Array, chosen: npt.NDArray[np.bool_]) -> Array:
    return values[chosen] if values.ndim == 2 and values.shape[0] == chosen.size else values


def _reach(used: Array, chosen: npt.NDArray[np.bool_], whole: Span) -> Span:
    part = _of(used, chosen)
    return (float(part.min()), float(part.max())) if part is not used else whole


_UNKNOWN: Array = np.full((1, 1), np.nan)
_NOTHING = 1e-300
"""Stands for a zero that is divided by: what it divides is zero too."""
