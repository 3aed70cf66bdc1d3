"""Tables of a smooth function of a few beliefs, looked up for every future and month.

The points of a table's axes are fixed in advance (a multiple of a step, a power of two), whatever
the futures drawn: a value that is looked up does not change with the number of draws or months.
An axis on which all futures agree has one point for each value, and nothing is interpolated on it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Points = tuple[float, ...]
Corner = tuple[npt.NDArray[np.intp], Array]

MOST_CERTAIN = 12
"""Values on which an axis has a point each: the months of a year may differ, futures may not."""


def certain(values: Array) -> bool:
    """Return whether all futures agree: one column, and no more rows than an axis has points."""
    return values.ndim == 0 or values.shape[-1] == 1


def even_span(low: float, high: float, step: float) -> tuple[int, int]:
    """Return the first and last multiple of a step of those that enclose a span; two at least."""
    first, last = math.floor(low / step), math.ceil(high / step)
    return first, max(last, first + 1)


def even_points(low: float, high: float, step: float) -> Points:
    """Return the multiples of a step that enclose a span."""
    first, last = even_span(low, high, step)
    return tuple(step * k for k in range(first, last + 1))


def points_of(values: Array, grid: Callable[[float, float], Points]) -> Points:
    """Return the points of an axis: the values themselves if certain, else those of a grid.

    Parameters
    ----------
    values : array
        What will be looked up: (), (1,), (draws,), (months, 1) or (months, draws).
    grid : callable
        The points that enclose (lowest, highest).
    """
    if certain(values):
        distinct = np.unique(values)
        if distinct.size <= MOST_CERTAIN:
            return tuple(distinct.tolist())
    return grid(float(values.min()), float(values.max()))


@dataclass(frozen=True, eq=False)
class Surface:
    """A function of one or more beliefs at the points of a grid.

    Parameters
    ----------
    axes : sequence of points
        Increasing; all axes but the last.
    first : int
        The last axis has the points step x first, step x (first + 1), ...: at least two. It is
        for what differs from future to future and from month to month.
    step : float
    values : array
        The function at the points, one dimension for each axis.
    """

    axes: Sequence[Points]
    first: int
    step: float
    values: Array

    def __call__(self, *at: Array) -> Array:
        """Return the function at some places, one array for each axis, linear between points.

        Arrays are (draws,), (1,), (months, 1) or (months, draws). Places beyond an axis take its
        end. The result has one row for each month where any array has.
        """
        *outer, inner = (np.atleast_2d(np.asarray(place, dtype=np.float64)) for place in at)
        months = max(grid.shape[0] for grid in (*outer, inner))
        found = np.empty((months, max(grid.shape[1] for grid in (*outer, inner))))
        steady = [
            _outer(points, grid[0]) if grid.shape[0] == 1 else None
            for points, grid in zip(self.axes, outer, strict=True)
        ]
        corners: list[Corner] = []
        for month in range(months):
            if month == 0 or any(_moves(grid, month) for grid in outer):
                corners = self._corners([
                    _outer(points, grid[month]) if same is None else same
                    for points, grid, same in zip(self.axes, outer, steady, strict=True)
                ])  # fmt: skip
            row = inner[month if inner.shape[0] > 1 else 0]
            found[month] = self._between(corners, *self._inner(row))
        return found

    def _corners(self, places: list[Corner]) -> list[Corner]:
        """Return the points around places on the outer axes: where they begin, and their weight."""
        corners: list[Corner] = [(np.zeros(1, dtype=np.intp), np.ones(1))]
        sizes = self.values.shape[1:]
        for k, (below, above) in enumerate(places):
            stride = int(np.prod(sizes[k:]))
            sides = [(below, 1 - above), (below + (above > 0), above)]
            corners = [
                (start + at * stride, weight * part)
                for start, weight in corners
                for at, part in sides
                if part.size > 1 or part[0] > 0
            ]
        return corners

    def _between(
        self, corners: list[Corner], last: npt.NDArray[np.intp], part: Array
    ) -> Array | float:
        flat = self.values.ravel()
        total: Array | float = 0.0
        for start, weight in corners:
            at = start + last
            here = flat.take(at)
            at += 1
            total = total + weight * (here + part * (flat.take(at) - here))
        return total

    def _inner(self, row: Array) -> tuple[npt.NDArray[np.intp], Array]:
        # Counted from zero, not from the first point: the same place rounds the same in any table.
        place = np.clip(row / self.step, self.first, self.first + self.values.shape[-1] - 1.0)
        below = np.minimum(np.floor(place), self.first + self.values.shape[-1] - 2.0)
        return (below - self.first).astype(np.intp), place - below


def _moves(grid: Array, month: int) -> bool:
    """Return whether a place differs from that of the month before."""
    return grid.shape[0] > 1 and not np.array_equal(grid[month], grid[month - 1])


def _outer(points: Points, row: Array) -> tuple[npt.NDArray[np.intp], Array]:
    """Return the point below each place, and how far it is to the next: in [0, 1]."""
    if len(points) == 1:
        return np.zeros(1, dtype=np.intp), np.zeros(1)
    axis = np.array(points)
    held = np.clip(row, axis[0], axis[-1])
    below = np.minimum(np.searchsorted(axis, held, side="right") - 1, axis.size - 2)
    return below, (held - axis[below]) / (axis[below + 1] - axis[below])
