"""Mean token sizes in each future and month, caps and drift included."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from costmodel.engine.rows import by_month
from costmodel.foundation.spreads import (
    HELD_SHARE_OF_CAP,
    Spread,
    capped_lognormal_mean,
    capped_mean_table,
)

Array = npt.NDArray[np.float64]


def mean_size(centre: Array, stated_as: str, sigma: float, cap: float, log_drift: Array) -> Array:
    """Return E[min(Y, cap)] after drift has scaled Y: (months, draws).

    Without drift it is the stated mean exactly; with drift the cap bites
    harder where sizes have wandered up.

    Parameters
    ----------
    centre : array (draws,)
        The stated mean of the capped size, or the median of Y.
    stated_as : "mean" or "p50"
    log_drift : array (months, draws)
    """
    if math.isinf(cap):
        mean = centre if stated_as == "mean" else centre * math.exp(sigma**2 / 2)
        return np.asarray(mean * np.exp(log_drift))
    if stated_as == "mean":
        centre = np.minimum(centre, HELD_SHARE_OF_CAP * cap)
        if log_drift.size == 1 and log_drift.flat[0] == 0:
            return np.atleast_2d(centre)
    if sigma == 0:
        return np.asarray(np.minimum(centre * np.exp(log_drift), cap))
    if stated_as == "p50" and centre.size == 1 and log_drift.size == 1:
        log_scale = float(np.log(centre[0])) + sigma**2 / 2 + float(log_drift.flat[0])
        return np.array([[capped_lognormal_mean(log_scale, sigma, cap)]])
    table = capped_mean_table(sigma)
    ratio = np.log(np.maximum(centre / cap, 1e-300))  # a measured size may be 0
    scale = table.log_scale(ratio) if stated_as == "mean" else ratio + sigma**2 / 2

    def of_month(scale: Array, drift: Array) -> Array:
        means = table.log_mean(scale + drift)
        np.exp(means, out=means)
        means *= cap
        return means

    return by_month(of_month, scale, log_drift)


def size_inputs(spread: Spread) -> tuple[str, float, float]:
    """Return what `mean_size` needs of a spread besides its centre: how stated, sigma, cap."""
    return ("mean" if spread.mean is not None else "p50"), spread.sigma, spread.cap


def held_at_cap(centre: Array, spread: Spread) -> int:
    """Return in how many futures the stated mean had to be held below the cap."""
    if spread.mean is None or math.isinf(spread.cap):
        return 0
    return int(np.count_nonzero(centre > HELD_SHARE_OF_CAP * spread.cap))
