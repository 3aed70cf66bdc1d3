"""Spreads: how users and calls differ from each other.

A spread is integrated in every simulated future, never drawn. Sizes are
X = min(Y, max) with Y lognormal; only Y's scale is solved, so that E[X] is the
stated mean exactly (MODEL section 4).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from costmodel.foundation.beliefs import NO_SOURCE, Belief, Source
from costmodel.foundation.normal import Z95, Z99, normal_cdf, normal_cdf_array, normal_quantile

Array = npt.NDArray[np.float64]

LARGEST_P95_OVER_MEAN = math.exp(Z95**2 / 2)
"""3.87: no lognormal has a P95 further above its mean."""


def sigma_from_cv(cv: float) -> float:
    """Return the log-standard deviation of a lognormal with coefficient of variation `cv`."""
    return math.sqrt(math.log1p(cv * cv))


def sigma_from_p95(ratio: float) -> float:
    """Return the smaller log-sd of a lognormal whose P95 is `ratio` times its mean.

    Solves ln(ratio) = z s - s^2/2; there is none above 3.87, and a ratio of 1
    or less has no smaller root.
    """
    return Z95 - math.sqrt(Z95**2 - 2 * math.log(ratio))


def sigma_from_top_share(share: float) -> float:
    """Return the log-sd at which the top 1 % hold `share` of the total.

    share = Phi(s - z_99), so s = Phi^-1(share) + 2.326.
    """
    return float(normal_quantile(np.array([share]))[0]) + Z99


@dataclass(frozen=True, kw_only=True)
class Spread:
    """The law of a size or an intensity across calls, conversations or people.

    Exactly one of `mean` and `p50` is given; `sigma` is the log-sd of Y, the
    law before `cap`.
    """

    sigma: float
    mean: Belief | None = None
    p50: Belief | None = None
    cap: float = math.inf
    stated: tuple[str, float] = ("cv", 0.0)
    """How the user said the width: ("cv" | "p95" | "top_1_percent", value)."""
    origin: Source = field(default=NO_SOURCE)

    @property
    def centre(self) -> Belief:
        """The belief that was stated: the mean or the median."""
        belief = self.mean if self.mean is not None else self.p50
        assert belief is not None
        return belief

    @property
    def cv(self) -> float:
        """Coefficient of variation of Y."""
        return math.sqrt(math.expm1(self.sigma**2))

    @property
    def capped_mean(self) -> float:
        """E[X] with the centre at its mean, whichever of mean and p50 was stated."""
        if self.mean is not None:
            return min(self.mean.mean, HELD_SHARE_OF_CAP * self.cap)
        log_scale = math.log(self.centre.mean) + self.sigma**2 / 2
        return capped_lognormal_mean(log_scale, self.sigma, self.cap)

    @property
    def log_scale(self) -> float:
        """Log of E[Y], with the centre at its mean."""
        if self.mean is None:
            return math.log(self.centre.mean) + self.sigma**2 / 2
        if math.isinf(self.cap):
            return math.log(self.mean.mean)
        return log_scale_for_mean(self.capped_mean, self.sigma, self.cap)

    @property
    def capped_cv(self) -> float:
        """Coefficient of variation of X = min(Y, cap), with the centre at its mean."""
        if math.isinf(self.cap):
            return self.cv
        mean = self.capped_mean
        second = capped_lognormal_second_moment(self.log_scale, self.sigma, self.cap)
        return math.sqrt(max(0.0, second / mean**2 - 1))


HELD_SHARE_OF_CAP = 0.999
"""A draw whose mean reaches the cap is held at this share of it (MODEL section 4)."""


def capped_lognormal_mean(log_scale: float, sigma: float, cap: float) -> float:
    """Return E[min(Y, cap)] for a lognormal Y with ln E[Y] = `log_scale` and log-sd `sigma`."""
    if math.isinf(cap):
        return math.exp(log_scale)
    if sigma == 0:
        return min(math.exp(log_scale), cap)
    d = (math.log(cap) - log_scale + sigma**2 / 2) / sigma
    return math.exp(log_scale) * normal_cdf(d - sigma) + cap * normal_cdf(-d)


def capped_lognormal_second_moment(log_scale: float, sigma: float, cap: float) -> float:
    """Return E[min(Y, cap)^2], arguments as in `capped_lognormal_mean`."""
    if sigma == 0:
        return min(math.exp(log_scale), cap) ** 2
    d = (math.log(cap) - log_scale + sigma**2 / 2) / sigma
    whole = math.exp(2 * log_scale + sigma**2)
    return whole * normal_cdf(d - 2 * sigma) + cap**2 * normal_cdf(-d)


@lru_cache(maxsize=1024)
def log_scale_for_mean(mean: float, sigma: float, cap: float) -> float:
    """Return ln E[Y] such that E[min(Y, cap)] is `mean` (below `cap`), by bisection."""
    low = math.log(mean)
    high = low + 1.0
    while capped_lognormal_mean(high, sigma, cap) < mean:
        high += 1.0
    while high - low > 1e-15 * max(1.0, abs(high)):
        mid = (low + high) / 2
        if mid in (low, high):
            break
        if capped_lognormal_mean(mid, sigma, cap) < mean:
            low = mid
        else:
            high = mid
    return high


@dataclass(frozen=True)
class CappedMeanTable:
    """Log of E[min(Y, 1)] of a lognormal Y over a uniform grid of ln E[Y], for one log-sd."""

    start: float
    step: float
    log_means: Array
    rises: Array
    """Differences of neighbouring `log_means`."""

    def log_mean(self, log_scale: Array) -> Array:
        """Return ln E[min(Y, 1)] at each ln E[Y]; linear between knots (error below 1e-5)."""
        position = (log_scale - self.start) * (1 / self.step)
        if position.min() < 0 or position.max() >= self.rises.size:
            return self._beyond(position)
        return self._between(position)

    def _between(self, position: Array) -> Array:
        index = position.astype(np.intp)
        position -= index
        position *= np.take(self.rises, index, mode="clip")
        position += np.take(self.log_means, index, mode="clip")
        return np.asarray(position)

    def _beyond(self, position: Array) -> Array:
        # Below the grid nothing reaches the cap and the mean is the scale itself.
        beneath = np.minimum(position, 0.0)
        inside = np.clip(position, 0.0, self.rises.size - 1e-6)
        return np.asarray(self._between(inside) + beneath * self.step)

    def log_scale(self, log_mean: Array) -> Array:
        """Return the ln E[Y] at which ln E[min(Y, 1)] is `log_mean`: the inverse."""
        knots = self.start + self.step * np.arange(self.log_means.size)
        inside = np.interp(log_mean, self.log_means, knots)
        return np.where(log_mean < self.log_means[0], log_mean, inside)


@lru_cache(maxsize=256)
def capped_mean_table(sigma: float) -> CappedMeanTable:
    """Build the table of one log-sd (positive); 2,049 knots, about 1 ms, kept."""
    # At the first knot P(Y > 1) is below 1e-16; at the last E[min(Y, 1)] is 1 - 1e-4.
    start = -8.3 * sigma - sigma**2 / 2 - 0.01
    end = 3.72 * sigma + sigma**2 / 2 + 0.01
    t = np.linspace(start, end, 2049)
    mu = t - sigma**2 / 2
    means = np.exp(t) * normal_cdf_array(-mu / sigma - sigma) + normal_cdf_array(mu / sigma)
    log_means = np.log(means)
    return CappedMeanTable(start, float(t[1] - t[0]), log_means, np.diff(log_means))
