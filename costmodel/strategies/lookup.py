"""Functions kept on an even grid, for look-ups of every future and month."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from costmodel.foundation.normal import normal_cdf_array

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class EvenTable:
    """Values on an even grid, interpolated linearly and held at the ends.

    Parameters
    ----------
    start, step : float
        The first grid point and the distance of two.
    values : array
        The function at each grid point; at least two.
    """

    start: float
    step: float
    values: Array

    def __call__(self, place: npt.ArrayLike) -> Array:
        """Return the function at some places, in their shape."""
        at = (np.asarray(place, dtype=np.float64) - self.start) / self.step
        at = np.clip(at, 0.0, self.values.size - 1)
        below = np.minimum(at.astype(np.intp), self.values.size - 2)
        low = self.values[below]
        return np.asarray(low + (self.values[below + 1] - low) * (at - below))


@lru_cache(maxsize=1)
def normal_table() -> EvenTable:
    """Return the standard normal distribution function: to 2e-6, 0 or 1 beyond 8 scores."""
    step = 1 / 128
    values = normal_cdf_array(np.arange(-8.0, 8.0 + step / 2, step))
    return EvenTable(-8.0, step, values)
