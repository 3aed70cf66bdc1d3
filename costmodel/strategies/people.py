"""People of different intensity on one grid: averages over all of them, for many means at once.

A person's demand is h times the mean, h lognormal with mean one. On an even grid of the log demand
the average of f(person's demand) over people is a moving average with lognormal weights: f is
worked out once for each person of the grid, whatever the number of means that are asked about.

Several features of a person have comonotone intensities: h is then the sum of w_f exp(sigma_f z -
sigma_f^2 / 2) with one standard score z, w_f being the features' shares of the demand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Intensity = float | tuple[tuple[float, float], ...]
"""Standard deviation of the log intensity between people; or, for several features together, each
one's share of the demand and its standard deviation."""

STEP = 1 / 24
"""Steps of the log mean in a table; linear interpolation of shares is then good to 1e-4."""
REACH = 6.0
"""Standard scores of people on each side, beyond those who carry the mean squares; 1e-9 are
further out."""
PER_WIDTH = 0.4
"""Steps of the grid, in widths of the narrowest thing on it; sums of smooth functions over an even
grid are then exact to 1e-5, and corners to a thousandth of the people who stand at them."""
FINEST = 1 / 200
"""The smallest step of a grid: for limits of ten thousands of turns and more."""
_ALIKE = 1e-3
"""Log spreads below which people are taken as alike."""


@dataclass(frozen=True, eq=False)
class People:
    """Mean demands, the people around them, and who belongs to which mean.

    Parameters
    ----------
    start, step : float
        Natural log of the first mean, and the step between means.
    means : array (means,)
    persons : array (persons,)
        Mean demand of one person.
    weights : array (persons, means)
        Share of each person among the people of a mean; columns sum to one.
    """

    start: float
    step: float
    means: Array
    persons: Array
    weights: Array

    def average(self, values: Array) -> Array:
        """Return the averages over the people of each mean, along the last axis."""
        return np.asarray(values @ self.weights)


@lru_cache(maxsize=32)
def people(span: tuple[float, float], sigma: Intensity, sharpness: float = 1.0) -> People:
    """Return the people around all means of a span, both ends included.

    Parameters
    ----------
    span : (float, float)
        Smallest and largest mean demand; above 0. The first is a mean of the grid.
    sigma : Intensity
        How people differ.
    sharpness : float
        Width in log demand of the sharpest bend of what will be averaged.
    """
    parts = sigma if isinstance(sigma, tuple) else ((1.0, sigma),)
    wide = min(spread for _, spread in parts)
    wide = wide if wide >= _ALIKE else 0.0
    step = _step(math.hypot(wide, sharpness), STEP)
    finer = math.ceil(step / _step(min(wide, sharpness) if wide > 0 else step, step))
    fine = step / finer
    low, high = math.log(span[0]), math.log(span[1])
    count = math.ceil((high - low) / step - 1e-9) + 1
    kernel, first = _lognormal(wide, fine) if len(parts) == 1 else _blend(parts, fine)
    total = (count - 1) * finer + kernel.size
    weights = np.zeros((total, count))
    for column in range(count):
        weights[column * finer : column * finer + kernel.size, column] = kernel
    persons = np.exp(low + fine * (first + np.arange(total)))
    return People(low, step, np.exp(low + step * np.arange(count)), persons, weights)


def _step(width: float, most: float) -> float:
    return max(min(most, PER_WIDTH * width), min(FINEST, most, max(width, FINEST / 10)))


def _lognormal(sigma: float, step: float) -> tuple[Array, int]:
    """Return weights of a mean-one lognormal law on a grid of the log, and where they begin."""
    if sigma == 0:
        return np.ones(1), 0
    centre = -(sigma**2) / 2
    first = math.floor((centre - REACH * sigma) / step)
    last = math.ceil((centre + (REACH + 2 * sigma) * sigma) / step)
    z = (step * np.arange(first, last + 1) - centre) / sigma
    weight = np.exp(-(z**2) / 2)
    return weight / weight.sum(), first


def _blend(parts: tuple[tuple[float, float], ...], step: float) -> tuple[Array, int]:
    """Return the same for a sum of comonotone intensities: the density at each point."""
    share, sigma = np.array(parts).T[..., None]

    def log_sum(z: Array) -> tuple[Array, Array]:
        each = share * np.exp(sigma * z - sigma**2 / 2)
        return np.log(each.sum(axis=0)), (sigma * each).sum(axis=0) / each.sum(axis=0)

    z = np.linspace(-REACH, REACH + 2 * sigma.max(), 257)
    rough = log_sum(z)[0]
    first, last = math.floor(rough[0] / step), math.ceil(rough[-1] / step)
    y = step * np.arange(first, last + 1)
    z = np.interp(y, rough, z)
    for _ in range(_NEWTON):
        value, slope = log_sum(z)
        z = z - (value - y) / slope
    weight = np.exp(-(z**2) / 2) / log_sum(z)[1]
    return weight / weight.sum(), first


_NEWTON = 4
"""Newton's steps from a table of 257 points: to the last digits."""


def span_of(values: npt.ArrayLike) -> tuple[float, float]:
    """Return a span that holds all values above 0, its ends rounded outwards.

    Ends are powers of e^(1/2), so that small moves of an input find the same table again.
    """
    array = np.asarray(values, dtype=np.float64)
    above = array[array > 0]
    if above.size == 0:
        return 1.0, 1.0
    low, high = (2 * math.log(float(end)) for end in (above.min(), above.max()))
    return math.exp(math.floor(low + 1e-9) / 2), math.exp(math.ceil(high - 1e-9) / 2)
