"""The Beta law as a function of a standard normal score, by table.

scipy is imported when the first Beta belief is drawn: most runs have none.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from costmodel.foundation.normal import normal_cdf_array

Array = npt.NDArray[np.float64]

_BETA_KNOTS: Array = np.linspace(-8.0, 8.0, 2049)


@lru_cache(maxsize=64)
def _beta_table(a: float, b: float) -> Array:
    from scipy.special import betaincinv

    below = _BETA_KNOTS <= 0
    p = normal_cdf_array(-np.abs(_BETA_KNOTS))
    # The upper half through the mirrored law keeps the tail's precision.
    return np.asarray(np.where(below, betaincinv(a, b, p), 1 - betaincinv(b, a, p)))


def beta_values(a: float, b: float, z: Array) -> Array:
    """Return the Beta(a, b) quantiles at standard normal scores `z`, same shape."""
    return np.asarray(np.interp(z, _BETA_KNOTS, _beta_table(a, b)))


def beta_mean_for_median(median: float, total: float) -> float:
    """Return the mean of the Beta law with shapes summing to `total` and that median."""
    from scipy.optimize import brentq
    from scipy.special import betaincinv

    def gap(mean: float) -> float:
        return float(betaincinv(mean * total, (1 - mean) * total, 0.5)) - median

    return float(brentq(gap, 1e-9, 1 - 1e-9, xtol=1e-12))
