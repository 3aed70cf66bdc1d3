"""Tables on grids: values worked out at some points, looked up for every draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Places = tuple[npt.NDArray[np.intp], Array]


@dataclass(frozen=True, eq=False)
class Axis:
    """One axis of a grid, in the log of a quantity.

    Parameters
    ----------
    start, step : float
        Natural log of the first point, and the step between points.
    size : int
        Number of points; on an axis of one point nothing is interpolated.
    """

    start: float
    step: float
    size: int

    @property
    def points(self) -> Array:
        """The quantity at each point."""
        return np.asarray(np.exp(self.start + self.step * np.arange(self.size)))

    def places(self, values: Array) -> Places:
        """Return the point below each value, and the part of the way to the next.

        Values beyond an end count as that end; the grid is made to hold all that are asked.
        """
        at = np.asarray(np.log(np.maximum(values, _NOTHING)))
        at -= self.start
        at *= 1 / self.step
        np.clip(at, 0, self.size - 1.000001, out=at)
        below = at.astype(np.intp)
        at -= below
        return below, at


def axis(span: tuple[float, float], step: float, most: int) -> Axis:
    """Return an axis over a span with steps of about `step`, and no more than `most` points."""
    low, high = np.log(span)
    if high - low < 1e-12:
        return Axis(float(low), step, 1)
    size = min(int(np.ceil((high - low) / step)) + 1, most)
    return Axis(float(low), float((high - low) / (size - 1)), size)


@dataclass(frozen=True, eq=False)
class Grid:
    """Columns of values over axes; a column may have one value only along an axis.

    Parameters
    ----------
    axes : tuple of Axis
    columns : mapping of str to array
        Each with as many axes as the grid, of its size or of 1.
    """

    axes: tuple[Axis, ...]
    columns: Mapping[str, Array]

    def places(self, *values: Array) -> tuple[Places | None, ...]:
        """Return where values of each axis lie, to be used for several columns."""
        return tuple(
            ax.places(np.asarray(value, dtype=np.float64)) if ax.size > 1 else None
            for ax, value in zip(self.axes, values, strict=True)
        )

    def at(self, places: tuple[Places | None, ...], column: str) -> Array:
        """Return a column at places, interpolated linearly along every axis."""
        values = self.columns[column]
        used = [
            (place, stride // values.itemsize)
            for place, stride, size in zip(places, values.strides, values.shape, strict=True)
            if place is not None and size > 1
        ]
        flat = values.ravel()
        if not used:
            return np.asarray(flat[0])
        start = sum((below * stride for (below, _), stride in used[1:]), used[0][0][0] * used[0][1])
        return _between(flat, np.asarray(start), [(part, stride) for (_, part), stride in used])


def _between(flat: Array, start: npt.NDArray[np.intp], steps: list[tuple[Array, int]]) -> Array:
    """Return the mean of the corners around each place, weighted by nearness."""
    if not steps:
        return np.asarray(flat.take(start))
    (part, stride), rest = steps[0], steps[1:]
    low = _between(flat, start, rest)
    high = _between(flat, start + stride, rest)
    high -= low
    if part.shape == high.shape:
        high *= part
    else:
        high = high * part
    high += low
    return high


_NOTHING = 1e-300
"""Stands for a zero of which the log is taken."""
